import { sessionsModule } from '../modules/sessions.js';
import { boolean, ciText, dateTime, type Infer, list, number, object, oneOf, optional, text } from '../schema.js';
import { AuthMethod, CdrToken, ChargingPeriod } from './cdrs.js';
import { Price, ProfileType } from './types.js';

/** OCPI 2.2.1, 9.4 */
export const SessionStatus = oneOf('ACTIVE', 'COMPLETED', 'INVALID', 'PENDING', 'RESERVATION');
export type SessionStatus = Infer<typeof SessionStatus>;

/** A charging session, from its start until its CDR. OCPI 2.2.1, 9.3 */
export const Session = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(36),
  start_date_time: dateTime,
  end_date_time: optional(dateTime),
  kwh: number,
  cdr_token: CdrToken,
  auth_method: AuthMethod,
  authorization_reference: optional(ciText(36)),
  location_id: ciText(36),
  evse_uid: ciText(36),
  connector_id: ciText(36),
  meter_id: optional(text(255)),
  currency: text(3),
  charging_periods: optional(list(ChargingPeriod)),
  total_cost: optional(Price),
  status: SessionStatus,
  last_updated: dateTime,
});
export type Session = Infer<typeof Session>;

/** A driver's wishes for a session. OCPI 2.2.1, 9.3 */
export const ChargingPreferences = object({
  profile_type: ProfileType,
  departure_time: optional(dateTime),
  energy_need: optional(number),
  discharge_allowed: optional(boolean),
});
export type ChargingPreferences = Infer<typeof ChargingPreferences>;

/** OCPI 2.2.1, 9.4 */
export const ChargingPreferencesResponse = oneOf(
  'ACCEPTED',
  'DEPARTURE_REQUIRED',
  'ENERGY_NEED_REQUIRED',
  'NOT_POSSIBLE',
  'PROFILE_TYPE_NOT_SUPPORTED',
);
export type ChargingPreferencesResponse = Infer<typeof ChargingPreferencesResponse>;

/** Charging sessions while they run. A PATCH appends its charging periods. OCPI 2.2.1, 9 */
export const sessions = sessionsModule({ Session, ChargingPreferences, ChargingPreferencesResponse });
