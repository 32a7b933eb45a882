import type { Id } from '../kernel/ids.js';

/** Who has a country code and a party id: "NL-EVM". Upper case, since OCPI compares case-blind. */
export type PartyId = Id<'party'>;

export type Role = 'cpo' | 'emsp';

/** ISO 3166-1 alpha-2 and the three characters of the eMI3 registry. */
export function partyId(countryCode: string, party: string): PartyId {
  return `${countryCode}-${party}`.toUpperCase() as PartyId;
}

export function splitPartyId(id: PartyId): { countryCode: string; party: string } {
  return { countryCode: id.slice(0, 2), party: id.slice(3) };
}

/** Reads "NL-EVM" from a person; undefined if it is not one. */
export function readPartyId(text: string): PartyId | undefined {
  return /^[A-Za-z]{2}-[A-Za-z0-9]{3}$/.test(text) ? (text.toUpperCase() as PartyId) : undefined;
}
