import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const given = process.env.EVROAM_CONFORMANCE;
const beside = fileURLToPath(new URL('../../../../../../shared/conformance', import.meta.url));

/** The folder of the published vectors; undefined where there is none, and the tests that need it are pending. Named but missing is an error. */
export const folder: string | undefined = given ?? (existsSync(beside) ? beside : undefined);
if (given !== undefined && !existsSync(given)) throw new Error(`EVROAM_CONFORMANCE names ${given}, which does not exist`);

/** One of the JSON files under gbt/. The reader states its shape: the data is ours to trust, each test then compares every value. */
export const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder ?? '', 'gbt', name), 'utf8')) as T;

/** A suite of vectors, pending where the data is missing. */
export function vectors(title: string, suite: () => void): void {
  if (folder === undefined) describe(title, () => void it('needs EVROAM_CONFORMANCE'));
  else describe(title, suite);
}
