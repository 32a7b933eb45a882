import { createHash } from 'node:crypto';

/** A Merkle tree over hex hashes, kept so that each path costs as many steps as the tree is high. */
export interface MerkleTree {
  readonly root: string;
  /** The hashes beside the way from a leaf to the root, from the leaf up. RFC 6962, 2.1.1 */
  path(index: number): string[];
}

/**
 * The tree of RFC 6962, 2.1: level by level in pairs, an odd last node goes up as it is.
 * Leaves and nodes are hashed under different first bytes, so that a node never passes for a leaf.
 */
export function merkleTree(leaves: readonly string[]): MerkleTree {
  const levels: string[][] = [leaves.map(leaf)];
  for (let level = levels[0]!; level.length > 1; ) {
    const above: string[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(i + 1 < level.length ? node(level[i]!, level[i + 1]!) : level[i]!);
    levels.push(above);
    level = above;
  }
  return {
    root: levels.at(-1)![0] ?? createHash('sha256').digest('hex'),
    path(index) {
      if (!(index >= 0 && index < leaves.length)) throw new RangeError(`there is no leaf ${index} of ${leaves.length}`);
      return levels.slice(0, -1).flatMap((level, height) => {
        const beside = level[(Math.floor(index / 2 ** height) ^ 1) >>> 0];
        return beside === undefined ? [] : [beside];
      });
    },
  };
}

/** The root of the tree over hex hashes. RFC 6962, 2.1 */
export function merkleRoot(leaves: readonly string[]): string {
  return merkleTree(leaves).root;
}

/** The path of one leaf; for those of many, keep the `merkleTree`. */
export function merklePath(leaves: readonly string[], index: number): string[] {
  return merkleTree(leaves).path(index);
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
