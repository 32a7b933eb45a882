import { defineModule, del, get, post, put } from '../module.js';
import type { Schema } from '../schema.js';

/** The routes of registration, the same on both sides, for a version's own object. OCPI 2.2.1, 7.2 */
export const credentialsModule = <C>(of: { readonly Credentials: Schema<C> }) => {
  const routes = {
    get: get('', { data: of.Credentials }),
    post: post('', { body: of.Credentials, data: of.Credentials }),
    put: put('', { body: of.Credentials, data: of.Credentials }),
    delete: del('', {}),
  };
  return defineModule({ id: 'credentials', routed: false, sender: routes, receiver: routes });
};
