import { sign, verify } from 'node:crypto';
import { canonical, hashOf } from './canonical.js';
import { type Key, privateKeyOf, publicKeyOf } from './key.js';
import { merkleRoot } from './merkle.js';

/** One leg of a ledger entry; `amount` is a whole positive number of minor units, as digits. */
export interface Leg {
  readonly account: string;
  readonly side: 'debit' | 'credit';
  readonly currency: string;
  readonly amount: string;
  /** Random hex kept with the leg, so that a hidden leg cannot be found by guessing amounts. */
  readonly salt: string;
}

/** A leg that is another party's business: only its hash is shown. */
export interface HiddenLeg {
  readonly hash: string;
}

/** A ledger entry as one party may see it. */
export interface Entry {
  readonly id: string;
  /** UTC, as `Date.toISOString` writes it. */
  readonly postedAt: string;
  readonly kind: string;
  readonly legs: readonly (Leg | HiddenLeg)[];
}

/** What is signed of a block: its place, the block before, and the root over its entries' hashes. */
export interface BlockHeader {
  readonly height: number;
  /** Hash of the header before; 64 zeros for the first. */
  readonly previous: string;
  readonly root: string;
  readonly count: number;
  readonly sealedAt: string;
}

/** A block header with its Ed25519 signature in hex. */
export interface SignedBlock extends BlockHeader {
  readonly signature: string;
}

/** Where an entry stands in a block, and the hashes that lead from it to the root. */
export interface Inclusion {
  readonly entry: string;
  readonly block: number;
  readonly index: number;
  readonly path: readonly string[];
}

/** The hash that stands for a leg, shown or hidden. */
export function legHash(leg: Leg | HiddenLeg): string {
  return 'hash' in leg ? leg.hash : hashOf('leg', leg);
}

/** The hash of an entry, the same however many of its legs are shown. */
export function entryHash(entry: Entry): string {
  return hashOf('entry', { ...entry, legs: entry.legs.map(legHash) });
}

/** The entry with only the legs that a party may see. */
export function showLegs(entry: Entry, shown: (leg: Leg) => boolean): Entry {
  return { ...entry, legs: entry.legs.map((leg) => ('hash' in leg || shown(leg) ? leg : { hash: legHash(leg) })) };
}

/** The hash by which the next block names this one. */
export function blockHash(block: BlockHeader): string {
  return hashOf('block', header(block));
}

/** Seals entries, given by their hashes in the order of the log, into the next block. */
export function sealBlock(
  entries: readonly string[],
  place: Pick<BlockHeader, 'height' | 'previous' | 'sealedAt'>,
  privateKey: Key,
): SignedBlock {
  const sealed: BlockHeader = { ...place, root: merkleRoot(entries), count: entries.length };
  return { ...sealed, signature: sign(null, signedBytes(sealed), privateKeyOf(privateKey)).toString('hex') };
}

/** Whether one of the keys signed the block. */
export function verifyBlock(block: SignedBlock, publicKeys: readonly Key[]): boolean {
  if (!/^[0-9a-f]{128}$/.test(block.signature)) return false;
  return publicKeys.some((key) => verify(null, signedBytes(block), publicKeyOf(key), Buffer.from(block.signature, 'hex')));
}

function header({ height, previous, root, count, sealedAt }: BlockHeader): BlockHeader {
  return { height, previous, root, count, sealedAt };
}

function signedBytes(block: BlockHeader): Buffer {
  return Buffer.from(`evroam/1/block\n${canonical(header(block))}`);
}
