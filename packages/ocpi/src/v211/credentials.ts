import { credentialsModule } from '../modules/credentials.js';
import { type Infer, object, text, url } from '../schema.js';
import { BusinessDetails } from './locations.js';

/** How to call a platform, and which parties stand behind it. OCPI 2.1.1, credentials */
export const Credentials = object({
  token: text(64),
  url: url,
  business_details: BusinessDetails,
  party_id: text(3),
  country_code: text(2),
});
export type Credentials = Infer<typeof Credentials>;

/** Registration: the same on both sides. OCPI 2.1.1, credentials */
export const credentials = credentialsModule({ Credentials });
