/** The servers that the environment names; what is missing is embedded. Each is decided alone. */
export function serversFromEnvironment(environment: NodeJS.ProcessEnv = process.env): { databaseUrl?: string; redisUrl?: string } {
  const { DATABASE_URL, REDIS_URL } = environment;
  return { ...(DATABASE_URL ? { databaseUrl: DATABASE_URL } : {}), ...(REDIS_URL ? { redisUrl: REDIS_URL } : {}) };
}
