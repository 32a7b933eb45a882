import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** What a backup holds. It is written last: a folder without one is no backup. */
export interface Manifest {
  readonly format: typeof FORMAT;
  /** ISO 8601, the moment of the snapshot by the database's own clock. */
  readonly takenAt: string;
  /** Of the server it was taken from; it may go into this one or a newer one. */
  readonly postgres: number;
  /** The steps that made its schema, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly TableFile[];
  readonly partitions: readonly { readonly name: string; readonly of: string; readonly bounds: string }[];
  /** The numbers that come next. */
  readonly sequences: readonly { readonly name: string; readonly last: string; readonly used: boolean }[];
}

export interface TableFile {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
}

export const FORMAT = 'evroam-backup/1';
export const MANIFEST = 'manifest.json';
export const fileOf = (folder: string, table: string): string => join(folder, `${table}.copy`);

/** A backup that is none, or not whole, or does not fit; nothing was changed. */
export class BackupRefused extends Error {
  override name = 'BackupRefused';
}

const NAME = /^[a-z_][a-z0-9_]*$/;

/** The manifest of a backup whose files are all there, byte for byte; throws BackupRefused. */
export function readBackup(folder: string): Manifest {
  const manifest = parse(folder);
  for (const { name, bytes, sha256 } of manifest.tables) {
    const found = digestOf(fileOf(folder, name));
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw new BackupRefused(`${name}.copy is not the file that was written: it has ${found.bytes} bytes and should have ${bytes}`);
  }
  return manifest;
}

function parse(folder: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch (error) {
    throw new BackupRefused(`${folder} holds no whole backup: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== FORMAT)
    throw new BackupRefused(`${folder} holds no backup that this version knows`);
  const manifest = value as Manifest;
  // These become part of statements.
  const names = [
    ...manifest.tables.flatMap(({ name, columns }) => [name, ...columns]),
    ...manifest.partitions.flatMap((partition) => [partition.name, partition.of]),
    ...manifest.sequences.map(({ name }) => name),
  ];
  const bad = names.find((name) => !NAME.test(name)) ?? manifest.partitions.find(({ bounds }) => !BOUNDS.test(bounds))?.bounds;
  if (bad !== undefined) throw new BackupRefused(`the manifest names ${bad}, which is no name of ours`);
  return manifest;
}

const BOUNDS = /^(DEFAULT|FOR VALUES FROM \('[\w :.+-]+'\) TO \('[\w :.+-]+'\))$/;

function digestOf(path: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(256 * 1024);
  let bytes = 0;
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new BackupRefused(`a file of the backup is missing: ${path}`, { cause: error });
  }
  try {
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, size));
      bytes += size;
    }
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: hash.digest('hex') };
}
