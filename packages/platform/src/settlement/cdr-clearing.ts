import { type Refused, refuse } from '../kernel/refusal.js';

/** Why a CDR cannot even be looked at. */
export type Unfit =
  | 'notOfParty'
  | 'noAgreement'
  | 'wrongCurrency'
  | 'endBeforeStart'
  | 'inFuture'
  | 'energyNegative'
  | 'energyImplausible'
  | 'tooOld';

/** Why a CDR waits for a person, for something that is still missing, or for better data. */
export type Doubt =
  | 'noSession'
  | 'secondOfSession'
  | 'energyDiffers'
  | 'timeDiffers'
  | 'clockDiffers'
  | 'unknownTariff'
  | 'tariffDiffers'
  | 'costDiffers'
  | 'notPriceable'
  | 'noRate'
  | 'late'
  | 'creditBeforeOriginal'
  | 'creditOfCredit'
  | 'creditOfOther'
  | 'creditedAlready';

/** Told to the CPO with a decline. */
export type DeclineReason = Unfit | Doubt | 'withdrawn' | 'other';

/** Both sides of one difference, as a person reads them. */
export interface Finding<Code extends string = Doubt | Unfit> {
  code: Code;
  ours?: string;
  theirs?: string;
}

export type Clearing =
  | { state: 'received' | 'duplicate' | 'conflict' | 'checked' }
  | { state: 'matched' | 'accepted'; sessionId?: string }
  | { state: 'quarantined'; findings: readonly Finding<Unfit>[] }
  | { state: 'held' | 'expired'; findings: readonly Finding<Doubt>[] }
  | { state: 'declined' | 'rejected'; reason: DeclineReason };

export type ClearingState = Clearing['state'];
export type DisputeState = 'none' | 'open' | 'resolved';
export type CreditState = 'none' | 'full';
export type BillingState = 'open' | 'statemented' | 'invoiced' | 'settled';

/** The four facts of a CDR's life. They move on their own; what binds them together stands in `allowed`. */
export interface CdrLife {
  clearing: Clearing;
  dispute: DisputeState;
  credit: CreditState;
  billing: BillingState;
}

export const NEW_LIFE: CdrLife = { clearing: { state: 'received' }, dispute: 'none', credit: 'none', billing: 'open' };

export type ClearingEvent =
  | { type: 'repeated' | 'contradicted' | 'fit' }
  | { type: 'unfit'; findings: readonly Finding<Unfit>[] }
  | { type: 'matched'; sessionId: string }
  | { type: 'doubted'; findings: readonly Finding<Doubt>[] }
  | { type: 'agreed' | 'approved'; sessionId?: string }
  | { type: 'declined' | 'rejected'; reason: DeclineReason }
  | { type: 'expired' }
  | { type: 'approvedByTwo' }
  | { type: 'disputed' | 'settledDispute' }
  | { type: 'credited' }
  | { type: 'statemented' | 'reopened' | 'invoiced' | 'paid' };

type EventType = ClearingEvent['type'];
type Transition =
  | { fact: 'clearing'; from: ClearingState; on: EventType; to: ClearingState }
  | { fact: 'dispute'; from: DisputeState; on: EventType; to: DisputeState }
  | { fact: 'credit'; from: CreditState; on: EventType; to: CreditState }
  | { fact: 'billing'; from: BillingState; on: EventType; to: BillingState };

/** Every legal move; what is not here cannot happen. */
// biome-ignore format: a table reads better in rows
export const TRANSITIONS: readonly Transition[] = [
  { fact: 'clearing', from: 'received', on: 'repeated', to: 'duplicate' },
  { fact: 'clearing', from: 'received', on: 'contradicted', to: 'conflict' },
  { fact: 'clearing', from: 'received', on: 'unfit', to: 'quarantined' },
  { fact: 'clearing', from: 'received', on: 'fit', to: 'checked' },
  { fact: 'clearing', from: 'quarantined', on: 'fit', to: 'checked' },
  { fact: 'clearing', from: 'quarantined', on: 'unfit', to: 'quarantined' },
  { fact: 'clearing', from: 'quarantined', on: 'rejected', to: 'rejected' },
  { fact: 'clearing', from: 'checked', on: 'matched', to: 'matched' },
  { fact: 'clearing', from: 'checked', on: 'doubted', to: 'held' },
  // A credit CDR is bound to its original and needs no session of its own.
  { fact: 'clearing', from: 'checked', on: 'agreed', to: 'accepted' },
  { fact: 'clearing', from: 'matched', on: 'agreed', to: 'accepted' },
  { fact: 'clearing', from: 'matched', on: 'doubted', to: 'held' },
  { fact: 'clearing', from: 'held', on: 'matched', to: 'matched' },
  { fact: 'clearing', from: 'held', on: 'doubted', to: 'held' },
  { fact: 'clearing', from: 'held', on: 'agreed', to: 'accepted' },
  { fact: 'clearing', from: 'held', on: 'approved', to: 'accepted' },
  { fact: 'clearing', from: 'held', on: 'declined', to: 'declined' },
  { fact: 'clearing', from: 'held', on: 'expired', to: 'expired' },
  { fact: 'clearing', from: 'declined', on: 'rejected', to: 'rejected' },
  { fact: 'clearing', from: 'expired', on: 'approvedByTwo', to: 'accepted' },
  { fact: 'dispute', from: 'none', on: 'disputed', to: 'open' },
  { fact: 'dispute', from: 'open', on: 'settledDispute', to: 'resolved' },
  { fact: 'credit', from: 'none', on: 'credited', to: 'full' },
  { fact: 'billing', from: 'open', on: 'statemented', to: 'statemented' },
  { fact: 'billing', from: 'statemented', on: 'reopened', to: 'open' },
  { fact: 'billing', from: 'statemented', on: 'invoiced', to: 'invoiced' },
  { fact: 'billing', from: 'invoiced', on: 'paid', to: 'settled' },
  { fact: 'billing', from: 'statemented', on: 'paid', to: 'settled' },
];

export type Moved = { accepted: true; life: CdrLife } | Refused<'illegal'>;

/** The next life of a CDR, or why there is none. */
export function apply(life: CdrLife, event: ClearingEvent): Moved {
  const move = TRANSITIONS.find(({ fact, from, on }) => on === event.type && from === stateOf(life, fact));
  if (!move || !allowed(life, event)) return refuse('illegal', `${event.type} is not possible when a CDR is ${describe(life)}`);
  if (move.fact === 'clearing') return { accepted: true, life: { ...life, clearing: cleared(life.clearing, move.to, event) } };
  return { accepted: true, life: { ...life, [move.fact]: move.to } };
}

/** What binds the facts together: only what was accepted is billed or disputed, a credited CDR is not disputed again. */
function allowed(life: CdrLife, { type }: ClearingEvent): boolean {
  switch (type) {
    case 'disputed':
      return life.clearing.state === 'accepted' && life.credit === 'none' && life.billing !== 'settled';
    case 'credited':
      // An open dispute is returned first, so that the mirror of the original fits.
      return life.dispute !== 'open' && (life.clearing.state === 'accepted' || CLOSED.has(life.clearing.state));
    case 'statemented':
      return life.clearing.state === 'accepted';
    default:
      return true;
  }
}

/** Ends in which nothing was posted: a credit of such a CDR has nothing to mirror. */
const CLOSED: ReadonlySet<ClearingState> = new Set<ClearingState>(['declined', 'rejected', 'expired']);

function stateOf(life: CdrLife, fact: Transition['fact']): string {
  return fact === 'clearing' ? life.clearing.state : life[fact];
}

function cleared(before: Clearing, to: ClearingState, event: ClearingEvent): Clearing {
  switch (to) {
    case 'quarantined':
      return { state: to, findings: event.type === 'unfit' ? event.findings : [] };
    case 'held':
      return { state: to, findings: event.type === 'doubted' ? event.findings : [] };
    case 'expired':
      return { state: to, findings: 'findings' in before && before.state === 'held' ? before.findings : [] };
    case 'declined':
    case 'rejected':
      return { state: to, reason: 'reason' in event ? event.reason : 'other' };
    case 'matched':
    case 'accepted': {
      const sessionId = ('sessionId' in event ? event.sessionId : undefined) ?? ('sessionId' in before ? before.sessionId : undefined);
      return { state: to, ...(sessionId === undefined ? {} : { sessionId }) };
    }
    default:
      return { state: to };
  }
}

function describe({ clearing, dispute, credit, billing }: CdrLife): string {
  return `${clearing.state}, dispute ${dispute}, credit ${credit}, billing ${billing}`;
}
