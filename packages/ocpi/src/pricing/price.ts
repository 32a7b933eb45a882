import { type Amount, type LineDimension, type PricedLine, type Remark, settle } from './amounts.js';
import { type Plan, planOf } from './plan.js';
import type { Policies } from './policies.js';
import { quickBilled, quickTotal } from './quick.js';
import { type Billed, minorDigits, type RoundingRule, roundAmount } from './rounding.js';
import type { Period, PricedSession } from './session.js';
import { Tally } from './tally.js';
import type { Tariff } from './tariff.js';

/** Where and how a session is priced. */
export interface PricingOptions {
  /** The location's IANA zone; needed where a tariff has times, dates or weekdays, for a CDR does not carry it (ocpi#517). */
  readonly timeZone?: string;
  readonly policies?: Partial<Policies>;
  /** Also tell the slices of time that each line was made of. */
  readonly trace?: boolean;
}

/** The price of a session: exact, in 10^-9 of the currency. The lines sum to the total. */
export interface Price {
  readonly currency: string;
  readonly total: Amount;
  readonly byDimension: Partial<Record<LineDimension, Amount>>;
  readonly lines: readonly PricedLine[];
  readonly energyMilliWh: number;
  readonly timeMs: number;
  readonly parkingMs: number;
  readonly reservationMs: number;
  readonly remarks: readonly Remark[];
  readonly policies: Policies;
}

/** A price under way: add the periods in order, ask at any time. */
export interface OpenPrice {
  /** Takes a period that has ended, or the ended part of one. */
  add(period: Period): void;
  /** The price as if the session ended here. */
  price(): Price;
}

/** The price of a session under its tariffs; pure, and equal to what `openPrice` gives at the end. */
export function price(tariffs: readonly Tariff[], session: PricedSession, options: PricingOptions = {}): Price {
  return priceWith(planOf(tariffs, options.timeZone, options.policies), session, options);
}

function priceWith(plan: Plan, session: PricedSession, options: PricingOptions): Price {
  const tally = new Tally(plan, session, options.trace ?? false);
  tally.addAll(session.periods);
  return priceOf(tally);
}

/**
 * Prices a session while it runs: estimate, running cost and CDR come from the same steps.
 * Of several tariffs a period takes the one that it names, else that of the period before, else the first one valid at the start.
 */
export function openPrice(
  tariffs: readonly Tariff[],
  session: Omit<PricedSession, 'periods' | 'end'>,
  options: PricingOptions = {},
): OpenPrice {
  const tally = new Tally(planOf(tariffs, options.timeZone, options.policies), session, options.trace ?? false);
  return { add: (period) => tally.add(period), price: () => priceOf(tally) };
}

/** Prices many sessions by the same tariffs: a settlement run. */
export interface Pricer {
  /** As `price(...)`. */
  price(session: PricedSession): Price;
  /** Only the total, the same to the last digit, at a fraction of the cost. */
  total(session: PricedSession): Amount;
  /** What is billed, in minor units: the same as `roundAmount` of the price's lines, without the single taxes. */
  billed(session: PricedSession, rule?: RoundingRule): Billed;
}

/** Looks the tariffs up once for many sessions. */
export function pricer(tariffs: readonly Tariff[], options: PricingOptions = {}): Pricer {
  const plan = planOf(tariffs, options.timeZone, options.policies);
  const scratch = new Tally(plan, { start: 0 }, false);
  const digits = minorDigits(plan.currency);
  const tallied = (session: PricedSession) => {
    scratch.begin(session);
    scratch.addAll(session.periods);
    return scratch;
  };
  return {
    price: (session) => priceWith(plan, session, options),
    total: (session) => quickTotal(tallied(session)) ?? settle(scratch).total,
    billed: (session, rule = 'perTotal') => {
      tallied(session);
      const quick = rule === 'perTotal' ? quickBilled(scratch, digits) : undefined;
      if (quick) return quick;
      const lines = settle(scratch).lines.map(({ amount }) => amount);
      const { beforeTaxes, afterTaxes } = roundAmount(lines, plan.currency, rule);
      return { ...(beforeTaxes === undefined ? {} : { beforeTaxes }), ...(afterTaxes === undefined ? {} : { afterTaxes }) };
    },
  };
}

function priceOf(tally: Tally): Price {
  const plan: Plan = tally.plan;
  return {
    currency: plan.currency,
    ...settle(tally),
    energyMilliWh: tally.energyMilliWh,
    timeMs: tally.timeMs,
    parkingMs: tally.parkingMs,
    reservationMs: tally.reservationMs,
    remarks: [...tally.remarks.values()],
    policies: plan.policies,
  };
}
