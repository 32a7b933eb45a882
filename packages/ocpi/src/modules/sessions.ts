import { defineModule, get, getList, patch, put } from '../module.js';
import { patchOf, type Schema, type Stamped } from '../schema.js';

const same = { country_code: 'country_code', party_id: 'party_id', session_id: 'id' } as const;

/** The routes of sessions, for a version's own objects. OCPI 2.2.1, 9.2 */
export const sessionsModule = <S extends Stamped, P, R>(of: {
  readonly Session: Schema<S>;
  readonly ChargingPreferences: Schema<P>;
  readonly ChargingPreferencesResponse: Schema<R>;
}) =>
  defineModule({
    id: 'sessions',
    sender: {
      list: getList('', { data: of.Session }),
      setPreferences: put('/:session_id/charging_preferences', { body: of.ChargingPreferences, data: of.ChargingPreferencesResponse }),
    },
    receiver: {
      get: get('/:country_code/:party_id/:session_id', { data: of.Session }),
      put: put('/:country_code/:party_id/:session_id', { body: of.Session, same }),
      patch: patch('/:country_code/:party_id/:session_id', { body: patchOf(of.Session), same }),
    },
  });
