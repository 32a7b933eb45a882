import { createReadStream } from 'node:fs';
import { defineCommand, flag, integer, needed, text, textOr } from '../../command.js';
import { failure } from '../../errors.js';
import { EXIT } from '../../exit.js';
import { linesOf } from '../../lines.js';
import { toOcppVersion } from '../../ocpp-versions.js';
import { isRecord } from '../../output/path.js';
import { safeJson } from '../../output/safe.js';
import { clockOf, pause, rate } from './time.js';

export const fleet = defineCommand({
  about: { en: 'many simulated stations in one process: connect, charge, count', zh: '一个进程内的多个模拟充电站：连接、充电、计数' },
  args: '',
  options: {
    url: needed('ws-url', { en: 'the central system, without the identity', zh: '中心系统地址（不含站点标识）' }),
    count: integer('n', { or: 10, min: 1, max: 10_000 }, { en: 'how many stations', zh: '充电站数量' }),
    prefix: textOr('text', 'SIM-', { en: 'identities are this and a number', zh: '标识前缀' }),
    passwords: text('file', { en: '{"id","password"} a line', zh: '每行 {"id","password"}' }),
    ocpp: textOr('version', '1.6', { en: 'the OCPP version', zh: 'OCPP 版本' }),
    card: textOr('token', 'SIMCARD', { en: 'the card that starts each session', zh: '启动会话的卡号' }),
    minutes: integer(
      'n',
      { or: 30, min: 0, max: 1440 },
      { en: 'how long each charges; 0: only connect', zh: '每站充电分钟数；0 表示只连接' },
    ),
    seed: integer('n', { or: 1, min: 0, max: 2 ** 31 - 1 }, { en: 'fixes ids and jitter', zh: '随机种子' }),
    rate,
    json: flag({ en: 'the result as JSON', zh: '以 JSON 输出结果' }),
  },
  examples: [
    {
      run: 'evroam sim fleet --url ws://127.0.0.1:8180/ocpp --count 500 --passwords fleet.ndjson --rate 60',
      about: { en: 'five hundred sessions of half an hour', zh: '五百个半小时的会话' },
    },
    { run: 'evroam sim fleet --url ws://127.0.0.1:8180/ocpp --minutes 0 --json', about: { en: 'a boot storm of ten', zh: '十台同时启动' } },
  ],
  async run({ options, io }) {
    const version = toOcppVersion(options.ocpp);
    if (!version) throw failure('bad-value', { name: '--ocpp', value: options.ocpp, why: '1.6, 2.0.1, 2.1' });
    const { startStation, stationClock } = await import('@evroam/ocpp-core/station');
    const clock = clockOf(io, options.rate);
    const passwords = await readPasswords(options.passwords);
    const counts = { stations: options.count, accepted: 0, started: 0, ended: 0, acknowledged: 0, failed: 0, unreachable: 0, milliWh: 0 };
    const began = performance.now();
    const stations = Array.from({ length: options.count }, (_, index) => {
      const identity = `${options.prefix}${index + 1}`;
      const password = passwords.get(identity);
      return startStation({
        version,
        url: options.url,
        identity,
        ...(password === undefined ? {} : { password }),
        seed: options.seed + index,
        clock: stationClock(clock),
        journal: ({ kind, ...entry }) => {
          if (
            kind === 'accepted' ||
            kind === 'started' ||
            kind === 'ended' ||
            kind === 'acknowledged' ||
            kind === 'failed' ||
            kind === 'unreachable'
          )
            counts[kind] += 1;
          if (kind === 'ended' && 'milliWh' in entry) counts.milliWh += entry.milliWh;
        },
      });
    });
    try {
      const stop = new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([Promise.all(stations.map((station) => station.accepted)), stop]);
      const acceptedMs = Math.round(performance.now() - began);
      if (options.minutes > 0 && !io.signal.aborted) {
        for (const station of stations) station.plugIn(1);
        await Promise.race([Promise.all(stations.map((station) => station.startLocal(1, options.card))), stop]);
        await pause(io, clock, options.minutes * 60);
        for (const station of stations) station.unplug(1);
        await Promise.race([Promise.all(stations.map((station) => station.drained())), stop]);
      }
      const result = { ...counts, acceptedMs, ms: Math.round(performance.now() - began) };
      await io.out(
        options.json
          ? `${safeJson(result)}\n`
          : `${Object.entries(result)
              .map(([name, value]) => `${name.padEnd(14)} ${value}`)
              .join('\n')}\n`,
      );
      io.signal.throwIfAborted();
      const wanted = options.minutes > 0 ? counts.started : counts.accepted;
      return wanted === options.count && counts.failed === 0 ? EXIT.done : EXIT.checkFailed;
    } finally {
      await Promise.all(stations.map((station) => station.stop()));
    }
  },
});

async function readPasswords(file: string | undefined): Promise<ReadonlyMap<string, string>> {
  const passwords = new Map<string, string>();
  if (file === undefined) return passwords;
  try {
    for await (const { text: line, number } of linesOf(createReadStream(file))) {
      const value: unknown = JSON.parse(line ?? '');
      if (!isRecord(value) || typeof value.id !== 'string' || typeof value.password !== 'string')
        throw failure('bad-input', { why: `line ${number} is not {"id","password"}` });
      passwords.set(value.id, value.password);
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw failure('bad-input', { why: `${file}: ${error.message}` }, { cause: error });
    if (error instanceof Error && 'syscall' in error) throw failure('file-unreadable', { file, why: error.message }, { cause: error });
    throw error;
  }
  return passwords;
}
