import { createHash } from 'node:crypto';

/**
 * The root of a Merkle tree over hex hashes: the left part is the largest power of two below the count. RFC 6962, 2.1
 * Leaves and nodes are hashed under different first bytes, so that a node never passes for a leaf.
 */
export function merkleRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return createHash('sha256').digest('hex');
  if (leaves.length === 1) return leaf(leaves[0]!);
  const split = below(leaves.length);
  return node(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

/** The hashes beside the way from one leaf to the root, from the leaf up. RFC 6962, 2.1.1 */
export function merklePath(leaves: readonly string[], index: number): string[] {
  if (!(index >= 0 && index < leaves.length)) throw new RangeError(`there is no leaf ${index} of ${leaves.length}`);
  if (leaves.length === 1) return [];
  const split = below(leaves.length);
  return index < split
    ? [...merklePath(leaves.slice(0, split), index), merkleRoot(leaves.slice(split))]
    : [...merklePath(leaves.slice(split), index - split), merkleRoot(leaves.slice(0, split))];
}

/** The root that a leaf and its path lead to; undefined where the path does not fit the place. */
export function rootOf(hash: string, index: number, count: number, path: readonly string[]): string | undefined {
  if (!(index >= 0 && index < count)) return undefined;
  if (count === 1) return path.length === 0 ? leaf(hash) : undefined;
  const beside = path.at(-1);
  if (beside === undefined) return undefined;
  const split = below(count);
  const rest = path.slice(0, -1);
  const inner = index < split ? rootOf(hash, index, split, rest) : rootOf(hash, index - split, count - split, rest);
  if (inner === undefined) return undefined;
  return index < split ? node(inner, beside) : node(beside, inner);
}

function below(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

function leaf(hash: string): string {
  return createHash('sha256').update('\x00').update(hash, 'hex').digest('hex');
}

function node(left: string, right: string): string {
  return createHash('sha256').update('\x01').update(left, 'hex').update(right, 'hex').digest('hex');
}
