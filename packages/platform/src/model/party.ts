import type { PartyId } from '../kernel/ids.js';

export { type PartyId, readPartyId } from '../kernel/ids.js';

/** The side of the trade that a party is on. */
export type TradeRole = 'cpo' | 'emsp';
/** A hub is no side: it passes messages on, and answers for everybody when it is asked. */
export type Role = TradeRole | 'hub';

/** ISO 3166-1 alpha-2 and the three characters of the eMI3 registry. */
export function partyId(countryCode: string, party: string): PartyId {
  return `${countryCode}-${party}`.toUpperCase() as PartyId;
}

export function splitPartyId(id: PartyId): { countryCode: string; party: string } {
  return { countryCode: id.slice(0, 2), party: id.slice(3) };
}
