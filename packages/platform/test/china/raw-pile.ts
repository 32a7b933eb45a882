// A 云快充 pile written on a raw socket, in a process of its own: it imports nothing of this project, so that what it understands is
// the protocol and not our reading of it. Its parent steers it over IPC.
import { connect, type Socket } from 'node:net';

// biome-ignore lint/suspicious/noExplicitAny: a peer that knows no types
type Any = any;

let code = '';
let now = () => new Date();
/** What a ten-thousandth of a kWh takes at 120 kW, ms of its own time; and a little more. */
const UNIT_MS = 3.8;
let socket: Socket;
let toWall = (ms: number) => ms;
let sequence = 0;
let model: { prices: number[]; slots: number[] } | undefined;
let order: { trade: Buffer; began: Date } | undefined;
const waiting = new Map<number, (body: Buffer) => void>();

function crc(bytes: Buffer): number {
  let value = 0xffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xa001 : value >>> 1;
  }
  return value;
}

const bin = (value: number, size: number) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
};

function send(type: number, body: Buffer, as = sequence++): void {
  const inner = Buffer.concat([bin(as, 2), Buffer.from([0, type]), body]);
  socket.write(Buffer.concat([Buffer.from([0x68, inner.length]), inner, bin(crc(inner), 2)]));
}

/** Resolves with the body of the next frame of that type. */
const next = (type: number) => new Promise<Buffer>((resolve) => waiting.set(type, resolve));
const me = () => Buffer.from(code, 'hex');
const gun = Buffer.from([1]);

function time(at: Date): Buffer {
  const local = new Date(at.getTime() + 8 * 3_600_000);
  const parts = [local.getUTCMinutes(), local.getUTCHours(), local.getUTCDate(), local.getUTCMonth() + 1, local.getUTCFullYear() - 2000];
  return Buffer.concat([bin(local.getUTCSeconds() * 1000 + local.getUTCMilliseconds(), 2), Buffer.from(parts)]);
}

function hear(type: number, body: Buffer, as: number): void {
  if (type === 0x34) {
    order = { trade: body.subarray(0, 16), began: now() };
    send(0x33, Buffer.concat([order.trade, me(), gun, Buffer.from([1, 0])]), as);
    realtime(0);
  } else if (type === 0x56) send(0x55, Buffer.concat([me(), time(now())]), as);
  else if (type === 0x36) send(0x35, Buffer.concat([me(), gun, Buffer.from([1, 0])]), as);
  else if (type === 0x12) realtime(0);
  waiting.get(type)?.(body);
  waiting.delete(type);
}

/** 0x13: charging while there is an order. */
function realtime(units: number): void {
  const status = order ? [3, 0, 1] : [2, 1, 0];
  const measured = [bin(4000, 2), bin(1500, 2), Buffer.from([81]), Buffer.alloc(8), Buffer.from([40, 78]), bin(1, 2), bin(30, 2)];
  const counted = [bin(units, 4), bin(units, 4), bin(0, 4), bin(0, 2)];
  send(0x13, Buffer.concat([order?.trade ?? Buffer.alloc(16), me(), gun, Buffer.from(status), ...measured, ...counted]));
}

const actions: Record<string, (args: Any) => Promise<unknown>> = {
  /** Logs in and fetches its model. */
  async open({ port, pileCode, clock }: { port: number; pileCode: string; clock: string }) {
    code = pileCode;
    const [epoch, rate] = clock.split(',').map(Number) as [number, number];
    now = () => new Date(epoch + (Date.now() - epoch) * rate);
    toWall = (ms) => ms / rate;
    socket = connect(port, '127.0.0.1');
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length > 1 && rest.length >= rest[1]! + 4) {
        const frame = rest.subarray(0, rest[1]! + 4);
        rest = rest.subarray(frame.length);
        if (crc(frame.subarray(2, -2)) !== frame.readUInt16LE(frame.length - 2)) throw new Error('the platform sent a wrong CRC');
        hear(frame[5]!, frame.subarray(6, -2), frame.readUInt16LE(2));
      }
    });
    const ack = next(0x02);
    send(
      0x01,
      Buffer.concat([me(), Buffer.from([0, 1, 0x10]), Buffer.from('raw 1.0\0'), Buffer.from([0]), Buffer.alloc(10), Buffer.from([4])]),
    );
    if ((await ack)[7] !== 0) throw new Error('the login was refused');
    const reply = next(0x0a);
    send(0x09, me());
    const said = await reply;
    const price = (band: number) => said.readUInt32LE(9 + band * 8) + said.readUInt32LE(13 + band * 8);
    model = { prices: [0, 1, 2, 3].map(price), slots: [...said.subarray(42, 90)] };
    realtime(0);
    return model;
  },
  async meter({ units }: { units: number }) {
    realtime(units);
  },
  /** Ends its order and bills so many 0.0001 kWh, in the band in which it began. Gives band, amount and what the platform said. */
  async bill({ units }: { units: number }) {
    const { trade, began } = order!;
    const slot = Math.floor(((began.getTime() + 8 * 3_600_000) % 86_400_000) / 1_800_000);
    const band = model!.slots[slot]!;
    const amount = Math.floor((units * model!.prices[band]! + 50_000) / 100_000);
    const bands = [0, 1, 2, 3].map((i) => {
      const mine = i === band;
      return Buffer.concat([bin(model!.prices[i]!, 4), bin(mine ? units : 0, 4), bin(mine ? units : 0, 4), bin(mine ? amount : 0, 4)]);
    });
    const charged = now().getTime() - began.getTime();
    if (charged < units * UNIT_MS) await new Promise((resolve) => setTimeout(resolve, toWall(units * UNIT_MS - charged)));
    const end = now();
    const totals = [bin(5_000_000, 5), bin(5_000_000 + units, 5), bin(units, 4), bin(units, 4), bin(amount, 4)];
    const rest = [Buffer.alloc(17), Buffer.from([1]), time(end), Buffer.from([0x41]), Buffer.alloc(8)];
    const ack = next(0x40);
    send(0x3b, Buffer.concat([trade, me(), gun, time(began), time(end), ...bands, ...totals, ...rest]));
    const said = await ack;
    order = undefined;
    realtime(0);
    return { band, amount, result: said[16] };
  },
};

process.on('message', ({ ref, ask, args }: { ref: number; ask: string; args: Any }) => {
  actions[ask]!(args).then(
    (value) => process.send!({ ref, value }),
    (error: unknown) => process.send!({ ref, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
