import { versionDetailsModule, versionsModule } from '../modules/versions.js';
import { type Infer, object, oneOf, some, url } from '../schema.js';

/** OCPI 2.2.1, 6.4 */
export const VersionNumber = oneOf('2.0', '2.1', '2.1.1', '2.2', '2.2.1');
export type VersionNumber = Infer<typeof VersionNumber>;

/** A version that a platform speaks. OCPI 2.2.1, 6.4 */
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

/** Where a module is. OCPI 2.2.1, 6.4 */
export const Endpoint = object({
  identifier: ModuleID,
  role: InterfaceRole,
  url: url,
});
export type Endpoint = Infer<typeof Endpoint>;

/** The endpoints of a version. OCPI 2.2.1, 6.4 */
export const VersionDetails = object({
  version: VersionNumber,
  endpoints: some(Endpoint),
});
export type VersionDetails = Infer<typeof VersionDetails>;

/** The versions that a platform speaks. OCPI 2.2.1, 6.1 */
export const versions = versionsModule({ Version });

/** What a platform offers in one version. OCPI 2.2.1, 6.2 */
export const versionDetails = versionDetailsModule({ VersionDetails });
