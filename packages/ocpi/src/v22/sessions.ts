import { sessionsModule } from '../modules/sessions.js';
import { type Infer, vary } from '../schema.js';
import * as newer from '../v221/sessions.js';
import { CdrToken } from './cdrs.js';

export { ChargingPreferences, ChargingPreferencesResponse, SessionStatus } from '../v221/sessions.js';

/** A charging session, from its start until its CDR. OCPI 2.2, mod_sessions */
export const Session = vary(newer.Session, { cdr_token: CdrToken });
export type Session = Infer<typeof Session>;

/** Charging sessions while they run. A PATCH appends its charging periods. OCPI 2.2, mod_sessions */
export const sessions = sessionsModule({
  Session,
  ChargingPreferences: newer.ChargingPreferences,
  ChargingPreferencesResponse: newer.ChargingPreferencesResponse,
});
