// Where the published examples and tables stand. Set but missing is a failure; neither set nor beside the checkout leaves tests pending.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../../../shared/conformance', import.meta.url));
const set = process.env.EVROAM_CONFORMANCE;

/** The folder of the OCPI data, if there is one. */
export const folder: string | undefined = set ? `${set}/ocpi` : existsSync(beside) ? `${beside}/ocpi` : undefined;

/** A file's text. */
export const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');

/** An example as the manifest lists it. */
export interface Entry {
  readonly file: string;
  readonly version: string;
  readonly object: string;
  readonly kind: 'full' | 'patch' | 'request' | 'response' | 'fragment';
  readonly valid_json: boolean;
  readonly conforms_to_tables: boolean;
  readonly deviations?: readonly string[];
  readonly wrapped_in?: string | true;
}

/** A field of an object table. */
export interface TableField {
  readonly name: string;
  readonly type: string;
  readonly card: '1' | '?' | '+' | '*';
  readonly max_length?: number;
}

/** The tables of a version. */
export interface Tables {
  readonly objects: Readonly<Record<string, { readonly fields: readonly TableField[] }>>;
  readonly enums: Readonly<Record<string, { readonly open: boolean; readonly values: readonly string[] }>>;
}

/** All entries of the manifest. */
export const manifest = (): readonly Entry[] => (JSON.parse(read('manifest.json')) as { entries: readonly Entry[] }).entries;

/** The tables of a version. */
export const tables = (version: string): Tables => JSON.parse(read(`${version}/object-tables.json`)) as Tables;
