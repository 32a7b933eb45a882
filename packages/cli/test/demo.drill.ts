import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { evroam } from './command.js';

const FREE_PORTS = { EVROAM_PORT: '0', EVROAM_OCPP_PORT: '0', EVROAM_TCEC_PORT: '0', EVROAM_YKC_PORT: '0' };
const servers = Object.fromEntries(
  ['DATABASE_URL', 'REDIS_URL', 'HOME'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);

describe('the demo, as a process', () => {
  it('tells its story: three sessions, settled, stated, judged, nothing lost', async () => {
    const { code, out, talk } = await evroam(['demo', '--json'], { env: servers });
    expect(code, talk).to.equal(0);
    const result = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
    expect(result).to.include({ ledgerImbalance: '0.00', statementVerified: true, tamperDetected: true, lost: 0 });
    expect(result.sessions).to.be.at.least(3);
    expect(result.cdrs).to.be.at.least(3);
    expect(result.statements).to.be.at.least(2);
  });

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`leaves no process behind after ${signal}, and goes on with its data`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'evroam-live-'));
      try {
        for (let round = 0; round < 2; round += 1) {
          const world = live(folder);
          await heard(world, /charges/);
          const children = await family(world.pid ?? 0);
          expect(children.length).to.be.at.least(6);
          const ended = new Promise<number | null>((resolve) => world.once('exit', (code) => resolve(code)));
          world.kill(signal);
          expect(await ended).to.equal(signal === 'SIGINT' ? 0 : null);
          await gone(children);
        }
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  }
});

function live(folder: string): ChildProcess {
  const bin = fileURLToPath(new URL('../main.js', import.meta.url));
  return spawn(process.execPath, [bin, 'demo', '--live', '--data', folder, '--rate', '300'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, ...servers, ...FREE_PORTS },
  });
}

/** Resolves when the world says something that fits; rejects when it ends before. */
function heard(world: ChildProcess, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let talk = '';
    world.stderr?.on('data', (chunk: Buffer) => {
      talk += chunk.toString();
      if (words.test(talk)) resolve();
    });
    world.once('exit', (code) => reject(new Error(`the world ended with ${code}: ${talk.slice(-1000)}`)));
  });
}

/** The processes below one, at any depth. */
async function family(root: number): Promise<number[]> {
  const pairs = (await run('ps', ['-eo', 'pid=,ppid=']))
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return below(root).filter((pid) => pid !== root);
}

/** Resolves when none of them lives; asks the system, which tells no event of a stranger's end. */
async function gone(pids: readonly number[]): Promise<void> {
  const end = Date.now() + 30_000;
  const alive = () =>
    pids.filter((pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    });
  while (alive().length > 0) {
    if (Date.now() > end) throw new Error(`still alive: ${alive().join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', () => resolve(out));
  });
}
