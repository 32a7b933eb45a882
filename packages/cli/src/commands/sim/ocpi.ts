import type { SimulatedCpo, SimulatedEmsp, SimulatorEvent } from '@evroam/ocpi/simulator';
import { defineCommand, flag, integer, text, textOr } from '../../command.js';
import { failure } from '../../errors.js';
import { type Console, numberIn, type Order, openConsole, wordIn } from './console.js';
import { secretIn } from './secret.js';
import { clockOf, pause, rate } from './time.js';

const common = {
  port: integer('n', { or: 0, min: 0, max: 65_535 }, { en: 'where it listens; 0: any free port', zh: '监听端口；0 为任意空闲端口' }),
  register: text('url', { en: "register at this partner's versions URL", zh: '向该地址（versions）注册' }),
  tokenFile: text('file', { en: 'token A of that partner, in the first line of a file', zh: '对方的令牌 A 文件（第一行）' }),
  seed: integer('n', { or: 1, min: 0, max: 2 ** 31 - 1 }, { en: 'the same seed, the same world', zh: '随机种子' }),
  rate,
  ndjson: flag({ en: 'what happens as JSON lines', zh: '以 JSON 行输出事件' }),
};

function partyOf(given: string): { country: string; party: string } {
  const [, country, party] = /^([A-Za-z]{2})[-*]?([A-Za-z0-9]{3})$/.exec(given) ?? [];
  if (country === undefined || party === undefined) throw failure('bad-value', { name: '--party', value: given, why: 'NL-EVM' });
  return { country: country.toUpperCase(), party: party.toUpperCase() };
}

/** An event without its bytes; the exchange below it is left out unless it failed. */
function tell(console: Console): (event: SimulatorEvent) => void {
  return ({ direction, what, id, error, value }) => {
    if (/^[A-Z]+ \//.test(what) && error === undefined) return;
    console.show(what, {
      direction,
      ...(id === undefined ? {} : { id }),
      ...(error === undefined ? {} : { error }),
      ...(value === undefined ? {} : { value }),
    });
  };
}

async function join(
  open: Pick<SimulatedCpo, 'register' | 'invite'>,
  console: Console,
  versionsUrl: string | undefined,
  tokenFile: string | undefined,
): Promise<void> {
  if (versionsUrl === undefined) {
    // The one who runs it hands this to the partner.
    console.show('invitation', open.invite());
    return;
  }
  const token = await secretIn(tokenFile);
  if (token === undefined) throw failure('missing-option', { name: '--token-file' });
  await open.register({ versionsUrl, token });
}

const shared = (open: SimulatedCpo | SimulatedEmsp): Readonly<Record<string, Order>> => ({
  register: {
    takes: '<versions-url> <token-file>',
    run: async (words) =>
      void (await open.register({
        versionsUrl: wordIn(words, 0, 'versions-url'),
        token: (await secretIn(wordIn(words, 1, 'token-file'))) ?? '',
      })),
  },
  invite: { takes: '', run: async () => open.invite() },
  rotate: { takes: '', run: async () => void (await open.rotate()) },
  unregister: { takes: '', run: () => open.unregister() },
});

export const emsp = defineCommand({
  about: { en: 'a simulated eMSP: pulls, starts and stops sessions, takes CDRs', zh: '模拟 eMSP：拉取数据、启停会话、接收 CDR' },
  args: '',
  options: {
    party: textOr('id', 'NL-EVM', { en: 'who it is', zh: '参与方标识' }),
    tokens: integer('n', { or: 5, min: 1, max: 100_000 }, { en: 'how many cards it issues', zh: '发卡数量' }),
    ...common,
  },
  examples: [
    {
      run: 'evroam sim emsp --register http://127.0.0.1:8080/ocpi/versions --token-file a.token',
      about: { en: 'then: pull, start 0 LOC EVSE 1, stop ID', zh: '然后输入：pull、start 0 LOC EVSE 1、stop ID' },
    },
    { run: 'evroam sim emsp --party NL-EVM --ndjson', about: { en: 'prints an invitation and waits', zh: '输出邀请并等待' } },
  ],
  async run({ options, io }) {
    const { openSimulatedEmsp } = await import('@evroam/ocpi/simulator');
    const clock = clockOf(io, options.rate);
    const console = openConsole(io, { ndjson: options.ndjson, now: clock.now });
    const open = await openSimulatedEmsp({
      party: partyOf(options.party),
      clock,
      port: options.port,
      tokens: options.tokens,
      seed: options.seed,
      onEvent: tell(console),
    });
    try {
      await join(open, console, options.register, options.tokenFile);
      return await console.obey({
        ...shared(open),
        pull: { takes: '', run: () => open.pull() },
        tokens: { takes: '', run: async () => ({ tokens: open.tokens.all().map(({ uid }) => uid) }) },
        locations: {
          takes: '',
          run: async () => ({
            locations: open.locations.all().map(({ id, evses = [] }) => ({ id, evses: evses.map(({ uid, status }) => ({ uid, status })) })),
          }),
        },
        sessions: { takes: '', run: async () => ({ sessions: open.sessions.all().map(({ id, status, kwh }) => ({ id, status, kwh })) }) },
        cdrs: {
          takes: '',
          run: async () => ({
            cdrs: open.cdrs.map(({ cdr }) => ({ id: cdr.id, total_energy: cdr.total_energy, total_cost: cdr.total_cost })),
          }),
        },
        start: {
          takes: '<card number> <location> <evse> <connector>',
          run: async (words) => {
            const token = open.tokens.all()[numberIn(words, 0, 'card number')];
            if (!token) throw new RangeError(`there is no card ${words[0]}`);
            const { response, result } = await open.startSession({
              token,
              location_id: wordIn(words, 1, 'location'),
              evse_uid: wordIn(words, 2, 'evse'),
              connector_id: words[3] ?? '1',
            });
            return { response: response.result, result: (await result).result };
          },
        },
        stop: {
          takes: '<session>',
          run: async (words) => {
            const { response, result } = await open.stopSession(wordIn(words, 0, 'session'));
            return { response: response.result, result: (await result).result };
          },
        },
        heard: {
          takes: '<event>',
          run: async (words) => void (await open.next(({ what }) => what === wordIn(words, 0, 'event'), { past: true, withinMs: 60_000 })),
        },
        wait: { takes: '<seconds>', run: (words) => pause(io, clock, numberIn(words, 0, 'seconds')) },
      });
    } finally {
      await open.close();
    }
  },
});

export const cpo = defineCommand({
  about: {
    en: 'a simulated CPO: stations, a tariff, sessions, CDRs until they are taken',
    zh: '模拟 CPO：充电站、资费、会话，CDR 直至被接收',
  },
  args: '',
  options: {
    party: textOr('id', 'DE-ABC', { en: 'who it is', zh: '参与方标识' }),
    locations: integer('n', { or: 3, min: 1, max: 100_000 }, { en: 'how many locations it has', zh: '站点数量' }),
    power: integer('watt', { or: 11_000, min: 1, max: 1_000_000 }, { en: 'what every session draws', zh: '每个会话的功率（瓦）' }),
    ...common,
  },
  examples: [
    {
      run: 'evroam sim cpo --register http://127.0.0.1:8080/ocpi/versions --token-file a.token --rate 60',
      about: { en: 'then: plug LOC EVSE CARD, unplug ID', zh: '然后输入：plug LOC EVSE CARD、unplug ID' },
    },
    { run: 'evroam sim cpo --party DE-ABC --port 9001', about: { en: 'prints an invitation and waits', zh: '输出邀请并等待' } },
  ],
  async run({ options, io }) {
    const { openSimulatedCpo } = await import('@evroam/ocpi/simulator');
    const clock = clockOf(io, options.rate);
    const console = openConsole(io, { ndjson: options.ndjson, now: clock.now });
    let look = (): void => {};
    const show = tell(console);
    const open = await openSimulatedCpo({
      party: partyOf(options.party),
      clock,
      port: options.port,
      locations: options.locations,
      seed: options.seed,
      powerWatt: options.power,
      onEvent: (event) => {
        show(event);
        // A command is carried out at once, as a station would.
        if (event.direction === 'in' && event.what.startsWith('commands.')) setImmediate(() => look());
      },
    });
    look = () => void open.tick().catch((error: unknown) => console.show('failed', { error: String(error) }));
    const timer = setInterval(() => look(), Math.max(100, 60_000 / clock.rate));
    try {
      await join(open, console, options.register, options.tokenFile);
      return await console.obey({
        ...shared(open),
        tick: { takes: '', run: () => open.tick() },
        locations: {
          takes: '',
          run: async () => ({
            locations: open.locations.all().map(({ id, evses = [] }) => ({ id, evses: evses.map(({ uid, status }) => ({ uid, status })) })),
          }),
        },
        tokens: { takes: '', run: async () => ({ tokens: open.tokens.all().map(({ uid }) => uid) }) },
        sessions: { takes: '', run: async () => ({ sessions: open.sessions.all().map(({ id, status, kwh }) => ({ id, status, kwh })) }) },
        owed: { takes: '', run: async () => ({ owed: open.owed.map(({ cdr, tries, lastError }) => ({ id: cdr.id, tries, lastError })) }) },
        plug: {
          takes: '<location> <evse> <card>',
          run: async (words) => {
            const uid = wordIn(words, 2, 'card');
            const token = open.tokens.find((each) => each.uid.toUpperCase() === uid.toUpperCase());
            if (!token) throw new RangeError(`the card ${uid} was not pushed to us`);
            return {
              session: (await open.plugIn({ location_id: wordIn(words, 0, 'location'), evse_uid: wordIn(words, 1, 'evse'), token })).id,
            };
          },
        },
        unplug: { takes: '<session>', run: async (words) => ({ cdr: (await open.unplug(wordIn(words, 0, 'session'))).id }) },
        heard: {
          takes: '<event>',
          run: async (words) => void (await open.next(({ what }) => what === wordIn(words, 0, 'event'), { past: true, withinMs: 60_000 })),
        },
        wait: { takes: '<seconds>', run: (words) => pause(io, clock, numberIn(words, 0, 'seconds')) },
      });
    } finally {
      clearInterval(timer);
      await open.close();
    }
  },
});

export const hub = defineCommand({
  about: { en: 'a simulated hub: partners register and reach one another through it', zh: '模拟 Hub：伙伴注册并经其互通' },
  args: '',
  options: { party: textOr('id', 'EU-HUB', { en: 'who it is', zh: '参与方标识' }), port: common.port, rate, ndjson: common.ndjson },
  examples: [
    { run: 'evroam sim hub --port 9100', about: { en: 'then: invite, for each partner', zh: '然后对每个伙伴输入：invite' } },
    { run: 'evroam sim hub --ndjson', about: { en: 'what happens as JSON lines', zh: '以 JSON 行输出事件' } },
  ],
  async run({ options, io }) {
    const { openSimulatedHub } = await import('@evroam/ocpi/simulator');
    const clock = clockOf(io, options.rate);
    const console = openConsole(io, { ndjson: options.ndjson, now: clock.now });
    const open = await openSimulatedHub({ party: partyOf(options.party), clock, port: options.port, onEvent: tell(console) });
    try {
      console.show('invitation', open.invite());
      return await console.obey({
        invite: { takes: '', run: async () => open.invite() },
        clients: { takes: '', run: async () => ({ clients: open.clients.all() }) },
        connect: { takes: '<party>', run: (words) => open.setConnected(partyOf(wordIn(words, 0, 'party')), true) },
        disconnect: { takes: '<party>', run: (words) => open.setConnected(partyOf(wordIn(words, 0, 'party')), false) },
        wait: { takes: '<seconds>', run: (words) => pause(io, clock, numberIn(words, 0, 'seconds')) },
      });
    } finally {
      await open.close();
    }
  },
});
