/** The servers that tests run on instead of the embedded ones, each decided alone. */
export function testServers(): { databaseUrl: string | undefined; redisUrl: string | undefined } {
  return { databaseUrl: process.env.DATABASE_URL, redisUrl: process.env.REDIS_URL };
}
