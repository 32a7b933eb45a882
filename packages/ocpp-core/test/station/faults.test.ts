import type { JournalEntry } from '@evroam/ocpp-core/station';
import { type ManualClock, manualClock, type SimulatedStation, startStation } from '@evroam/ocpp-core/station';
import * as v16 from '@evroam/ocpp-core/v16';
import { expect } from 'chai';
import { Csms } from './csms.js';

const noon = new Date('2026-01-15T12:00:00Z');

describe('a station with faults', () => {
  let csms: Csms;
  let clock: ManualClock;
  let station: SimulatedStation;
  let journal: JournalEntry[];
  let nextId: number;

  beforeEach(async () => {
    nextId = 0;
    csms = new Csms(v16, {
      BootNotification: () => ({ status: 'Accepted', currentTime: noon.toISOString(), interval: 0 }),
      Heartbeat: () => ({ currentTime: noon.toISOString() }),
      Authorize: () => ({ idTagInfo: { status: 'Accepted' } }),
      StartTransaction: () => {
        nextId += 1;
        return { transactionId: nextId, idTagInfo: { status: 'Accepted' } };
      },
    });
    clock = manualClock(noon);
    journal = [];
    station = startStation({
      version: '1.6',
      url: await csms.open(),
      identity: 'CP1',
      password: 'secret',
      clock,
      callTimeoutMs: 50,
      retry: { attempts: Number.POSITIVE_INFINITY, intervalSeconds: 0 },
      backOff: { minimumMs: 5, randomMs: 0, doublings: 0 },
      journal: (entry) => journal.push(entry),
    });
    await station.accepted;
    station.plugIn(1);
  });
  afterEach(async () => {
    await station.stop();
    await csms.server?.close();
  });

  const session = async () => {
    await station.startLocal(1, 'TAG');
    await station.drained();
    await clock.advance(60_000);
    station.stopLocal(1);
    await station.drained();
  };

  it('duplicateSends: the central system’s replay answers twice and acts once', async () => {
    station.fault({ name: 'duplicateSends' });
    await session();
    expect(csms.all('StartTransaction')).to.have.length(1);
    expect(csms.all('StopTransaction')).to.have.length(1);
    expect(csms.all('MeterValues')).to.have.length(2);
  });

  it('lostAnswers: the message is sent again under its id, and gets its answer', async () => {
    station.fault({ name: 'lostAnswers', count: 2 });
    await session();
    expect(nextId).to.equal(1);
    expect(journal.filter(({ kind }) => kind === 'failed')).to.have.length(2);
    expect(csms.all('StopTransaction')).to.deep.include.members([
      { transactionId: 1, idTag: 'TAG', meterStop: 183, timestamp: '2026-01-15T12:01:00.000Z', reason: 'Local' },
    ]);
  });

  it('restartedMessageIds: equal ids with other content are other messages', async () => {
    station.fault({ name: 'restartedMessageIds' });
    await session();
    station.goOffline();
    station.goOnline();
    await session();
    expect(csms.all('StartTransaction')).to.have.length(2);
    expect(csms.all('StopTransaction').map(({ transactionId }) => transactionId)).to.deep.equal([1, 2]);
  });

  it('badJson: what is broken is passed over', async () => {
    station.fault({ name: 'badJson' });
    await session();
    station.heal('badJson');
    expect(csms.all('StopTransaction')).to.have.length(1);
  });

  it('halfOpen: the new connection takes over', async () => {
    station.fault({ name: 'halfOpen' });
    await session();
    expect(csms.all('StopTransaction')).to.have.length(1);
    expect(journal.filter(({ kind }) => kind === 'connected')).to.have.length(2);
    expect(csms.server?.connections.size).to.equal(1);
  });

  it('slowAnswers: a command is answered late', async () => {
    station.fault({ name: 'slowAnswers', ms: 30 });
    const begun = performance.now();
    expect(await csms.call('ClearCache', {})).to.deep.equal({ status: 'Accepted' });
    expect(performance.now() - begun).to.be.above(25);
  });

  it('clockSkew: timestamps are off, intervals are not', async () => {
    station.fault({ name: 'clockSkew', ms: -3_600_000 });
    await session();
    expect((await csms.wait('StartTransaction')).timestamp).to.equal('2026-01-15T11:00:00.000Z');
    expect((await csms.wait('StopTransaction')).timestamp).to.equal('2026-01-15T11:01:00.000Z');
  });

  it('meterJump: the register falls', async () => {
    await station.startLocal(1, 'TAG');
    await clock.advance(60_000);
    station.fault({ name: 'meterJump', connectorId: 1, milliWh: 5_000 });
    station.stopLocal(1);
    await station.drained();
    expect((await csms.wait('StopTransaction')).meterStop).to.equal(5);
  });

  it('two stations of one seed send the same ids and jitter', async () => {
    const keys: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      const twin = startStation({
        version: '1.6',
        url: 'ws://127.0.0.1:1',
        identity: 'TWIN',
        seed: 42,
        clock,
        journal: (entry) => {
          if (entry.kind === 'started') keys.push(entry.transactionKey);
        },
      });
      twin.plugIn(1);
      await twin.startLocal(1, 'TAG');
      await twin.stop();
    }
    expect(keys[0]).to.equal(keys[1]);
  });
});

describe('a station under charging profiles', () => {
  it('limits its power as the profiles say, and tells the composite schedule', async () => {
    const csms = new Csms(v16, {
      BootNotification: () => ({ status: 'Accepted', currentTime: noon.toISOString(), interval: 0 }),
      Authorize: () => ({ idTagInfo: { status: 'Accepted' } }),
      StartTransaction: () => ({ transactionId: 9, idTagInfo: { status: 'Accepted' } }),
    });
    const clock = manualClock(noon);
    const station = startStation({
      version: '1.6',
      url: await csms.open(),
      identity: 'CP1',
      password: 'secret',
      clock,
      meterIntervalSeconds: 0,
    });
    await station.accepted;
    station.plugIn(1, { powerW: 22_000 });
    await station.startLocal(1, 'TAG');
    await station.drained();
    const csChargingProfiles = {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        startSchedule: noon.toISOString(),
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 8.1 },
          { startPeriod: 1_800, limit: 0 },
        ],
      },
    };
    expect(await csms.call('SetChargingProfile', { connectorId: 1, csChargingProfiles })).to.deep.equal({ status: 'Accepted' });
    // 8.1 A on three phases of 230 V.
    expect(station.state(1).powerW).to.equal(5_589);
    const { chargingSchedule } = await csms.call('GetCompositeSchedule', { connectorId: 1, duration: 3_600, chargingRateUnit: 'A' });
    expect((chargingSchedule as { chargingSchedulePeriod: unknown }).chargingSchedulePeriod).to.deep.equal([
      { startPeriod: 0, limit: 8.1, numberPhases: 3 },
      { startPeriod: 1_800, limit: 0, numberPhases: 3 },
    ]);
    await clock.advance(3_600_000);
    expect(station.state(1)).to.include({ powerW: 0, activity: 'limited', milliWh: 2_794_500 });
    expect(await csms.call('ClearChargingProfile', { id: 1 })).to.deep.equal({ status: 'Accepted' });
    expect(station.state(1).powerW).to.equal(22_000);
    await station.stop();
    await csms.server?.close();
  });
});
