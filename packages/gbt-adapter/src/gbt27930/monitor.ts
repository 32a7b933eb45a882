import type { CanFrame, Sender } from './can.js';
import { Assembly, type Heard, readTransport, TIMERS, type Timer } from './transport.js';

/** What a transfer that was overheard came to. */
export type Outcome =
  | { readonly outcome: 'complete'; readonly pgn: number; readonly sender: Sender; readonly payload: Buffer }
  | { readonly outcome: 'aborted'; readonly pgn: number; readonly sender: Sender; readonly by: Sender; readonly reason: number }
  | { readonly outcome: 'timeout'; readonly pgn: number; readonly sender: Sender; readonly timer: Timer }
  /** The same sender began again before it was done, or announced what cannot be. */
  | { readonly outcome: 'replaced' | 'impossible'; readonly pgn: number; readonly sender: Sender };

interface Transfer {
  readonly assembly: Assembly;
  lastMs: number;
  waits: Timer;
}

/** Listens to the transport protocol without taking part: a capture, a bus monitor. One transfer at a time from each side. */
export class TransportMonitor {
  readonly #running = new Map<Sender, Transfer>();

  /** Hears any frame; gives what ended with it. A frame without a time never lets a transfer time out. */
  hear(frame: CanFrame): Outcome[] {
    const outcomes = frame.atMs === undefined ? [] : this.expire(frame.atMs);
    const heard = readTransport(frame);
    if (heard) outcomes.push(...this.#take(heard, frame.atMs ?? 0));
    return outcomes;
  }

  /** Ends the transfers that have been silent for too long at a moment. */
  expire(nowMs: number): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const [sender, { assembly, lastMs, waits }] of this.#running) {
      if (nowMs - lastMs <= TIMERS[waits]) continue;
      this.#running.delete(sender);
      outcomes.push({ outcome: 'timeout', pgn: assembly.pgn, sender, timer: waits });
    }
    return outcomes;
  }

  #take(heard: Heard, nowMs: number): Outcome[] {
    const { sender } = heard;
    if (heard.kind === 'rts') return this.#begin(heard, nowMs);
    if (heard.kind === 'data') return this.#data(heard, nowMs);
    const origin = this.#originOf(heard);
    const transfer = origin ? this.#running.get(origin) : undefined;
    if (!origin || !transfer) return [];
    transfer.lastMs = nowMs;
    if (heard.kind === 'cts') transfer.waits = heard.packets === 0 ? 'T4' : 'T2';
    if (heard.kind !== 'abort') return [];
    this.#running.delete(origin);
    return [{ outcome: 'aborted', pgn: heard.pgn, sender: origin, by: sender, reason: heard.reason }];
  }

  /** Whose transfer a control frame is about: an abort may come from either end. */
  #originOf({ sender, pgn }: { sender: Sender; pgn: number }): Sender | undefined {
    const other = sender === 'charger' ? 'bms' : 'charger';
    return [other, sender].find((one): one is Sender => this.#running.get(one as Sender)?.assembly.pgn === pgn) as Sender | undefined;
  }

  #begin({ pgn, size, packets, sender }: Extract<Heard, { kind: 'rts' }>, nowMs: number): Outcome[] {
    const outcomes: Outcome[] = [];
    const old = this.#running.get(sender);
    if (old) outcomes.push({ outcome: 'replaced', pgn: old.assembly.pgn, sender });
    this.#running.delete(sender);
    if (!Assembly.isPossible({ size, packets })) return [...outcomes, { outcome: 'impossible', pgn, sender }];
    this.#running.set(sender, { assembly: new Assembly({ pgn, size, packets }), lastMs: nowMs, waits: 'T3' });
    return outcomes;
  }

  #data({ sender, sequence, bytes }: Extract<Heard, { kind: 'data' }>, nowMs: number): Outcome[] {
    const transfer = this.#running.get(sender);
    if (!transfer?.assembly.take(sequence, bytes)) return [];
    transfer.lastMs = nowMs;
    transfer.waits = 'T1';
    if (transfer.assembly.missing !== undefined) return [];
    this.#running.delete(sender);
    return [{ outcome: 'complete', pgn: transfer.assembly.pgn, sender, payload: transfer.assembly.payload }];
  }
}
