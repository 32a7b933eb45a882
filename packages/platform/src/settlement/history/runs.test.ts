// How often random histories are played, from which seed, by which clock.
import fc from 'fast-check';
import type { TestDatabase } from '../../edges/testing.js';
import { OPERATOR } from '../fixture.test.js';
import { createSettlement } from '../index.js';
import { count, type Message, messagesOf, newWorld, type Story, stories } from './stories.test.js';

const QUICK = process.env.EVROAM_EFFORT !== 'long';
export const SEED = Number(process.env.EVROAM_SEED ?? (QUICK ? 16 : Math.floor(Math.random() * 1e9)));

/** A history that fails is told as it was: to make it smaller would cost more than it tells. */
export const runs = (quick: number, long = 12 * quick) => ({ seed: SEED, numRuns: QUICK ? quick : long, endOnFailure: true });
export const TIMEOUT_MS = QUICK ? 60_000 : 0;

export interface History {
  told: readonly Story[];
  /** Where each message comes, if not in its order. */
  places: readonly number[];
  /** Which messages come again. */
  repeats: readonly number[];
  atOnce: number;
  /** How the clock of a node jumps. */
  jumps: number;
}

export const toldStories = fc.array(stories, { minLength: 1, maxLength: 8 });
export const histories: fc.Arbitrary<History> = fc.record({
  told: toldStories,
  places: fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
  repeats: fc.array(fc.nat(30), { maxLength: 6 }),
  atOnce: fc.integer({ min: 1, max: 4 }),
  jumps: fc.nat(1_000_000),
});

const MINUTE_MS = 60_000;
const FROM = Date.UTC(2026, 10, 16);
const MINUTES = 23 * 24 * 60;

/**
 * A node's clock may be wrong and jump to and fro, by days. After the sessions of a history and before their late window ends this
 * changes no state and no money.
 */
export function jumpingClock(jumps: number): { now: () => Date; rate: number } {
  let at = jumps;
  const now = () => {
    at = (at * 7919 + 104_729) % MINUTES;
    return new Date(FROM + at * MINUTE_MS);
  };
  return { now, rate: 1 };
}

/** A hub with a world of its own that knows what the messages of these stories presume. */
export function open({ sql, transact }: Pick<TestDatabase, 'sql' | 'transact'>, told: readonly Story[], jumps = 0) {
  const world = newWorld();
  const settlement = createSettlement({ ports: world, transact, clock: jumpingClock(jumps) }, { sql });
  return { world, settlement, messages: told.flatMap((story, n) => messagesOf(story, n, world)) };
}

/** The messages in another order, some of them more than once. */
export function mixed(messages: readonly Message[], { places, repeats }: Pick<History, 'places' | 'repeats'>): Message[] {
  const placed = messages.map((message, i) => ({ message, place: places[i] ?? 0 })).sort((a, b) => a.place - b.place);
  const all = placed.map(({ message }) => message);
  for (const at of repeats) all.push(all[at % all.length]!);
  return all;
}

export { count, OPERATOR };
