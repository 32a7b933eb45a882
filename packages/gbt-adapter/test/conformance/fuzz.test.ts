import {
  decodeHex as decodeCan,
  decodePayload,
  frameFrom,
  Gbt27930Error,
  MESSAGES,
  messageOf,
  parseFrame,
  SessionTracker,
  splitId,
} from '@evroam/gbt-adapter/gbt27930';
import { type Keys, memoryGuard, openEnvelope, openResponse, prove, readRequest, stampOf, TcecError } from '@evroam/gbt-adapter/tcec102';
import { decodeFrame, decodeHex, encodeFrame, FrameReader, V1, YkcError } from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import { read, vectors } from './data.js';

/** The bytes with one bit the other way, for every bit. */
function* flips(bytes: Uint8Array): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] = copy[bit >> 3]! ^ (1 << (bit & 7));
    yield copy;
  }
}
/** Runs, and lets only the protocol's own error pass. */
function mayThrow<E extends Error>(kind: new (...args: never[]) => E, run: () => void): E | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
}

vectors('every vector, bit by bit', () => {
  it('of 云快充: a spoilt frame is refused or told as bad, never thrown through, and what reads is written again', () => {
    const { vectors: good, nonconforming } = read<{ vectors: { hex: string; crcOrder: string }[]; nonconforming: { hex: string }[] }>(
      'ykc-frames.json',
    );
    for (const { hex, crcOrder } of [...good, ...nonconforming.map(({ hex: text }) => ({ hex: text, crcOrder: 'none' }))]) {
      for (const bytes of flips(Buffer.from(hex, 'hex'))) {
        const strict = mayThrow(YkcError, () => decodeFrame(bytes));
        if (crcOrder === 'LE' || crcOrder === 'BE') expect(strict, bytes.toString('hex')).to.be.instanceOf(YkcError);
        mayThrow(YkcError, () => decodeHex(bytes.toString('hex')));
        mayThrow(YkcError, () => {
          const { frame, body, spare, sequence } = decodeFrame(bytes, { badCrc: 'tell', exact: true });
          expect(encodeFrame(frame, body, { sequence, spare }).subarray(0, -2).equals(bytes.subarray(0, -2))).to.equal(true);
        });
        new FrameReader(V1).push(bytes);
      }
    }
  });

  it('of GB/T 27930: a frame reads, or is refused with its reason', () => {
    const { vectors: frames } = read<{ vectors: { id: string; data_hex: string }[] }>('gbt27930-frames.json');
    const tracker = new SessionTracker();
    for (const { id, data_hex: data } of frames) {
      for (const bytes of flips(Buffer.from(data, 'hex'))) {
        mayThrow(Gbt27930Error, () => decodeCan(id, bytes.toString('hex')));
        tracker.hear({ ...frameFrom(id, ''), data: bytes });
      }
      for (let bit = 0; bit < 29; bit += 1) {
        const other = (frameFrom(id, '').id ^ (1 << bit)).toString(16);
        mayThrow(Gbt27930Error, () => decodeCan(other, data));
        tracker.hear(frameFrom(other, data));
      }
    }
    for (const { frames: lines, payload_hex: payload, pgn } of read<{ vectors: { frames: string[]; payload_hex?: string; pgn: number }[] }>(
      'gbt27930-transport.json',
    ).vectors) {
      for (const line of lines) for (const bytes of flips(parseFrame(line).data)) tracker.hear({ id: parseFrame(line).id, data: bytes });
      const message = messageOf(MESSAGES, pgn, 'bms');
      for (const bytes of payload === undefined ? [] : flips(Buffer.from(payload, 'hex')))
        mayThrow(Gbt27930Error, () => decodePayload(message!, bytes, { exact: true }));
    }
    expect(tracker.summary().errors.length).to.be.at.most(20);
    expect(splitId(0).pgn).to.equal(0);
  });

  it('of T/CEC 102: an envelope with any bit changed is refused before it is decrypted', async () => {
    interface Vector {
      readonly kind: string;
      readonly sigSecret: string;
      readonly dataSecret: string;
      readonly dataSecretIV: string;
      readonly envelope: Readonly<Record<string, string | number>>;
    }
    for (const { kind, envelope, ...secrets } of read<{ vectors: Vector[] }>('tcec102-crypto.json').vectors) {
      const keys: Keys = { ...secrets, operatorId: String(envelope.OperatorID ?? ''), operatorSecret: 'x' };
      // A long Data costs an HMAC a bit: every seventh bit of it is as good.
      const step = String(envelope.Data).length > 600 ? 7 : 1;
      for (const [name, value] of Object.entries(envelope)) {
        if (typeof value !== 'string') continue;
        let count = 0;
        for (const bytes of flips(Buffer.from(value, 'latin1'))) {
          count += 1;
          // Lower and upper case of a signature are the same.
          if (count % step !== 0 || bytes.toString('latin1').toUpperCase() === value.toUpperCase()) continue;
          const spoilt = { ...envelope, [name]: bytes.toString('latin1') };
          expect(openEnvelope(keys, spoilt).signature).to.equal('wrong');
          if (kind === 'response') {
            const error = mayThrow(TcecError, () => openResponse(keys, spoilt));
            expect(error?.code).to.equal('Signature');
          } else {
            const now = stampOf(String(envelope.TimeStamp)) ?? new Date();
            const error = await prove(readRequest(spoilt), { keys, guard: memoryGuard(), now }).then(
              () => undefined,
              (thrown: unknown) => thrown,
            );
            expect(error).to.be.instanceOf(TcecError).with.property('code', 'Signature');
          }
        }
      }
    }
  });
});
