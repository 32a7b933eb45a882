import type { CanFrame, Sender } from './can.js';
import { Gbt27930Error } from './errors.js';
import {
  ABORT,
  Assembly,
  type Heard,
  MOST_BYTES,
  packet,
  packetsFor,
  readTransport,
  TIMERS,
  type Timer,
  type TransportFrame,
  writeTransport,
} from './transport.js';

/** What a node needs: a bus to write to, somebody to deliver to, and a way to wait. */
export interface NodeOptions {
  readonly self: Sender;
  readonly write: (frame: CanFrame) => void;
  readonly deliver: (pgn: number, payload: Buffer) => void;
  /** Runs once after so many milliseconds; gives what cancels it. */
  readonly after?: (ms: number, run: () => void) => () => void;
  /** Packets that it allows for one clear-to-send. */
  readonly perCts?: number;
}

interface Sending {
  readonly pgn: number;
  readonly payload: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Gbt27930Error) => void;
}

const NOTHING = (): void => {};
const wallAfter = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** One end of the transport protocol: sends and receives messages of 9 to 1785 bytes, one of each at a time, with aborts and time-outs. */
export class TransportNode {
  readonly #options: NodeOptions;
  readonly #after: (ms: number, run: () => void) => () => void;
  #sending: Sending | undefined;
  #receiving: Assembly | undefined;
  #cancelSend = NOTHING;
  #cancelReceive = NOTHING;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#after = options.after ?? wallAfter;
  }

  /** Sends a message; resolves when the other end has it all. Rejects with Gbt27930Error: Busy, Length, Aborted, Timeout. */
  send(pgn: number, payload: Uint8Array): Promise<void> {
    if (this.#sending) return Promise.reject(new Gbt27930Error('Busy', 'a message is on its way already'));
    if (payload.length < 9 || payload.length > MOST_BYTES) {
      return Promise.reject(new Gbt27930Error('Length', `${payload.length} bytes are no multi-packet message`));
    }
    return new Promise((resolve, reject) => {
      this.#sending = { pgn, payload, resolve, reject };
      this.#say({ kind: 'rts', size: payload.length, packets: packetsFor(payload.length), perCts: 0xff, pgn });
      this.#waitSend('T3');
    });
  }

  /** Hears any frame of the bus. */
  hear(frame: CanFrame): void {
    const heard = readTransport(frame);
    if (!heard || heard.sender === this.#options.self) return;
    if (heard.kind === 'rts') this.#begin(heard);
    else if (heard.kind === 'data') this.#data(heard);
    else if (heard.kind === 'abort') this.#aborted(heard);
    else this.#answered(heard);
  }

  #say(frame: TransportFrame): void {
    this.#options.write(writeTransport(this.#options.self, frame));
  }

  #answered(heard: Extract<Heard, { kind: 'cts' | 'end' }>): void {
    const sending = this.#sending;
    if (sending?.pgn !== heard.pgn) return;
    if (heard.kind === 'end') {
      this.#endSend();
      sending.resolve();
      return;
    }
    const packets = packetsFor(sending.payload.length);
    for (let i = heard.next; i < heard.next + heard.packets && i >= 1 && i <= packets; i += 1) this.#say(packet(sending.payload, i));
    // No packets means: hold, I am not ready.
    this.#waitSend(heard.packets === 0 ? 'T4' : 'T3');
  }

  #begin({ pgn, size, packets }: Extract<Heard, { kind: 'rts' }>): void {
    this.#cancelReceive();
    if (!Assembly.isPossible({ size, packets })) {
      this.#receiving = undefined;
      this.#say({ kind: 'abort', reason: ABORT.resources, pgn });
      return;
    }
    this.#receiving = new Assembly({ pgn, size, packets });
    this.#clear(this.#receiving);
  }

  #clear(assembly: Assembly): void {
    const next = assembly.missing ?? 1;
    const packets = Math.min(this.#options.perCts ?? 0xff, assembly.packets - next + 1);
    this.#say({ kind: 'cts', packets, next, pgn: assembly.pgn });
    this.#allowed = next + packets - 1;
    this.#waitReceive('T2');
  }

  /** The last packet that was allowed. */
  #allowed = 0;

  #data({ sequence, bytes }: Extract<Heard, { kind: 'data' }>): void {
    const assembly = this.#receiving;
    if (!assembly?.take(sequence, bytes)) return;
    if (assembly.missing === undefined) {
      this.#cancelReceive();
      this.#receiving = undefined;
      this.#say({ kind: 'end', size: assembly.size, packets: assembly.packets, pgn: assembly.pgn });
      this.#options.deliver(assembly.pgn, assembly.payload);
    } else if (sequence >= this.#allowed) this.#clear(assembly);
    else this.#waitReceive('T1');
  }

  #aborted({ pgn, reason }: Extract<Heard, { kind: 'abort' }>): void {
    if (this.#receiving?.pgn === pgn) {
      this.#cancelReceive();
      this.#receiving = undefined;
    }
    const sending = this.#sending;
    if (sending?.pgn !== pgn) return;
    this.#endSend();
    sending.reject(new Gbt27930Error('Aborted', `the other end aborted PGN ${pgn}, reason ${reason}`));
  }

  #waitSend(timer: Timer): void {
    this.#cancelSend();
    this.#cancelSend = this.#after(TIMERS[timer], () => {
      const sending = this.#sending;
      if (!sending) return;
      this.#endSend();
      this.#say({ kind: 'abort', reason: ABORT.timeout, pgn: sending.pgn });
      sending.reject(new Gbt27930Error('Timeout', `no answer to PGN ${sending.pgn} within ${TIMERS[timer]} ms (${timer})`));
    });
  }

  #waitReceive(timer: Timer): void {
    this.#cancelReceive();
    this.#cancelReceive = this.#after(TIMERS[timer], () => {
      const assembly = this.#receiving;
      this.#receiving = undefined;
      if (assembly) this.#say({ kind: 'abort', reason: ABORT.timeout, pgn: assembly.pgn });
    });
  }

  #endSend(): void {
    this.#cancelSend();
    this.#sending = undefined;
  }
}
