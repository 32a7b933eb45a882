import { ciText, dateTime, type Infer, list, number, object, optional, text } from '../../schema.js';
import { AuthMethod, CdrToken } from '../cdrs.js';
import { SessionStatus } from '../sessions.js';
import { Price } from '../types.js';
import { ChargingPeriod } from './cdrs.js';

export { ChargingPreferences, ChargingPreferencesResponse, SessionStatus } from '../sessions.js';

/** A charging session, from its start until its CDR. OCPI 2.3.0 bookings, mod_sessions */
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
