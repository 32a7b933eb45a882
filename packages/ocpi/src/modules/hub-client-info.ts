import { defineModule, get, getList, put } from '../module.js';
import type { Schema } from '../schema.js';

const same = { country_code: 'country_code', party_id: 'party_id' } as const;

/** The routes of hub client info, for a version's own object. OCPI 2.2.1, 15 */
export const hubClientInfoModule = <C>(of: { readonly ClientInfo: Schema<C> }) =>
  defineModule({
    id: 'hubclientinfo',
    routed: false,
    sender: { list: getList('', { data: of.ClientInfo }) },
    receiver: {
      get: get('/:country_code/:party_id', { data: of.ClientInfo }),
      put: put('/:country_code/:party_id', { body: of.ClientInfo, same }),
    },
  });
