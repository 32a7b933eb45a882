import { defineModule, del, get, getList, put } from '../module.js';
import type { Schema } from '../schema.js';

const same = { country_code: 'country_code', party_id: 'party_id', tariff_id: 'id' } as const;

/** The routes of tariffs, for a version's own object. OCPI 2.2.1, 11.2 */
export const tariffsModule = <T>(of: { readonly Tariff: Schema<T> }) =>
  defineModule({
    id: 'tariffs',
    sender: { list: getList('', { data: of.Tariff }) },
    receiver: {
      get: get('/:country_code/:party_id/:tariff_id', { data: of.Tariff }),
      put: put('/:country_code/:party_id/:tariff_id', { body: of.Tariff, same }),
      delete: del('/:country_code/:party_id/:tariff_id', {}),
    },
  });
