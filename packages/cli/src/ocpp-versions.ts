import type { Registry, Version } from '@evroam/ocpp-core';
import { failure } from './errors.js';

/** The registries of OCPP, each loaded when it is asked for. */
const LOADERS: Readonly<Partial<Record<Version, () => Promise<Registry>>>> = {
  '1.6': () => import('@evroam/ocpp-core/v16'),
};

export const OCPP_VERSIONS = Object.keys(LOADERS) as readonly Version[];

/** The version that a text names: 1.6, 2.0.1 or 2.1, also as a WebSocket subprotocol. */
export function toOcppVersion(text: unknown): Version | undefined {
  const name = text === 'ocpp1.6' ? '1.6' : text === 'ocpp2.0.1' ? '2.0.1' : text === 'ocpp2.1' ? '2.1' : text;
  return OCPP_VERSIONS.find((version) => version === name);
}

const loaded = new Map<Version, Registry>();

/** All messages of a version. */
export async function registryOf(version: Version): Promise<Registry> {
  const known = loaded.get(version);
  if (known) return known;
  const load = LOADERS[version];
  if (!load) throw failure('bad-value', { name: 'version', value: version, why: OCPP_VERSIONS.join(', ') });
  const registry = await load();
  loaded.set(version, registry);
  return registry;
}
