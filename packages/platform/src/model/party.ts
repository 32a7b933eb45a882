import type { PartyId } from '../kernel/ids.js';

export { type PartyId, readPartyId } from '../kernel/ids.js';

export type Role = 'cpo' | 'emsp';

/** ISO 3166-1 alpha-2 and the three characters of the eMI3 registry. */
export function partyId(countryCode: string, party: string): PartyId {
  return `${countryCode}-${party}`.toUpperCase() as PartyId;
}

export function splitPartyId(id: PartyId): { countryCode: string; party: string } {
  return { countryCode: id.slice(0, 2), party: id.slice(3) };
}
