// Where the published data stands. Set but missing is a failure; neither set nor beside the checkout leaves tests pending.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../../../shared/conformance', import.meta.url));
const set = process.env.EVROAM_CONFORMANCE;

export const folder: string | undefined = set || (existsSync(beside) ? beside : undefined);

/** A JSON file of the data; its shape is that which its README tells. */
export function read<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(folder ?? '', ...path), 'utf8')) as T;
}

export const list = (...path: string[]): string[] => readdirSync(join(folder ?? '', ...path)).sort();
