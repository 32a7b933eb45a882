import type { PartnerFault } from '@evroam/gbt-adapter/tcec102/simulator';
import { choice, defineCommand, flag, integer, list, needed } from '../../command.js';
import { failure } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { readKeys } from '../../tcec-keys.js';
import { numberIn, openConsole, wordIn } from './console.js';
import { clockOf, pause, rate } from './time.js';

export const tcec = defineCommand({
  about: { en: 'a simulated T/CEC 102 partner with its own stations, drivers and orders', zh: '模拟中电联平台：自有站点、司机和订单' },
  args: '',
  options: {
    hub: needed('url', { en: 'where the hub listens', zh: '对方平台地址' }),
    inbound: needed('file', { en: 'keys that the hub uses toward it, JSON', zh: '对方调用本平台的密钥（JSON）' }),
    outbound: needed('file', { en: 'keys that it uses toward the hub, JSON', zh: '本平台调用对方的密钥（JSON）' }),
    port: integer('n', { or: 0, min: 0, max: 65_535 }, { en: 'where it listens; 0: any free port', zh: '监听端口；0 为任意空闲端口' }),
    dialect: choice(['standard', 'joint-test', 'xiaoju'], { en: 'how it spells the standard', zh: '方言' }),
    stations: integer('n', { or: 2, min: 1, max: 1000 }, { en: 'how many stations it has', zh: '站点数量' }),
    fault: list('name', { en: 'something that is wrong with it; may be repeated', zh: '注入的故障；可重复' }),
    seed: integer('n', { or: 1, min: 0, max: 2 ** 31 - 1 }, { en: 'fixes what is random', zh: '随机种子' }),
    rate,
    ndjson: flag({ en: 'what happens as JSON lines', zh: '以 JSON 行输出事件' }),
  },
  examples: [
    {
      run: 'evroam sim tcec --hub http://127.0.0.1:8280 --inbound in.keys.json --outbound out.keys.json',
      about: { en: 'then: guns, plug GUN, start GUN, stop SEQ', zh: '然后输入：guns、plug GUN、start GUN、stop SEQ' },
    },
    {
      run: 'evroam sim tcec --hub http://127.0.0.1:8280 --inbound in.keys.json --outbound out.keys.json --fault orderTwice --ndjson',
      about: { en: 'sends each order twice', zh: '每个订单发送两次' },
    },
  ],
  async run({ options, io }) {
    const [{ FAULTS, SimulatedPartner, timeFrom }, { JOINT_TEST, STANDARD, XIAOJU }, { overHttp }, { listen }] = await Promise.all([
      import('@evroam/gbt-adapter/tcec102/simulator'),
      import('@evroam/gbt-adapter/tcec102'),
      import('@evroam/gbt-adapter/tcec102/http'),
      import('@evroam/gbt-adapter/tcec102/node'),
    ]);
    const isFault = (name: string): name is PartnerFault => Object.hasOwn(FAULTS, name);
    const faults = options.fault.map((name) => {
      if (isFault(name)) return name;
      throw failure('bad-value', {
        name: '--fault',
        value: name,
        why: nearest(name, Object.keys(FAULTS)) ?? Object.keys(FAULTS).join(', '),
      });
    });
    const outbound = await readKeys(options.outbound, '--outbound');
    const clock = clockOf(io, options.rate);
    const console = openConsole(io, { ndjson: options.ndjson, now: clock.now });
    const { Agent } = await import('undici');
    const dispatcher = new Agent();
    const partner = new SimulatedPartner({
      operatorId: outbound.operatorId,
      inbound: await readKeys(options.inbound, '--inbound'),
      outbound,
      to: overHttp(options.hub, { dispatcher }),
      dialect: { standard: STANDARD, 'joint-test': JOINT_TEST, xiaoju: XIAOJU }[options.dialect],
      stations: options.stations,
      faults,
      seed: options.seed,
      time: timeFrom(clock),
    });
    partner.on('started', ({ seq, connectorId }) => console.show('started', { seq, connectorId }));
    partner.on('ended', ({ seq, connectorId }) => console.show('ended', { seq, connectorId }));
    partner.on('confirmed', (bill, result) => console.show('confirmed', { seq: bill.StartChargeSeq, result, money: bill.TotalMoney }));
    partner.on('trip', (trip) => console.show('trip', { ...trip }));
    partner.on('status', (status) => console.show('status', { ...status }));
    partner.on('failed', (error, name) => console.show('failed', { interface: name, code: error.code, error: error.message }));
    const listening = await listen(partner.receive, { port: options.port });
    console.show('listening', { port: listening.port });
    const sequences = () => ({
      orders: [...partner.orders.values()].map(({ seq, connectorId, state }) => ({ seq, connectorId, state })),
      trips: [...partner.trips.values()].map(({ seq, connectorId, state }) => ({ seq, connectorId, state })),
    });
    try {
      return await console.obey({
        guns: {
          takes: '',
          run: async () => ({
            guns: partner.stations.flatMap(({ EquipmentInfos }) =>
              EquipmentInfos.flatMap(({ ConnectorInfos }) => ConnectorInfos.map(({ ConnectorID }) => ConnectorID)),
            ),
          }),
        },
        plug: { takes: '<gun>', run: (words) => partner.plugIn(wordIn(words, 0, 'gun')) },
        unplug: { takes: '<gun>', run: (words) => partner.unplug(wordIn(words, 0, 'gun')) },
        start: { takes: "<the hub's gun>", run: async (words) => ({ ...(await partner.startAt(wordIn(words, 0, 'gun'))) }) },
        stop: { takes: '<sequence>', run: async (words) => ({ ...(await partner.stopAt(wordIn(words, 0, 'sequence'))) }) },
        orders: { takes: '', run: async () => sequences() },
        reconcile: {
          takes: '<hours>',
          run: async (words) => ({
            ...(await partner.reconcile(new Date(clock.now().getTime() - numberIn(words, 0, 'hours', 24) * 3_600_000), clock.now())),
          }),
        },
        wait: { takes: '<seconds>', run: (words) => pause(io, clock, numberIn(words, 0, 'seconds')) },
      });
    } finally {
      partner.stop();
      await listening.close();
      await dispatcher.close();
    }
  },
});
