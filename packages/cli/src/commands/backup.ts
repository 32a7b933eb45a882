import { resolve } from 'node:path';
import type { backupHub } from '@evroam/platform';
import { defineCommand, text } from '../command.js';
import { failure } from '../errors.js';
import { EXIT, type ExitCode } from '../exit.js';
import type { Io } from '../io.js';
import { outputOptions, showRecord } from '../output/show.js';

const dataOption = text('folder', {
  en: 'the data folder of the hub, where no DATABASE_URL is set (EVROAM_DATA)',
  zh: '平台数据目录；已设置 DATABASE_URL 时不用（EVROAM_DATA）',
});

export const backup = defineCommand({
  about: { en: 'copy the whole database into a folder, beside a hub at work', zh: '将整个数据库备份到目录（平台可继续运行）' },
  args: '<folder>',
  options: { data: dataOption, ...outputOptions },
  examples: [
    { run: 'evroam backup /backup/2026-11-24', about: { en: 'all tables, at one moment', zh: '同一时刻的全部表' } },
    { run: 'evroam backup /backup/today --data /srv/evroam -o json', about: { en: 'of another data folder', zh: '其他数据目录' } },
  ],
  run: async ({ args, options, io }) => {
    const code = await carry(io, options, args.folder, 'backupHub');
    // Without it no secret of the database can be read again; in the same folder it would protect nothing.
    io.talk('the server key is no part of it: keep server.key of the data folder, or EVROAM_SERVER_KEY, in another place');
    return code;
  },
});

export const restore = defineCommand({
  about: { en: 'bring a backup into an empty database', zh: '将备份恢复到空数据库' },
  args: '<folder>',
  options: { data: dataOption, ...outputOptions },
  examples: [
    {
      run: 'evroam restore /backup/2026-11-24 --data /srv/new',
      about: { en: 'into the database of a new data folder', zh: '恢复到新数据目录的数据库' },
    },
    {
      run: 'evroam restore /backup/2026-11-24 -o json',
      about: { en: 'into DATABASE_URL, if it is empty; any other is refused', zh: '恢复到 DATABASE_URL（必须为空）' },
    },
  ],
  run: ({ args, options, io }) => carry(io, options, args.folder, 'restoreHub'),
});

type Options = { data: string | undefined } & Parameters<typeof showRecord>[1];

async function carry(io: Io, options: Options, folder: string, what: 'backupHub' | 'restoreHub'): Promise<ExitCode> {
  const { BackupRefused, ConfigError, readConfig, ...platform } = await import('@evroam/platform');
  const carried: typeof backupHub = platform[what];
  try {
    const config = readConfig({ ...io.environment.all, ...(options.data === undefined ? {} : { EVROAM_DATA: options.data }) });
    const { takenAt, tables, migrations } = await carried(config, resolve(folder), (name, rows) => {
      if (!options.quiet) io.talk(`${name.padEnd(32)} ${rows}`);
    });
    const sum = (of: (table: (typeof tables)[number]) => number) => tables.reduce((all, table) => all + of(table), 0);
    await showRecord(io, options, {
      folder: resolve(folder),
      takenAt,
      tables: tables.length,
      rows: sum(({ rows }) => rows),
      bytes: sum(({ bytes }) => bytes),
      schema: migrations.at(-1) ?? '',
    });
    return EXIT.done;
  } catch (error) {
    if (error instanceof BackupRefused) throw failure('conflict', { why: error.message }, { cause: error });
    if (error instanceof ConfigError) throw failure('bad-input', { why: error.message }, { cause: error });
    throw error;
  }
}
