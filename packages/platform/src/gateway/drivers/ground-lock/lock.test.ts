import { expect } from 'chai';
import { applyLock, FRESH, isDue, type LockEvent, type LockState } from './lock.js';

const at = (seconds: number) => new Date(Date.UTC(2025, 0, 1, 0, 0, seconds));
const told = (events: readonly [seconds: number, event: LockEvent][], from: LockState = FRESH) =>
  events.reduce((state, [seconds, event]) => applyLock(state, event, at(seconds)).state, from);
const report = (position: LockState['position'], bay: LockState['bay']) => ({ kind: 'reported' as const, report: { position, bay } });

describe('a ground lock', () => {
  it('goes down for a start, stays down for its session, and up when that has ended', () => {
    const up = told([[0, report('raised', 'empty')]]);
    const asked = told([[1, { kind: 'needed', holder: 'R1' }]], up);
    expect(isDue(asked, at(1))).to.equal(true);
    const down = told(
      [
        [2, { kind: 'tried', outcome: 'moved' }],
        [3, { kind: 'needed', holder: 'S1' }],
      ],
      asked,
    );
    expect([down.position, down.holder, isDue(down, at(9))]).to.deep.equal(['lowered', 'S1', false]);
    const over = told([[10, { kind: 'released', holder: 'S1' }]], down);
    expect(isDue(over, at(10))).to.equal(true);
  });

  it('is not raised by the end of a session that no longer holds it', () => {
    const state = told([
      [1, { kind: 'needed', holder: 'S2' }],
      [2, { kind: 'released', holder: 'S1' }],
    ]);
    expect(state.wanted).to.equal('lowered');
  });

  it('is never raised under a vehicle, and rises when the bay is free', () => {
    const over = told([
      [0, report('lowered', 'occupied')],
      [1, { kind: 'released' }],
    ]);
    expect(isDue(over, at(1))).to.equal(false);
    expect(isDue(told([[2, report('lowered', 'empty')]], over), at(2))).to.equal(true);
  });

  it('is tried three times, later each time, and then a person is called once', () => {
    let state = told([[0, { kind: 'needed', holder: 'S1' }]]);
    const alarms: boolean[] = [];
    for (const seconds of [0, 10, 30]) {
      expect(isDue(state, at(seconds))).to.equal(true);
      const next = applyLock(state, { kind: 'tried', outcome: 'refused' }, at(seconds));
      alarms.push(next.alarm);
      state = next.state;
      expect(isDue(state, at(seconds))).to.equal(false);
    }
    expect(alarms).to.deep.equal([false, false, true]);
    expect([state.failed, isDue(state, at(9999))]).to.deep.equal([true, false]);
    expect(isDue(told([[40, { kind: 'ordered', to: 'lowered' }]], state), at(40))).to.equal(true);
    expect(isDue(told([[40, { kind: 'needed', holder: 'S2' }]], state), at(40))).to.equal(true);
  });

  it('is where it says, and what it says ends a try', () => {
    const state = told([
      [0, { kind: 'needed', holder: 'S1' }],
      [1, report('lowered', 'empty')],
    ]);
    expect([state.position, state.tryAt, isDue(state, at(1))]).to.deep.equal(['lowered', undefined, false]);
    expect(told([[2, report('between', 'empty')]], state).position).to.equal('between');
  });
});
