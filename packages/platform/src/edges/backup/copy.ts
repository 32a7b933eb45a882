// The COPY protocol, which pg leaves to others: a table out into a file, and a file into a table, never more than a piece in memory.
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Connection, Client as PgClient, Submittable } from 'pg';

/** What pg's connection has for COPY and its types do not tell. */
type CopyConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void; sendCopyFail(reason: string): void };

const CHUNK = 256 * 1024;

/** One statement of COPY; pg calls these methods as messages come. */
class Copy implements Submittable {
  readonly #text: string;
  readonly #take: (chunk: Buffer) => void;
  readonly #give: (connection: CopyConnection) => Promise<void>;
  readonly #done: (error: Error | undefined) => void;
  #error: Error | undefined;

  constructor(
    text: string,
    take: (chunk: Buffer) => void,
    give: (connection: CopyConnection) => Promise<void>,
    done: (error: Error | undefined) => void,
  ) {
    this.#text = text;
    this.#take = take;
    this.#give = give;
    this.#done = done;
  }
  submit(connection: Connection): void {
    connection.query(this.#text);
  }
  handleCopyInResponse(connection: CopyConnection): void {
    this.#give(connection).then(
      () => connection.endCopyFrom(),
      (error: Error) => {
        this.#error = error;
        connection.sendCopyFail(error.message);
      },
    );
  }
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.#error) return;
    try {
      this.#take(chunk);
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
    }
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#done(this.#error);
  }
  handleError(error: Error): void {
    this.#error ??= error;
  }
}

function run(
  client: PgClient,
  text: string,
  {
    take = () => undefined,
    give = async () => undefined,
  }: { take?: (chunk: Buffer) => void; give?: (to: CopyConnection) => Promise<void> },
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new Copy(text, take, give, (error) => (error ? reject(error) : resolve())));
  });
}

/** COPY ... TO STDOUT into a new file; every piece is also shown to `heard`. */
export async function copyOut(client: PgClient, text: string, path: string, heard: (chunk: Buffer) => void): Promise<void> {
  const file = openSync(path, 'wx', 0o600);
  try {
    await run(client, text, {
      take: (chunk) => {
        writeSync(file, chunk);
        heard(chunk);
      },
    });
  } finally {
    closeSync(file);
  }
}

/** A file into COPY ... FROM STDIN. */
export async function copyIn(client: PgClient, text: string, path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    await run(client, text, {
      give: async (connection) => {
        for (;;) {
          const chunk = Buffer.allocUnsafe(CHUNK);
          const size = readSync(file, chunk, 0, CHUNK, null);
          if (size === 0) return;
          connection.sendCopyFromChunk(chunk.subarray(0, size));
          if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
        }
      },
    });
  } finally {
    closeSync(file);
  }
}
