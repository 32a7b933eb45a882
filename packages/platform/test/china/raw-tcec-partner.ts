// A T/CEC 102 partner platform written on raw HTTP and node:crypto, in a process of its own: it imports nothing of this project, so that
// what it understands is the standard and not our reading of it. It owns piles and has drivers. Its parent steers it over IPC.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// biome-ignore lint/suspicious/noExplicitAny: a peer that knows no types
type Any = any;
type Json = { [name: string]: Any };

interface Keys {
  operatorId: string;
  operatorSecret: string;
  sigSecret: string;
  dataSecret: string;
  dataSecretIV: string;
}

let me = '';
let url = '';
let now = () => new Date();
/** What the hub calls us with, and what we call it with. */
let inbound: Keys;
let outbound: Keys;
let hubUrl = '';
let token = '';
let count = 0;
/** Tokens that we gave. */
const given = new Set<string>();
const heard: { name: string; data: Json; raw: string }[] = [];
/** Orders at our own piles. */
const orders = new Map<string, Json>();
/** Bills that the hub sent for our drivers, as they came. */
const bills: { raw: string; bill: Json }[] = [];
/** What its piles give, kW. */
const POWER = 120;
let toWall = (ms: number) => ms;
/** A start begins to charge, and its answer is lost. */
let isSilent = false;

const china = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString();
const time = (at: Date) => china(at).slice(0, 19).replace('T', ' ');
const stamp = (at: Date) => china(at).slice(0, 19).replace(/\D/g, '');
const hmac = (keys: Keys, ...parts: string[]) => createHmac('md5', keys.sigSecret).update(parts.join('')).digest('hex').toUpperCase();

function seal(keys: Keys, text: string): string {
  const cipher = createCipheriv('aes-128-cbc', keys.dataSecret, keys.dataSecretIV);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

function open(keys: Keys, data: string): string {
  const decipher = createDecipheriv('aes-128-cbc', keys.dataSecret, keys.dataSecretIV);
  return Buffer.concat([decipher.update(data, 'base64'), decipher.final()]).toString('utf8');
}

function envelope(keys: Keys, data: unknown, change: Json = {}): Json {
  count += 1;
  const body: Json = {
    OperatorID: keys.operatorId,
    Data: seal(keys, JSON.stringify(data)),
    TimeStamp: stamp(now()),
    Seq: String(count).padStart(4, '0'),
  };
  Object.assign(body, change.before);
  body.Sig = hmac(keys, body.OperatorID, body.Data, body.TimeStamp, body.Seq);
  return Object.assign(body, change.after);
}

async function post(name: string, body: Json, bearer: string | undefined): Promise<Json> {
  const response = await fetch(`${hubUrl}/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json;charset=utf-8', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Json;
}

/** Calls the hub, and takes only an answer that is signed. */
async function call(name: string, data: unknown): Promise<Json> {
  if (token === '') {
    const said = opened(
      'query_token',
      await post('query_token', envelope(outbound, { OperatorID: me, OperatorSecret: outbound.operatorSecret }), undefined),
    );
    if (said.SuccStat !== 0) throw new Error(`the hub gives no token: ${JSON.stringify(said)}`);
    token = said.AccessToken;
  }
  return opened(name, await post(name, envelope(outbound, data), token));
}

function opened(name: string, answer: Json): Json {
  if (answer.Sig !== hmac(outbound, String(answer.Ret), answer.Msg, answer.Data)) throw new Error(`${name}: the hub's signature is wrong`);
  if (answer.Ret !== 0) throw new Error(`${name}: ${answer.Ret} ${answer.Msg}`);
  return JSON.parse(open(outbound, answer.Data)) as Json;
}

// --- its own piles

const POLICY = [
  { StartTime: '000000', ElecPrice: 0.3, SevicePrice: 0.4 },
  { StartTime: '080000', ElecPrice: 0.6, SevicePrice: 0.5 },
  { StartTime: '180000', ElecPrice: 1.1, SevicePrice: 0.6 },
];

const gun = (station: number) => `${me}000${station}11`;
const station = (n: number): Json => ({
  ...{ StationID: `S${n}`, OperatorID: me, EquipmentOwnerID: me, StationName: `科学城${n}号站`, CountryCode: 'CN', AreaCode: '440112' },
  ...{ Address: `科学大道${n}号`, ServiceTel: '4000000000', StationType: 1, StationStatus: 50, ParkNums: 1, Construction: 9 },
  ...{ StationLng: 113.45 + n / 100, StationLat: 23.16, BusineHours: '00:00-24:00' },
  EquipmentInfos: [
    {
      ...{ EquipmentID: `E${n}`, EquipmentType: 1, Power: 120 },
      ConnectorInfos: [
        {
          ...{ ConnectorID: gun(n), ConnectorType: 4, VoltageUpperLimits: 750, VoltageLowerLimits: 200, Current: 250, Power: 120 },
          NationalStandard: 2,
        },
      ],
    },
  ],
});
const stations = () => [station(1), station(2)];

function priceAt(at: Date): { ElecPrice: number; SevicePrice: number } {
  const ofDay = china(at).slice(11, 19).replace(/\D/g, '');
  return POLICY.filter(({ StartTime }) => StartTime <= ofDay).at(-1)!;
}

/** Hundredths, half up, of so many hundredths of a kWh at a price of four places. */
const cents = (units: number, price: number) => Math.floor((units * Math.round(price * 1e4) + 5000) / 10_000);

function bill(order: Json): Json {
  const { ElecPrice, SevicePrice } = priceAt(order.startedAt);
  const [elec, service] = [cents(order.units, ElecPrice), cents(order.units, SevicePrice)];
  const span = { from: time(order.startedAt), to: time(order.endedAt) };
  return {
    ...{ StartChargeSeq: order.seq, ConnectorID: order.gun, StartTime: span.from, EndTime: span.to, TotalPower: order.units / 100 },
    ...{ TotalElecMoney: elec / 100, TotalSeviceMoney: service / 100, TotalMoney: (elec + service) / 100, StopReason: 1, SumPeriod: 1 },
    ChargeDetails: [
      {
        ...{ DetailStartTime: span.from, DetailEndTime: span.to, ElecPrice, SevicePrice, DetailPower: order.units / 100 },
        ...{ DetailElecMoney: elec / 100, DetailSeviceMoney: service / 100 },
      },
    ],
  };
}

function status(order: Json): Json {
  const { TotalElecMoney, TotalSeviceMoney, TotalMoney } = bill({ ...order, endedAt: now() });
  return {
    ...{ StartChargeSeq: order.seq, StartChargeSeqStat: order.state, ConnectorID: order.gun, ConnectorStatus: order.state === 2 ? 3 : 2 },
    ...{ CurrentA: 100, VoltageA: 400, Soc: 50, StartTime: time(order.startedAt), EndTime: time(now()), TotalPower: order.units / 100 },
    ...{ ElecMoney: TotalElecMoney, SeviceMoney: TotalSeviceMoney, TotalMoney },
  };
}

// --- what the hub may ask and tell

const answers: Record<string, (data: Json, raw: string) => Json> = {
  query_token: ({ OperatorID, OperatorSecret }) => {
    const isRight = OperatorID === inbound.operatorId && OperatorSecret === inbound.operatorSecret;
    const AccessToken = isRight ? randomBytes(16).toString('hex') : '';
    if (isRight) given.add(AccessToken);
    return { OperatorID: me, SuccStat: isRight ? 0 : 1, AccessToken, TokenAvailableTime: 7200, FailReason: isRight ? 0 : 2 };
  },
  // One station in a page, whatever was asked for: its own limit.
  query_stations_info: ({ PageNo = 1 }) => ({ PageNo, PageCount: 2, ItemSize: 2, StationInfos: stations().slice(PageNo - 1, PageNo) }),
  query_station_status: ({ StationIDs }) => {
    const found = [1, 2].filter((n) => StationIDs.includes(`S${n}`));
    const statusOf = (n: number) => ({ StationID: `S${n}`, ConnectorStatusInfos: [{ ConnectorID: gun(n), Status: 1 }] });
    return { Total: found.length, StationStatusInfos: found.map(statusOf) };
  },
  query_equip_auth: ({ EquipAuthSeq, ConnectorID }) => ({ EquipAuthSeq, ConnectorID, SuccStat: 0, FailReason: 0 }),
  query_equip_business_policy: ({ EquipBizSeq, ConnectorID }) => ({
    ...{ EquipBizSeq, ConnectorID, SuccStat: 0, FailReason: 0, SumPeriod: POLICY.length, PolicyInfos: POLICY },
  }),
  query_start_charge: ({ StartChargeSeq, ConnectorID }) => {
    if (!orders.has(StartChargeSeq))
      orders.set(StartChargeSeq, { seq: StartChargeSeq, gun: ConnectorID, state: 1, units: 0, startedAt: now() });
    if (isSilent) {
      Object.assign(orders.get(StartChargeSeq)!, { state: 2, units: 10 });
      throw new Error('silent');
    }
    return { StartChargeSeq, StartChargeSeqStat: 1, ConnectorID, SuccStat: 0, FailReason: 0 };
  },
  query_equip_charge_status: ({ StartChargeSeq }) => status(orders.get(StartChargeSeq)!),
  query_stop_charge: ({ StartChargeSeq }) => ({ StartChargeSeq, StartChargeSeqStat: 3, SuccStat: 0, FailReason: 0 }),
  notification_stationStatus: () => ({ Status: 0 }),
  notification_start_charge_result: ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0, FailReason: 0 }),
  notification_equip_charge_status: ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0 }),
  notification_stop_charge_result: ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0, FailReason: 0 }),
  notification_charge_order_info: (data, raw) => {
    const { StartChargeSeq, ConnectorID, TotalElecMoney, TotalSeviceMoney, TotalMoney } = data;
    const isWhole = Math.round(TotalMoney * 100) === Math.round(TotalElecMoney * 100) + Math.round(TotalSeviceMoney * 100);
    if (isWhole && !bills.some((one) => one.bill.StartChargeSeq === StartChargeSeq)) bills.push({ raw, bill: data });
    return { StartChargeSeq, ConnectorID, ConfirmResult: isWhole ? 0 : 1 };
  },
  check_charge_orders: ({ CheckOrderSeq, StartTime, EndTime, ChargeOrders }) => {
    const wrong = ChargeOrders.flatMap((one: Json) => {
      const mine = bills.find(({ bill: { StartChargeSeq } }) => StartChargeSeq === one.StartChargeSeq)?.bill;
      return !mine ? [{ ...one, DisputeReason: 1 }] : mine.TotalMoney !== one.TotalMoney ? [{ ...one, DisputeReason: 2 }] : [];
    });
    const sum = (name: string) => wrong.reduce((all: number, one: Json) => all + Math.round(one[name] * 100), 0) / 100;
    return {
      ...{ CheckOrderSeq, StartTime, EndTime, TotalDisputeOrder: wrong.length, DisputeOrders: wrong },
      ...{ TotalDisputePower: sum('TotalPower'), TotalDisputeMoney: sum('TotalMoney') },
    };
  },
};

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
  const name = (request.url ?? '').split('/').at(-1)!;
  const say = (Ret: number, Msg: string, text = '') => {
    const Data = text === '' ? '' : seal(inbound, text);
    response.writeHead(200, { 'content-type': 'application/json;charset=utf-8' });
    response.end(JSON.stringify({ Ret, Msg, Data, Sig: hmac(inbound, String(Ret), Msg, Data) }));
  };
  if (body.OperatorID !== inbound.operatorId || body.Sig !== hmac(inbound, body.OperatorID, body.Data, body.TimeStamp, body.Seq))
    return say(4001, '签名错误');
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (name !== 'query_token' && !given.has(bearer)) return say(4002, 'Token错误');
  const raw = open(inbound, body.Data);
  const data = JSON.parse(raw) as Json;
  heard.push({ name, data, raw });
  const answer = answers[name];
  if (!answer) return say(4004, '业务参数不合法');
  try {
    say(0, '请求成功', JSON.stringify(answer(data, raw)));
  } catch {
    request.socket.destroy();
  }
}

// --- what its parent asks of it

const last = () => [...orders.values()].at(-1)!;

const actions: Record<string, (args: Any) => Promise<unknown>> = {
  async open({ operatorId, hubId, clock }: { operatorId: string; hubId: string; clock: string }) {
    me = operatorId;
    const [epoch, rate] = clock.split(',').map(Number) as [number, number];
    now = () => new Date(epoch + (Date.now() - epoch) * rate);
    toWall = (ms) => ms / rate;
    const secret = (length: number) => randomBytes(32).toString('hex').slice(0, length);
    inbound = { operatorId: hubId, operatorSecret: secret(32), sigSecret: secret(32), dataSecret: secret(16), dataSecretIV: secret(16) };
    const server = createServer((request, response) => {
      serve(request, response).catch((error: unknown) => {
        heard.push({ name: 'FAILED', data: {}, raw: String(error) });
        response.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/evcs/v20160701`;
    const { operatorId: _, ...keys } = inbound;
    return { url, ...keys };
  },
  /** Takes the keys that the hub gave. */
  async join({ keys, url: at }: { keys: Keys; url: string }) {
    outbound = keys;
    hubUrl = at;
    token = '';
  },
  /** Anything that the standard lets it ask. */
  ask: ({ name, data }: { name: string; data: Json }) => call(name, data),
  /** A call with something wrong about it; gives the answer as it came. */
  async attack({ name, data, change, bearer, twice }: { name: string; data: Json; change?: Json; bearer?: string; twice?: boolean }) {
    const body = envelope(outbound, data, change);
    const first = await post(name, body, bearer ?? token);
    return twice ? post(name, body, bearer ?? token) : first;
  },
  seq: async () => me + createHash('sha256').update(randomBytes(8)).digest('hex').slice(0, 18),
  gun: async ({ station: n }: { station: number }) => gun(n),
  silent: async ({ is }: { is: boolean }) => {
    isSilent = is;
  },
  /** The order that came last begins to charge. */
  async begin() {
    const order = last();
    Object.assign(order, { state: 2, startedAt: now() });
    return call('notification_start_charge_result', {
      ...{ StartChargeSeq: order.seq, StartChargeSeqStat: 2, ConnectorID: order.gun, StartTime: time(order.startedAt) },
    });
  },
  async meter({ units }: { units: number }) {
    last().units = units;
    return call('notification_equip_charge_status', status(last()));
  },
  /** It ends, when so much can have flowed, and is billed; `change` makes the bill another. */
  async bill({ units, change = {} }: { units?: number; change?: Json }) {
    const order = last();
    const needed = ((units ?? order.units) / 100 / POWER) * 3_600_000 - (now().getTime() - order.startedAt.getTime());
    if (needed > 0) await new Promise((resolve) => setTimeout(resolve, toWall(needed) + 20));
    Object.assign(order, { state: 4, endedAt: order.endedAt ?? now(), ...(units === undefined ? {} : { units }) });
    const body = { ...bill(order), ...change };
    order.billed = JSON.stringify(body);
    return { bill: body, answer: await call('notification_charge_order_info', body) };
  },
  push: ({ station: n, status: Status }: { station: number; status: number }) =>
    call('notification_stationStatus', { ConnectorStatusInfo: { ConnectorID: gun(n), Status } }),
  /** The order that came last was stopped as it was asked. */
  stopped: () =>
    call('notification_stop_charge_result', {
      ...{ StartChargeSeq: last().seq, StartChargeSeqStat: 4, ConnectorID: last().gun, SuccStat: 0, FailReason: 0 },
    }),
  /** A bill that it has lost. */
  forget: async ({ seq }: { seq: string }) => {
    bills.splice(
      bills.findIndex(({ bill: { StartChargeSeq } }) => StartChargeSeq === seq),
      1,
    );
  },
  orders: async () => [...orders.values()],
  heard: async () => heard,
  bills: async () => bills,
  time: async () => time(now()),
};

process.on('message', ({ ref, ask, args }: { ref: number; ask: string; args: Any }) => {
  const action = actions[ask];
  (action ? action(args) : Promise.reject(new Error(`no ${ask}`))).then(
    (value) => process.send!({ ref, value }),
    (error: unknown) => process.send!({ ref, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
