import { defineModule, get } from '../module.js';
import { type Infer, list, object, oneOf, some, url } from '../schema.js';

/** OCPI 2.2.1, 6.4 */
export const VersionNumber = oneOf('2.0', '2.1', '2.1.1', '2.2', '2.2.1');
export type VersionNumber = Infer<typeof VersionNumber>;

/** OCPI 2.2.1, 6.4 */
export const Version = object({
  version: VersionNumber,
  url: url,
});
export type Version = Infer<typeof Version>;

/** OCPI 2.2.1, 6.4 */
export const ModuleID = oneOf(
  'cdrs',
  'chargingprofiles',
  'commands',
  'credentials',
  'hubclientinfo',
  'locations',
  'sessions',
  'tariffs',
  'tokens',
);
export type ModuleID = Infer<typeof ModuleID>;

/** OCPI 2.2.1, 6.4 */
export const InterfaceRole = oneOf('SENDER', 'RECEIVER');
export type InterfaceRole = Infer<typeof InterfaceRole>;

/** OCPI 2.2.1, 6.4 */
export const Endpoint = object({
  identifier: ModuleID,
  role: InterfaceRole,
  url: url,
});
export type Endpoint = Infer<typeof Endpoint>;

/** OCPI 2.2.1, 6.4 */
export const VersionDetails = object({
  version: VersionNumber,
  endpoints: some(Endpoint),
});
export type VersionDetails = Infer<typeof VersionDetails>;

/** The versions a platform speaks. OCPI 2.2.1, 6.1 */
export const versions = defineModule({ id: 'versions', routed: false, sender: { list: get('', { data: list(Version) }) }, receiver: {} });

/** What a platform offers in this version. OCPI 2.2.1, 6.2 */
export const versionDetails = defineModule({
  id: 'version_details',
  routed: false,
  sender: { get: get('', { data: VersionDetails }) },
  receiver: {},
});
