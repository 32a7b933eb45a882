import { decodeFrame, decodeHex, encodeFrame, encodeHex, FrameReader, V1, V1_FRAMES, YkcError } from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import fc from 'fast-check';
import { bytesOf, RUNS, SEED } from './arbitrary.js';

describe('every 云快充 frame', () => {
  for (const frame of V1_FRAMES) {
    it(`${frame.name} reads back what was written, compiled and field by field, and keeps every bit that came`, () => {
      fc.assert(
        fc.property(bytesOf(frame.body), fc.integer({ min: 0, max: 65_535 }), (body, sequence) => {
          const value = frame.body.read(body, 0, body.length);
          expect(frame.body.slow.read(body, 0, body.length)).to.deep.equal(value);
          const bytes = encodeFrame(frame, value, { sequence });
          const slow = Buffer.alloc(frame.body.sizeOf(value));
          frame.body.slow.write(slow, 0, value);
          expect(slow.equals(bytes.subarray(6, -2))).to.equal(true);
          const again = decodeFrame(bytes);
          expect(again.body).to.deep.equal(value);
          expect(again).to.include({ frame, sequence, crc: 'ok', isEncrypted: false });

          const wire = Buffer.concat([bytes.subarray(0, 6), body, Buffer.alloc(2)]);
          const exact = decodeFrame(wire, { badCrc: 'tell', exact: true });
          const back = encodeFrame(frame, exact.body, { sequence, spare: exact.spare });
          expect(back.subarray(0, -2).equals(wire.subarray(0, -2))).to.equal(true);
          expect(encodeHex(decodeHex(back.toString('hex')))).to.equal(back.toString('hex').toUpperCase());
        }),
        { numRuns: RUNS, seed: SEED },
      );
    });
  }
});

const HEARTBEAT = Buffer.from('680D0300000300624100001201010075FA', 'hex');
const samples = V1_FRAMES.map((frame) => fc.sample(bytesOf(frame.body), { numRuns: 1, seed: SEED })[0]!)
  .map((body, i) => encodeFrame(V1_FRAMES[i]!, V1_FRAMES[i]!.body.read(body, 0, body.length), { sequence: i }))
  .filter(({ length }) => length <= 259);

describe('a broken 云快充 stream', () => {
  it('any single flipped bit of any frame is refused, and the line finds its way back within one frame of traffic', () => {
    const after = Buffer.concat(Array.from({ length: 17 }, () => HEARTBEAT));
    for (const sample of samples) {
      for (let bit = 0; bit < sample.length * 8; bit += 1) {
        const bytes = Buffer.from(sample);
        bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
        try {
          decodeFrame(bytes);
          expect.fail(`bit ${bit} of ${sample.toString('hex')} was taken`);
        } catch (error) {
          if (!(error instanceof YkcError)) throw error;
        }
        const items = new FrameReader(V1).push(Buffer.concat([bytes, after]));
        const last = items.at(-1);
        expect(last?.kind === 'frame' && last.bytes.equals(HEARTBEAT), `bit ${bit} of ${sample.toString('hex')}`).to.equal(true);
        expect(Buffer.concat(items.map((item) => item.bytes)).equals(Buffer.concat([bytes, after]))).to.equal(true);
      }
    }
  });

  it('random bytes never throw, are told byte for byte, and leave less than a frame waiting', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 }), (chunks) => {
        const reader = new FrameReader(V1);
        const told = chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)));
        const sum = told.reduce((size, { bytes }) => size + bytes.length, 0);
        expect(sum + reader.held).to.equal(chunks.reduce((size, { length }) => size + length, 0));
        expect(reader.held).to.be.below(259);
      }),
      { numRuns: RUNS * 5, seed: SEED },
    );
  });

  it('half and coalesced packets give the same frames, however the stream is cut', () => {
    const whole = Buffer.concat(samples);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: whole.length - 1 }), { maxLength: 60 }), (cuts) => {
        const places = [0, ...[...new Set(cuts)].sort((a, b) => a - b), whole.length];
        const reader = new FrameReader(V1);
        const items = places.slice(1).flatMap((end, i) => reader.push(whole.subarray(places[i], end)));
        expect(items.map(({ kind, bytes }) => `${kind} ${bytes.toString('hex')}`)).to.deep.equal(
          samples.map((bytes) => `frame ${bytes.toString('hex')}`),
        );
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('an endless run of start bytes does not grow the memory', () => {
    const reader = new FrameReader(V1);
    for (let i = 0; i < 200; i += 1) {
      reader.push(Buffer.alloc(500, 0x68));
      expect(reader.held).to.be.below(259);
    }
  });
});
