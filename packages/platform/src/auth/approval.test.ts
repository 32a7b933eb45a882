import { expect } from 'chai';
import { type Approval, decide } from './approval.js';

const open: Approval = {
  id: 'A1',
  subject: 'agreement ABC-EVM',
  action: 'agreement.activate',
  digest: 'd',
  askedBy: 'key:anna',
  askedAt: new Date('2026-03-01T00:00:00Z'),
  reason: 'new prices',
  state: 'open',
};
const by = (actor: string) => ({ actor, reason: 'looked at it', at: new Date('2026-03-02T00:00:00Z') });

describe('approval by a second person', () => {
  it('is given by another than who asked', () => {
    expect(decide(open, 'approved', by('key:anna'))).to.include({ accepted: false, reason: 'secondPerson' });
    expect(decide(open, 'approved', by('key:bo'))).to.deep.include({
      accepted: true,
      approval: {
        ...open,
        state: 'approved',
        decidedBy: 'key:bo',
        decidedAt: new Date('2026-03-02T00:00:00Z'),
        decisionReason: 'looked at it',
      },
    });
  });
  it('may be refused by anybody, and taken back by who asked', () => {
    for (const actor of ['key:anna', 'key:bo']) expect(decide(open, 'refused', by(actor)).accepted).to.equal(true);
  });
  it('is decided once', () => {
    const decided = decide(open, 'refused', by('key:bo'));
    if (!decided.accepted) throw new Error(decided.reason);
    expect(decide(decided.approval, 'approved', by('key:cy'))).to.include({ accepted: false, reason: 'alreadyDecided' });
  });
});
