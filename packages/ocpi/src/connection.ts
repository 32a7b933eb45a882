// How a hub reaches its partners, with what is derived from a connection remembered as long as it is the same object.
import { OcpiError } from './envelope.js';
import type { PeerEndpoint } from './handshake.js';
import { authorization, type TokenCoding } from './headers.js';
import type { InterfaceRole } from './module.js';

/** How the hub reaches a partner. Keep the object while nothing changes: what is derived from it is remembered. */
export interface Connection {
  readonly partner: string;
  readonly version: string;
  readonly endpoints: readonly PeerEndpoint[];
  readonly token: string;
  readonly coding: TokenCoding;
  readonly connected: boolean;
  /** The hosts that its response_urls may name. */
  readonly hosts: readonly string[];
}

/** The connection, if it can be used. Throws 'unknown-receiver' or 'not-connected'. */
export function usable(connection: Connection | undefined, name: string): Connection {
  if (!connection) throw new OcpiError('unknown-receiver', `${name} is not known here`);
  if (!connection.connected) throw new OcpiError('not-connected', `${name} is not connected`);
  return connection;
}

/** Throws: the receiver speaks another version. */
export function otherVersion({ version }: Connection): never {
  throw new OcpiError('hub', `the receiver speaks OCPI ${version}`);
}

interface Derived {
  readonly authorization: string;
  readonly endpoints: ReadonlyMap<string, string>;
}
const derived = new WeakMap<Connection, Derived>();

function derive(connection: Connection): Derived {
  const known = derived.get(connection);
  if (known) return known;
  const made: Derived = {
    authorization: authorization(connection.token, connection.coding),
    endpoints: new Map(connection.endpoints.map(({ identifier, role, url }) => [`${identifier} ${role ?? ''}`, url.replace(/\/+$/, '')])),
  };
  derived.set(connection, made);
  return made;
}

/** The Authorization header for a partner. */
export const tokenHeader = (connection: Connection): string => derive(connection).authorization;

/** The URL of a partner's interface. Throws 'hub' when it has none. */
export function endpoint(connection: Connection, module: string, role: InterfaceRole | undefined): string {
  const { endpoints } = derive(connection);
  const url = endpoints.get(`${module} ${role ?? ''}`) ?? endpoints.get(`${module} `);
  if (url === undefined) throw new OcpiError('hub', `the receiver has no ${module} ${role ?? ''}`);
  return url;
}
