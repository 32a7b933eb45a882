import { isConflict, isOutage } from './sql-state.js';

export interface GatherOptions<Ask, Answer> {
  /** Two asks of one key are never in one statement: the second one comes after the first one was answered. */
  key(ask: Ask): string;
  /** One statement for all of these; their answers, at their indexes. It may run again after a failure. The asks come sorted by their keys, for locks. */
  run(asks: readonly Ask[]): Promise<readonly Answer[]>;
}

interface Waiting<Ask, Answer> {
  ask: Ask;
  key: string;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Asks in one statement. All who asked go on in the turn that brings its answers: what else is due must not wait for too many of them. */
const MOST = 64;
const ATTEMPTS = 5;

/**
 * Answers many asks of one kind with one statement: what is asked in one turn of the event loop, or while the last statement ran, goes
 * together. A fleet that comes back at once costs a few statements, and a lone ask waits for nobody.
 */
export function createGather<Ask, Answer>({ key, run }: GatherOptions<Ask, Answer>): (ask: Ask) => Promise<Answer> {
  type Item = Waiting<Ask, Answer>;
  let waiting: Item[] = [];
  let busy = false;

  function schedule(): void {
    if (busy || waiting.length === 0) return;
    busy = true;
    setImmediate(async () => {
      await settle(take(), 1);
      busy = false;
      schedule();
    });
  }

  function take(): Item[] {
    const batch = new Map<string, Item>();
    const left: Item[] = [];
    for (const item of waiting) {
      if (batch.size < MOST && !batch.has(item.key)) batch.set(item.key, item);
      else left.push(item);
    }
    waiting = left;
    return [...batch.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Never rejects. What cannot be answered fails alone: the others are asked without it. */
  async function settle(items: readonly Item[], attempt: number): Promise<void> {
    try {
      const answers = await run(items.map(({ ask }) => ask));
      for (const [index, item] of items.entries()) item.resolve(answers[index] as Answer);
    } catch (error) {
      if (isConflict(error) && attempt < ATTEMPTS) return settle(items, attempt + 1);
      if (items.length === 1 || isOutage(error)) for (const { reject } of items) reject(error);
      else {
        const half = items.length >> 1;
        await settle(items.slice(0, half), 1);
        await settle(items.slice(half), 1);
      }
    }
  }

  return (ask) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ ask, key: key(ask), resolve, reject });
      schedule();
    });
}
