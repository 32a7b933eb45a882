import type { Branch } from '../command.js';
import { defineCommand, flag, text } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { isRecord } from '../output/path.js';
import { safe, safeJson } from '../output/safe.js';
import { outputOptions, showRecord } from '../output/show.js';
import { columns, getOf, hubOptions, itemsOf, listOf, withHub } from './admin.js';

const startSession = defineCommand({
  about: { en: "start a session of our driver at a partner's station", zh: '为我方司机在伙伴充电站启动充电' },
  args: '<owner> <location> <evse>',
  options: {
    token: text('uid', { en: 'the card or app token of the driver', zh: '司机的卡或应用令牌' }),
    issuer: text('party', { en: 'who issued it', zh: '发行方' }),
    ...hubOptions,
    ...outputOptions,
  },
  examples: [
    {
      run: 'evroam session start DE-ABC LOC1 LOC1-E1 --issuer NL-EVR --token 04AA11BB22CC01',
      about: { en: 'asks the partner', zh: '向伙伴发出请求' },
    },
    {
      run: 'evroam session start DE-ABC LOC1 LOC1-E1 --issuer NL-EVR --token 04AA11BB22CC01 --query commandId',
      about: { en: 'only the id of the command', zh: '只输出命令编号' },
    },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const body = { issuer: options.issuer, tokenUid: options.token, owner: args.owner, locationId: args.location, evseUid: args.evse };
      const answer = await admin.ask('POST', '/admin/v1/roaming/starts', { body });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const stopSession = defineCommand({
  about: { en: 'ask the station to end a session', zh: '请求充电站结束会话' },
  args: '<id>',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam session stop 01a20fb8-690b', about: { en: 'its end shows in evroam session get', zh: '结果见 evroam session get' } },
    { run: 'evroam session stop 01a20fb8-690b --query requestId', about: { en: 'only the id of the request', zh: '只输出请求编号' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const answer = await admin.ask('POST', `/admin/v1/sessions/${encodeURIComponent(args.id)}/stop`);
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const plot = defineCommand({
  about: { en: 'show the power and the price of a session over time', zh: '显示会话的功率与价格曲线' },
  args: '<id>',
  options: { ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam session plot 01a20fb8-690b', about: { en: 'as wide as the terminal', zh: '按终端宽度' } },
    { run: 'evroam session plot 01a20fb8-690b -o json', about: { en: 'the readings themselves', zh: '原始读数' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const curve = await admin.ask('GET', `/admin/v1/sessions/${encodeURIComponent(args.id)}/curve`);
      if (!isRecord(curve) || !isRecord(curve.session)) throw failure('remote-refused', { url: admin.url, status: 200, why: 'no curve' });
      if (options.output !== undefined || options.query !== undefined || options.fields !== undefined)
        return showRecord(io, options, curve);
      const { plotSession } = await import('../session-plot.js');
      const readings = itemsOf(curve.samples)
        .flatMap(({ at, registerMilliWh }) =>
          typeof registerMilliWh === 'number' ? [{ at: Date.parse(String(at)), milliWh: registerMilliWh }] : [],
        )
        .sort((a, b) => a.at - b.at);
      const steps = itemsOf(curve.costs).map(({ until, kwh, total }) => ({
        until: Date.parse(String(until)),
        milliWh: Number(kwh) * 1e6,
        cost: isRecord(total) ? Number(total.afterTaxes ?? total.beforeTaxes) : 0,
      }));
      const shown = plotSession(readings, steps, { width: io.width(), currency: String(curve.session.currency) });
      if (shown === '') io.talk(io.say('none'));
      await io.out(shown);
      return EXIT.done;
    }),
});

const watch = defineCommand({
  about: { en: 'follow a session until it ends: energy and cost as they grow', zh: '跟踪会话直至结束：电量与费用' },
  args: '<id>',
  options: { ndjson: flag({ en: 'the whole session a line', zh: '每行一个完整会话' }), ...hubOptions },
  examples: [
    { run: 'evroam session watch 01a20fb8-690b', about: { en: 'a line for each change', zh: '每次变化一行' } },
    { run: 'evroam session watch 01a20fb8-690b --ndjson', about: { en: 'for a program', zh: '供程序使用' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      for await (const { data } of admin.events(`/admin/v1/sessions/${encodeURIComponent(args.id)}/events`)) {
        if (!isRecord(data)) continue;
        const { updatedAt, status, kwh, total, currency } = data;
        const cost = isRecord(total) ? `  ${String(total.afterTaxes ?? total.beforeTaxes)} ${String(currency)}` : '';
        await io.out(`${options.ndjson ? safeJson(data) : safe(`${String(updatedAt)}  ${String(status)}  ${String(kwh)} kWh${cost}`)}\n`);
      }
      return io.signal.aborted ? EXIT.interrupted : EXIT.done;
    }),
});

export const session: Branch = {
  about: { en: 'charging sessions', zh: '充电会话' },
  commands: {
    list: listOf({
      about: { en: 'list sessions at our stations', zh: '列出自有充电站的会话' },
      path: '/admin/v1/sessions',
      columns: columns(
        'id',
        'status',
        'stationId',
        'token.issuer',
        'startedAt',
        'endedAt',
        'kwh',
        'total.afterTaxes',
        'currency',
        'token.uid~',
      ),
      filters: { phase: { en: 'charging or ended', zh: 'charging 或 ended' } },
      examples: [
        { run: 'evroam session list --phase charging', about: { en: 'what goes on now', zh: '正在进行的' } },
        { run: 'evroam session list -o ndjson --fields id,kwh', about: { en: 'all, line by line', zh: '全部，逐行' } },
      ],
    }),
    away: listOf({
      about: { en: "list our drivers' sessions at partners", zh: '列出我方司机在伙伴处的会话' },
      path: '/admin/v1/roaming/sessions',
      columns: columns('id', 'owner', 'status', 'startedAt', 'endedAt', 'kwh', 'currency'),
      examples: [
        { run: 'evroam session away', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam session away --sort -startedAt', about: { en: 'the newest first', zh: '最新的在前' } },
      ],
    }),
    get: getOf({
      about: { en: 'show a session with its periods', zh: '显示会话及其时段' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/sessions/${id}`,
      examples: [
        { run: 'evroam session get 01a20fb8-690b', about: { en: 'all of it', zh: '全部内容' } },
        { run: 'evroam session get 01a20fb8-690b --query periods', about: { en: 'only the periods', zh: '只看时段' } },
      ],
    }),
    plot,
    watch,
    start: startSession,
    stop: stopSession,
  },
};
