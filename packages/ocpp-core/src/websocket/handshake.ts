import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type PeerCertificate, TLSSocket } from 'node:tls';

/** What a station shows when it connects. */
export interface Handshake {
  /** The percent-decoded last part of the URL. */
  readonly identity: string;
  /** The password's bytes: 1.6 keys are binary, so they are compared as bytes. Absent without Basic authentication. */
  readonly password?: Buffer;
  /** The client certificate, its chain verified, with security profile 3. */
  readonly certificate?: PeerCertificate;
  /** The certificate is good but for its dates: such a station may be let in, Pending, to renew it (OCPP 2.0.1, A00.FR.429). */
  readonly certificateExpired?: true;
  /** 0 none, 1 password, 2 password over TLS, 3 certificate. A station that once used a higher one is refused (A05.FR.07). */
  readonly securityProfile: 0 | 1 | 2 | 3;
  readonly remoteAddress: string;
  readonly headers: IncomingHttpHeaders;
}

/** Longest identity (OCPP 2.0.1 part 4, 3.1.1: 48 characters; 1.6 sets no limit, so this is ours). */
const MAX_IDENTITY = 255;

/** The identity in a path below the prefix, or why there is none. */
export function identityIn(url: string, prefix: string): string | undefined {
  const path = url.split('?', 1)[0] ?? '';
  if (!path.startsWith(prefix)) return undefined;
  const last = path.slice(prefix.length);
  if (last === '' || last.includes('/')) return undefined;
  try {
    const identity = decodeURIComponent(last);
    return identity.length <= MAX_IDENTITY && !identity.includes('\0') ? identity : undefined;
  } catch {
    // %1 and the like are no encoding at all.
    return undefined;
  }
}

/** User and password of a Basic header: the user ends at the colon that the identity leaves, the password is what follows, as bytes. */
export function basicCredentials(header: string | undefined, identity: string): { user: string; password: Buffer } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  // An identity of 1.6 may hold a colon itself.
  const own = Buffer.from(`${identity}:`);
  const colon = bytes.subarray(0, own.length).equals(own) ? own.length - 1 : bytes.indexOf(0x3a);
  if (colon < 0) return undefined;
  return { user: bytes.subarray(0, colon).toString(), password: bytes.subarray(colon + 1) };
}

/** Reads a handshake. `wrong-user`: the credentials name another station than the URL. */
export function readHandshake(request: IncomingMessage, identity: string): Handshake | 'wrong-user' {
  const credentials = basicCredentials(request.headers.authorization, identity);
  if (credentials && credentials.user !== identity) return 'wrong-user';
  const { socket } = request;
  const secure = socket instanceof TLSSocket;
  const shown = secure ? certificateOf(socket) : undefined;
  return {
    identity,
    remoteAddress: socket.remoteAddress ?? '',
    headers: request.headers,
    securityProfile: shown ? 3 : !credentials ? 0 : secure ? 2 : 1,
    ...(credentials ? { password: credentials.password } : {}),
    ...shown,
  };
}

function certificateOf(socket: TLSSocket): Pick<Handshake, 'certificate' | 'certificateExpired'> | undefined {
  const certificate = socket.getPeerCertificate();
  if (Object.keys(certificate).length === 0) return undefined;
  if (socket.authorized) return { certificate };
  const problem: unknown = socket.authorizationError;
  const code = problem instanceof Error ? Reflect.get(problem, 'code') : problem;
  return code === 'CERT_HAS_EXPIRED' ? { certificate, certificateExpired: true } : undefined;
}

/** The subprotocols that a client offers, in its order of preference. */
export const offeredProtocols = (request: IncomingMessage): readonly string[] =>
  (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Refuses an upgrade with an HTTP status. */
export function refuse(stream: Duplex, status: number, headers: Readonly<Record<string, string>> = {}): void {
  const lines = [`HTTP/1.1 ${status} ${phrases[status] ?? 'Refused'}`, 'Connection: close', 'Content-Length: 0'];
  if (status === 401) lines.push('WWW-Authenticate: Basic realm="OCPP", charset="UTF-8"');
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  stream.once('finish', () => stream.destroy());
  stream.end(`${lines.join('\r\n')}\r\n\r\n`);
}
