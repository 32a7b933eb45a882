import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { merklePath, merkleRoot, merkleTree, rootOf } from './merkle.js';

const sha = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The definition of RFC 6962, 2.1, word for word: the left part is the largest power of two below the count. */
function defined(leaves: readonly string[]): Buffer {
  if (leaves.length === 0) return sha('');
  if (leaves.length === 1) return sha('\x00', Buffer.from(leaves[0]!, 'hex'));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha('\x01', defined(leaves.slice(0, split)), defined(leaves.slice(split)));
}

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));

describe('Merkle tree (RFC 6962)', () => {
  it('has the root of the definition, for every count', () => {
    for (let count = 0; count <= 40; count++) {
      const leaves = Array.from({ length: count }, (_, i) => sha(String(i)).toString('hex'));
      expect(merkleRoot(leaves)).to.equal(defined(leaves).toString('hex'));
    }
  });

  it('proves each leaf at its place, and no other leaf, place or count', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hex, { minLength: 1, maxLength: 33 }), fc.nat(), hex, (leaves, n, other) => {
        const index = n % leaves.length;
        const { root, path } = merkleTree(leaves);
        const proof = path(index);
        expect(rootOf(leaves[index]!, index, leaves.length, proof)).to.equal(root);
        expect(rootOf(other, index, leaves.length, proof)).not.to.equal(root);
        if (leaves.length > 1) expect(rootOf(leaves[index]!, (index + 1) % leaves.length, leaves.length, proof)).not.to.equal(root);
        expect(rootOf(leaves[index]!, index, leaves.length, [...proof, other])).not.to.equal(root);
        expect(rootOf(leaves[index]!, leaves.length, leaves.length, proof)).to.equal(undefined);
        expect(merklePath(leaves, index)).to.deep.equal(proof);
      }),
      { seed: 3 },
    );
  });
});
