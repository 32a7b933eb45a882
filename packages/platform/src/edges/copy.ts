import pg, { type ClientBase } from 'pg';

const FIRST_BYTES = 256 * 1024;

/**
 * What a query finds, in the binary form of COPY and in one piece. For many rows, of which the caller takes apart what it needs: pg would
 * make a text of every value. COPY takes no bound values, so they are written into the statement as literals, as pg escapes them.
 */
export async function copyRows(client: ClientBase, query: string, values: readonly (string | number)[]): Promise<Buffer> {
  const text = query.replaceAll(/\$(\d+)/g, (_, place: string) => client.escapeLiteral(String(values[Number(place) - 1])));
  return new Promise((resolve, reject) => {
    const copy = new CopyOut(`COPY (${text}) TO STDOUT (FORMAT binary)`, (error) => (error ? reject(error) : resolve(copy.all)));
    client.query(copy);
  });
}

/** A statement whose pieces pg leaves to others: it reads past them. */
class CopyOut extends pg.Query {
  #pieces = Buffer.allocUnsafe(FIRST_BYTES);
  #size = 0;

  constructor(text: string, done: (error: Error | null) => void) {
    super(text, done);
  }

  get all(): Buffer {
    return this.#pieces.subarray(0, this.#size);
  }

  /** pg writes over a piece when the next ones come, so it is copied. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const size = this.#size + chunk.length;
    if (size > this.#pieces.length) {
      const larger = Buffer.allocUnsafe(2 * size);
      this.#pieces.copy(larger, 0, 0, this.#size);
      this.#pieces = larger;
    }
    chunk.copy(this.#pieces, this.#size);
    this.#size = size;
  }
}
