import { expect } from 'chai';
import { RemoteStart, RemoteStartReply, RemoteStop } from './charging.js';
import { encodeFrame } from './codec.js';
import { type EndpointOptions, openEndpoint, type Seen, type YkcEndpoint } from './endpoint.js';
import type { YkcError } from './errors.js';
import type { BodyOf } from './frame.js';
import type { Line } from './line.js';
import { ReadRealtimeData } from './realtime.js';
import { BillingModelCheck, Heartbeat, Login, TimeSync } from './registration.js';
import { TransactionRecord } from './transaction-record.js';

const PILE = '00624100001201';
const LOGIN: BodyOf<typeof Login> = {
  pileCode: PILE,
  pileType: 0,
  gunCount: 1,
  protocolVersionX10: 16,
  softwareVersion: '1.0',
  network: 0,
  sim: '0'.repeat(20),
  carrier: 4,
};
const TRADE = `${PILE}012501140540370001`;
const GUN = { pileCode: PILE, gunNo: '01' };

/** Two ends joined in memory; bytes cross in a later turn, as on a real line. */
function join(options: { platform?: EndpointOptions; pile?: EndpointOptions } = {}): {
  platform: YkcEndpoint<'platform'>;
  pile: YkcEndpoint<'pile'>;
  raw: (bytes: Buffer) => void;
  paused: boolean[];
} {
  const paused: boolean[] = [];
  const half = (to: () => { receive(bytes: Buffer): void; ended(): void }): Line => ({
    write: (bytes) => setImmediate(() => to().receive(bytes)),
    close: () => setImmediate(() => to().ended()),
    pause: () => paused.push(true),
    resume: () => paused.push(false),
    buffered: 0,
  });
  const platform: YkcEndpoint<'platform'> = openEndpoint(
    'platform',
    half(() => pile),
    options.platform,
  );
  const pile: YkcEndpoint<'pile'> = openEndpoint(
    'pile',
    half(() => platform),
    options.pile,
  );
  return { platform, pile, raw: (bytes) => platform.receive(bytes), paused };
}

async function loggedIn(options?: Parameters<typeof join>[0]): Promise<ReturnType<typeof join>> {
  const ends = join(options);
  ends.platform.handle(Login, ({ pileCode }) => ({ pileCode, result: 0 }));
  await ends.pile.call(Login, LOGIN);
  return ends;
}

const failure = (promise: Promise<unknown>): Promise<YkcError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: YkcError) => error,
  );

describe('a 云快充 line', () => {
  it('logs a pile in, and then both ends ask and answer under the sequence of the question', async () => {
    const seen: Seen[] = [];
    const { platform, pile } = await loggedIn({ platform: { watch: (one) => seen.push(one) } });
    expect(platform.pileCode).to.equal(PILE);
    platform.handle(Heartbeat, ({ pileCode, gunNo }) => ({ pileCode, gunNo, ack: 0 }));
    pile.handle(RemoteStop, ({ pileCode, gunNo }) => ({ pileCode, gunNo, result: 1, failReason: 0 }));
    expect(await pile.call(Heartbeat, { ...GUN, gunStatus: 0 })).to.deep.equal({ ...GUN, ack: 0 });
    expect(await platform.call(RemoteStop, GUN)).to.deep.equal({ ...GUN, result: 1, failReason: 0 });
    expect(seen.map(({ kind, bytes }) => `${kind} ${bytes.subarray(2, 6).toString('hex')}`)).to.deep.equal([
      'in 00000001',
      'out 00000002',
      'in 01000003',
      'out 01000004',
      'out 00000036',
      'in 00000035',
    ]);
    platform.close();
    expect((await pile.closed).code).to.equal('Closed');
  });

  it('refuses the wrong direction, and the compiler does too', async () => {
    const seen: Seen[] = [];
    const { platform, pile, raw } = await loggedIn({ platform: { watch: (one) => seen.push(one) } });
    raw(encodeFrame(TimeSync, { pileCode: PILE, time: '2025-01-01T00:00:00.000' }));
    expect(seen.at(-1)).to.include({ kind: 'refused' }).and.to.have.nested.property('error.code', 'Direction');
    const wrong = (): void => {
      // @ts-expect-error this frame is sent by the platform, not by the pile
      pile.send(TimeSync, { pileCode: PILE, time: '2025-01-01T00:00:00.000' });
      // @ts-expect-error this frame is sent by the pile, not by the platform
      void platform.call(Heartbeat, { ...GUN, gunStatus: 0 });
      // @ts-expect-error an answer of another frame
      platform.handle(Heartbeat, () => ({ pileCode: PILE, result: 0 }));
      // @ts-expect-error a missing field
      pile.send(Heartbeat, { pileCode: PILE, gunNo: '01' });
    };
    expect(wrong).to.be.a('function');
    platform.close();
  });

  it('closes on anything before the login, and after a refused one', async () => {
    const early = join();
    early.raw(encodeFrame(Heartbeat, { ...GUN, gunStatus: 0 }));
    expect((await early.platform.closed).code).to.equal('NotLoggedIn');

    const refused = join();
    refused.platform.handle(Login, ({ pileCode }) => ({ pileCode, result: 1 }));
    expect(await refused.pile.call(Login, LOGIN)).to.deep.equal({ pileCode: PILE, result: 1 });
    expect((await refused.platform.closed).code).to.equal('NotLoggedIn');

    const slow = join();
    let heartbeats = 0;
    slow.platform
      .handle(Login, async ({ pileCode }) => {
        await new Promise(setImmediate);
        return { pileCode, result: 1 };
      })
      .handle(Heartbeat, () => {
        heartbeats += 1;
        return undefined;
      });
    slow.raw(Buffer.concat([encodeFrame(Login, LOGIN), encodeFrame(Heartbeat, { ...GUN, gunStatus: 0 })]));
    expect((await slow.platform.closed).code).to.equal('NotLoggedIn');
    expect(heartbeats).to.equal(0);
  });

  it('does not let one line speak for another pile', async () => {
    const seen: Seen[] = [];
    const { platform, raw } = await loggedIn({ platform: { watch: (one) => seen.push(one) } });
    raw(encodeFrame(Heartbeat, { pileCode: '00624100001202', gunNo: '01', gunStatus: 0 }));
    expect(seen.at(-1)).to.include({ kind: 'refused' }).and.to.have.nested.property('error.field', 'pileCode');
    platform.close();
  });

  it('takes an answer whose sequence the pile made up, by what it is about', async () => {
    const { platform, raw } = await loggedIn();
    const start = { tradeNo: TRADE, ...GUN, logicCard: '0'.repeat(16), physicalCard: '0'.repeat(16), balance: 100 };
    const other = { ...start, gunNo: '02', tradeNo: `${PILE}022501140540370001` };
    const [first, second] = [platform.call(RemoteStart, start), platform.call(RemoteStart, other)];
    raw(
      encodeFrame(RemoteStartReply, { tradeNo: other.tradeNo, pileCode: PILE, gunNo: '02', result: 0, failReason: 5 }, { sequence: 900 }),
    );
    raw(
      encodeFrame(RemoteStartReply, { tradeNo: '0'.repeat(32), pileCode: PILE, gunNo: '01', result: 0, failReason: 3 }, { sequence: 901 }),
    );
    expect([(await first).failReason, (await second).failReason]).to.deep.equal([3, 5]);
    const replies: unknown[] = [];
    platform.handle(RemoteStartReply, (reply) => void replies.push(reply.result));
    raw(
      encodeFrame(RemoteStartReply, { tradeNo: other.tradeNo, pileCode: PILE, gunNo: '02', result: 1, failReason: 0 }, { sequence: 902 }),
    );
    expect(replies).to.deep.equal([1]);
    platform.close();
  });

  it('handles the frames of a line one after the other, also when a handler takes long', async () => {
    const { platform, pile, paused } = await loggedIn({ platform: { limits: { waitingFrames: 4 } } });
    const order: string[] = [];
    const gate: (() => void)[] = [];
    platform.handle(BillingModelCheck, async ({ pileCode, modelNo }) => {
      order.push(`begin ${modelNo}`);
      await new Promise<void>((resolve) => gate.push(resolve));
      order.push(`end ${modelNo}`);
      return { pileCode, modelNo, result: 0 };
    });
    const answers = ['0001', '0002', '0003', '0004', '0005', '0006', '0007'].map((modelNo) =>
      pile.call(BillingModelCheck, { pileCode: PILE, modelNo }),
    );
    while (order.length < 13) {
      await new Promise(setImmediate);
      gate.shift()?.();
    }
    expect((await Promise.all(answers)).map(({ modelNo }) => modelNo)).to.deep.equal([
      '0001',
      '0002',
      '0003',
      '0004',
      '0005',
      '0006',
      '0007',
    ]);
    expect(order.filter((_, i) => i % 2 === 0).map((text) => text.slice(0, 5))).to.deep.equal(Array(7).fill('begin'));
    expect(paused).to.deep.equal([true, false]);
    platform.close();
  });

  it('fails what waits: by time-out, by limit, and when the line is over', async () => {
    const { platform, pile } = await loggedIn({ platform: { limits: { pendingCalls: 1 } } });
    const waits = platform.call(ReadRealtimeData, GUN, { timeoutMs: 5 });
    expect((await failure(platform.call(ReadRealtimeData, GUN))).code).to.equal('Limit');
    expect((await failure(waits)).code).to.equal('Timeout');
    const cut = platform.call(ReadRealtimeData, GUN);
    pile.close();
    expect((await failure(cut)).code).to.equal('Closed');
    expect((await failure(platform.call(ReadRealtimeData, GUN))).code).to.equal('Closed');
    expect((await failure(pile.call(Heartbeat, { ...GUN, gunStatus: 0 }))).code).to.equal('Closed');
  });

  it('closes a line that nobody logs in on, one that falls silent, and one that is no 云快充', async () => {
    const nobody = join({ platform: { limits: { loginTimeoutMs: 5 } } });
    expect((await nobody.platform.closed).message).to.equal('nobody logged in');
    const silent = await loggedIn({ platform: { limits: { idleTimeoutMs: 5 } } });
    expect((await silent.platform.closed).message).to.equal('no frame for 5 ms');
    const http = join();
    http.raw(Buffer.alloc(5000, 'GET / HTTP/1.1\r\n'));
    expect((await http.platform.closed).code).to.equal('Limit');
    const spam = await loggedIn({ platform: { limits: { refusedFrames: 3 } } });
    for (let i = 0; i < 4; i += 1) spam.raw(encodeFrame(TimeSync, { pileCode: PILE, time: '2025-01-01T00:00:00.000' }));
    expect((await spam.platform.closed).code).to.equal('Limit');
  });

  it('closes when a handler fails that nobody watches, and when the other end does not read', async () => {
    const { platform, pile } = await loggedIn();
    platform.handle(Heartbeat, () => {
      throw new Error('the database is away');
    });
    pile.send(Heartbeat, { ...GUN, gunStatus: 0 });
    expect((await platform.closed).message).to.equal('a handler of Heartbeat failed');

    const full: Line = { write: () => {}, close: () => {}, pause: () => {}, resume: () => {}, buffered: 1 << 21 };
    const stuck = openEndpoint('platform', full);
    stuck.send(TimeSync, { pileCode: PILE, time: '2025-01-01T00:00:00.000' });
    expect((await stuck.closed).message).to.equal('the other end does not read');
  });

  it('tells a handler that fails, does not answer, and lives on', async () => {
    const faults: string[] = [];
    const { platform, pile } = await loggedIn({ platform: { fault: (error, { name }) => faults.push(`${name}: ${String(error)}`) } });
    platform.handle(TransactionRecord, () => {
      throw new Error('the database is away');
    });
    platform.handle(Heartbeat, ({ pileCode, gunNo }) => ({ pileCode, gunNo, ack: 0 }));
    const record = encodeRecord();
    pile.send(TransactionRecord, record);
    await pile.call(Heartbeat, { ...GUN, gunStatus: 0 });
    expect(faults).to.deep.equal(['TransactionRecord: Error: the database is away']);
    platform.close();
  });
});

function encodeRecord(): BodyOf<typeof TransactionRecord> {
  const bytes = Buffer.alloc(TransactionRecord.body.size);
  const zero = TransactionRecord.body.read(bytes, 0, bytes.length);
  return { ...zero, pileCode: PILE, gunNo: '01', tradeNo: TRADE };
}
