import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { copyOut } from './copy.js';
import { BackupRefused, FORMAT, fileOf, MANIFEST, type Manifest, type TableFile } from './manifest.js';

/**
 * Copies every table of a database into a folder, as it is at one moment: one repeatable-read transaction that reads only, beside a hub
 * at work. The folder is made; one that holds anything is refused. The manifest comes last: without it the folder is no backup.
 */
export async function backup(
  url: string,
  folder: string,
  onTable: (name: string, rows: number) => void = () => undefined,
): Promise<Manifest> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) throw new BackupRefused(`${folder} is not empty`);
  const client = new pg.Client({ connectionString: url, application_name: 'evroam backup' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL statement_timeout = 0');
    const { rows: about } = await client.query<{ at: string; postgres: number }>(
      `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, current_setting('server_version_num')::int / 10000 AS postgres`,
    );
    const { rows: steps } = await client.query<{ name: string }>('SELECT name FROM migration ORDER BY position');
    // A partition is part of its table.
    const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
      `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        GROUP BY c.relname ORDER BY c.relname`,
    );
    const { rows: partitions } = await client.query<{ name: string; of: string; bounds: string }>(
      `SELECT c.relname AS name, p.relname AS of, pg_get_expr(c.relpartbound, c.oid) AS bounds
         FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
        WHERE c.relnamespace = 'public'::regnamespace AND c.relispartition AND c.relkind IN ('r', 'p') ORDER BY c.relname`,
    );
    const files: TableFile[] = [];
    for (const { name, columns } of tables) {
      const hash = createHash('sha256');
      let bytes = 0;
      let rows = 0;
      const list = columns.map((column) => `"${column}"`).join(', ');
      await copyOut(client, `COPY (SELECT ${list} FROM "${name}") TO STDOUT`, fileOf(folder, name), (chunk) => {
        hash.update(chunk);
        bytes += chunk.length;
        // The text form: a line feed inside a value is written as an escape, so each one ends a row.
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1;
      });
      files.push({ name, columns, rows, bytes, sha256: hash.digest('hex') });
      onTable(name, rows);
    }
    // Sequences stand outside of snapshots: read last, they are never behind the rows.
    const { rows: sequences } = await client.query<{ name: string; last: string; used: boolean }>(
      `SELECT sequencename AS name, coalesce(last_value, start_value)::text AS last, last_value IS NOT NULL AS used
         FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename`,
    );
    await client.query('COMMIT');
    const manifest: Manifest = {
      format: FORMAT,
      takenAt: about[0]?.at ?? '',
      postgres: about[0]?.postgres ?? 0,
      migrations: steps.map(({ name }) => name),
      tables: files,
      partitions,
      sequences,
    };
    const draft = join(folder, `${MANIFEST}.new`);
    writeFileSync(draft, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(draft, join(folder, MANIFEST));
    return manifest;
  } finally {
    await client.end();
  }
}
