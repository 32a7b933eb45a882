import { expect } from 'chai';
import { digestOf, eventsOf, type HeardMessage, pack, unpack } from './samples.js';

const at = new Date('2026-03-01T10:00:00Z');
const later = new Date('2026-03-01T10:01:00Z');

describe('packed samples', () => {
  const message: HeardMessage = {
    kind: 'stopped',
    at: later,
    registerMilliWh: 2_000_000,
    reason: 'EVDisconnected',
    samples: [
      {
        at,
        registerMilliWh: 1_000_000,
        values: [
          { measurand: 'Power.Active.Import', milli: 11_000_000 },
          { measurand: 'Voltage', phase: 'L1-N', milli: 230_100 },
        ],
      },
      { at: later, registerMilliWh: 2_000_000, values: [] },
    ],
  };

  it('give back what was heard', () => expect(unpack(later, pack(message))).to.deep.equal(message));

  it('take 14 bytes for each value', () => {
    const ten = Array.from({ length: 10 }, (_, i) => ({ measurand: 'Voltage', phase: 'L1', milli: 230_000 + i }));
    expect(pack({ kind: 'metered', at, samples: [{ at, values: ten }] }).length).to.equal(9 + 140);
  });

  it('are told apart by their number, or else by all that they say', () => {
    const digest = (m: HeardMessage) => digestOf(m, pack(m));
    const { registerMilliWh: _, ...rest } = message;
    expect(digest(message)).not.to.equal(digest(rest));
    expect(digest({ ...message, seqNo: 7 })).to.equal(digest({ ...rest, seqNo: 7 }));
    expect(digest({ ...message, seqNo: 7 })).not.to.equal(digest({ ...message, seqNo: 8 }));
  });

  it('become events: what was measured before a stop, then the stop', () => {
    expect(eventsOf(message)).to.deep.equal([
      { kind: 'metered', at, registerMilliWh: 1_000_000 },
      { kind: 'stopped', at: later, registerMilliWh: 2_000_000, reason: 'EVDisconnected' },
    ]);
    const { registerMilliWh: _, ...numbered } = { ...message, seqNo: 3 };
    expect(eventsOf(numbered).at(-1)).to.deep.include({ kind: 'stopped', seqNo: 3, registerMilliWh: 2_000_000 });
  });

  it('refuse a layout from the future', () => expect(() => unpack(at, Buffer.from([2, 0, 0]))).to.throw('newer version'));
});
