import { versionDetailsModule, versionsModule } from '../modules/versions.js';
import { type Infer, oneOf, some, vary } from '../schema.js';
import * as newer from '../v221/versions.js';

export { Endpoint, InterfaceRole, ModuleID } from '../v221/versions.js';

/** OCPI 2.2, version_information_endpoint */
export const VersionNumber = oneOf('2.0', '2.1', '2.1.1', '2.2');
export type VersionNumber = Infer<typeof VersionNumber>;

/** A version that a platform speaks. OCPI 2.2, version_information_endpoint */
export const Version = vary(newer.Version, { version: VersionNumber });
export type Version = Infer<typeof Version>;

/** The endpoints of a version. OCPI 2.2, version_information_endpoint */
export const VersionDetails = vary(newer.VersionDetails, { version: VersionNumber, endpoints: some(newer.Endpoint) });
export type VersionDetails = Infer<typeof VersionDetails>;

/** The versions that a platform speaks. OCPI 2.2, version_information_endpoint */
export const versions = versionsModule({ Version });

/** What a platform offers in one version. OCPI 2.2, version_information_endpoint */
export const versionDetails = versionDetailsModule({ VersionDetails });
