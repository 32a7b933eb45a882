import { randomBytes } from 'node:crypto';

declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

/** The company that we host. Stands on every row, key and query. */
export type OperatorId = Id<'operator'>;
/** Who has a country code and a party id: "NL-EVM". Upper case, since OCPI compares case-blind. */
export type PartyId = Id<'party'>;
export type SessionId = Id<'session'>;
export type StationId = Id<'station'>;
export type PartnerId = Id<'partner'>;

/** Makes ids; a dependency, so that tests get the same ones every time. */
export type NewId = () => string;

/**
 * A time-ordered id (RFC 9562, version 7): 36 characters, so it fits OCPI's CiString(36).
 * Sorted ids keep index pages hot, and a person sees which came first.
 */
export const newId: NewId = () => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Reads "NL-EVM" from a person; undefined if it is not one. */
export function readPartyId(text: string): PartyId | undefined {
  return /^[A-Za-z]{2}-[A-Za-z0-9]{3}$/.test(text) ? (text.toUpperCase() as PartyId) : undefined;
}
