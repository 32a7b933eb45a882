import { expect } from 'chai';
import { applyReservation, type ReservationEvent, type ReservationState } from './reservation.js';

const play = (...events: ReservationEvent[]) => events.reduce<ReservationState>(applyReservation, { phase: 'asked' });
const accepted = { kind: 'answered', accepted: true } as const;

describe('reservation', () => {
  it('that nobody used is a no-show, and one that the station never confirmed is not', () => {
    expect(play(accepted, { kind: 'ranOut' })).to.deep.equal({ phase: 'expired', noShow: true });
    expect(play({ kind: 'answerMissing' }, { kind: 'ranOut' })).to.deep.equal({ phase: 'expired', noShow: false });
  });
  it('is used by a session that names it, whatever was heard before', () => {
    expect(play({ kind: 'answerMissing' }, { kind: 'used', sessionId: 'S' })).to.deep.equal({ phase: 'used', sessionId: 'S' });
    expect(play(accepted, { kind: 'used', sessionId: 'S' }, { kind: 'ranOut' }).phase).to.equal('used');
  });
  it('learns of a late answer, and is over once', () => {
    expect(play({ kind: 'answerMissing' }, accepted).phase).to.equal('active');
    expect(play({ kind: 'answered', accepted: false }, { kind: 'cancelled' }).phase).to.equal('rejected');
    expect(play(accepted, { kind: 'cancelled' }, { kind: 'ranOut' }).phase).to.equal('cancelled');
  });
});
