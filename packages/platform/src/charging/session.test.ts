import { expect } from 'chai';
import fc from 'fast-check';
import type { SessionId, StationId } from '../kernel/ids.js';
import { partyId } from '../model/party.js';
import {
  apply,
  atPossibleTime,
  begin,
  type ChargingEvent,
  type ChargingState,
  energyMilliWh,
  isHeld,
  type PriceBorders,
  recount,
  type SessionFacts,
} from './session.js';

const at = (time: string) => new Date(`2026-03-01T${time}Z`);
const facts: SessionFacts & { startRegisterMilliWh: number } = {
  id: 'S1' as SessionId,
  owner: partyId('NL', 'EVR'),
  stationId: 'CS1' as StationId,
  place: { owner: partyId('NL', 'EVR'), locationId: 'L1', evseUid: 'E1', connectorId: '1' },
  timeZone: 'Europe/Amsterdam',
  token: { issuer: partyId('NL', 'EVM'), uid: 'A1', type: 'rfid', contractId: 'NL-EVM-C1' },
  authMethod: 'whitelist',
  currency: 'EUR',
  tariffs: [],
  startedAt: at('10:00:00'),
  startRegisterMilliWh: 1_000_000,
};
const noBorders: PriceBorders = () => [];
const everyHour: PriceBorders = (from, until) => {
  const hour = 3_600_000;
  const first = Math.floor(from.getTime() / hour) * hour + hour;
  return Array.from({ length: Math.max(0, Math.ceil((until.getTime() - first) / hour)) }, (_, i) => new Date(first + i * hour));
};

describe('charging session', () => {
  it('counts energy from register to register', () => {
    let state: ChargingState = begin(facts);
    state = apply(state, { kind: 'metered', at: at('10:05:00'), registerMilliWh: 1_400_000 }, noBorders).state;
    state = apply(state, { kind: 'stopped', at: at('10:10:00'), registerMilliWh: 2_000_000, reason: 'Local' }, noBorders).state;
    expect(energyMilliWh(state)).to.equal(1_000_000);
    expect(state.periods).to.have.length(1);
    expect(state.periods[0]!.chargingSeconds).to.equal(600);
  });

  it('begins a new period at a price border and shares the energy out by time', () => {
    const started = { ...facts, startedAt: at('10:45:00') };
    const { state } = apply(begin(started), { kind: 'metered', at: at('11:15:00'), registerMilliWh: 1_600_000 }, everyHour);
    expect(state.periods.map(({ startedAt, energyMilliWh: mWh, chargingSeconds }) => [startedAt, mWh, chargingSeconds])).to.deep.equal([
      [at('10:45:00'), 300_000, 900],
      [at('11:00:00'), 300_000, 900],
    ]);
  });

  it('begins a new period at a border on which a reading falls, as clock-aligned samples do', () => {
    const started = { ...facts, startedAt: at('10:45:00') };
    const readings = [metered('11:00:00', 1_300_010), metered('11:15:00', 1_700_000), metered('12:00:00', 2_000_000)];
    const stop: ChargingEvent = { kind: 'stopped', at: at('12:00:00'), registerMilliWh: 2_000_000, reason: 'Local' };
    const state = play([...readings, stop], started, everyHour);
    expect(state.periods.map(({ startedAt, energyMilliWh: mWh, chargingSeconds }) => [startedAt, mWh, chargingSeconds])).to.deep.equal([
      [at('10:45:00'), 300_000, 900],
      [at('11:00:00'), 700_000, 3600],
    ]);
  });

  it('does not reopen after the end, and hears an end once', () => {
    const stop = { kind: 'stopped', at: at('10:10:00'), registerMilliWh: 1_500_000, reason: 'Local' } as const;
    const ended = apply(begin(facts), stop, noBorders).state;
    const late = apply(ended, { kind: 'metered', at: at('10:20:00'), registerMilliWh: 9_000_000 }, noBorders);
    expect(late).to.deep.equal({ state: ended, change: 'none' });
    expect(apply(ended, stop, noBorders)).to.deep.equal({ state: ended, change: 'none' });
  });

  const metered = (time: string, registerMilliWh: number): ChargingEvent => ({ kind: 'metered', at: at(time), registerMilliWh });
  const play = (events: readonly ChargingEvent[], from: SessionFacts = facts, borders = noBorders) =>
    events.reduce<ChargingState>((state, event) => apply(state, event, borders).state, begin(from));

  it('holds a session whose register went back or jumped, and prices nothing from such a reading', () => {
    const rated = { ...facts, maxPowerWatt: 22_000 };
    const back = play([metered('10:05:00', 3_000_000), metered('10:06:00', 2_900_000), metered('10:07:00', 3_100_000)], rated);
    expect([back.flags, energyMilliWh(back), isHeld(back)]).to.deep.equal([['registerWentBack'], 2_100_000, true]);
    // A meter that shows kWh as Wh for once: what is no energy of this minute is none at all.
    const jump = play([metered('10:05:00', 1_400_000), metered('10:06:00', 1_400_000_000), metered('10:07:00', 1_500_000)], rated);
    expect([jump.flags, energyMilliWh(jump), isHeld(jump)]).to.deep.equal([['registerJumped'], 500_000, true]);
  });

  it('goes on counting from 0 when the meter was restarted', () => {
    const state = play([metered('10:05:00', 2_000_000), metered('10:06:00', 40_000), metered('10:07:00', 90_000)]);
    expect([state.flags, energyMilliWh(state), isHeld(state)]).to.deep.equal([['registerReset'], 1_090_000, false]);
  });

  it('counts idle time after the grace, and none while nobody hears the station', () => {
    const doing = (time: string, activity: 'charging' | 'suspended' | 'unknown'): ChargingEvent => ({
      kind: 'metered',
      at: at(time),
      activity,
    });
    const events = [
      metered('10:29:00', 1_500_000),
      doing('10:30:00', 'suspended'),
      doing('11:00:00', 'unknown'),
      doing('12:00:00', 'suspended'),
      { kind: 'stopped' as const, at: at('12:20:00'), registerMilliWh: 1_500_000, reason: 'Local' },
    ];
    const state = play(events, { ...facts, idleGraceSeconds: 600 });
    expect(state.periods).to.deep.equal([
      // 20 minutes after the grace before it went offline, and 10 after the next grace.
      { startedAt: at('10:00:00'), energyMilliWh: 500_000, chargingSeconds: 1800, parkingSeconds: 1800 },
    ]);
  });

  it('moves the times of a station whose clock was wrong, and says so', () => {
    const shift = 50 * 365 * 86_400_000;
    const state = play([{ kind: 'stopped', at: at('10:10:00'), registerMilliWh: 1_500_000, reason: 'Local' }], {
      ...facts,
      startedAt: new Date(facts.startedAt.getTime() + shift),
      clockShiftMs: shift,
    });
    expect(state.flags).to.deep.equal(['clockCorrected']);
    expect(state.phase === 'ended' && state.endedAt.getTime() - state.facts.startedAt.getTime()).to.equal(600_000);
  });

  it('ends when it was heard to end, when the clock was set meanwhile', () => {
    const stop: ChargingEvent = { kind: 'stopped', at: at('07:10:00'), registerMilliWh: 1_500_000, reason: 'Local' };
    const heard = atPossibleTime(begin(facts), stop, at('10:20:00'));
    const { state } = apply(heard.state, heard.event, noBorders);
    expect(state.phase === 'ended' && [state.endedAt, energyMilliWh(state), state.flags]).to.deep.equal([
      at('10:20:00'),
      500_000,
      ['clockCorrected'],
    ]);
    expect(atPossibleTime(begin(facts), { ...stop, at: at('10:19:00') }, at('10:20:00')).event.at).to.deep.equal(at('10:19:00'));
  });

  it('counts energy from reading to reading, whatever else was heard in between', () => {
    const started = { ...facts, startedAt: at('10:45:00'), maxPowerWatt: 22_000 };
    const paused: ChargingEvent = { kind: 'metered', at: at('11:15:00'), activity: 'suspended' };
    const state = play([paused, metered('11:15:00', 5_000_000)], started, everyHour);
    expect([state.periods.map((period) => period.energyMilliWh), state.flags]).to.deep.equal([[2_000_000, 2_000_000], []]);
  });

  it('comes to the same end in whatever order its events are heard, and however often', () => {
    const minute = fc.record({ gain: fc.integer({ min: 0, max: 300_000 }), full: fc.boolean(), reset: fc.integer({ min: 0, max: 9 }) });
    const history = fc.array(minute, { minLength: 1, maxLength: 12 }).map((minutes) => {
      let register = facts.startRegisterMilliWh;
      const events: ChargingEvent[] = minutes.map(({ gain, full, reset }, i) => {
        register = reset === 0 ? gain : register + gain;
        return {
          kind: 'metered',
          at: new Date(facts.startedAt.getTime() + (i + 1) * 60_000),
          registerMilliWh: register,
          activity: full ? 'suspended' : 'charging',
          seqNo: i + 1,
        };
      });
      const end = new Date(facts.startedAt.getTime() + (minutes.length + 1) * 60_000);
      return [...events, { kind: 'stopped' as const, at: end, registerMilliWh: register, reason: 'Local', seqNo: minutes.length + 1 }];
    });
    const heard = history.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
    );
    const settle = (events: readonly ChargingEvent[], from: SessionFacts) => {
      const state = play(events, from, everyHour);
      return state.disordered ? recount(state, from, [...new Set(events)], everyHour) : state;
    };
    const comparable = ({ last: _, ...state }: ChargingState) => state;
    fc.assert(
      fc.property(heard, ([inOrder, shuffled]) => {
        for (const from of [facts, { ...facts, idleGraceSeconds: 90, startedAt: at('10:55:00') }]) {
          const shift = from.startedAt.getTime() - facts.startedAt.getTime();
          const moved = (events: readonly ChargingEvent[]) => {
            const copies = new Map(events.map((event) => [event.seqNo, { ...event, at: new Date(event.at.getTime() + shift) }]));
            return events.map(({ seqNo }) => copies.get(seqNo)!);
          };
          const wanted = settle(moved(inOrder), from);
          expect(comparable(settle(moved(shuffled), from))).to.deep.equal(comparable(wanted));
        }
      }),
      { seed: 20260302, numRuns: 150 },
    );
  }).timeout(20_000);

  it('loses no energy and no second, wherever readings and borders fall', () => {
    const step = fc.record({ seconds: fc.integer({ min: 0, max: 9_000 }), milliWh: fc.integer({ min: 0, max: 500_000 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let time = facts.startedAt.getTime();
        let register = facts.startRegisterMilliWh;
        let state: ChargingState = begin(facts);
        for (const { seconds, milliWh } of steps) {
          time += seconds * 1000;
          register += milliWh;
          state = apply(state, { kind: 'metered', at: new Date(time), registerMilliWh: register }, everyHour).state;
        }
        expect(energyMilliWh(state)).to.equal(register - facts.startRegisterMilliWh);
        expect(state.periods.reduce((sum, p) => sum + p.chargingSeconds, 0)).to.equal((time - facts.startedAt.getTime()) / 1000);
        expect(state.periods.every((p) => p.energyMilliWh >= 0)).to.equal(true);
        // All but the last: what a meter shows finer than the wire is not lost, it ends in the total.
        expect(state.periods.slice(0, -1).every((p) => p.energyMilliWh % 100 === 0)).to.equal(true);
      }),
      { seed: 20260301, numRuns: 200 },
    );
  });
});
