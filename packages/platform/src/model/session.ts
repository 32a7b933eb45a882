import type { SessionId, StationId } from '../kernel/ids.js';
import type { Amount } from './amount.js';
import type { EvseRef } from './location.js';
import type { PartyId } from './party.js';
import type { TokenRef } from './token.js';

export type AuthMethod = 'authRequest' | 'command' | 'whitelist';

/** A charging session as every party may see it. Own sessions and partners' have the same shape. */
export interface Session {
  id: SessionId | string;
  owner: PartyId;
  status: 'pending' | 'active' | 'completed' | 'invalid' | 'reservation';
  startedAt: Date;
  endedAt?: Date;
  energyMilliWh: number;
  token: TokenRef;
  authMethod: AuthMethod;
  authorizationReference?: string;
  place: EvseRef;
  meterId?: string;
  currency: string;
  periods: readonly ChargingPeriod[];
  /** Running cost so far, by the same engine that prices the CDR. */
  total?: Amount;
  stationId?: StationId;
  updatedAt: Date;
}

/** From `startedAt` until the next period starts. A new one begins wherever another price becomes active. */
export interface ChargingPeriod {
  startedAt: Date;
  tariffId?: string;
  energyMilliWh: number;
  chargingSeconds: number;
  parkingSeconds: number;
  /** The connector was kept free and nobody charged yet. */
  reservationSeconds?: number;
  /** The least and the most that flowed, where the seller says so: some tariffs price by it. Currents summed over the phases. */
  flow?: Partial<Record<'minCurrentMicroA' | 'maxCurrentMicroA' | 'minPowerMilliW' | 'maxPowerMilliW', number>>;
}

/** True of the time before somebody came, or of all of it where nobody did. */
export function isReserved({ reservationSeconds = 0, energyMilliWh, chargingSeconds, parkingSeconds }: ChargingPeriod): boolean {
  return reservationSeconds > 0 && energyMilliWh === 0 && chargingSeconds === 0 && parkingSeconds === 0;
}
