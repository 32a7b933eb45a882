import { readFile } from 'node:fs/promises';
import { failure } from '../../errors.js';

/** A secret from a file: never an argument, which every process of the machine can read. */
export async function secretIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw failure('file-unreadable', { file, why: error.code ?? error.message }, { cause: error });
  });
  return text.split(/\r?\n/)[0]?.trim();
}
