import { change, each, type Fields, isFields, type Notes } from './loss.js';

/** A JSON number as an integer of 10^-places, by its shortest text: exact. */
interface Scaled {
  readonly n: bigint;
  readonly places: number;
}

function scaled(x: number): Scaled {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(x));
  if (!match) throw new RangeError(`${x} is no amount`);
  const fraction = match[3] ?? '';
  const places = fraction.length - Number(match[4] ?? 0);
  const n = BigInt(`${match[1]}${match[2]}${fraction}`);
  return places >= 0 ? { n, places } : { n: n * 10n ** BigInt(-places), places: 0 };
}

function at(x: Scaled, places: number): bigint {
  return x.n * 10n ** BigInt(places - x.places);
}

function toNumber(n: bigint, places: number): number {
  const size = (n < 0n ? -n : n).toString().padStart(places + 1, '0');
  return Number(`${n < 0n ? '-' : ''}${size.slice(0, size.length - places)}.${size.slice(size.length - places)}0`);
}

/** The sum of JSON numbers as the decimals they stand for, not as the doubles they are. */
export function sum(...numbers: readonly number[]): number {
  const all = numbers.map(scaled);
  const places = Math.max(0, ...all.map((x) => x.places));
  return toNumber(
    all.reduce((total, x) => total + at(x, places), 0n),
    places,
  );
}

/** Decimals of an OCPI number: a price with more would not be told exactly. OCPI 2.2.1, 16.4 */
const PRICE_PLACES = 4;

/** x / (1 + percent / 100), where that has at most four decimals; undefined where it does not. */
export function withoutTax(x: number, percent: number): number | undefined {
  const amount = scaled(x);
  const rate = scaled(percent);
  // (n / 10^a) / (1 + r / 10^(b+2)) = n * 10^(b+2) / (10^a * (10^(b+2) + r))
  const unit = 10n ** BigInt(rate.places + 2);
  const numerator = amount.n * unit * 10n ** BigInt(PRICE_PLACES);
  const denominator = 10n ** BigInt(amount.places) * (unit + rate.n);
  return numerator % denominator === 0n ? toNumber(numerator / denominator, PRICE_PLACES) : undefined;
}

/** A 2.2.1 Price as a 2.3.0 one: the tax is what lies between, and none known is none told. */
export function priceTo230(value: unknown): unknown {
  if (!isFields(value)) return value;
  const { excl_vat: before, incl_vat: after, ...rest } = value;
  if (typeof before !== 'number' || typeof after !== 'number') return { ...rest, before_taxes: before };
  const amount = sum(after, -before);
  // An empty list says that there is no tax; no list says that it is not known.
  return { ...rest, before_taxes: before, taxes: amount === 0 ? [] : [{ name: 'VAT', amount }] };
}

/** A 2.3.0 Price as a 2.2.1 one: all taxes in one. */
export function priceTo221(value: unknown, n: Notes): unknown {
  if (!isFields(value)) return value;
  const { before_taxes: before, taxes, ...rest } = value;
  if (typeof before !== 'number' || !Array.isArray(taxes)) return { ...rest, excl_vat: before };
  const amounts: number[] = [];
  each(taxes, n.at('taxes'), (tax, m) => {
    if (typeof tax.amount === 'number') amounts.push(tax.amount);
    if (tax.name !== 'VAT') m.dropped('name', `${String(tax.name)}: 2.2.1 has but VAT`);
    for (const name of ['account_number', 'percentage']) if (tax[name] !== undefined) m.dropped(name, 'is not known in 2.2.1');
    return tax;
  });
  if (taxes.length > 1) n.replaced('taxes', 'are told as their sum');
  if (taxes.length === 1 && amounts[0] === 0) n.replaced('taxes', 'a tax of zero is told as none');
  return { ...rest, excl_vat: before, incl_vat: sum(before, ...amounts) };
}

/** The fields of a Session or CDR that are a Price. */
export const COSTS = [
  'total_cost',
  'total_fixed_cost',
  'total_energy_cost',
  'total_time_cost',
  'total_parking_cost',
  'total_reservation_cost',
];

/** The object with all its Prices made anew. */
export function changeCosts(fields: Fields, n: Notes, make: (value: unknown, n: Notes) => unknown): Fields {
  return COSTS.reduce((out, name) => change(out, name, (value) => make(value, n.at(name))), fields);
}
