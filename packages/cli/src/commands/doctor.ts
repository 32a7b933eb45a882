import { access, constants, readFile, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defineCommand, flag, text } from '../command.js';
import { findContext } from '../contexts.js';
import { EXIT } from '../exit.js';
import { imbalanceOf } from '../imbalance.js';
import type { Io } from '../io.js';
import { isRecord } from '../output/path.js';
import { outputOptions, showList } from '../output/show.js';
import { hubOptions, itemsOf, withHub } from './admin.js';

interface Check {
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly found: string;
}

/** A hub whose time differs by more than this makes trouble: tokens, signatures, sessions. */
const CLOCK_MS = 2000;
const LEAST_FREE_BYTES = 1024 ** 3;

export const doctor = defineCommand({
  about: { en: 'look whether all is well: the hub in use, or this machine', zh: '健康检查：当前平台或本机' },
  args: '',
  options: {
    local: flag({ en: 'look at this machine and its data folder instead', zh: '检查本机及其数据目录' }),
    data: text('folder', { en: 'the data folder, with --local (EVROAM_DATA)', zh: '数据目录（配合 --local）' }),
    ...hubOptions,
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam doctor',
      about: { en: 'the hub: reach, clock, key, ledger, partners, CDRs owed', zh: '平台：连通、时钟、密钥、账本、伙伴、待送 CDR' },
    },
    {
      run: 'evroam doctor --local -o json',
      about: { en: 'this machine: Node, data folder, disk, who runs there', zh: '本机：Node、数据目录、磁盘、运行中的平台' },
    },
  ],
  async run({ options, io }) {
    const checks = options.local ? await lookHere(resolve(options.data ?? io.environment.data)) : await lookThere(io, options);
    await showList(
      io,
      options,
      checks.map((each) => ({ ...each })),
      [{ path: 'check' }, { path: 'verdict' }, { path: 'found' }],
    );
    return checks.some(({ verdict }) => verdict === 'failed') ? EXIT.checkFailed : EXIT.done;
  },
});

/** One look; what it throws is what was found. */
async function look(check: string, work: () => Promise<Omit<Check, 'check'>>): Promise<Check> {
  try {
    return { check, ...(await work()) };
  } catch (error) {
    return { check, verdict: 'failed', found: error instanceof Error ? error.message : String(error) };
  }
}

const ok = (found: string) => ({ verdict: 'ok' as const, found });
const warning = (found: string) => ({ verdict: 'warning' as const, found });
const failed = (found: string) => ({ verdict: 'failed' as const, found });

async function lookThere(io: Io, options: { context: string | undefined; traceHttp: boolean }): Promise<Check[]> {
  const { url } = await findContext(io.environment, options.context);
  const answer = await look('reach', async () => {
    const began = Date.now();
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(10_000) });
    const date = Date.parse(response.headers.get('date') ?? '');
    const skew = date - (began + Date.now()) / 2;
    if (!response.ok) return failed(`${url} is up and not ready: ${(await response.text()).slice(0, 200)}`);
    // The header tells whole seconds.
    return Math.abs(skew) > CLOCK_MS
      ? warning(`${url} is ready; its clock differs by ${Math.round(skew / 1000)} s`)
      : ok(`${url} is ready`);
  });
  if (answer.verdict === 'failed') return [answer];
  return withHub(io, options, async (admin) => [
    answer,
    await look('key', async () => {
      const me = await admin.ask('GET', '/admin/v1/whoami');
      return isRecord(me) ? ok(`${String(me.actor)}, ${String(me.role)}`) : failed('no answer');
    }),
    await look('ledger', async () => {
      const imbalance = imbalanceOf(await admin.ask('GET', '/admin/v1/settlement/ledger/trial'));
      return imbalance === '0.00' ? ok('debits and credits are equal') : failed(`it does not balance: ${imbalance}`);
    }),
    await look('partners', async () => {
      const bad: string[] = [];
      let count = 0;
      for await (const { name, status } of admin.list('/admin/v1/partners')) {
        count += 1;
        if (status === 'suspended' || status === 'invited') bad.push(`${String(name)} is ${String(status)}`);
      }
      return bad.length === 0 ? ok(`${count} partners`) : warning(bad.slice(0, 5).join('; '));
    }),
    await look('CDRs owed', async () => {
      const owed = itemsOf(await admin.ask('GET', '/admin/v1/roaming/cdrs/owed'));
      return owed.length === 0 ? ok('none') : warning(`${owed.length} wait for a partner to take them`);
    }),
  ]);
}

async function lookHere(folder: string): Promise<Check[]> {
  return [
    await look('node', async () => {
      const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
      return major > 20 || (major === 20 && minor >= 19)
        ? ok(process.versions.node)
        : failed(`${process.versions.node} is older than 20.19`);
    }),
    await look('data folder', async () => {
      const { mode } = await stat(folder);
      await access(folder, constants.W_OK);
      return process.platform !== 'win32' && (mode & 0o007) !== 0
        ? warning(`${folder} is open to others: chmod 700 ${folder}`)
        : ok(folder);
    }),
    await look('disk', async () => {
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const told = `${(free / 1024 ** 3).toFixed(1)} GB free`;
      return free < LEAST_FREE_BYTES ? warning(told) : ok(told);
    }),
    await look('servers', async () => {
      const kept = await readFile(join(folder, 'endpoints.json'), 'utf8').catch(() => undefined);
      if (kept === undefined) return ok('no hub with embedded servers runs there');
      const value: unknown = JSON.parse(kept);
      const pid = isRecord(value) ? Number(value.pid) : Number.NaN;
      return isAlive(pid) ? ok(`the hub of process ${pid} runs them`) : warning(`process ${pid} is gone; the next start clears up`);
    }),
  ];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, and alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
