import { defineModule, get, getList, patch, put } from '../module.js';
import { dateTime, type Infer, list, number, object, oneOf, optional, partOf, text } from '../schema.js';
import { AuthMethod, ChargingPeriod } from './cdrs.js';
import { Location } from './locations.js';

/** OCPI 2.1.1, mod_sessions */
export const SessionStatus = oneOf('ACTIVE', 'COMPLETED', 'INVALID', 'PENDING');
export type SessionStatus = Infer<typeof SessionStatus>;

/** A charging session, from its start until its CDR. OCPI 2.1.1, mod_sessions */
export const Session = object({
  id: text(36),
  start_datetime: dateTime,
  end_datetime: optional(dateTime),
  kwh: number,
  auth_id: text(36),
  auth_method: AuthMethod,
  location: Location,
  meter_id: optional(text(255)),
  currency: text(3),
  charging_periods: optional(list(ChargingPeriod)),
  total_cost: optional(number),
  status: SessionStatus,
  last_updated: dateTime,
});
export type Session = Infer<typeof Session>;

const same = { session_id: 'id' } as const;

/** Charging sessions while they run. OCPI 2.1.1, mod_sessions */
export const sessions = defineModule({
  id: 'sessions',
  sender: { list: getList('', { data: Session }) },
  receiver: {
    get: get('/:country_code/:party_id/:session_id', { data: Session }),
    put: put('/:country_code/:party_id/:session_id', { body: Session, same }),
    patch: patch('/:country_code/:party_id/:session_id', { body: partOf(Session), same }),
  },
});
