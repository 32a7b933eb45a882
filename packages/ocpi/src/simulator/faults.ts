// Faults of simulated platforms, by name: what real ones do wrong. Add one to `faults` to begin, delete it to end.
import { fromScaled, toScaledBig } from '../number.js';
import type { CDR } from '../v221/cdrs.js';

/** The faults, and what each does. */
export const faults = {
  unavailable: 'answers 503 to everything but versions and credentials',
  'no-result': 'a CPO never tells what became of a command',
  'no-cdr': 'a CPO makes no CDR of sessions that end',
  'cdr-twice': 'a CPO posts each CDR twice',
  'cdr-changed': 'a CPO posts each CDR again, with another content under the same id',
  'cdr-renamed': 'a CPO posts each CDR again, under another id',
  'wrong-total': 'a CPO bills one unit of the currency too much',
  'period-missing': 'a CPO leaves the last charging period out of a CDR',
  'refuse-cdr': 'an eMSP answers every CDR with 2000',
  'unknown-token': 'an eMSP knows none of its tokens in real-time authorization',
} as const;

/** The name of a fault. */
export type Fault = keyof typeof faults;

/** The CDR as a CPO with faults makes it. */
export function spoilt(cdr: CDR, active: ReadonlySet<Fault>): CDR {
  const { total_cost, charging_periods } = cdr;
  const total = toScaledBig(total_cost.excl_vat, 4, 'round') ?? 0n;
  return {
    ...cdr,
    ...(active.has('wrong-total') ? { total_cost: { ...total_cost, excl_vat: fromScaled(total + 10_000n, 4) } } : {}),
    ...(active.has('period-missing') && charging_periods.length > 1 ? { charging_periods: charging_periods.slice(0, -1) } : {}),
  };
}

/** What a CPO with faults posts after a CDR was accepted. */
export function repeats(cdr: CDR, active: ReadonlySet<Fault>): readonly CDR[] {
  return [
    ...(active.has('cdr-twice') ? [cdr] : []),
    ...(active.has('cdr-changed') ? [{ ...cdr, remark: 'changed' }] : []),
    ...(active.has('cdr-renamed') ? [{ ...cdr, id: `${cdr.id}-2` }] : []),
  ];
}
