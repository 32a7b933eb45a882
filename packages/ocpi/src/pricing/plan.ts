import { type Compiled, compile, type Entry, usesClock } from './compile.js';
import { PricingError } from './errors.js';
import { defaultPolicies, type Policies } from './policies.js';
import type { Tariff } from './tariff.js';

/** Tariffs made ready to be priced by, together: one list of entries over all of them. */
export interface Plan {
  readonly tariffs: readonly Tariff[];
  readonly currency: string;
  readonly timeZone: string | undefined;
  readonly policies: Policies;
  readonly compiled: readonly Compiled[];
  readonly entries: readonly Entry[];
}

const plans = new WeakMap<Tariff, Plan[]>();
/** A tariff is used in few zones and combinations; more than these push out the oldest. */
const MAX_PLANS = 16;

/** The plan of some tariffs in a zone, made once and kept as long as the first tariff lives. */
export function planOf(tariffs: readonly Tariff[], timeZone: string | undefined, given: Partial<Policies> | undefined): Plan {
  const first = tariffs[0];
  if (!first) throw new PricingError('noTariff', '', 'there is no tariff');
  let known = plans.get(first);
  if (!known) {
    known = [];
    plans.set(first, known);
  }
  for (const plan of known)
    if (plan.timeZone === timeZone && sameList(plan.tariffs, tariffs) && samePolicies(plan.policies, given)) return plan;
  const made = make([...tariffs], timeZone, { ...defaultPolicies, ...given });
  if (known.length >= MAX_PLANS) known.shift();
  known.push(made);
  return made;
}

function sameList(a: readonly Tariff[], b: readonly Tariff[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function samePolicies(a: Policies, given: Partial<Policies> | undefined): boolean {
  const b = given === undefined ? defaultPolicies : { ...defaultPolicies, ...given };
  return (Object.keys(a) as (keyof Policies)[]).every((key) => a[key] === b[key]);
}

function make(tariffs: readonly Tariff[], timeZone: string | undefined, policies: Policies): Plan {
  const { currency } = tariffs[0]!;
  const compiled: Compiled[] = [];
  const entries: Entry[] = [];
  for (const tariff of tariffs) {
    if (tariff.currency !== currency)
      throw new PricingError('currency', '', `tariffs in ${currency} and in ${tariff.currency} do not add up`);
    if (timeZone === undefined && usesClock(tariff)) {
      throw new PricingError(
        'timeZone',
        '/time_zone',
        `tariff ${tariff.id} depends on local time, and the zone of the location is not given`,
      );
    }
    const next = compile(tariff, timeZone ?? 'UTC', policies, entries.length);
    compiled.push(next);
    entries.push(...next.entries);
  }
  return { tariffs, currency, timeZone, policies, compiled, entries };
}

/** The tariff that a period names, else the first one that is valid at the start of the session; throws where there is none. */
export function compiledFor({ compiled, policies }: Plan, tariffId: string | undefined, start: number): Compiled {
  const ignored = policies.validity === 'ignored';
  const found = compiled.find(({ tariff: { id, validFrom, validTo } }) =>
    tariffId === undefined ? ignored || ((validFrom ?? -Infinity) <= start && start < (validTo ?? Infinity)) : sameId(id, tariffId),
  );
  if (found) return found;
  throw new PricingError('noTariff', '', tariffId === undefined ? 'no tariff is valid at the start' : `tariff ${tariffId} is not there`);
}

/** Ids are CiStrings. OCPI 2.2.1, 16.1 */
export function sameId(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}
