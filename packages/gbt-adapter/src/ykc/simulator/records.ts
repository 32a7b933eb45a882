import type { SimTime } from '../../simulation/time.js';
import type { YkcEndpoint } from '../endpoint.js';
import { YkcError } from '../errors.js';
import { MeteredTransactionRecord, TransactionRecord } from '../transaction-record.js';
import type { PileFault } from './faults.js';
import type { PileRecord } from './order.js';

/** Three times 30 s apart, then every 5 min, until 0x40 comes. V1.6, 8.7 and 8.8 */
const QUICK_TRIES = 3;
const QUICK_MS = 30_000;
const SLOW_MS = 300_000;

/** A pile's memory of what it has to bill: survives the line, not acknowledged is not forgotten. */
export class Records {
  readonly #kept = new Map<string, { record: PileRecord; tries: number }>();
  readonly #time: SimTime;
  readonly #faults: ReadonlySet<PileFault>;
  readonly #settled: (record: PileRecord, result: number) => void;

  constructor({
    time,
    faults,
    settled,
  }: { time: SimTime; faults: ReadonlySet<PileFault>; settled: (record: PileRecord, result: number) => void }) {
    this.#time = time;
    this.#faults = faults;
    this.#settled = settled;
  }

  /** Records that nobody has acknowledged. */
  get waiting(): readonly PileRecord[] {
    return [...this.#kept.values()].map(({ record }) => record);
  }

  keep(record: PileRecord): void {
    this.#kept.set(record.tradeNo, { record, tries: 0 });
  }

  /** Sends all that is kept, oldest first; after a login, before anything else. */
  async replay(line: YkcEndpoint<'pile'>): Promise<void> {
    for (const tradeNo of [...this.#kept.keys()]) {
      if (line.isOpen) await this.deliver(tradeNo, line);
    }
  }

  /** Sends one record until it is acknowledged or the line is over. */
  async deliver(tradeNo: string, line: YkcEndpoint<'pile'>): Promise<void> {
    const kept = this.#kept.get(tradeNo);
    if (!kept || !line.isOpen) return;
    kept.tries += 1;
    try {
      const { result } = await send(line, kept.record);
      if (this.#faults.has('recordUnheard') && kept.tries <= QUICK_TRIES) return this.#again(kept.tries, tradeNo, line);
      if (this.#faults.has('recordTwice')) await send(line, kept.record);
      this.#kept.delete(tradeNo);
      this.#settled(kept.record, result);
    } catch (error) {
      if (!(error instanceof YkcError)) throw error;
      if (error.code === 'Timeout') this.#again(kept.tries, tradeNo, line);
      // The line is over: the next login replays.
      else if (error.code !== 'Closed') throw error;
    }
  }

  #again(tries: number, tradeNo: string, line: YkcEndpoint<'pile'>): void {
    this.#time.after(tries < QUICK_TRIES ? QUICK_MS : SLOW_MS, () => void this.deliver(tradeNo, line));
  }
}

function send(line: YkcEndpoint<'pile'>, record: PileRecord): Promise<{ tradeNo: string; result: number }> {
  return 'meterCipher' in record ? line.call(MeteredTransactionRecord, record) : line.call(TransactionRecord, record);
}
