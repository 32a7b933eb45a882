// How a CPO takes a CDR back: a credit CDR that negates its cost, and a new CDR. OCPI 2.2.1, 10.3.1.1: a CDR itself is never changed.
import type { CDR } from '@evroam/ocpi/v221';

type Price = CDR['total_cost'];

/** The CDR with one unit of its currency too much. */
export const tooDear = (cdr: CDR): CDR => ({ ...cdr, total_cost: changed(cdr.total_cost, (cents) => cents + 100) });

/** The credit CDR of a CDR that was sent: the cost negated, everything else as it was. */
export const creditOf = (sent: CDR, why: string, at: Date): CDR => ({
  ...sent,
  id: `${sent.id}-C`,
  credit: true,
  credit_reference_id: sent.id,
  total_cost: changed(sent.total_cost, (cents) => -cents),
  remark: why,
  last_updated: at.toISOString(),
});

/** The CDR as it should have been, under an id of its own. */
export const revisionOf = (right: CDR, why: string, at: Date): CDR => ({
  ...right,
  id: `${right.id}-R`,
  remark: why,
  last_updated: at.toISOString(),
});

function changed({ excl_vat, incl_vat }: Price, change: (cents: number) => number): Price {
  const of = (amount: number) => change(Math.round(amount * 100)) / 100;
  return { excl_vat: of(excl_vat), ...(incl_vat === undefined ? {} : { incl_vat: of(incl_vat) }) };
}
