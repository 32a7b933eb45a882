import { expect } from 'chai';
import fc from 'fast-check';
import type { SessionId, StationId } from '../kernel/ids.js';
import { partyId } from '../model/party.js';
import { apply, begin, type ChargingState, energyMilliWh, type PriceBorders, type SessionFacts } from './session.js';

const at = (time: string) => new Date(`2026-03-01T${time}Z`);
const facts: SessionFacts = {
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
    let state = begin(facts);
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

  it('does not reopen after the end, and hears an end once', () => {
    const stop = { kind: 'stopped', at: at('10:10:00'), registerMilliWh: 1_500_000, reason: 'Local' } as const;
    const ended = apply(begin(facts), stop, noBorders).state;
    const late = apply(ended, { kind: 'metered', at: at('10:20:00'), registerMilliWh: 9_000_000 }, noBorders);
    expect(late).to.deep.equal({ state: ended, change: 'none' });
    expect(apply(ended, stop, noBorders)).to.deep.equal({ state: ended, change: 'none' });
  });

  it('flags a register that went back and takes no energy away', () => {
    let state: ChargingState = begin(facts);
    state = apply(state, { kind: 'metered', at: at('10:05:00'), registerMilliWh: 1_400_000 }, noBorders).state;
    state = apply(state, { kind: 'metered', at: at('10:06:00'), registerMilliWh: 1_300_000 }, noBorders).state;
    expect(state.flags).to.deep.equal(['registerWentBack']);
    expect(energyMilliWh(state)).to.equal(400_000);
  });

  it('loses no energy and no second, wherever readings and borders fall', () => {
    const step = fc.record({ seconds: fc.integer({ min: 0, max: 9_000 }), milliWh: fc.integer({ min: 0, max: 30_000_000 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let time = facts.startedAt.getTime();
        let register = facts.startRegisterMilliWh;
        let state = begin(facts);
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
