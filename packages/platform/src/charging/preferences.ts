import type { ChargingPreferences, PreferencesVerdict } from '../model/charging-wish.js';
import { type ChargingState, energyMilliWh } from './session.js';

const MS_AN_HOUR = 3_600_000;

/**
 * What can be promised of a driver's wishes: a session is charged as fast as the station gives, which is REGULAR. No tariff here belongs
 * to another profile, so none is promised. OCPI 2.2.1, 9.2.2 and 9.3.1
 */
export function weigh(state: ChargingState, wish: ChargingPreferences, now: Date): PreferencesVerdict {
  if (wish.profile !== 'regular') return 'profileTypeNotSupported';
  const { departureAt, energyMilliWh: wanted } = wish;
  if (departureAt === undefined) return 'accepted';
  const hours = (departureAt.getTime() - now.getTime()) / MS_AN_HOUR;
  if (hours <= 0) return 'notPossible';
  const { maxPowerWatt } = state.facts;
  if (wanted === undefined || maxPowerWatt === undefined) return 'accepted';
  const missing = wanted - energyMilliWh(state);
  return missing <= maxPowerWatt * 1000 * hours ? 'accepted' : 'notPossible';
}
