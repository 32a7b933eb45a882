import type { Amount, FeeType } from './amount.js';
import type { Connector, Coordinates, EvseRef } from './location.js';
import type { PartyId } from './party.js';
import type { AuthMethod, ChargingPeriod } from './session.js';
import type { TariffVersion } from './tariff.js';
import type { TokenRef } from './token.js';

/** The immutable record of a finished session. Corrections are a credit CDR and a new one. OCPI 2.2.1, 10.3 */
export interface Cdr {
  owner: PartyId;
  id: string;
  sessionId?: string;
  startedAt: Date;
  endedAt: Date;
  token: TokenRef;
  authMethod: AuthMethod;
  authorizationReference?: string;
  place: EvseRef & CdrPlace;
  currency: string;
  periods: readonly ChargingPeriod[];
  /** As they were at the start of the session. */
  tariffs: readonly TariffVersion[];
  energyMilliWh: number;
  chargingSeconds: number;
  parkingSeconds: number;
  total: Amount;
  /** Parts of the total; absent where the sender gave none. */
  parts?: { energy?: Amount; time?: Amount; parkingTime?: Amount; fixed?: Amount; reservation?: Amount };
  /** What of the total is for electricity, service ..., where the seller said so beside its parts: T/CEC 102 knows these and no others. */
  fees?: Partial<Record<FeeType, Amount>>;
  credit?: { of: string };
  updatedAt: Date;
}

export interface CdrPlace {
  name?: string;
  address: string;
  city: string;
  postalCode?: string;
  country: string;
  coordinates: Coordinates;
  evseId?: string;
  standard: string;
  format: Connector['format'];
  powerType: Connector['powerType'];
  /** Not on OCPI's wire: a CDR alone cannot be priced, so whoever stores one adds the zone of the location. */
  timeZone: string;
}

/** The key under which a CDR is the same CDR: case-blind. */
export function cdrKey(owner: PartyId, id: string): string {
  return `${owner}/${id.toUpperCase()}`;
}
