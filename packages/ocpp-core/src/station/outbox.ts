import { OcppError } from '../errors.js';
import type { StationClock } from './clock.js';
import type { Faults } from './faults.js';
import type { JournalNote } from './journal.js';
import type { Told, TransactionMoment, Voice } from './voice.js';

/** How transaction messages are repeated (OCPP 1.6, 3.7.1 and the keys TransactionMessageAttempts, TransactionMessageRetryInterval). */
export interface RetryRule {
  /** After so many refusals a message is given up; Infinity never gives up. A lost connection is no refusal. */
  readonly attempts: number;
  /** The wait after the nth refusal is n times as long, seconds. */
  readonly intervalSeconds: number;
}

/** Transaction messages in the order in which they happened; the first one blocks the others until it is acknowledged. */
export class Outbox {
  readonly #clock: StationClock;
  readonly #rule: RetryRule;
  readonly #note: (note: JournalNote) => void;
  readonly #told: (moment: TransactionMoment, told: Told) => void;
  readonly #faults: Faults;
  readonly #moments: TransactionMoment[] = [];
  #failures = 0;
  #wake: (() => void) | undefined;
  #empty: (() => void)[] = [];

  constructor(options: {
    clock: StationClock;
    rule: RetryRule;
    note: (note: JournalNote) => void;
    faults: Faults;
    told: (moment: TransactionMoment, told: Told) => void;
  }) {
    this.#clock = options.clock;
    this.#rule = options.rule;
    this.#note = options.note;
    this.#told = options.told;
    this.#faults = options.faults;
  }

  get size(): number {
    return this.#moments.length;
  }

  /** True while messages of this transaction, or of any, wait. */
  holds(transactionKey: string | undefined): boolean {
    return this.#moments.some(({ transaction }) => (transactionKey ?? transaction.key) === transaction.key);
  }

  add(moment: TransactionMoment): void {
    this.#moments.push(moment);
    const { sequence, event, transaction } = moment;
    this.#note({ kind: 'queued', sequence, event, transactionKey: transaction.key });
    this.#wake?.();
  }

  /** Resolves when everything was acknowledged or given up. */
  drained(): Promise<void> {
    if (this.#moments.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#empty.push(resolve));
  }

  /** Tells the moments over one connection until the signal ends it. */
  async pump(voice: Voice, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    while (!signal.aborted) {
      const [moment] = this.#moments;
      if (moment) {
        if ((await this.#tell(voice, moment, signal)) === 'gone') return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #tell(voice: Voice, moment: TransactionMoment, signal: AbortSignal): Promise<'tried' | 'gone'> {
    const { sequence, event, transaction } = moment;
    const attempt = this.#failures + 1;
    try {
      const told = await voice.tell(this.#skewed(moment));
      const { action, request, response } = told;
      this.#note({ kind: 'acknowledged', action, request, response, sequence, attempt });
      this.#done();
      this.#told(moment, told);
    } catch (error) {
      if (!(error instanceof OcppError)) throw error;
      if (error.code === 'ConnectionClosed') return 'gone';
      this.#failures = attempt;
      this.#note({ kind: 'failed', action: event, code: error.code, sequence, attempt });
      if (attempt < this.#rule.attempts) await this.#clock.delay(this.#rule.intervalSeconds * 1_000 * attempt, signal);
      else {
        this.#note({ kind: 'dropped', sequence, event, transactionKey: transaction.key });
        this.#done();
      }
    }
    return 'tried';
  }

  #skewed(moment: TransactionMoment): TransactionMoment {
    return this.#faults.clockSkewMs === 0 ? moment : { ...moment, at: new Date(moment.at.getTime() + this.#faults.clockSkewMs) };
  }

  #done(): void {
    this.#failures = 0;
    this.#moments.shift();
    if (this.#moments.length > 0) return;
    for (const resolve of this.#empty) resolve();
    this.#empty = [];
  }
}
