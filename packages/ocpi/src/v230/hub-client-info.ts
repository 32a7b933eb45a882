import { hubClientInfoModule } from '../modules/hub-client-info.js';
import { ciText, dateTime, type Infer, object } from '../schema.js';
import { ConnectionStatus } from '../v221/hub-client-info.js';
import { Role } from './types.js';

export { ConnectionStatus } from '../v221/hub-client-info.js';

/** The state of a party behind a hub. OCPI 2.3.0, mod_hub_client_info */
export const ClientInfo = object({
  party_id: ciText(3),
  country_code: ciText(2),
  role: Role,
  status: ConnectionStatus,
  last_updated: dateTime,
});
export type ClientInfo = Infer<typeof ClientInfo>;

/** Who is connected to a hub. A party that leaves is SUSPENDED, never deleted. OCPI 2.3.0, mod_hub_client_info */
export const hubClientInfo = hubClientInfoModule({ ClientInfo });
