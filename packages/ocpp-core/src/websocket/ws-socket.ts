import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Socket, SocketListener } from '../socket.js';

const owner = Symbol('owner');
interface Owned extends WebSocket {
  [owner]?: WsSocket;
}

/** An open `ws` WebSocket as the endpoint wants it. Its listeners are shared by all: a closure for each costs memory. */
export class WsSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #stream: Duplex | undefined;
  #listener: SocketListener | undefined;
  /** Set by whatever comes in; cleared by whoever looks whether the peer lives. */
  alive = true;

  /** With the stream below, an uncompressed frame of a server goes out in one write instead of two. */
  constructor(ws: WebSocket, stream?: Duplex) {
    this.#ws = ws;
    this.#stream = ws.extensions === '' ? stream : undefined;
    (ws as Owned)[owner] = this;
    ws.on('message', onMessage);
    ws.on('close', onClose);
    ws.on('pong', onPong);
    // A broken frame or a lost connection also closes; 'close' tells the rest.
    ws.on('error', ignore);
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  send(text: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    if (this.#stream) writeText(this.#stream, text);
    else this.#ws.send(text, dropped);
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  /** Cuts the connection without a closing handshake. */
  cut(): void {
    this.#ws.terminate();
  }

  /** Resolves when the closing handshake is over; cuts it short after so many ms. */
  gone(timeoutMs: number): Promise<void> {
    if (this.#ws.readyState === this.#ws.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.cut(), timeoutMs);
      this.#ws.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Asks for a sign of life; cuts the connection when none came since the last time. */
  pingOrCut(): void {
    if (!this.alive) this.cut();
    else if (this.#ws.readyState === this.#ws.OPEN) {
      this.alive = false;
      this.#ws.ping();
    }
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  listen(listener: SocketListener): void {
    this.#listener = listener;
  }

  /** A message came. */
  take(data: Buffer, isBinary: boolean): void {
    this.alive = true;
    if (isBinary) this.#ws.close(1003, 'OCPP is text');
    else this.#listener?.heard(data.toString());
  }

  /** The connection is over. */
  over(code: number, reason: string): void {
    this.#listener?.ended(code, reason);
  }
}

function onMessage(this: Owned, data: Buffer, isBinary: boolean): void {
  this[owner]?.take(data, isBinary);
}
function onClose(this: Owned, code: number, reason: Buffer): void {
  this[owner]?.over(code, reason.toString());
}
function onPong(this: Owned): void {
  const socket = this[owner];
  if (socket) socket.alive = true;
}
const ignore = (): void => undefined;
// A frame that could not be written belongs to a connection that is closing.
const dropped = (_error?: Error): void => undefined;

/** Writes one final, unmasked text frame (RFC 6455, 5.2) at once. ASCII, as most messages are, goes down as a string: no buffer is made. */
function writeText(stream: Duplex, text: string): void {
  const length = Buffer.byteLength(text);
  if (length === text.length && length < 65_536) {
    const head = length < 126 ? String.fromCharCode(0x81, length) : String.fromCharCode(0x81, 126, length >> 8, length & 0xff);
    stream.write(head + text, 'latin1');
  } else stream.write(textFrame(text, length));
}

function textFrame(text: string, length: number): Buffer {
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}
