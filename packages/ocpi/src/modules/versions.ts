import { defineModule, get } from '../module.js';
import { list, type Schema } from '../schema.js';

/** The versions a platform speaks. OCPI 2.2.1, 6.1 */
export const versionsModule = <V>(of: { readonly Version: Schema<V> }) =>
  defineModule({ id: 'versions', routed: false, sender: { list: get('', { data: list(of.Version) }) }, receiver: {} });

/** What a platform offers in one version. OCPI 2.2.1, 6.2 */
export const versionDetailsModule = <D>(of: { readonly VersionDetails: Schema<D> }) =>
  defineModule({ id: 'version_details', routed: false, sender: { get: get('', { data: of.VersionDetails }) }, receiver: {} });
