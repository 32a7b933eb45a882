import { createHash, timingSafeEqual } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';

/**
 * Compares a Basic password with the known one in constant time: bytes for a 1.6 key, a text (UTF-8) for a 2.x
 * BasicAuthPassword.
 */
export function passwordMatches(given: Uint8Array | undefined, known: Uint8Array | string): boolean {
  const digest = (value: Uint8Array | string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given ?? ''), digest(known)) && given !== undefined;
}

/** The key that 1.6 sends as hex digits in `AuthorizationKey` (security whitepaper, A01): 16 to 20 bytes, or undefined. */
export function authorizationKey(hex: string): Buffer | undefined {
  return /^(?:[0-9a-f]{2}){16,20}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

/** True for what 2.x allows as a password: 16 to 40 characters of passwordString (OCPP 2.0.1, A00.FR.205). */
export const isPasswordString = (password: string): boolean => /^[A-Za-z0-9*\-_=:+|@.]{16,40}$/.test(password);

/**
 * Whether a client certificate is the station's: `O` names the operator and `CN` is the serial number that the station
 * boots with (OCPP 2.0.1, A00.FR.404, B01.FR.11).
 */
export function certificateNames({ subject }: PeerCertificate, names: { operator: string; serialNumber: string }): boolean {
  return one(subject.O) === names.operator && one(subject.CN) === names.serialNumber;
}

// A name that stands twice is no name.
const one = (name: string | readonly string[] | undefined): string | undefined => (typeof name === 'string' ? name : undefined);
