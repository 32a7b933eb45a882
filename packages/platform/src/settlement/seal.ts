import { createHash } from 'node:crypto';
import { entryHash, merkleRoot, type Entry as StatedEntry, type Leg as StatedLeg } from '@evroam/ocpi/statement';
import type { PartyId } from '../model/party.js';
import type { Entry } from './ledger.js';
import type { PeriodName } from './period.js';

/** An entry as it stands in the log. */
export interface PostedEntry extends Entry {
  /** Its place in the log, as digits. */
  id: string;
  postedAt: Date;
  period: PeriodName;
  /** Whose block seals it: the party of ours that states it. */
  issuer: PartyId;
  /** Random hex, from which each leg gets its own. */
  salt: string;
}

/** The entry in the words of a statement: what is hashed into a block. */
export function statedEntry({ key, posting, currency, legs, postedAt, salt }: PostedEntry): StatedEntry {
  return {
    id: key,
    postedAt: postedAt.toISOString(),
    kind: posting,
    legs: legs.map(
      ({ account, side, minor }, i): StatedLeg => ({ account, side, currency, amount: minor.toString(), salt: saltOf(salt, i) }),
    ),
  };
}

/** The leaf that a block holds for an entry. */
export function leafOf(entry: PostedEntry): string {
  return entryHash(statedEntry(entry));
}

/** A leg shown gives away its own salt, and not those of its neighbours. */
function saltOf(salt: string, place: number): string {
  return createHash('sha256').update(`${salt}/${place}`).digest('hex').slice(0, 32);
}

/** The hashes beside the way from each leaf to the root, for all leaves of a block at once. RFC 6962, 2.1.1 */
export function pathsOf(leaves: readonly string[]): string[][] {
  const paths: string[][] = leaves.map(() => []);
  walk(leaves, 0, leaves.length, paths);
  return paths;
}

function walk(leaves: readonly string[], from: number, to: number, paths: string[][]): string {
  if (to - from <= 1) return merkleRoot(leaves.slice(from, to));
  let split = 1;
  while (split * 2 < to - from) split *= 2;
  const left = walk(leaves, from, from + split, paths);
  const right = walk(leaves, from + split, to, paths);
  for (let i = from; i < from + split; i += 1) paths[i]?.push(right);
  for (let i = from + split; i < to; i += 1) paths[i]?.push(left);
  return createHash('sha256').update('\u0001').update(left, 'hex').update(right, 'hex').digest('hex');
}
