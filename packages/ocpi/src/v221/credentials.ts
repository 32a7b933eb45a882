import { defineModule, del, get, post, put } from '../module.js';
import { ciText, type Infer, object, some, text, url } from '../schema.js';
import { BusinessDetails } from './locations.js';
import { Role } from './types.js';

/** OCPI 2.2.1, 7.4 */
export const CredentialsRole = object({
  role: Role,
  business_details: BusinessDetails,
  party_id: ciText(3),
  country_code: ciText(2),
});
export type CredentialsRole = Infer<typeof CredentialsRole>;

/** OCPI 2.2.1, 7.3 */
export const Credentials = object({
  token: text(64),
  url: url,
  roles: some(CredentialsRole),
});
export type Credentials = Infer<typeof Credentials>;

const routes = {
  get: get('', { data: Credentials }),
  post: post('', { body: Credentials, data: Credentials }),
  put: put('', { body: Credentials, data: Credentials }),
  delete: del('', {}),
};

/** Registration: the same on both sides. OCPI 2.2.1, 7 */
export const credentials = defineModule({ id: 'credentials', routed: false, sender: routes, receiver: routes });
