import { expect } from 'chai';
import { applyStart, isResultOf, type StartRequest } from './start-request.js';

describe('remote start request', () => {
  it('links a session that begins after the deadline as a late success', () => {
    const unknown = applyStart({ phase: 'asked' }, { kind: 'deadlinePassed' });
    expect(applyStart(unknown, { kind: 'began', sessionId: 'S1' })).to.deep.equal({ phase: 'started', sessionId: 'S1', late: true });
  });

  it('learns the outcome from a late answer', () => {
    expect(applyStart({ phase: 'unknown' }, { kind: 'answered', accepted: false })).to.deep.equal({
      phase: 'rejected',
      reason: 'rejectedByStation',
    });
  });

  it('takes no session twice and none from long after', () => {
    const request = { requestedAt: new Date('2026-03-01T10:00:00Z'), state: { phase: 'accepted' } } as StartRequest;
    expect(isResultOf(request, new Date('2026-03-01T10:02:00Z'))).to.equal(true);
    expect(isResultOf(request, new Date('2026-03-01T10:16:00Z'))).to.equal(false);
    expect(
      isResultOf({ ...request, state: { phase: 'started', sessionId: 'S1', late: false } }, new Date('2026-03-01T10:02:00Z')),
    ).to.equal(false);
  });
});
