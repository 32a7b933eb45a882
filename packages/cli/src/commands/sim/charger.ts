import type { Fault, JournalEntry, LastingFault } from '@evroam/ocpp-core/station';
import { defineCommand, flag, integer, needed, text, textOr } from '../../command.js';
import { failure } from '../../errors.js';
import { toOcppVersion } from '../../ocpp-versions.js';
import { numberIn, openConsole, wordIn } from './console.js';
import { secretIn } from './secret.js';
import { clockOf, pause, rate } from './time.js';

export const charger = defineCommand({
  about: { en: 'a simulated charging station; standard input tells it what happens to it', zh: '模拟充电站；从标准输入接收操作' },
  args: '',
  options: {
    url: needed('ws-url', { en: 'the central system, without the identity', zh: '中心系统地址（不含站点标识）' }),
    id: textOr('identity', 'SIM-1', { en: 'the identity of the station', zh: '充电站标识' }),
    passwordFile: text('file', { en: 'the password, in the first line of a file', zh: '密码文件（第一行）' }),
    ocpp: textOr('version', '1.6', { en: 'the OCPP version', zh: 'OCPP 版本' }),
    connectors: integer('n', { or: 1, min: 1, max: 64 }, { en: 'how many connectors', zh: '连接器数量' }),
    meterInterval: integer('seconds', { or: 60, min: 0, max: 86_400 }, { en: 'between two meter readings', zh: '电表读数间隔（秒）' }),
    seed: integer('n', { or: 1, min: 0, max: 2 ** 31 - 1 }, { en: 'fixes ids and jitter', zh: '随机种子' }),
    rate,
    ndjson: flag({ en: 'what happens as JSON lines', zh: '以 JSON 行输出事件' }),
  },
  examples: [
    {
      run: 'evroam sim charger --url ws://127.0.0.1:8180/ocpp --id CS-1 --password-file cs-1.key',
      about: { en: 'then: plug 1, start 1 CARD, stop 1, help', zh: '然后输入：plug 1、start 1 CARD、stop 1、help' },
    },
    {
      run: 'evroam sim charger --url ws://127.0.0.1:8180/ocpp --rate 60 --ndjson < session.script',
      about: { en: 'a script, a minute a second', zh: '执行脚本，一秒为一分钟' },
    },
  ],
  async run({ options, io }) {
    const version = toOcppVersion(options.ocpp);
    if (!version) throw failure('bad-value', { name: '--ocpp', value: options.ocpp, why: '1.6, 2.0.1, 2.1' });
    const { startStation, stationClock } = await import('@evroam/ocpp-core/station');
    const clock = clockOf(io, options.rate);
    const password = await secretIn(options.passwordFile);
    const console = openConsole(io, { ndjson: options.ndjson, now: clock.now });
    const station = startStation({
      version,
      url: options.url,
      identity: options.id,
      ...(password === undefined ? {} : { password }),
      connectors: options.connectors,
      meterIntervalSeconds: options.meterInterval,
      seed: options.seed,
      clock: stationClock(clock),
      journal: (entry) => console.show(entry.kind, factsOf(entry)),
    });
    try {
      return await console.obey({
        accepted: { takes: '', run: () => station.accepted },
        plug: {
          takes: '<connector> [watt]',
          run: async (words) => station.plugIn(numberIn(words, 0, 'connector', 1), { powerW: numberIn(words, 1, 'watt', 11_000) }),
        },
        unplug: { takes: '<connector>', run: async (words) => station.unplug(numberIn(words, 0, 'connector', 1)) },
        power: {
          takes: '<connector> <watt>',
          run: async (words) => station.setPower(numberIn(words, 0, 'connector'), numberIn(words, 1, 'watt')),
        },
        start: {
          takes: '<connector> <card>',
          run: async (words) => acceptedOrThrow(await station.startLocal(numberIn(words, 0, 'connector'), wordIn(words, 1, 'card'))),
        },
        stop: { takes: '<connector>', run: async (words) => ({ stopped: station.stopLocal(numberIn(words, 0, 'connector', 1)) }) },
        offline: { takes: '', run: async () => station.goOffline() },
        online: { takes: '', run: async () => station.goOnline() },
        'power-cycle': { takes: '', run: async () => station.powerCycle() },
        fault: { takes: '<name> [numbers]', run: async (words) => station.fault(faultOf(words)) },
        heal: { takes: '<name>', run: async (words) => station.heal(lastingOf(wordIn(words, 0, 'name'))) },
        state: { takes: '<connector>', run: async (words) => station.state(numberIn(words, 0, 'connector', 1)) },
        wait: { takes: '<seconds>', run: (words) => pause(io, clock, numberIn(words, 0, 'seconds')) },
        drained: { takes: '', run: () => station.drained() },
      });
    } finally {
      await station.stop();
    }
  },
});

const LASTING: readonly LastingFault[] = ['duplicateSends', 'lostAnswers', 'restartedMessageIds', 'badJson', 'slowAnswers', 'clockSkew'];

/** A fault as a script writes it: `slowAnswers 5000`, `meterJump 1 9000000`. */
function faultOf(words: readonly string[]): Fault {
  const name = wordIn(words, 0, 'name');
  switch (name) {
    case 'duplicateSends':
    case 'restartedMessageIds':
    case 'badJson':
    case 'halfOpen':
      return { name };
    case 'lostAnswers':
      return { name, count: numberIn(words, 1, 'count', 1) };
    case 'slowAnswers':
      return { name, ms: numberIn(words, 1, 'ms') };
    case 'clockSkew':
      return { name, ms: Number(wordIn(words, 1, 'ms')) };
    case 'meterJump':
      return { name, connectorId: numberIn(words, 1, 'connector'), milliWh: numberIn(words, 2, 'mWh') };
    default:
      throw new RangeError(`no such fault: ${name}; one of ${[...LASTING, 'halfOpen', 'meterJump'].join(', ')}`);
  }
}

function lastingOf(name: string): LastingFault {
  const found = LASTING.find((each) => each === name);
  if (!found) throw new RangeError(`nothing to heal: ${name}; one of ${LASTING.join(', ')}`);
  return found;
}

function acceptedOrThrow(started: { readonly accepted: boolean; readonly reason?: string }): undefined {
  if (!started.accepted) throw new Error(`the start was refused: ${started.reason ?? ''}`);
}

function factsOf({ kind: _kind, at: _at, identity: _identity, ...facts }: JournalEntry): Readonly<Record<string, unknown>> {
  return facts;
}
