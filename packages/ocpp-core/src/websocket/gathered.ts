/** Bytes that come piece by piece. What is held is at most twice what came, whatever was announced, and never the pieces themselves. */
export class Gathered {
  #bytes: Buffer;
  #length: number;

  constructor(first: Buffer) {
    // Not from the pool: what is held for long would hold all that shares the pool.
    this.#bytes = Buffer.allocUnsafeSlow(first.length);
    this.#length = first.copy(this.#bytes);
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#bytes.length * 2));
      this.bytes.copy(grown);
      this.#bytes = grown;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
  }
}
