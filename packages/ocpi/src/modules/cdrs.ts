import { defineModule, get, getList, post } from '../module.js';
import type { Schema } from '../schema.js';

/** The routes of CDRs, for a version's own object. A receiver reads by the URL of the Location header, whose form is its own. OCPI 2.2.1, 10.2 */
export const cdrsModule = <C>(of: { readonly CDR: Schema<C> }) =>
  defineModule({
    id: 'cdrs',
    sender: { list: getList('', { data: of.CDR }) },
    receiver: { get: get('/:id', { data: of.CDR }), post: post('', { body: of.CDR }) },
  });
