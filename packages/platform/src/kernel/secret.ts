import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** Machine credentials carry at least this much randomness, so a keyed hash protects them; slow hashes are for human passwords only. */
const SECRET_BYTES = 24;

/** A new credential: 32 characters, safe in a URL and in a header. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** A new credential of raw bytes: as many as an OCPP 1.6 AuthorizationKey has at the most (security whitepaper, A01). */
export function newSecretBytes(): Buffer {
  return randomBytes(20);
}

/** What is stored instead of a credential: HMAC-SHA-256 under the server's key, hexadecimal. */
export function hashSecret(serverKey: Buffer, secret: string | Buffer): string {
  return createHmac('sha256', serverKey).update(secret).digest('hex');
}

/** Compares a secret with stored hashes, each of which may be its own, in constant time; an absent one takes as long and is never equal. */
export function matchesHashes(serverKey: Buffer, secret: string | Buffer, stored: readonly (string | undefined)[]): boolean[] {
  const given = Buffer.from(hashSecret(serverKey, secret), 'hex');
  return stored.map((one) => {
    const kept = Buffer.from(one ?? '0'.repeat(given.length * 2), 'hex');
    return kept.length === given.length && timingSafeEqual(given, kept) && one !== undefined;
  });
}

/** Encrypts what we must be able to show again (a partner's token): AES-256-GCM, nonce and tag in front, base64. */
export function seal(serverKey: Buffer, secret: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(serverKey), nonce);
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** Throws when the text was not sealed under this key or was changed. */
export function unseal(serverKey: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(serverKey), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}

/** Another key than the one that hashes credentials, from the same secret. */
function sealingKey(serverKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', serverKey, '', 'evroam sealed secrets', 32));
}
