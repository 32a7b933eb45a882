import type { DeclineReason } from './cdr-clearing.js';
import type { Explanation } from './explain.js';
import type { Text } from './explain-words.js';
import type { Row } from './export.js';
import type { CdrSummary } from './record.js';

/** A declined CDR as its seller has to hear of it: which one, why, and both prices. OCPI has no message for it. */
export interface Decline {
  key: string;
  owner: string;
  buyer: string;
  code: DeclineReason;
  text: Text;
  currency: string;
  energyMilliWh: number;
  /** What the CDR asks for and what it would be accepted at, as exact decimal texts with their currency. */
  claimed?: string;
  ours?: string;
  difference?: string;
  eventAt: Date;
}

/** Undefined for a CDR that is not declined, or was taken back since: nobody has to act on it. */
export function declineOf(summary: CdrSummary, { state: { clearing, credit }, steps }: Explanation): Decline | undefined {
  if (clearing.state !== 'declined' || credit === 'full') return undefined;
  const { key, owner, buyer, currency, energyMilliWh, eventAt } = summary;
  const amount = (name: string, kind: (typeof steps)[number]['kind']) => {
    const found = steps.find((step) => step.kind === kind)?.amount;
    return found === undefined ? {} : { [name]: found };
  };
  const text = steps.find(({ kind }) => kind === 'finding')!.text;
  return {
    ...{ key, owner, buyer, code: clearing.reason, text, currency, energyMilliWh, eventAt },
    ...amount('claimed', 'claimed'),
    ...amount('ours', 'rounded'),
    ...amount('difference', 'difference'),
  };
}

/** The same as a table to send to the seller. */
export function declineRows(declines: readonly Decline[]): Row[] {
  return declines.map(({ key, buyer, code, text, claimed = '', ours = '', difference = '', eventAt }) => ({
    ...{ cdr: key, buyer, code, reason: text.en, reason_zh: text.zh, claimed, ours, difference, ended_at: eventAt.toISOString() },
  }));
}
