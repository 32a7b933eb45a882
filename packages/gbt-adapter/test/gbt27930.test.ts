import {
  bodyOf,
  CHM,
  decimal,
  decodeFrame,
  decodeHex,
  decodePayload,
  defineMessage,
  encodeHex,
  encodePayload,
  flag,
  Gbt27930Error,
  idOf,
  MESSAGES,
  packed,
  parseFrame,
  SessionTracker,
  TransportMonitor,
  TransportNode,
} from '@evroam/gbt-adapter/gbt27930';
import { expect } from 'chai';
import fc from 'fast-check';
import { bytesOf, RUNS, SEED } from './arbitrary.js';

describe('every GB/T 27930 message', () => {
  for (const message of MESSAGES) {
    it(`${message.name} reads back what was written, and keeps every bit that came`, () => {
      fc.assert(
        fc.property(bytesOf(message.body, 1785), (wire) => {
          const { body, spare } = decodePayload(message, wire, { exact: true });
          const own = encodePayload(message, body);
          expect(decodePayload(message, own).body).to.deep.equal(body);
          expect(encodePayload(message, body, { spare }).equals(wire)).to.equal(true);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    });
  }

  it('there are 22, each with an identifier of its own, and the six of annex B', () => {
    expect(MESSAGES).to.have.length(28);
    expect(new Set(MESSAGES.map((message) => idOf(message))).size).to.equal(28);
  });

  it('a registry is a list: a message of your own is understood beside them', () => {
    const Hello = defineMessage({
      name: 'HELLO',
      title: '厂商',
      pgn: 0x3000,
      priority: 6,
      from: 'charger',
      body: { voltageV: decimal(2, 1, 'V'), ...packed(1, { ready: flag(1, 3) }) },
    });
    const payload = encodePayload(Hello, { voltageV: 400.5, ready: 1 });
    expect(payload.toString('hex')).to.equal('a50ff7');
    expect(() => encodePayload(Hello, { voltageV: 400.5, ready: 4 }))
      .to.throw(Gbt27930Error)
      .with.property('field', 'ready');
    const decoded = decodeFrame([...MESSAGES, Hello], { id: idOf(Hello), data: payload });
    expect(decoded && bodyOf(Hello, decoded)).to.deep.equal({ voltageV: 400.5, ready: 1 });
  });

  it('older editions are shorter: what they do not send reads as absent', () => {
    expect(decodeHex('1812F456', '700DA00F0000').fields).to.include({ outputVoltageV: '344.0', chargingAllowed: 3 });
    expect(encodeHex(decodeHex('1812F456', '700DA00F0000')).data).to.equal('700DA00F0000');
    expect(() => decodeHex('1812F456', '700DA00F00'))
      .to.throw(Gbt27930Error)
      .with.property('code', 'Length');
    expect(decodeHex('1826F456', '0101000102').fields).to.deep.equal({ version: '1.1' });
    expect(() => decodeHex('18FFF456', '00'))
      .to.throw(Gbt27930Error)
      .with.property('code', 'Message');
    expect(() => decodeHex('0070F4B5', '00'))
      .to.throw(Gbt27930Error)
      .with.property('code', 'Id');
    expect(() => encodeHex({ message: 'BHM', fields: { maxAllowedTotalVoltageV: 7000 } }))
      .to.throw(Gbt27930Error)
      .with.property('field', 'maxAllowedTotalVoltageV');
    expect(() => encodeHex({ message: 'XYZ', fields: {} })).to.throw(Gbt27930Error);
  });
});

describe('a GB/T 27930 capture', () => {
  it('random frames never throw what is no Gbt27930Error, and a tracker lives through all', () => {
    const id = fc.oneof(
      fc.constantFrom(...MESSAGES.map((message) => idOf(message)), 0x1cec56f4, 0x1cecf456, 0x1ceb56f4, 0x1cebf456),
      fc.integer({ min: 0, max: 0x1fffffff }),
    );
    const frame = fc.record({ id, data: fc.uint8Array({ maxLength: 8 }), atMs: fc.integer({ min: 0, max: 100_000 }) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 60 }), (frames) => {
        const [tracker, monitor] = [new SessionTracker(), new TransportMonitor()];
        const node = new TransportNode({ self: 'charger', write: () => {}, deliver: () => {}, after: () => () => {} });
        for (const one of frames) {
          tracker.hear(one);
          monitor.hear(one);
          node.hear(one);
          try {
            decodeFrame(MESSAGES, one);
          } catch (error) {
            if (!(error instanceof Gbt27930Error)) throw error;
          }
        }
        expect(JSON.stringify(tracker.summary())).to.be.a('string');
      }),
      { numRuns: RUNS * 5, seed: SEED },
    );
  });

  const tracked = (...lines: string[]): ReturnType<SessionTracker['summary']> => {
    const tracker = new SessionTracker();
    for (const line of lines) tracker.hear(parseFrame(line));
    return tracker.summary();
  };

  it('of an edition without public tables is named, and of 2011 known by its missing handshake', () => {
    const later = parseFrame('1826F456#020000');
    expect(bodyOf(CHM, decodeFrame(MESSAGES, later)!)?.version).to.equal('2.0');
    expect(tracked('1826F456#020000')).to.include({ edition: 'unsupported', protocolVersion: '2.0' });
    expect(tracked('1826F456#010000').edition).to.equal('2015');
    expect(tracked('1801F456#0001010101313233').edition).to.equal('2011');
    expect(tracked().edition).to.equal('unknown');
  });

  it('that starts over shows each phase in its order, and what others say on the bus is counted only', () => {
    const { phases, end, foreignFrames, errors } = tracked(
      '1826F456#010100',
      '1801F456#0001010101313233',
      '1CEC56F4#100D0002FF000600',
      '1801F456#0001010101313233',
      '0070F4B5#00',
      '1812F456#00',
    );
    expect(phases).to.deep.equal(['handshake', 'identification', 'configuration', 'identification']);
    expect(end).to.deep.equal({ by: undefined, cause: 'silence', reasons: ['no BHM'], isComplete: false });
    expect(tracked('1801F456#0001010101313233').end.reasons).to.deep.equal(['no BRM']);
    expect(foreignFrames).to.equal(1);
    expect(errors).to.deep.equal(['a CCS has at least 6 bytes, not 1']);
  });
});
