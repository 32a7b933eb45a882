import { once } from 'node:events';
import { CardQuery, type YkcEndpoint } from '@evroam/gbt-adapter/ykc';
import { ManualTime, type PileOptions, SimulatedPile } from '@evroam/gbt-adapter/ykc/simulator';
import { PILE, Platform } from './platform.js';

export const VEHICLE = { vin: 'L1NSPGH98NA000000', capacityKWh: 60, socPct: 20, maxPowerKw: 60 };
export const GUN = { pileCode: PILE, gunNo: '01' };
export const TRADE = `${PILE}012501010801000001`;
export const START = { ...GUN, tradeNo: TRADE, logicCard: '0'.repeat(16), physicalCard: '0'.repeat(16), balance: 0 };
export const HOUR = 3_600_000;

/** Time that a test moves, and that tells when somebody begins to wait. */
class WatchedTime extends ManualTime {
  readonly #waits = new Map<number, () => void>();

  override after(ms: number, run: () => void): () => void {
    const cancel = super.after(ms, run);
    this.#waits.get(ms)?.();
    this.#waits.delete(ms);
    return cancel;
  }

  /** Resolves when somebody next begins to wait for exactly so long. */
  waitOf(ms: number): Promise<void> {
    return new Promise((resolve) => this.#waits.set(ms, resolve));
  }
}

/** A pile, its platform and the line between them; time stands still until a test moves it. */
export interface PileWorld {
  readonly platform: Platform;
  readonly time: WatchedTime;
  readonly pile: SimulatedPile;
  readonly line: YkcEndpoint<'platform'>;
  /** Lets everything that is under way on the sockets arrive: a round trip behind it, of a frame that comes only as an answer. */
  settle(): Promise<void>;
  /** Lets time pass as it would: a heartbeat is answered before the next one is due. */
  pass(ms: number): Promise<void>;
  down(): Promise<void>;
}

export async function pileWorld(options: Partial<PileOptions> = {}): Promise<PileWorld> {
  const platform = new Platform();
  const time = new WatchedTime(new Date('2025-01-01T00:00:00Z'));
  const pile = new SimulatedPile({ pileCode: PILE, port: await platform.open(), time, ...options });
  const [online, logged] = [once(pile, 'online'), platform.next('line')];
  pile.start();
  const [line] = await logged;
  await online;
  const settle = async (): Promise<void> => void (await line.call(CardQuery, { pileCode: PILE, cards: [] }));
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 10_000) {
      time.advance(Math.min(left, 10_000));
      await settle();
    }
  };
  const down = async (): Promise<void> => {
    pile.stop();
    await platform.close();
  };
  return { platform, time, pile, line, settle, pass, down };
}
