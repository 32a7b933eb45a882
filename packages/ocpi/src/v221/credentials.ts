import { credentialsModule } from '../modules/credentials.js';
import { ciText, type Infer, object, some, text, url } from '../schema.js';
import { BusinessDetails } from './locations.js';
import { Role } from './types.js';

/** A party behind a platform. OCPI 2.2.1, 7.4 */
export const CredentialsRole = object({
  role: Role,
  business_details: BusinessDetails,
  party_id: ciText(3),
  country_code: ciText(2),
});
export type CredentialsRole = Infer<typeof CredentialsRole>;

/** How to call a platform, and which parties stand behind it. OCPI 2.2.1, 7.3 */
export const Credentials = object({
  token: text(64),
  url: url,
  roles: some(CredentialsRole),
});
export type Credentials = Infer<typeof Credentials>;

/** Registration: the same on both sides. OCPI 2.2.1, 7 */
export const credentials = credentialsModule({ Credentials });
