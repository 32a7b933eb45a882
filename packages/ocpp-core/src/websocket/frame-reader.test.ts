import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { type FrameListener, FrameReader } from './frame-reader.js';
import { unmask } from './frames.js';

// `ws` exports its receiver, but its types do not know it.
const { Receiver } = createRequire(import.meta.url)('ws') as { Receiver: new (options: object) => Writable };

const MOST = 70_000;
const long = process.env.EVROAM_EFFORT === 'long';
const runs = { numRuns: long ? 100_000 : 3_000, seed: Number(process.env.EVROAM_SEED ?? 7) };
type Heard = readonly (string | number | undefined)[];

/** What our reader makes of pieces. */
function ours(pieces: readonly Buffer[]): Heard[] {
  const heard: Heard[] = [];
  const listener: FrameListener = {
    text: (text) => heard.push(['text', text]),
    binary: () => heard.push(['binary']),
    ping: (payload) => heard.push(['ping', payload.toString('hex')]),
    pong: () => heard.push(['pong']),
    closing: (code, reason) => heard.push(['closing', code, reason]),
    broken: (code) => heard.push(['broken', code]),
  };
  const reader = new FrameReader(MOST, listener);
  for (const piece of pieces) reader.read(Buffer.from(piece));
  return heard;
}

/** What `ws` makes of them. */
async function theirs(pieces: readonly Buffer[]): Promise<Heard[]> {
  const heard: Heard[] = [];
  let isOver = false;
  const receiver = new Receiver({ isServer: true, maxPayload: MOST });
  receiver.on('message', (data: Buffer, isBinary: boolean) => heard.push(isBinary ? ['binary'] : ['text', data.toString()]));
  receiver.on('ping', (payload: Buffer) => heard.push(['ping', payload.toString('hex')]));
  receiver.on('pong', () => heard.push(['pong']));
  receiver.on('conclude', (code: number, reason: Buffer) => {
    isOver = true;
    heard.push(['closing', code === 1005 ? undefined : code, reason.toString()]);
  });
  receiver.on('error', (error: object) => {
    isOver = true;
    const status = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
    heard.push(['broken', status && Reflect.get(error, status)]);
  });
  for (const piece of pieces) {
    if (isOver) break;
    receiver.write(Buffer.from(piece));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return heard;
}

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: fc.string({ maxLength: 200, unit: 'binary' }).map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 130 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(125, 126, 127, 1_000, 30_000, 65_535, 65_536, 70_001).map((length) => Buffer.alloc(length, 'a')),
  },
);
const status = fc
  .tuple(fc.oneof(fc.constantFrom(1000, 1001, 1004, 1005, 1006, 1014, 1015, 2999, 3000, 4999, 5000), fc.nat(65_535)), payload)
  .map(([code, reason]) => Buffer.concat([Buffer.from([code >> 8, code & 255]), reason.subarray(0, 123)]));
const mostly = (value: number, other: fc.Arbitrary<number>) => fc.oneof({ weight: 30, arbitrary: fc.constant(value) }, other);

const frame = fc
  .record({
    bits: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0x80) },
      { weight: 3, arbitrary: fc.constant(0) },
      fc.constantFrom(0xc0, 0xa0, 0x90),
    ),
    content: fc.oneof(
      { weight: 12, arbitrary: fc.tuple(fc.constantFrom(1, 1, 1, 0, 0, 2), payload) },
      {
        weight: 4,
        arbitrary: fc.tuple(
          fc.constantFrom(9, 10),
          payload.map((bytes) => bytes.subarray(0, 126)),
        ),
      },
      { weight: 2, arbitrary: fc.tuple(fc.constant(8), fc.oneof(status, payload)) },
      { weight: 1, arbitrary: fc.tuple(fc.nat(15), payload) },
    ),
    mask: fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.constant(new Uint8Array(4))),
    masked: mostly(0x80, fc.constant(0)),
    wide: mostly(0, fc.constantFrom(126, 127)),
  })
  .map(({ bits, content: [opcode, bytes], mask, masked, wide }) => {
    const length = Math.max(wide, bytes.length < 126 ? 0 : bytes.length < 65_536 ? 126 : 127) || bytes.length;
    const head = Buffer.alloc(length === 127 ? 10 : length === 126 ? 4 : 2);
    head[0] = (opcode >= 8 ? bits | 0x80 : bits) | opcode;
    head[1] = masked | length;
    if (length === 126) head.writeUInt16BE(bytes.length, 2);
    else if (length === 127) head.writeBigUInt64BE(BigInt(bytes.length), 2);
    return Buffer.concat([head, masked ? mask : Buffer.alloc(0), masked ? bytes.map((byte, at) => byte ^ (mask[at & 3] ?? 0)) : bytes]);
  });

/** Frames in a row, the last one perhaps cut off, in pieces of any length. */
const pieces = fc
  .tuple(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 12 }), fc.nat(10))
  .map(([frames, cuts, lost]) => {
    const whole = Buffer.concat(frames);
    const bytes = whole.subarray(0, lost > 7 ? whole.length - lost : whole.length);
    const result: Buffer[] = [];
    let at = 0;
    for (const cut of cuts) {
      result.push(bytes.subarray(at, at + cut));
      at += cut;
    }
    return [...result, bytes.subarray(at)].filter(({ length }) => length > 0);
  });

describe('the frame reader', () => {
  it('hears what ws hears, in whatever pieces it comes', async function () {
    this.timeout(60_000);
    const kinds = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(pieces, async (given) => {
        const heard = ours(given);
        expect(heard).to.deep.equal(await theirs(given));
        for (const [kind, code] of heard) kinds.set(`${kind} ${kind === 'broken' ? code : ''}`, 1);
      }),
      runs,
    );
    // Each way that it can go was gone.
    for (const kind of ['text ', 'binary ', 'ping ', 'pong ', 'closing ', 'broken 1002', 'broken 1007', 'broken 1009'])
      expect([...kinds.keys()]).to.include(kind);
  });

  it('unmasks by words as by bytes, wherever the payload lies, and sees what is not ASCII', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(7),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (given, before, mask, ascii) => {
          const plain = Buffer.from(ascii ? given.map((byte) => byte & 0x7f) : given);
          const data = Buffer.concat([Buffer.alloc(before), mask, plain.map((byte, at) => byte ^ (mask[at & 3] ?? 0)), Buffer.alloc(5, 7)]);
          const from = before + 4;
          expect(unmask(data, from, from + plain.length)).to.equal(plain.every((byte) => byte < 0x80));
          expect(data.subarray(from, from + plain.length).equals(plain)).to.equal(true);
          expect(data.subarray(from + plain.length).equals(Buffer.alloc(5, 7))).to.equal(true);
        },
      ),
      runs,
    );
  });

  it('a message that comes byte by byte costs no more than its length', () => {
    const body = Buffer.alloc(60_000, 'x');
    const bytes = Buffer.concat([Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255, 0, 0, 0, 0]), body]);
    const heard = ours(Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1)));
    expect(heard).to.deep.equal([['text', body.toString()]]);
  });
});
