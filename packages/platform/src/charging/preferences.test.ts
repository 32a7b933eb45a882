import { expect } from 'chai';
import type { ChargingPreferences } from '../model/charging-wish.js';
import { weigh } from './preferences.js';
import { begin, type ChargingState, type SessionFacts } from './session.js';

const noon = new Date('2026-03-02T12:00:00Z');
const inHours = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);
const facts = { startedAt: noon, maxPowerWatt: 11_000, tariffs: [] as SessionFacts['tariffs'] } as SessionFacts;
const session: ChargingState = begin(facts);
const asked = (wish: Omit<ChargingPreferences, 'profile'>) => weigh(session, { profile: 'regular', ...wish }, noon);

describe('charging preferences', () => {
  it('are promised where a session is charged so anyway', () => {
    expect(asked({})).to.equal('accepted');
    expect(asked({ departureAt: inHours(1) })).to.equal('accepted');
    expect(asked({ departureAt: inHours(1), energyMilliWh: 11_000_000 })).to.equal('accepted');
  });
  it('are refused by name where nothing here can follow them', () => {
    for (const profile of ['cheap', 'fast', 'green'] as const)
      expect(weigh(session, { profile }, noon)).to.equal('profileTypeNotSupported');
  });
  it('are not possible where the connector cannot give so much, or the driver has left', () => {
    expect(asked({ departureAt: inHours(1), energyMilliWh: 11_000_001 })).to.equal('notPossible');
    expect(asked({ departureAt: inHours(0) })).to.equal('notPossible');
  });
  it('count what was charged already', () => {
    const halfway = { ...session, periods: [{ startedAt: noon, energyMilliWh: 5_000_000, chargingSeconds: 0, parkingSeconds: 0 }] };
    const wish = { profile: 'regular', departureAt: inHours(1), energyMilliWh: 16_000_000 } as const;
    expect(weigh(halfway, wish, noon)).to.equal('accepted');
    expect(weigh(halfway, { ...wish, energyMilliWh: 16_000_001 }, noon)).to.equal('notPossible');
  });
});
