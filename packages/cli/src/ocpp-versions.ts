import type { Registry, Version } from '@evroam/ocpp-core';

/** The registries of OCPP, each loaded when it is asked for. */
const LOADERS: Readonly<Record<Version, () => Promise<Registry>>> = {
  '1.6': () => import('@evroam/ocpp-core/v16'),
  '2.0.1': () => import('@evroam/ocpp-core/v201'),
  '2.1': () => import('@evroam/ocpp-core/v21'),
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
  const registry = await LOADERS[version]();
  loaded.set(version, registry);
  return registry;
}
