import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Machine credentials carry at least this much randomness, so a keyed hash protects them; slow hashes are for human passwords only. */
const SECRET_BYTES = 24;

/** A new credential: 32 characters, safe in a URL and in a header. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What is stored instead of a credential: HMAC-SHA-256 under the server's key, hexadecimal. */
export function hashSecret(serverKey: Buffer, secret: string | Buffer): string {
  return createHmac('sha256', serverKey).update(secret).digest('hex');
}

/** Compares in constant time; `stored` may be absent, which takes as long and is never equal. */
export function matchesHash(serverKey: Buffer, secret: string | Buffer, stored: string | undefined): boolean {
  const given = Buffer.from(hashSecret(serverKey, secret), 'hex');
  const kept = Buffer.from(stored ?? '0'.repeat(given.length * 2), 'hex');
  return kept.length === given.length && timingSafeEqual(given, kept) && stored !== undefined;
}
