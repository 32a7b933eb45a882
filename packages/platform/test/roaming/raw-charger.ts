// A charging station of OCPP 1.6, 2.0.1 or 2.1 written on a raw socket, in a process of its own. Its parent steers it over IPC.
// What it has metered and not yet been thanked for it keeps in a file, as a station does over a power cut.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { boot, Device } from '../own-stations-fixture.js';

// biome-ignore lint/suspicious/noExplicitAny: a peer that knows no types
type Any = any;

interface Running {
  connector: number;
  uid: string;
  /** As the hub named it (1.6), or as we name it. */
  id: string;
  seqNo: number;
  began: string;
  remoteStartId?: number;
  /** The end, until it is acknowledged. */
  end?: { action: string; payload: object };
}

let kept: {
  url: string;
  id: string;
  password: string;
  version: '1.6' | '2.0.1' | '2.1';
  /** `<epoch>,<rate>`: at that wall moment both times are equal, and from there ours runs so many times as fast. */
  clock: string;
  file?: string;
  /** Wh by connector. */
  registers: { [connector: string]: number };
  running: Running[];
  begun: number;
};
let device: Device;

const WATT = 20_000;
const is16 = () => kept.version === '1.6';
const time = (wall = Date.now()) => {
  const [epoch = 0, rate = 1] = kept.clock.split(',').map(Number);
  return epoch + (wall - epoch) * rate;
};
const now = () => new Date(time()).toISOString();
const idToken = (uid: string) => ({ idToken: uid, type: 'ISO14443' });
const register = (connector: number) => kept.registers[connector] ?? 0;

function remember(): void {
  if (kept.file === undefined) return;
  writeFileSync(`${kept.file}.new`, JSON.stringify(kept));
  renameSync(`${kept.file}.new`, kept.file);
}

async function connect(): Promise<void> {
  const { url, id, password, version } = kept;
  device = await Device.open(url, id, password, version);
  device.answers.set('RemoteStartTransaction', ({ idTag, connectorId }) => remoteStart(idTag, connectorId));
  device.answers.set('RequestStartTransaction', ({ idToken: { idToken: uid }, evseId, remoteStartId }) =>
    remoteStart(uid, evseId, remoteStartId),
  );
  device.answers.set('RemoteStopTransaction', ({ transactionId }) => remoteStop(String(transactionId)));
  device.answers.set('RequestStopTransaction', ({ transactionId }) => remoteStop(transactionId));
  await boot(device, version);
  for (const one of [...kept.running]) if (one.end) await send(one);
}

function remoteStart(uid: string, connector = 1, remoteStartId?: number) {
  void begin(uid, connector, remoteStartId);
  return { status: 'Accepted' };
}

function remoteStop(id: string) {
  const one = kept.running.find((running) => running.id === id);
  if (!one) return { status: 'Rejected' };
  void finish(one);
  return { status: 'Accepted' };
}

async function begin(uid: string, connector: number, remoteStartId?: number): Promise<string> {
  kept.begun += 1;
  const one: Running = { connector, uid, id: `${kept.id}-${kept.begun}`, seqNo: 0, began: now() };
  if (remoteStartId !== undefined) one.remoteStartId = remoteStartId;
  if (is16()) {
    const asked = { connectorId: connector, idTag: uid, timestamp: one.began, meterStart: register(connector) };
    const { transactionId, idTagInfo } = await device.call('StartTransaction', asked);
    kept.running.push({ ...one, id: String(transactionId) });
    remember();
    return idTagInfo.status;
  }
  kept.running.push(one);
  remember();
  const answer = await device.call('TransactionEvent', event(one, 'Started', remoteStartId === undefined ? 'Authorized' : 'RemoteStart'));
  return answer.idTokenInfo?.status ?? 'Accepted';
}

const sampled = (one: Running) => [
  { timestamp: now(), sampledValue: [{ value: is16() ? String(register(one.connector)) : register(one.connector) }] },
];

function event(one: Running, eventType: string, triggerReason: string) {
  const { id: transactionId, remoteStartId } = one;
  const seqNo = one.seqNo;
  one.seqNo += 1;
  return {
    ...{ eventType, timestamp: now(), triggerReason, seqNo, meterValue: sampled(one) },
    transactionInfo: { transactionId, ...(eventType === 'Started' && remoteStartId !== undefined ? { remoteStartId } : {}) },
    ...(eventType === 'Started' ? { evse: { id: one.connector, connectorId: 1 }, idToken: idToken(one.uid) } : {}),
  };
}

/** The end as it will be told, the same however often. */
function endOf(one: Running) {
  const { connector, uid, id } = one;
  return is16()
    ? { action: 'StopTransaction', payload: { transactionId: Number(id), idTag: uid, timestamp: now(), meterStop: register(connector) } }
    : { action: 'TransactionEvent', payload: event(one, 'Ended', 'StopAuthorized') };
}

/** May be killed when the hub has acknowledged the end, before it has noted that. */
async function finish(one: Running, dies = false): Promise<number> {
  one.end ??= endOf(one);
  remember();
  return send(one, dies);
}

async function send(one: Running, dies = false): Promise<number> {
  await device.call(one.end!.action, one.end!.payload);
  if (dies) process.kill(process.pid, 'SIGKILL');
  kept.running = kept.running.filter((other) => other !== one);
  remember();
  return register(one.connector);
}

const at = (connector: number): Running => {
  const found = kept.running.find((one) => one.connector === connector);
  if (!found) throw new Error(`nobody charges at connector ${connector} of ${kept.id}`);
  return found;
};

const actions: Record<string, (args: Any) => Promise<unknown>> = {
  async open(given: Any) {
    kept = { ...given, registers: { 1: 10_000, 2: 20_000 }, running: [], begun: 0 };
    await connect();
    remember();
  },
  /** Power is back. */
  async restore({ file }: { file: string }) {
    kept = JSON.parse(readFileSync(file, 'utf8'));
    await connect();
  },
  /** A card is held to it: the hub is asked, and what it says is done. */
  async card({ uid, connector }: { uid: string; connector: number }) {
    const asked = is16() ? { idTag: uid } : { idToken: idToken(uid) };
    const { idTagInfo, idTokenInfo } = await device.call('Authorize', asked);
    const { status } = idTagInfo ?? idTokenInfo;
    return status === 'Accepted' ? begin(uid, connector) : status;
  },
  /** So much energy flows, as fast as it can, and is metered; gives what the register shows. */
  async charge({ connector, wattHours }: { connector: number; wattHours: number }) {
    const one = at(connector);
    const [, rate = 1] = kept.clock.split(',').map(Number);
    const done = Date.parse(one.began) + (wattHours / WATT) * 3_600_000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, (done - time()) / rate)));
    kept.registers[connector] = register(connector) + wattHours;
    remember();
    const metered = is16()
      ? device.call('MeterValues', { connectorId: connector, transactionId: Number(one.id), meterValue: sampled(one) })
      : device.call('TransactionEvent', event(one, 'Updated', 'MeterValuePeriodic'));
    await metered;
    remember();
    return register(connector);
  },
  finish: async ({ connector, dies }: { connector: number; dies?: boolean }) => finish(at(connector), dies),
  running: async () => kept.running,
  registers: async () => kept.registers,
  heard: async () => device.heard,
};

process.on('message', ({ ref, ask, args }: { ref: number; ask: string; args: unknown }) => {
  const action = actions[ask];
  const work = action ? action(args) : Promise.reject(new Error(`no ${ask}`));
  work.then(
    (value) => process.send?.({ ref, value }),
    (error: unknown) => process.send?.({ ref, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
