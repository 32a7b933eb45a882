import type { SecureContextOptions } from 'node:tls';
import { WebSocket } from 'ws';
import { OcppError } from '../errors.js';
import { type Speaker, subprotocolOf } from './speak.js';
import { WsSocket } from './ws-socket.js';

/** Where and how a station connects. */
export interface ConnectOptions<S extends Speaker<'station'>> {
  /** The central system's URL without the identity, `ws://...` or `wss://...`. */
  readonly url: string;
  readonly identity: string;
  /** Sent with Basic authentication; bytes as they are, a text as UTF-8. */
  readonly password?: string | Uint8Array;
  /** In the order of preference. */
  readonly versions: readonly S[];
  /** The authorities to trust and, with security profile 3, the station's key and certificate. */
  readonly tls?: SecureContextOptions;
  /** How long the handshake may take, ms of wall time. */
  readonly handshakeTimeoutMs?: number;
  /** Between two pings, ms of wall time; a server that was silent for a whole interval is given up. 0 or absent: no pings. */
  readonly pingIntervalMs?: number;
  /** Longest message in bytes; a longer one closes the connection. */
  readonly messageBytes?: number;
  readonly signal?: AbortSignal;
}

type ConnectionOf<S> = S extends Speaker<'station'> ? ReturnType<S['open']> : never;

/**
 * Connects a station. Rejects with OcppError ConnectionRefused: `details.status` is the HTTP status of a refusal; without
 * one the server could not be reached, or chose no version of ours.
 */
export function connectOcpp<S extends Speaker<'station'>>(options: ConnectOptions<S>): Promise<ConnectionOf<S>> {
  const { identity, password, tls } = options;
  const url = `${options.url.replace(/\/+$/, '')}/${encodeURIComponent(identity)}`;
  const headers: Record<string, string> = {};
  if (password !== undefined)
    headers.Authorization = `Basic ${Buffer.concat([Buffer.from(`${identity}:`), Buffer.from(password)]).toString('base64')}`;
  const ws = new WebSocket(
    url,
    options.versions.map(({ version }) => subprotocolOf(version)),
    {
      ...tls,
      headers,
      handshakeTimeout: options.handshakeTimeoutMs ?? 30_000,
      maxPayload: options.messageBytes ?? 1024 * 1024,
      perMessageDeflate: false,
      followRedirects: false,
    },
  );
  return new Promise((resolve, reject) => {
    const abort = () => fail('the connection was given up');
    const fail = (why: string, details: Record<string, unknown> = {}, cause?: unknown): void => {
      options.signal?.removeEventListener('abort', abort);
      ws.on('error', ignore);
      ws.terminate();
      reject(new OcppError('ConnectionRefused', why, { details, cause }));
    };
    ws.once('unexpected-response', (_request, response) => fail(`HTTP status ${response.statusCode}`, { status: response.statusCode }));
    ws.once('error', (error: Error) => fail(error.message, {}, error));
    ws.once('open', () => {
      options.signal?.removeEventListener('abort', abort);
      const speaker = options.versions.find(({ version }) => subprotocolOf(version) === ws.protocol);
      if (!speaker) return fail('the server chose no version of ours');
      const remoteAddress = new URL(url).host;
      ws.removeAllListeners('error');
      const socket = new WsSocket(ws);
      if (options.pingIntervalMs) watchOver(ws, socket, options.pingIntervalMs);
      resolve(speaker.open('station', socket, { identity, remoteAddress }) as ConnectionOf<S>);
    });
    if (options.signal?.aborted) abort();
    else options.signal?.addEventListener('abort', abort, { once: true });
  });
}

function watchOver(ws: WebSocket, socket: WsSocket, intervalMs: number): void {
  const timer = setInterval(() => socket.pingOrCut(), intervalMs);
  ws.once('close', () => clearInterval(timer));
}

const ignore = (): void => undefined;
