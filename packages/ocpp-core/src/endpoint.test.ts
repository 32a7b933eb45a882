import { expect } from 'chai';
import { type Endpoint, openEndpoint } from './endpoint.js';
import { OcppError } from './errors.js';
import type { Observation } from './observation.js';
import { replayInMemory } from './replay.js';
import { type Socket, socketPair } from './socket.js';
import * as v16 from './v16/index.js';
import * as v21 from './v21/index.js';
import * as v201 from './v201/index.js';

const boot = { chargePointVendor: 'Vendor', chargePointModel: 'Model' };
const accepted = { status: 'Accepted', currentTime: '2026-01-15T10:00:00Z', interval: 300 } as const;
const start = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: '2026-01-15T10:00:00Z' };

/** A raw peer: sends texts, and hears them in order. */
function rawPeer(socket: Socket) {
  const heard: unknown[][] = [];
  const waiting: ((frame: unknown[]) => void)[] = [];
  socket.listen({
    heard: (text) => {
      const frame = JSON.parse(text) as unknown[];
      const next = waiting.shift();
      if (next) next(frame);
      else heard.push(frame);
    },
    ended: () => undefined,
  });
  return {
    say: (frame: unknown) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    hear: () =>
      new Promise<unknown[]>((resolve) => {
        const ready = heard.shift();
        if (ready) resolve(ready);
        else waiting.push(resolve);
      }),
  };
}

function joined(): { csms: Endpoint<'csms', typeof v16>; station: Endpoint<'station', typeof v16> } {
  const [left, right] = socketPair();
  return {
    csms: openEndpoint('csms', left, { actions: v16 }),
    station: openEndpoint('station', right, { actions: v16 }),
  };
}

async function failure(promise: Promise<unknown>): Promise<OcppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OcppError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('an endpoint', () => {
  it('carries a typed call and its answer', async () => {
    const { csms, station } = joined();
    csms.handle(v16.BootNotification, async ({ chargePointModel }) => {
      expect(chargePointModel).to.equal('Model');
      return accepted;
    });
    const { status, interval } = await station.call(v16.BootNotification, boot);
    expect({ status, interval }).to.deep.equal({ status: 'Accepted', interval: 300 });
  });

  it('answers while a call of its own is on the way', async () => {
    const { csms, station } = joined();
    csms.handle(v16.Heartbeat, async () => ({ currentTime: accepted.currentTime }));
    const reset = csms.call(v16.Reset, { type: 'Soft' });
    station.handle(v16.Reset, async () => {
      await station.call(v16.Heartbeat, {});
      return { status: 'Accepted' };
    });
    expect(await reset).to.deep.equal({ status: 'Accepted' });
  });

  it('sends one CALL at a time and the next one when the answer is there', async () => {
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions: v16 });
    const peer = rawPeer(right);
    const first = csms.call(v16.Reset, { type: 'Soft' });
    const second = csms.call(v16.ClearCache, {});
    const [, id, action] = await peer.hear();
    expect(action).to.equal('Reset');
    peer.say([3, 'other', {}]);
    peer.say([3, id, { status: 'Accepted' }]);
    expect(await first).to.deep.equal({ status: 'Accepted' });
    const [, id2, action2] = await peer.hear();
    expect(action2).to.equal('ClearCache');
    peer.say([4, id2, 'NotSupported', 'no', { why: 'x' }]);
    const error = await failure(second);
    expect(error).to.include({ code: 'NotSupported', message: 'no', fromPeer: true });
  });

  it('answers in arrival order, however long the first takes', async () => {
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions: v16 });
    const peer = rawPeer(right);
    let release = (): void => undefined;
    csms.handle(v16.BootNotification, async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
        setImmediate(resolve);
      });
      return accepted;
    });
    csms.handle(v16.Heartbeat, async () => ({ currentTime: accepted.currentTime }));
    peer.say([2, 'a', 'BootNotification', boot]);
    peer.say([2, 'b', 'Heartbeat', {}]);
    expect((await peer.hear())[1]).to.equal('a');
    expect((await peer.hear())[1]).to.equal('b');
    release();
  });

  it('gives up a handler that takes too long, and goes on', async () => {
    const [left, right] = socketPair();
    const seen: Observation[] = [];
    const csms = openEndpoint('csms', left, {
      actions: v16,
      limits: { answerTimeoutMs: 10 },
      observe: (observation) => seen.push(observation),
    });
    const peer = rawPeer(right);
    csms.handle(v16.BootNotification, () => new Promise(() => undefined));
    csms.handle(v16.Heartbeat, async () => ({ currentTime: accepted.currentTime }));
    peer.say([2, 'a', 'BootNotification', boot]);
    peer.say([2, 'b', 'Heartbeat', {}]);
    expect((await peer.hear()).slice(0, 3)).to.deep.equal([4, 'a', 'InternalError']);
    expect((await peer.hear()).slice(0, 2)).to.deep.equal([3, 'b']);
    expect(seen.map(({ kind }) => kind)).to.include('handlerFailed');
  });

  it('tells an unknown action from one that is not handled, and a wrong sender', async () => {
    const [left, right] = socketPair();
    openEndpoint('csms', left, { actions: v16 });
    const peer = rawPeer(right);
    for (const [action, payload, code] of [
      ['heartbeat', {}, 'NotImplemented'],
      ['Heartbeat', {}, 'NotSupported'],
      ['Reset', { type: 'Soft' }, 'NotSupported'],
      ['Heartbeat', { a: 1 }, 'FormationViolation'],
      ['BootNotification', {}, 'OccurenceConstraintViolation'],
    ] as const) {
      peer.say([2, 'x', action, payload]);
      expect((await peer.hear()).slice(0, 3)).to.deep.equal([4, 'x', code]);
    }
  });

  it('turns what a handler throws into the answer, and keeps the inside to itself', async () => {
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions: v16 });
    const peer = rawPeer(right);
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    csms.handle(v16.Heartbeat, async () => {
      throw new OcppError('SecurityError', 'x'.repeat(300), { details: circular });
    });
    peer.say([2, 'a', 'Heartbeat', {}]);
    expect(await peer.hear()).to.deep.equal([4, 'a', 'SecurityError', 'x'.repeat(255), {}]);
    csms.handle(v16.Heartbeat, async () => {
      throw new Error('password is 1234');
    });
    peer.say([2, 'b', 'Heartbeat', {}]);
    expect(await peer.hear()).to.deep.equal([4, 'b', 'InternalError', '', {}]);
  });

  it('sends no answer of its own that breaks the schema', async () => {
    const { csms, station } = joined();
    const wrong = { ...accepted, extra: 1 };
    csms.handle(v16.BootNotification, async () => wrong);
    expect((await failure(station.call(v16.BootNotification, boot))).code).to.equal('InternalError');
  });

  it('sends no request that breaks the schema', async () => {
    const { station } = joined();
    const error = await failure(station.call(v16.Authorize, { idTag: 'x'.repeat(21) }));
    expect(error).to.include({ code: 'PropertyConstraintViolation', fromPeer: false });
  });

  it('times out, and does not match the late answer to the next call', async () => {
    const [left, right] = socketPair();
    const seen: string[] = [];
    const csms = openEndpoint('csms', left, { actions: v16, observe: ({ kind }) => seen.push(kind) });
    const peer = rawPeer(right);
    const late = csms.call(v16.Reset, { type: 'Soft' }, { timeoutMs: 5 });
    const [, id] = await peer.hear();
    expect((await failure(late)).code).to.equal('TimedOut');
    const next = csms.call(v16.Reset, { type: 'Hard' });
    const [, id2] = await peer.hear();
    peer.say([3, id, { status: 'Rejected' }]);
    peer.say([3, id2, { status: 'Accepted' }]);
    expect(await next).to.deep.equal({ status: 'Accepted' });
    expect(seen).to.include('strayAnswer');
  });

  it('cancels what waits and what is on the way', async () => {
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions: v16 });
    const peer = rawPeer(right);
    const stop = new AbortController();
    const first = csms.call(v16.Reset, { type: 'Soft' }, { signal: stop.signal });
    const second = csms.call(v16.ClearCache, {}, { signal: stop.signal });
    const third = csms.call(v16.GetLocalListVersion, {});
    stop.abort();
    expect((await failure(first)).code).to.equal('Cancelled');
    expect((await failure(second)).code).to.equal('Cancelled');
    const [, id] = await peer.hear();
    peer.say([3, id, { status: 'Accepted' }]);
    const [, id3, action] = await peer.hear();
    expect(action).to.equal('GetLocalListVersion');
    peer.say([3, id3, { listVersion: 0 }]);
    expect(await third).to.deep.equal({ listVersion: 0 });
  });

  it('refuses more calls than may wait', async () => {
    const { csms } = joined();
    const calls = Array.from({ length: 66 }, () => csms.call(v16.ClearCache, {}));
    expect((await failure(calls[65] as Promise<unknown>)).code).to.equal('TooManyCalls');
    const failures = calls.slice(0, 65).map(failure);
    csms.close();
    for (const { code } of await Promise.all(failures)) expect(code).to.equal('ConnectionClosed');
  });

  it('ends every call when the connection ends, and says so once', async () => {
    const { csms, station } = joined();
    const call = csms.call(v16.Reset, { type: 'Soft' });
    station.close(1001, 'bye');
    expect((await failure(call)).code).to.equal('ConnectionClosed');
    expect(await csms.closed).to.deep.equal({ code: 1001, reason: 'bye' });
    expect((await failure(csms.call(v16.ClearCache, {}))).code).to.equal('ConnectionClosed');
  });

  it('pauses a peer that sends without waiting, and loses nothing', async () => {
    const [left, right] = socketPair();
    let most = 0;
    let inside = 0;
    const csms = openEndpoint('csms', left, { actions: v16, limits: { waitingMessages: 4 } });
    const peer = rawPeer(right);
    csms.handle(v16.Heartbeat, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return { currentTime: accepted.currentTime };
    });
    for (let i = 0; i < 50; i += 1) peer.say([2, `m${i}`, 'Heartbeat', {}]);
    for (let i = 0; i < 50; i += 1) expect((await peer.hear())[1]).to.equal(`m${i}`);
    expect(most).to.equal(1);
  });

  it('replays the answer to a repeated StartTransaction, but not to another one with its id', async () => {
    const [left, right] = socketPair();
    let next = 0;
    const csms = openEndpoint('csms', left, { actions: v16, identity: 'CP1', replay: replayInMemory(10) });
    csms.handle(v16.StartTransaction, async () => {
      next += 1;
      return { transactionId: next, idTagInfo: { status: 'Accepted' } };
    });
    const peer = rawPeer(right);
    const transactionOf = async (request: object) => {
      peer.say([2, '1', 'StartTransaction', request]);
      return ((await peer.hear())[2] as { transactionId: number }).transactionId;
    };
    expect(await transactionOf(start)).to.equal(1);
    expect(await transactionOf(start)).to.equal(1);
    expect(await transactionOf({ ...start, meterStart: 7 })).to.equal(2);
  });

  it('takes a signed message of 2.x apart and hands the signature on', async () => {
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions: v201 });
    const peer = rawPeer(right);
    let signature: string | undefined;
    csms.handle(v201.Heartbeat, async (_request, { signed }) => {
      signature = signed?.signature;
      return { currentTime: accepted.currentTime };
    });
    const payload = Buffer.from('{}').toString('base64url');
    peer.say([2, 'a', 'Heartbeat-Signed', { payload, protected: 'e30', signature: 'c2ln' }]);
    expect((await peer.hear()).slice(0, 2)).to.deep.equal([3, 'a']);
    expect(signature).to.equal('c2ln');
    peer.say([2, 'b', 'Heartbeat-Signed', { payload: 'x' }]);
    expect((await peer.hear()).slice(0, 3)).to.deep.equal([4, 'b', 'FormatViolation']);
  });

  it('hears a SEND of 2.1 without answering it, and says nothing when its handler fails', async () => {
    const [left, right] = socketPair();
    const seen: string[] = [];
    const csms = openEndpoint('csms', left, { actions: v21, observe: ({ kind }) => seen.push(kind) });
    const station = openEndpoint('station', right, { actions: v21 });
    let values = 0;
    csms.handle(v21.NotifyPeriodicEventStream, async ({ data }) => {
      values += data.length;
      if (values > 1) throw new Error('outage');
    });
    csms.handle(v21.Heartbeat, async () => ({ currentTime: accepted.currentTime }));
    const stream = { id: 1, pending: 0, basetime: accepted.currentTime, data: [{ t: 0, v: '1' }] };
    await station.call(v21.NotifyPeriodicEventStream, stream);
    await station.call(v21.NotifyPeriodicEventStream, stream);
    await station.call(v21.Heartbeat, {});
    expect(values).to.equal(2);
    expect(seen.filter((kind) => kind !== 'heard')).to.deep.equal(['handlerFailed', 'said']);
  });

  it('tells a station of 2.1 that its answer was bad, with CALLRESULTERROR', async () => {
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions: v21 });
    const peer = rawPeer(right);
    const refused = failure(csms.call(v21.ClearCache, {}));
    const [, id] = await peer.hear();
    peer.say([3, id, { status: 'Perhaps' }]);
    expect((await peer.hear()).slice(0, 3)).to.deep.equal([5, id, 'PropertyConstraintViolation']);
    expect((await refused).code).to.equal('PropertyConstraintViolation');
    peer.say([5, 'mine', 'FormatViolation', 'no', {}]);
    csms.handle(v21.Heartbeat, async () => ({ currentTime: accepted.currentTime }));
    peer.say([2, 'b', 'Heartbeat', {}]);
    expect((await peer.hear()).slice(0, 2)).to.deep.equal([3, 'b']);
  });

  it('does not take the failure of a call inside a handler for the answer', async () => {
    const { csms, station } = joined();
    csms.handle(v16.Heartbeat, async () => {
      await csms.call(v16.ClearCache, {});
      return { currentTime: accepted.currentTime };
    });
    // The station does not handle ClearCache: NotSupported comes back, and is no answer to the heartbeat.
    expect((await failure(station.call(v16.Heartbeat, {}))).code).to.equal('InternalError');
  });

  it('survives what JSON cannot hold, in an answer and in a call', async () => {
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions: v201 });
    const station = openEndpoint('station', right, { actions: v201 });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    csms.handle(v201.DataTransfer, async ({ vendorId }) => ({ status: 'Accepted', ...(vendorId === 'loop' ? { data: circular } : {}) }));
    expect((await failure(station.call(v201.DataTransfer, { vendorId: 'loop' }))).code).to.equal('InternalError');
    let failed: unknown;
    await station.call(v201.DataTransfer, { vendorId: 'x', data: circular }).catch((error: unknown) => {
      failed = error;
    });
    expect(failed).to.be.instanceOf(TypeError);
    expect(await station.call(v201.DataTransfer, { vendorId: 'x' })).to.deep.equal({ status: 'Accepted' });
  });
});
