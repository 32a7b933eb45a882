import type { PileFault } from '@evroam/gbt-adapter/ykc/simulator';
import { choice, defineCommand, flag, integer, list, textOr } from '../../command.js';
import { failure } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { numberIn, openConsole, wordIn } from './console.js';
import { clockOf, pause, rate } from './time.js';

export const pile = defineCommand({
  about: { en: 'a simulated 云快充 pile; standard input tells it what happens to it', zh: '模拟云快充充电桩；从标准输入接收操作' },
  args: '',
  options: {
    host: textOr('address', '127.0.0.1', { en: 'the platform', zh: '平台地址' }),
    port: integer('n', { or: 8767, min: 1, max: 65_535 }, { en: "the platform's port", zh: '平台端口' }),
    code: textOr('digits', '32010200000001', { en: 'the code of the pile, 14 digits', zh: '桩编码（14 位）' }),
    guns: integer('n', { or: 1, min: 1, max: 16 }, { en: 'how many guns', zh: '枪数' }),
    kind: choice(['DC', 'AC'], { en: 'what it gives', zh: '类型' }),
    protocol: choice(['1.6', '1.5', '1.7'], { en: 'the version of the protocol', zh: '协议版本' }),
    groundLocks: flag({ en: 'has a ground lock at each gun', zh: '每枪配地锁' }),
    fault: list('name', { en: 'something that is wrong with it; may be repeated', zh: '注入的故障；可重复' }),
    seed: integer('n', { or: 1, min: 0, max: 2 ** 31 - 1 }, { en: 'fixes what is random', zh: '随机种子' }),
    rate,
    ndjson: flag({ en: 'what happens as JSON lines', zh: '以 JSON 行输出事件' }),
  },
  examples: [
    {
      run: 'evroam sim pile --port 8767 --code 32010200000001',
      about: { en: 'then: plug 1, swipe 1 CARD, stop 1, help', zh: '然后输入：plug 1、swipe 1 CARD、stop 1、help' },
    },
    {
      run: 'evroam sim pile --fault recordTwice --fault crcSwapped --ndjson < session.script',
      about: { en: 'with faults, from a script', zh: '注入故障并执行脚本' },
    },
  ],
  async run({ options, io }) {
    const { FAULTS, SimulatedPile, timeFrom } = await import('@evroam/gbt-adapter/ykc/simulator');
    const isFault = (name: string): name is PileFault => Object.hasOwn(FAULTS, name);
    const faults = options.fault.map((name) => {
      if (isFault(name)) return name;
      throw failure('bad-value', {
        name: '--fault',
        value: name,
        why: nearest(name, Object.keys(FAULTS)) ?? Object.keys(FAULTS).join(', '),
      });
    });
    const clock = clockOf(io, options.rate);
    const console = openConsole(io, { ndjson: options.ndjson, now: clock.now });
    const open = new SimulatedPile({
      pileCode: options.code,
      host: options.host,
      port: options.port,
      guns: options.guns,
      kind: options.kind,
      version: options.protocol,
      hasGroundLocks: options.groundLocks,
      faults,
      seed: options.seed,
      time: timeFrom(clock),
    });
    const online = new Promise<void>((resolve) => open.once('online', resolve));
    open.on('online', () => console.show('online', {}));
    open.on('offline', (reason) => console.show('offline', { reason: reason.message }));
    open.on('started', (tradeNo) => console.show('started', { tradeNo }));
    open.on('ended', (record) => console.show('ended', { record }));
    open.on('settled', (record, result) => console.show('settled', { tradeNo: record.tradeNo, result }));
    open.on('refused', (gun, reason) => console.show('refused', { gun, reason }));
    open.on('model', (modelNo) => console.show('model', { modelNo }));
    open.start();
    const settled = () => new Promise<void>((resolve) => open.once('settled', () => resolve()));
    try {
      return await console.obey({
        online: { takes: '', run: () => online },
        plug: {
          takes: '<gun> [kilowatt]',
          run: async (words) =>
            open.plugIn(numberIn(words, 0, 'gun', 1), {
              vin: 'LSIM0000000000001',
              capacityKWh: 60,
              socPct: 30,
              maxPowerKw: numberIn(words, 1, 'kilowatt', 60),
            }),
        },
        unplug: { takes: '<gun>', run: async (words) => open.unplug(numberIn(words, 0, 'gun', 1)) },
        swipe: {
          takes: '<gun> <card>',
          run: async (words) => ({ accepted: await open.swipe(numberIn(words, 0, 'gun', 1), wordIn(words, 1, 'card')) }),
        },
        vin: { takes: '<gun>', run: async (words) => ({ accepted: await open.presentVin(numberIn(words, 0, 'gun', 1)) }) },
        stop: { takes: '<gun>', run: async (words) => open.pressStop(numberIn(words, 0, 'gun', 1)) },
        emergency: { takes: '', run: async () => open.emergencyStop() },
        repair: { takes: '', run: async () => open.repair() },
        cut: { takes: '', run: async () => open.cut() },
        settled: { takes: '', run: settled },
        fault: {
          takes: '<name> on|off',
          run: async (words) => {
            const name = wordIn(words, 0, 'name');
            if (!isFault(name)) throw new RangeError(`no such fault: ${name}`);
            if (words[1] === 'off') open.faults.delete(name);
            else open.faults.add(name);
          },
        },
        wait: { takes: '<seconds>', run: (words) => pause(io, clock, numberIn(words, 0, 'seconds')) },
      });
    } finally {
      open.stop();
    }
  },
});
