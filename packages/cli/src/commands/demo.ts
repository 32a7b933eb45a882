import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockFromSetting, clockSetting } from '@evroam/platform/client';
import { defineCommand, flag, integer, text } from '../command.js';
import { EXIT, type ExitCode } from '../exit.js';
import type { Io } from '../io.js';
import type { World } from '../world/setup.js';
import type { StoryResult } from '../world/story.js';

/** Domain time of the story runs so much faster than the wall's. */
const STORY_RATE = 300;
const LIVE_RATE = 60;

export const demo = defineCommand({
  about: { en: 'a whole roaming world on this machine: once through, or live', zh: '在本机运行完整的漫游演示：一次或持续' },
  args: '',
  options: {
    live: flag({ en: 'go on until Ctrl-C, with a live view; the data stays', zh: '持续运行并实时显示，直到 Ctrl-C；数据保留' }),
    json: flag({ en: 'the last line is the result as JSON', zh: '最后一行为 JSON 结果' }),
    keep: flag({ en: 'keep the data folder of the story', zh: '保留演示数据目录' }),
    data: text('folder', { en: 'where the data is kept', zh: '数据目录' }),
    rate: integer(
      'n',
      { or: 0, min: 0, max: 600 },
      { en: 'how much faster than the wall time runs; 0: 300, live 60', zh: '时间加速倍数；0 表示 300，持续模式为 60' },
    ),
  },
  examples: [
    { run: 'evroam demo', about: { en: 'the story once: three sessions, settled and stated', zh: '完整演示一次：三次充电并结算' } },
    {
      run: 'evroam demo --json',
      about: { en: 'for a script: the result as JSON, exit 0 or 8', zh: '供脚本使用：JSON 结果，退出码 0 或 8' },
    },
  ],
  async run({ options, io }) {
    if (options.live)
      return (await import('../world/run-live.js')).runLive(io, {
        folder: options.data ?? io.environment.data,
        rate: options.rate || LIVE_RATE,
      });
    return once(io, { ...options, rate: options.rate || STORY_RATE });
  },
});

async function once(
  io: Io,
  { json, keep, data, rate }: { json: boolean; keep: boolean; data: string | undefined; rate: number },
): Promise<ExitCode> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'evroam-demo-')));
  const began = Date.now();
  const onStep = (step: string) => io.talk(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${step}`);
  // A day in the middle of a month, at noon: no period ends while the story is told.
  const today = new Date();
  try {
    const result = await tell(io, folder, tenth(today), rate, onStep);
    const good = isGood(result);
    if (json) await io.out(`${JSON.stringify(result)}\n`);
    else
      await io.out(
        `${Object.entries(result)
          .map(([name, value]) => `${name.padEnd(18)} ${value}`)
          .join('\n')}\n`,
      );
    return good ? EXIT.done : EXIT.checkFailed;
  } finally {
    if (keep || data !== undefined) io.talk(`the data is in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** The tenth of a month, in the morning. */
const tenth = (month: Date): Date => new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 10, 10));

async function tell(io: Io, folder: string, begin: Date, rate: number, onStep: (step: string) => void): Promise<StoryResult> {
  const [{ startHubProcess }, { afterAll }, { buildWorld }, { tellStory }] = await Promise.all([
    import('../world/hub-process.js'),
    import('../world/later.js'),
    import('../world/setup.js'),
    import('../world/story.js'),
  ]);
  onStep('starting a hub');
  const start = (clock: string) =>
    startHubProcess({
      folder: join(folder, 'hub'),
      clock,
      ports: 'free',
      environment: io.environment.all,
      onStep: (step) => onStep(`  ${step}`),
    });
  let setting = io.environment.clock ?? clockSetting(begin, rate);
  let hub = await start(setting);
  const settled = await afterAll(hub.admin);
  if (settled && settled > begin && io.environment.clock === undefined) {
    onStep('the database has seen an earlier story: this one plays a month later');
    await hub.stop();
    setting = clockSetting(tenth(settled), rate);
    hub = await start(setting);
  }
  let world: World | undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    io.signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  const broke = hub.ended.then((why) => Promise.reject(new Error(`the hub ended: ${why}`)));
  interrupted.catch(() => {});
  broke.catch(() => {});
  try {
    const telling = (async () => {
      world = await buildWorld({
        hub,
        folder: join(folder, 'world'),
        clock: clockFromSetting(setting),
        clockSetting: setting,
        chargers: 2,
        cycle: 'monthly',
        lies: 1,
        onStep,
        onNews: () => {},
      });
      return tellStory(world, onStep);
    })();
    return await Promise.race([telling, interrupted, broke]);
  } finally {
    await world?.stop();
    await hub.stop();
    onStep('everything is stopped');
  }
}

/** What the story promises. */
function isGood({ sessions, cdrs, statements, ledgerImbalance, statementVerified, tamperDetected, lost }: StoryResult): boolean {
  return sessions >= 3 && cdrs >= 3 && statements >= 2 && ledgerImbalance === '0.00' && statementVerified && tamperDetected && lost === 0;
}
