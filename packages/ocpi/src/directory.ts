// The answers of the versions and version details endpoints. OCPI 2.2.1, 6.1, 6.2
import { envelopeText } from './envelope.js';
import { header } from './headers.js';
import { type OcpiRequest, Payload } from './message.js';
import type { Interface } from './module.js';

/** An interface and where it stands. */
export interface Listed {
  readonly version: string;
  readonly url: string;
  readonly face: Interface;
}

/** Endpoints have roles since 2.2. */
export const hasRoles = (version: string): boolean => version !== '2.1.1' && version !== '2.0';

/** The answer for a path below the host's, if it is one of the directory's. */
export type Directory = (path: string) => Payload | undefined;

/** The directory of these versions and interfaces. */
export function directoryOf(versions: readonly string[], listed: readonly Listed[], url: string, clock: { now(): Date }): Directory {
  const all = versions.map((version) => ({ version, url: `${url}/${version}` }));
  const pages = new Map<string, string>([['/versions', JSON.stringify(all)]]);
  for (const version of versions) {
    const own = listed.filter((one) => one.version === version);
    const endpoints = own.map(({ face, url: at }) => ({
      identifier: face.module,
      ...(hasRoles(version) ? { role: face.module === 'credentials' ? 'SENDER' : face.role } : {}),
      url: at,
    }));
    pages.set(`/${version}`, JSON.stringify({ version, endpoints }));
  }
  return (path) => {
    const page = pages.get(path.endsWith('/') ? path.slice(0, -1) : path);
    return page === undefined ? undefined : Payload.text(envelopeText(clock.now(), 1000, 'Success', page));
  };
}

/** The headers of its answers. */
export function directoryHeaders(request: OcpiRequest): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const name of ['x-request-id', 'x-correlation-id']) {
    const value = header(request.headers, name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
