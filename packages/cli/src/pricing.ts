import {
  type Amount,
  decimal,
  type LineDimension,
  minorDigits,
  type OcpiVersion,
  type PricedLine,
  PricingError,
  price,
  readCdr,
  readSession,
  readTariff,
  roundAmount,
} from '@evroam/ocpi/pricing';
import type { Verdict } from './each-line.js';
import { isRecord } from './output/path.js';

export type Rounding = 'none' | 'perTotal' | 'perLine';

const VERSIONS: readonly OcpiVersion[] = ['2.1.1', '2.2', '2.2.1', '2.3.0'];

/** Prices one `{ version, tariff | tariffs, cdr | session, time_zone }`; amounts are decimal texts, null where they cannot be known. */
export function priceOne(value: unknown, rounding: Rounding, fallbackZone?: string): Verdict {
  try {
    return priceWire(value, rounding, fallbackZone);
  } catch (error) {
    if (!(error instanceof PricingError)) throw error;
    return { ok: false, code: error.code, pointer: error.pointer, message: error.message };
  }
}

function priceWire(value: unknown, rounding: Rounding, fallbackZone: string | undefined): Verdict {
  if (!isRecord(value)) throw new PricingError('type', '', 'an object is expected');
  const version = VERSIONS.find((each) => each === value.version);
  if (!version) throw new PricingError('version', '/version', `must be one of ${VERSIONS.join(' ')}`);
  const record = value.cdr ?? value.session;
  if (!isRecord(record)) throw new PricingError('missing', value.cdr === undefined ? '/session' : '/cdr', 'a CDR or a session is needed');
  const given = value.tariffs ?? (value.tariff === undefined ? record.tariffs : [value.tariff]);
  if (!Array.isArray(given) || given.length === 0) throw new PricingError('noTariff', '/tariff', 'a tariff is needed');
  const tariffs = given.map((each: unknown) => readTariff(version, each));
  const session = value.cdr === undefined ? readSession(version, record) : readCdr(version, record);
  const timeZone = typeof value.time_zone === 'string' ? value.time_zone : fallbackZone;
  const priced = price(tariffs, session, { trace: true, ...(timeZone === undefined ? {} : { timeZone }) });
  const show = amountIn(priced.currency, rounding);
  const perLine = rounding === 'perLine' ? 'perLine' : 'perTotal';
  return {
    ok: true,
    currency: priced.currency,
    total:
      rounding === 'none'
        ? show(priced.total)
        : rounded(
            roundAmount(
              priced.lines.map(({ amount }) => amount),
              priced.currency,
              perLine,
            ),
          ),
    by_dimension: Object.fromEntries(Object.entries(priced.byDimension).map(([dimension, amount]) => [dimension, show(amount)])),
    energy_kwh: decimal(BigInt(priced.energyMilliWh), 6, 0),
    trace: priced.lines.map((line) => traceOf(line, show(line.amount))),
    ...(priced.remarks.length > 0 ? { remarks: priced.remarks } : {}),
  };
}

interface Shown {
  readonly excl_vat: string | null;
  readonly incl_vat: string | null;
  readonly taxes?: readonly { readonly name: string; readonly rate: string | null; readonly amount: string }[];
}

/** Unrounded amounts have four decimals at least; rounded ones those of the currency. */
function amountIn(currency: string, rounding: Rounding): (amount: Amount) => Shown {
  if (rounding === 'none') return (amount) => shown(amount, 9, 4);
  return (amount) => rounded(roundAmount(amount, currency, 'perTotal'));
}

const rounded = (amount: Amount & { readonly currency: string }): Shown =>
  shown(amount, minorDigits(amount.currency), minorDigits(amount.currency));

function shown(amount: Amount, places: number, least: number): Shown {
  const textOf = (n: bigint | undefined) => (n === undefined ? null : decimal(n, places, least));
  return {
    excl_vat: textOf(amount.beforeTaxes),
    incl_vat: textOf(amount.afterTaxes),
    ...(amount.taxes.length === 0
      ? {}
      : {
          taxes: amount.taxes.map(({ name, rate, amount: tax }) => ({
            name,
            rate: rate === undefined ? null : decimal(BigInt(rate), 4, 0),
            amount: decimal(tax, places, least),
          })),
        }),
  };
}

function traceOf(line: PricedLine, amount: Shown) {
  const { unit, places } = UNITS[line.dimension];
  const volume = (n: number) => decimal(BigInt(n), places, 0);
  return {
    dimension: line.dimension,
    tariff: line.tariffId,
    // A limit of the price belongs to no element.
    ...(line.element < 0 ? {} : { element: line.element, component: line.component }),
    price: decimal(line.price),
    volume: volume(line.volume),
    billed: volume(line.billed),
    unit,
    ...(line.step === undefined ? {} : { step_size: line.step.size, step_added: volume(line.step.added) }),
    ...(line.slices === undefined
      ? {}
      : {
          slices: line.slices.map(({ from, to, volume: part }) => ({
            from: new Date(from).toISOString(),
            to: new Date(to).toISOString(),
            volume: volume(part),
          })),
        }),
    ...amount,
  };
}

const ENERGY = { unit: 'kWh', places: 6 };
const SECONDS = { unit: 's', places: 3 };
const ONCE = { unit: 'x', places: 0 };
const UNITS: Readonly<Record<LineDimension, { unit: string; places: number }>> = {
  ENERGY,
  TIME: SECONDS,
  PARKING_TIME: SECONDS,
  RESERVATION_TIME: SECONDS,
  FLAT: ONCE,
  RESERVATION_FLAT: ONCE,
  MIN_PRICE: ONCE,
  MAX_PRICE: ONCE,
};
