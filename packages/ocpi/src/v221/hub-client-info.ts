import { hubClientInfoModule } from '../modules/hub-client-info.js';
import { ciText, dateTime, type Infer, object, oneOf } from '../schema.js';
import { Role } from './types.js';

/** OCPI 2.2.1, 15.4 */
export const ConnectionStatus = oneOf('CONNECTED', 'OFFLINE', 'PLANNED', 'SUSPENDED');
export type ConnectionStatus = Infer<typeof ConnectionStatus>;

/** The state of a party behind a hub. OCPI 2.2.1, 15.3 */
export const ClientInfo = object({
  party_id: ciText(3),
  country_code: ciText(2),
  role: Role,
  status: ConnectionStatus,
  last_updated: dateTime,
});
export type ClientInfo = Infer<typeof ClientInfo>;

/** Who is connected to a hub. A party that leaves is SUSPENDED, never deleted. OCPI 2.2.1, 15 */
export const hubClientInfo = hubClientInfoModule({ ClientInfo });
