import { expect } from 'chai';
import type { StationId } from '../kernel/ids.js';
import type { PartyId } from '../model/party.js';
import { applyReservation, changed, moved, type Reservation, type ReservationEvent, type ReservationState } from './reservation.js';

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

  const noon = new Date('2026-03-02T12:00:00Z');
  const one = new Date('2026-03-02T13:00:00Z');
  const two = new Date('2026-03-02T14:00:00Z');
  const active: Reservation = {
    ...{ id: 'R', number: 7, stationId: 'CS' as StationId, connectorNumber: 1, requestId: 'Q1', requestedAt: noon, deadline: noon },
    place: { owner: 'NL-EVR' as PartyId, locationId: 'L', evseUid: 'E1', connectorId: '1' },
    token: {
      ...{ issuer: 'NL-221' as PartyId, uid: 'CARD', type: 'rfid', contractId: 'C', issuerName: 'I', valid: true, whitelist: 'always' },
      updatedAt: noon,
    },
    ...{ authorizationReference: 'REF', until: one, state: { phase: 'active' } },
  };
  const { authorizationReference: _, ...terms } = { ...active, until: two, connectorNumber: 2 };
  const asked = changed(active, terms, { requestId: 'Q2', deadline: one });

  it('that is changed is asked for again, under the same number and since the same moment', () => {
    expect(asked).to.include({ number: 7, requestId: 'Q2', until: two, connectorNumber: 2, requestedAt: noon });
    expect([asked.state, asked.authorizationReference]).to.deep.equal([{ phase: 'asked' }, undefined]);
    const { before: __, ...accepted } = moved(asked, { kind: 'answered', accepted: true });
    expect([accepted.state, accepted.until, __]).to.deep.equal([{ phase: 'active' }, two, undefined]);
  });
  it('is as it was when the station refuses a change, however many were asked', () => {
    const twice = changed(asked, { ...terms, until: noon }, { requestId: 'Q3', deadline: one });
    for (const [request, change] of [
      ['Q2', asked],
      ['Q3', twice],
    ] as const) {
      const refused = moved(change, { kind: 'answered', accepted: false });
      expect(refused).to.deep.equal({ ...active, requestId: request, deadline: one });
    }
  });
  it('is refused for good when there was nothing before', () => {
    const state = moved({ ...active, state: { phase: 'asked' } }, { kind: 'answered', accepted: false }).state;
    expect(state).to.deep.equal({ phase: 'rejected', reason: 'rejectedByStation' });
  });
});
