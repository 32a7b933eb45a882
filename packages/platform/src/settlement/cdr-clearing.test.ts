import { expect } from 'chai';
import fc from 'fast-check';
import { apply, type CdrLife, type Clearing, type ClearingEvent, type ClearingState, NEW_LIFE, TRANSITIONS } from './cdr-clearing.js';

const STATES: readonly ClearingState[] = [
  'received',
  'duplicate',
  'conflict',
  'quarantined',
  'checked',
  'matched',
  'held',
  'accepted',
  'declined',
  'rejected',
  'expired',
];
const EVENTS: readonly ClearingEvent[] = [
  { type: 'repeated' },
  { type: 'contradicted' },
  { type: 'fit' },
  { type: 'unfit', findings: [{ code: 'inFuture' }] },
  { type: 'matched', sessionId: 'S' },
  { type: 'doubted', findings: [{ code: 'noSession' }] },
  { type: 'agreed' },
  { type: 'approved' },
  { type: 'declined', reason: 'late' },
  { type: 'rejected', reason: 'other' },
  { type: 'expired' },
  { type: 'approvedByTwo' },
  { type: 'disputed' },
  { type: 'settledDispute' },
  { type: 'credited' },
  { type: 'statemented' },
  { type: 'reopened' },
  { type: 'invoiced' },
  { type: 'paid' },
];

function clearingIn(state: ClearingState): Clearing {
  switch (state) {
    case 'quarantined':
      return { state, findings: [] };
    case 'held':
    case 'expired':
      return { state, findings: [] };
    case 'declined':
    case 'rejected':
      return { state, reason: 'other' };
    default:
      return { state };
  }
}

const lives: CdrLife[] = STATES.flatMap((state) =>
  (['none', 'open', 'resolved'] as const).flatMap((dispute) =>
    (['none', 'full'] as const).flatMap((credit) =>
      (['open', 'statemented', 'invoiced', 'settled'] as const).map((billing) => ({
        clearing: clearingIn(state),
        dispute,
        credit,
        billing,
      })),
    ),
  ),
);

describe('the life of a CDR', () => {
  it('moves only as the published table says, one fact at a time', () => {
    for (const life of lives) {
      for (const event of EVENTS) {
        const moved = apply(life, event);
        const rows = TRANSITIONS.filter(({ on }) => on === event.type);
        if (!moved.accepted) continue;
        const before = { ...life, clearing: life.clearing.state };
        const after = { ...moved.life, clearing: moved.life.clearing.state };
        const row = rows.find(({ fact, from }) => before[fact] === from);
        expect(row, `${JSON.stringify(before)} ${event.type}`).to.not.equal(undefined);
        expect(after).to.deep.equal({ ...before, [row!.fact]: row!.to });
      }
    }
  });

  it('refuses every event that no row names for the state', () => {
    for (const life of lives) {
      for (const event of EVENTS) {
        const named = TRANSITIONS.some(
          ({ fact, from, on }) => on === event.type && from === { ...life, clearing: life.clearing.state }[fact],
        );
        if (!named) expect(apply(life, event), `${life.clearing.state} ${event.type}`).to.include({ accepted: false, reason: 'illegal' });
      }
    }
  });

  it('can reach every state, and never leaves accepted, rejected, duplicate or conflict', () => {
    const reached = new Set<ClearingState>(['received']);
    for (let size = 0; size < reached.size; ) {
      size = reached.size;
      for (const row of TRANSITIONS) if (row.fact === 'clearing' && reached.has(row.from)) reached.add(row.to);
    }
    expect([...reached].sort()).to.deep.equal([...STATES].sort());
    for (const end of ['accepted', 'rejected', 'duplicate', 'conflict']) {
      expect(TRANSITIONS.filter(({ fact, from }) => fact === 'clearing' && from === end)).to.deep.equal([]);
    }
  });

  it('bills and disputes only what was accepted, in whatever order events come', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), (events) => {
        let life = NEW_LIFE;
        for (const event of events) {
          const moved = apply(life, event);
          if (moved.accepted) life = moved.life;
          if (life.billing !== 'open' || life.dispute !== 'none') expect(life.clearing.state).to.equal('accepted');
          if (life.credit === 'full') expect(life.dispute).to.not.equal('open');
        }
      }),
      { seed: 11, numRuns: 2000 },
    );
  });
});
