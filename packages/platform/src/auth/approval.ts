import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';

/** Something that one person wants done and another must agree to. It is about exactly one content: that of the digest. */
export interface Approval {
  id: string;
  /** What it is about: "agreement ABC-EVM", "period 2026-11". */
  subject: string;
  /** What would be done to it: "agreement.activate". */
  action: string;
  digest: string;
  askedBy: string;
  askedAt: Date;
  reason: string;
  state: 'open' | 'approved' | 'refused';
  decidedBy?: string;
  decidedAt?: Date;
  decisionReason?: string;
}

export type Decision = 'approved' | 'refused';

/** Nobody approves what she asked for herself; taking it back is allowed. What was decided stays decided. */
export function decide(
  approval: Approval,
  decision: Decision,
  by: { actor: string; reason: string; at: Date },
): Accepted<{ approval: Approval }> | Refused<'alreadyDecided' | 'secondPerson'> {
  if (approval.state !== 'open')
    return refuse('alreadyDecided', `it was ${approval.state} by ${approval.decidedBy} at ${approval.decidedAt?.toISOString()}`);
  if (decision === 'approved' && by.actor === approval.askedBy)
    return refuse('secondPerson', `${by.actor} asked for it: somebody else must approve`);
  return {
    accepted: true,
    approval: { ...approval, state: decision, decidedBy: by.actor, decidedAt: by.at, decisionReason: by.reason },
  };
}
