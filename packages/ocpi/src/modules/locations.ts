import { defineModule, get, getList, patch, put } from '../module.js';
import { patchOf, type Schema, type Stamped } from '../schema.js';

const owner = { country_code: 'country_code', party_id: 'party_id' } as const;

/** The routes of locations, for a version's own objects. OCPI 2.2.1, 8.2 */
export const locationsModule = <L extends Stamped, E extends Stamped, C extends Stamped>(of: {
  readonly Location: Schema<L>;
  readonly EVSE: Schema<E>;
  readonly Connector: Schema<C>;
}) =>
  defineModule({
    id: 'locations',
    sender: {
      list: getList('', { data: of.Location }),
      get: get('/:location_id', { data: of.Location }),
      getEvse: get('/:location_id/:evse_uid', { data: of.EVSE }),
      getConnector: get('/:location_id/:evse_uid/:connector_id', { data: of.Connector }),
    },
    receiver: {
      get: get('/:country_code/:party_id/:location_id', { data: of.Location }),
      getEvse: get('/:country_code/:party_id/:location_id/:evse_uid', { data: of.EVSE }),
      getConnector: get('/:country_code/:party_id/:location_id/:evse_uid/:connector_id', { data: of.Connector }),
      put: put('/:country_code/:party_id/:location_id', { body: of.Location, same: { ...owner, location_id: 'id' } }),
      putEvse: put('/:country_code/:party_id/:location_id/:evse_uid', { body: of.EVSE, same: { evse_uid: 'uid' } }),
      putConnector: put('/:country_code/:party_id/:location_id/:evse_uid/:connector_id', {
        body: of.Connector,
        same: { connector_id: 'id' },
      }),
      patch: patch('/:country_code/:party_id/:location_id', { body: patchOf(of.Location), same: { ...owner, location_id: 'id' } }),
      patchEvse: patch('/:country_code/:party_id/:location_id/:evse_uid', { body: patchOf(of.EVSE), same: { evse_uid: 'uid' } }),
      patchConnector: patch('/:country_code/:party_id/:location_id/:evse_uid/:connector_id', {
        body: patchOf(of.Connector),
        same: { connector_id: 'id' },
      }),
    },
  });
