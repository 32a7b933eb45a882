import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refuse } from './handshake.js';

/** Where RFC 6455, 1.3 takes the accepting key from. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers a WebSocket handshake (RFC 6455, 4.2) without extensions. False when it is none; it was refused then. */
export function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, protocol: string | undefined): boolean {
  const { headers } = request;
  const key = headers['sec-websocket-key'];
  if (request.method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined || !isKey(key)) {
    refuse(stream, 400);
    return false;
  }
  if (headers['sec-websocket-version'] !== '13') {
    refuse(stream, 426, { 'Sec-WebSocket-Version': '13' });
    return false;
  }
  if (stream instanceof Socket) stream.setTimeout(0).setNoDelay(true);
  const accept = createHash('sha1')
    .update(key + ACCEPT_GUID)
    .digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  stream.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) stream.unshift(head);
  return true;
}

/** Sixteen bytes in Base64. */
const isKey = (key: string): boolean => /^[+/0-9A-Za-z]{22}==$/.test(key);
