// What a part of the world keeps for itself, on its own disk: its journal is the witness of what was acknowledged.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A list of facts that only grows, a JSON line each. */
export interface Journal {
  write(entry: object): void;
  close(): void;
}

export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'a', 0o600);
  return {
    write: (entry) => {
      writeSync(handle, `${JSON.stringify(entry)}\n`);
    },
    close: () => closeSync(handle),
  };
}

/** The entries of a journal; a last line that a kill cut short is left out. */
export function readJournal(file: string): readonly unknown[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line): unknown => JSON.parse(line));
}

/** Puts a whole file in place, or nothing. */
export function keepFile(folder: string, name: string, bytes: Uint8Array | string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  const handle = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(handle, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
}

/** What `keepFile` kept, as JSON; nothing if there is none. */
export function readKept(folder: string, name: string): unknown {
  const file = join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A file name for an object that others named. */
export const fileNameOf = (...parts: readonly string[]): string => `${parts.map(encodeURIComponent).join('~').slice(0, 200)}.json`;
