import { expect } from 'chai';
import type { CanFrame } from './can.js';
import type { Gbt27930Error } from './errors.js';
import { TransportMonitor } from './monitor.js';
import { TransportNode } from './node.js';
import { readTransport, TIMERS, writeTransport } from './transport.js';

const PAYLOAD = Buffer.from(Array.from({ length: 49 }, (_, i) => i));
const BRM = 0x0200;

/** A bus that carries what the two say, until a test cuts it or changes a frame. */
function bus({ perCts = 255, keep = () => true }: { perCts?: number; keep?: (frame: CanFrame, i: number) => boolean } = {}) {
  const seen: CanFrame[] = [];
  const got: { pgn: number; payload: string }[] = [];
  const timers: { ms: number; run: () => void; isOff: boolean }[] = [];
  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { ms, run, isOff: false };
    timers.push(timer);
    return () => {
      timer.isOff = true;
    };
  };
  const write = (to: () => TransportNode) => (frame: CanFrame) => {
    seen.push(frame);
    if (keep(frame, seen.length - 1)) queueMicrotask(() => to().hear(frame));
  };
  const deliver = (pgn: number, payload: Buffer): void => void got.push({ pgn, payload: payload.toString('hex') });
  const bms: TransportNode = new TransportNode({ self: 'bms', write: write(() => charger), deliver, after });
  const charger: TransportNode = new TransportNode({ self: 'charger', write: write(() => bms), deliver, after, perCts });
  const fire = (): number => {
    const due = timers.filter(({ isOff }) => !isOff).sort((a, b) => a.ms - b.ms)[0];
    if (!due) throw new Error('no timer runs');
    due.isOff = true;
    due.run();
    return due.ms;
  };
  return { bms, charger, seen, got, fire, said: () => seen.map((frame) => readTransport(frame)?.kind).join(' ') };
}
const failure = (promise: Promise<unknown>): Promise<Gbt27930Error> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: Gbt27930Error) => error,
  );

describe('the transport protocol', () => {
  it('carries a message in packets, as the captures show it', async () => {
    const { bms, got, said, seen } = bus();
    await bms.send(BRM, PAYLOAD);
    expect(got).to.deep.equal([{ pgn: BRM, payload: PAYLOAD.toString('hex') }]);
    expect(said()).to.equal('rts cts data data data data data data data end');
    expect(Buffer.from(seen[0]!.data).toString('hex')).to.equal('10310007ff000200');
    expect(seen[0]!.id).to.equal(0x1cec56f4);
    expect(Buffer.from(seen[1]!.data).toString('hex')).to.equal('110701ffff000200');
    expect(Buffer.from(seen.at(-1)!.data).toString('hex')).to.equal('13310007ff000200');
  });

  it('asks for a few packets at a time, and again for one that was lost', async () => {
    const few = bus({ perCts: 3 });
    await few.bms.send(BRM, PAYLOAD);
    expect(few.said()).to.equal('rts cts data data data cts data data data cts data end');
    expect(few.got).to.have.length(1);
    const lossy = bus({ perCts: 3, keep: (_, i) => i !== 3 });
    await lossy.bms.send(BRM, PAYLOAD);
    expect(lossy.got.map(({ payload }) => payload)).to.deep.equal([PAYLOAD.toString('hex')]);
  });

  it('ends in a time-out when nobody answers, and tells the bus', async () => {
    const { bms, fire, said } = bus({ keep: () => false });
    const sent = failure(bms.send(BRM, PAYLOAD));
    expect(fire()).to.equal(TIMERS.T3);
    expect((await sent).code).to.equal('Timeout');
    expect(said()).to.equal('rts abort');
  });

  it('a receiver that waits in vain aborts, and the sender hears it', async () => {
    const { bms, fire, got } = bus({ keep: (_, i) => i < 3 || i > 8 });
    const sent = failure(bms.send(BRM, PAYLOAD));
    await new Promise(setImmediate);
    expect(fire()).to.equal(TIMERS.T1);
    expect((await sent).code).to.equal('Aborted');
    expect(got).to.deep.equal([]);
    await bms.send(BRM, PAYLOAD);
    expect(got).to.have.length(1);
  });

  it('refuses a second message at once, one that fits a frame, and an announcement that cannot be', async () => {
    const { bms, charger, said } = bus();
    const first = bms.send(BRM, PAYLOAD);
    expect((await failure(bms.send(BRM, PAYLOAD))).code).to.equal('Busy');
    await first;
    expect((await failure(bms.send(BRM, Buffer.alloc(8)))).code).to.equal('Length');
    expect((await failure(bms.send(BRM, Buffer.alloc(1786)))).code).to.equal('Length');
    charger.hear(writeTransport('bms', { kind: 'rts', size: 49, packets: 200, perCts: 255, pgn: BRM }));
    expect(said().endsWith('abort')).to.equal(true);
  });

  it('overheard, a silence is a time-out, a new request replaces, and foreign frames are passed over', () => {
    const monitor = new TransportMonitor();
    const rts = { ...writeTransport('bms', { kind: 'rts', size: 49, packets: 7, perCts: 255, pgn: BRM }), atMs: 0 };
    expect(monitor.hear(rts)).to.deep.equal([]);
    expect(monitor.hear({ ...rts, atMs: 100 })).to.deep.equal([{ outcome: 'replaced', pgn: BRM, sender: 'bms' }]);
    expect(monitor.hear({ id: 0x0070f4b5, data: Buffer.alloc(8), atMs: 1351 })).to.deep.equal([
      { outcome: 'timeout', pgn: BRM, sender: 'bms', timer: 'T3' },
    ]);
    expect(monitor.hear(writeTransport('bms', { kind: 'rts', size: 9, packets: 7, perCts: 255, pgn: BRM }))).to.deep.equal([
      { outcome: 'impossible', pgn: BRM, sender: 'bms' },
    ]);
    expect(monitor.hear(writeTransport('bms', { kind: 'data', sequence: 1, bytes: Buffer.alloc(7) }))).to.deep.equal([]);
  });
});
