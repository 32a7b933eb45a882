import { verify as verifySignature } from 'node:crypto';
import { hashesOf, signedBytes, totalsOf } from './build.js';
import { LISTS, type StatementBundle, WHOLES } from './bundle.js';
import { canonical, hashOf } from './canonical.js';
import { type Key, publicKeyOf } from './key.js';
import { blockHash, type Entry, entryHash, type Leg, verifyBlock } from './ledger.js';
import { rootOf } from './merkle.js';
import { type Fault, fault, readBundle, type StatementSource } from './read.js';

/** Whom to believe: keys that the agreement pins. Never take them from the statement. */
export interface VerifyOptions {
  readonly publicKey: Key;
  /** Keys that may have signed blocks, when not the same: a period can span a change of keys. */
  readonly blockKeys?: readonly Key[];
}

/** The result of a check. */
export type Verified = { readonly ok: true } | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Checks a statement: text, signature, the hash of each part, blocks, inclusion of each entry, sums.
 * It needs nothing but the pinned key; every fault names its place.
 */
export function verify(source: StatementSource, { publicKey, blockKeys }: VerifyOptions): Verified {
  const key = publicKeyOf(publicKey);
  const { value, bundle, faults } = readBundle(source);
  if (typeof value === 'object' && value !== null)
    faults.push(...checkHashes(value, (bytes, hex) => verifySignature(null, bytes, key, Buffer.from(hex, 'hex'))));
  // Sums and ledger are only looked at in a statement that is what its issuer signed.
  if (bundle && faults.length === 0) faults.push(...checkSums(bundle), ...checkLedger(bundle, blockKeys ?? [publicKey]));
  return faults.length === 0 ? { ok: true } : { ok: false, faults };
}

type Check = (bytes: Buffer, hex: string) => boolean;

/** Compares the parts with the hashes that were signed; where the signature fails, finds out which side was changed. */
function checkHashes(value: object, signed: Check): Fault[] {
  const { header, signature } = value as { header?: unknown; signature?: unknown };
  const hashes = field(header, 'hashes');
  const differing: Fault[] = [];
  for (const part of LISTS) {
    const items = asList(field(value, part));
    const stated = asList(field(hashes, part));
    for (let i = 0; i < Math.max(items.length, stated.length); i++) {
      if (items[i] === undefined) differing.push(fault(`/${part}/${i}`, 'was signed and is missing'));
      else if (stated[i] === undefined) differing.push(fault(`/${part}/${i}`, 'was not signed'));
      else if (hashed(part, items[i]) !== stated[i])
        differing.push(fault(`/${part}/${i}`, 'was changed: its hash is not the one in the header'));
    }
  }
  for (const part of WHOLES) {
    if (hashed(part, field(value, part)) !== field(hashes, part))
      differing.push(fault(`/${part}`, 'was changed: its hash is not the one in the header'));
  }
  if (isHex(signature) && signs(header, signature, signed)) return differing;
  if (!isHex(signature)) return [...differing, fault('/signature', 'is not an Ed25519 signature in hex')];
  // With hashes made anew the signature holds: then the parts are right, and a hash in the header was changed.
  const mended = mend(value);
  if (mended !== undefined && signs(mended, signature, signed))
    return differing.map(({ pointer }) => fault(`/header/hashes${pointer}`, 'was changed: the part that it is the hash of is as signed'));
  return [
    ...differing,
    fault(differing.length > 0 ? '/signature' : '/header', 'the signature does not cover this header: header, signature or key is another'),
  ];
}

function signs(header: unknown, signature: string, signed: Check): boolean {
  try {
    return signed(signedBytes(header), signature);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function mend(value: object): unknown {
  const header = field(value, 'header');
  if (typeof header !== 'object' || header === null) return undefined;
  const parts = value as StatementBundle;
  if (!LISTS.every((part) => Array.isArray(parts[part])) || !WHOLES.every((part) => part in parts)) return undefined;
  try {
    return { ...header, hashes: hashesOf(parts) };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function hashed(domain: string, value: unknown): string | undefined {
  try {
    return hashOf(domain, value);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{128}$/.test(value);
}

/** Totals = lines = movement of the parties' accounts. Invariant: nothing is owed that no entry says. */
function checkSums(bundle: StatementBundle): Fault[] {
  const faults: Fault[] = [];
  if (canonical(totalsOf(bundle.lines, bundle.header.accounts)) !== canonical(bundle.totals))
    faults.push(fault('/totals', 'is not the sum of the lines'));
  const sides = new Map(bundle.header.accounts.map(({ name, side }) => [name, side]));
  const entries = new Map(bundle.entries.map((entry) => [entry.id, entry]));
  const used = new Set<string>();
  bundle.lines.forEach((line, i) => {
    const side = sides.get(line.account);
    if (!side) faults.push(fault(`/lines/${i}/account`, `${line.account} is not an account of this statement`));
    let moved = 0n;
    line.entries.forEach((id, j) => {
      const entry = entries.get(id);
      if (!entry) faults.push(fault(`/lines/${i}/entries/${j}`, `entry ${id} is not in the statement`));
      else if (used.has(`${line.account} ${id}`)) faults.push(fault(`/lines/${i}/entries/${j}`, `entry ${id} is counted twice`));
      else if (side) moved += movement(entry, line.account, side, bundle.header.currency);
      used.add(`${line.account} ${id}`);
    });
    if (side && moved !== BigInt(line.due)) faults.push(fault(`/lines/${i}/due`, `the line says ${line.due}, its entries move ${moved}`));
  });
  bundle.entries.forEach((entry, i) => {
    for (const [name, side] of sides) {
      if (movement(entry, name, side, bundle.header.currency) !== 0n && !used.has(`${name} ${entry.id}`)) {
        faults.push(fault(`/entries/${i}`, `moves ${name}, and no line says why`));
      }
    }
  });
  return faults;
}

function movement(entry: Entry, account: string, side: Leg['side'], currency: string): bigint {
  let sum = 0n;
  for (const leg of entry.legs) {
    if ('hash' in leg || leg.account !== account || leg.currency !== currency) continue;
    sum += leg.side === side ? BigInt(leg.amount) : -BigInt(leg.amount);
  }
  return sum;
}

function checkLedger(bundle: StatementBundle, keys: readonly Key[]): Fault[] {
  const faults: Fault[] = [];
  const blocks = new Map(bundle.blocks.map((block) => [block.height, block]));
  bundle.blocks.forEach((block, i) => {
    if (!verifyBlock(block, keys)) faults.push(fault(`/blocks/${i}`, 'none of the pinned keys signed this block'));
    const before = blocks.get(block.height - 1);
    if (before && blockHash(before) !== block.previous) faults.push(fault(`/blocks/${i}/previous`, 'does not name the block before'));
  });
  const included = new Map(bundle.inclusions.map((inclusion, i) => [inclusion.entry, { inclusion, i }]));
  bundle.entries.forEach((entry, i) => {
    const found = included.get(entry.id);
    const block = found && blocks.get(found.inclusion.block);
    if (!found || !block) faults.push(fault(`/entries/${i}`, `no block is shown that holds entry ${entry.id}`));
    else if (rootOf(entryHash(entry), found.inclusion.index, block.count, found.inclusion.path) !== block.root) {
      faults.push(fault(`/inclusions/${found.i}`, `the path does not lead from entry ${entry.id} to the root of block ${block.height}`));
    }
  });
  return faults;
}
