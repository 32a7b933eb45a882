import { versionDetailsModule, versionsModule } from '../modules/versions.js';
import { type Infer, object, oneOf, openOneOf, some, url } from '../schema.js';

/** OCPI 2.1.1, version_information_endpoint */
export const VersionNumber = oneOf('2.0', '2.1', '2.1.1');
export type VersionNumber = Infer<typeof VersionNumber>;

/** A version that a platform speaks. OCPI 2.1.1, version_information_endpoint */
export const Version = object({
  version: VersionNumber,
  url: url,
});
export type Version = Infer<typeof Version>;

/** OCPI 2.1.1, version_information_endpoint */
export const ModuleID = openOneOf('cdrs', 'commands', 'credentials', 'locations', 'sessions', 'tariffs', 'tokens');
export type ModuleID = Infer<typeof ModuleID>;

/** Where a module is. OCPI 2.1.1, version_information_endpoint */
export const Endpoint = object({
  identifier: ModuleID,
  url: url,
});
export type Endpoint = Infer<typeof Endpoint>;

/** The endpoints of a version. OCPI 2.1.1, version_information_endpoint */
export const VersionDetails = object({
  version: VersionNumber,
  endpoints: some(Endpoint),
});
export type VersionDetails = Infer<typeof VersionDetails>;

/** The versions that a platform speaks. OCPI 2.1.1, version_information_endpoint */
export const versions = versionsModule({ Version });

/** What a platform offers in one version. OCPI 2.1.1, version_information_endpoint */
export const versionDetails = versionDetailsModule({ VersionDetails });
