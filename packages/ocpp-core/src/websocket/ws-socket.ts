import type { WebSocket } from 'ws';
import type { SocketListener } from '../socket.js';
import type { PeerSocket } from './peer-socket.js';

const owner = Symbol('owner');
interface Owned extends WebSocket {
  [owner]?: WsSocket;
}

/** An open `ws` WebSocket as the endpoint wants it. Its listeners are shared by all: a closure for each costs memory. */
export class WsSocket implements PeerSocket {
  readonly #ws: WebSocket;
  #listener: SocketListener | undefined;
  /** Set by whatever comes in; cleared by whoever looks whether the peer lives. */
  alive = true;

  constructor(ws: WebSocket) {
    this.#ws = ws;
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
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(text, dropped);
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  cut(): void {
    this.#ws.terminate();
  }

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
