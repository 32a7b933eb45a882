import { PricingError } from './errors.js';
import { scale, scaleSafe, scaleText } from './exact.js';
import { instant, type Json, list, maybe, number, record, text } from './json.js';

/** The OCPI versions whose tariffs, sessions and CDRs can be read. */
export type OcpiVersion = '2.1.1' | '2.2' | '2.2.1' | '2.3.0';

/** What a price component prices; TIME is charging time, PARKING_TIME the time without it. */
export type Dimension = 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT';

/** What a part of a price is for; the accounts of revenue bear the same names. */
export type FeeType = 'electricity' | 'service' | 'start' | 'idle' | 'reservation';

/** A labelled part of a component's price, in 10^-9 of the currency per kWh, hour or piece. */
export interface Fee {
  readonly type: FeeType;
  readonly price: bigint;
}

/** A tax on a component. `rate` is in 10^-6 of the amount before taxes: 20 % = 200000. */
export interface TaxRate {
  readonly name: string;
  readonly rate: number;
}

/** A price in 10^-9 of the currency per kWh, hour, or once. `stepSize` in Wh or seconds; 0 means no step. */
export interface PriceComponent {
  readonly dimension: Dimension;
  readonly price: bigint;
  readonly stepSize: number;
  /** Absent: the rate is not known, which is not the same as none. */
  readonly taxes?: readonly TaxRate[];
  /** Parts that sum to `price`; absent: one part, by dimension. */
  readonly fees?: readonly Fee[];
}

/** When an element holds: all that are given must hold. Times and dates are local to the location. */
export interface Restrictions {
  /** Minutes after local midnight; an end of 0 is midnight at the end of the day. */
  readonly startMinute?: number;
  readonly endMinute?: number;
  /** Days since 1970-01-01, local; the end is exclusive. */
  readonly startDay?: number;
  readonly endDay?: number;
  /** 1 = Monday ... 7 = Sunday. */
  readonly weekdays?: readonly number[];
  readonly minEnergyMilliWh?: number;
  readonly maxEnergyMilliWh?: number;
  readonly minCurrentMicroA?: number;
  readonly maxCurrentMicroA?: number;
  readonly minPowerMilliW?: number;
  readonly maxPowerMilliW?: number;
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  readonly reservation?: 'reservation' | 'expires';
}

/** Components that hold under the same restrictions; the first element that prices a dimension wins. */
export interface TariffElement {
  readonly components: readonly PriceComponent[];
  readonly restrictions?: Restrictions;
}

/** Limits of a session's price, in 10^-9 of the currency; each side applies for itself. */
export interface PriceLimit {
  readonly beforeTaxes?: bigint;
  readonly afterTaxes?: bigint;
}

/** A tariff in the engine's own units; `readTariff` makes it from any OCPI version. */
export interface Tariff {
  readonly id: string;
  readonly currency: string;
  readonly taxIncluded: 'yes' | 'no' | 'notApplicable';
  readonly elements: readonly TariffElement[];
  readonly minPrice?: PriceLimit;
  readonly maxPrice?: PriceLimit;
  /** Epoch milliseconds between which a session may start under it; the end is exclusive. */
  readonly validFrom?: number;
  readonly validTo?: number;
}

const DIMENSIONS: readonly string[] = ['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'];
const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const DAY_MS = 86_400_000;

/** How to read a tariff. */
export interface ReadTariffOptions {
  /**
   * A price with more than nine decimals is what binary floats leave behind (0.1 + 0.2). `refuse` (default): nobody agreed how to round
   * it. `round`: to the nearest 10^-9.
   */
  readonly finerPrice?: 'refuse' | 'round';
}

/** Reads an OCPI Tariff; throws `PricingError` where a price would have to be guessed. OCPI 2.2.1, 11.3.1 */
export function readTariff(version: OcpiVersion, json: unknown, { finerPrice = 'refuse' }: ReadTariffOptions = {}): Tariff {
  const money: Money = (value, pointer) => {
    // The CDR example of the 2.1.1 text writes its price as text, and platforms learnt from it.
    if (version === '2.1.1' && typeof value === 'string') return scaleText(value, 9, pointer);
    const x = number(value, pointer);
    return finerPrice === 'round' ? BigInt(Math.round(x * 1e9)) : scale(x, 9, pointer);
  };
  const wire = record(json, '');
  const minPrice = maybe(wire.min_price, '/min_price', (v, p) => readLimit(version, v, p, money));
  const maxPrice = maybe(wire.max_price, '/max_price', (v, p) => readLimit(version, v, p, money));
  const validFrom = maybe(wire.start_date_time, '/start_date_time', instant);
  const validTo = maybe(wire.end_date_time, '/end_date_time', instant);
  const elements = list(wire.elements, '/elements');
  if (elements.length === 0) throw new PricingError('missing', '/elements', 'a tariff has at least one element');
  return {
    id: text(wire.id, '/id'),
    currency: text(wire.currency, '/currency'),
    taxIncluded: readTaxIncluded(version, wire),
    elements: elements.map((element, i) => readElement(version, element, `/elements/${i}`, money)),
    ...(minPrice && version !== '2.1.1' ? { minPrice } : {}),
    ...(maxPrice && version !== '2.1.1' ? { maxPrice } : {}),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
  };
}

function readTaxIncluded(version: OcpiVersion, wire: Json): Tariff['taxIncluded'] {
  // Until 2.2.1 all prices exclude VAT; 2.3.0 says it in the tariff and has no default.
  if (version !== '2.3.0') return 'no';
  const said = text(wire.tax_included, '/tax_included');
  if (said === 'YES') return 'yes';
  if (said === 'NO') return 'no';
  if (said === 'N/A') return 'notApplicable';
  throw new PricingError('type', '/tax_included', `${said} is not YES, NO or N/A`);
}

function readLimit(version: OcpiVersion, json: unknown, at: string, money: Money): PriceLimit {
  const wire = record(json, at);
  const [before, after] = version === '2.3.0' ? ['before_taxes', 'after_taxes'] : ['excl_vat', 'incl_vat'];
  const afterTaxes = maybe(wire[after!], `${at}/${after}`, money);
  return { beforeTaxes: money(wire[before!], `${at}/${before}`), ...(afterTaxes === undefined ? {} : { afterTaxes }) };
}

/** Reads a wire number of the currency as an integer of 10^-9. */
type Money = (value: unknown, at: string) => bigint;

function readElement(version: OcpiVersion, json: unknown, at: string, money: Money): TariffElement {
  const wire = record(json, at);
  const components = list(wire.price_components, `${at}/price_components`).map((c, i) =>
    readComponent(version, c, `${at}/price_components/${i}`, money),
  );
  const restrictions = maybe(wire.restrictions, `${at}/restrictions`, (v, p) => readRestrictions(version, v, p));
  return { components, ...(restrictions && Object.keys(restrictions).length > 0 ? { restrictions } : {}) };
}

function readComponent(version: OcpiVersion, json: unknown, at: string, money: Money): PriceComponent {
  const wire = record(json, at);
  const dimension = text(wire.type, `${at}/type`);
  if (!DIMENSIONS.includes(dimension)) throw new PricingError('type', `${at}/type`, `${dimension} is no tariff dimension`);
  const stepSize = maybe(wire.step_size, `${at}/step_size`, (v, p) => natural(v, p)) ?? 0;
  const vat = version === '2.1.1' ? undefined : maybe(wire.vat, `${at}/vat`, (v, p) => scaleSafe(number(v, p), 4, p));
  if (vat !== undefined && vat < 0) throw new PricingError('range', `${at}/vat`, 'a tax rate is not negative');
  return {
    dimension: dimension as Dimension,
    price: money(wire.price, `${at}/price`),
    stepSize,
    ...(vat === undefined ? {} : { taxes: [{ name: 'VAT', rate: vat }] }),
  };
}

function natural(value: unknown, at: string): number {
  const n = number(value, at);
  if (!Number.isSafeInteger(n) || n < 0) throw new PricingError('range', at, `${n} is not a whole number from 0`);
  return n;
}

function readRestrictions(version: OcpiVersion, json: unknown, at: string): Restrictions {
  const wire = record(json, at);
  const out: { -readonly [K in keyof Restrictions]: Restrictions[K] } = {};
  const put = <K extends keyof Restrictions>(key: K, field: string, read: (v: unknown, p: string) => Restrictions[K]) => {
    const value = maybe(wire[field], `${at}/${field}`, read);
    if (value !== undefined) out[key] = value;
  };
  put('startMinute', 'start_time', minute);
  put('endMinute', 'end_time', minute);
  put('startDay', 'start_date', day);
  put('endDay', 'end_date', day);
  put('minEnergyMilliWh', 'min_kwh', (v, p) => scaleSafe(number(v, p), 6, p));
  put('maxEnergyMilliWh', 'max_kwh', (v, p) => scaleSafe(number(v, p), 6, p));
  put('minPowerMilliW', 'min_power', (v, p) => scaleSafe(number(v, p), 6, p));
  put('maxPowerMilliW', 'max_power', (v, p) => scaleSafe(number(v, p), 6, p));
  put('minDurationMs', 'min_duration', (v, p) => scaleSafe(number(v, p), 3, p));
  put('maxDurationMs', 'max_duration', (v, p) => scaleSafe(number(v, p), 3, p));
  const days = list(wire.day_of_week, `${at}/day_of_week`).map((v, i) => weekday(v, `${at}/day_of_week/${i}`));
  if (days.length > 0) out.weekdays = days;
  if (version !== '2.1.1') {
    put('minCurrentMicroA', 'min_current', (v, p) => scaleSafe(number(v, p), 6, p));
    put('maxCurrentMicroA', 'max_current', (v, p) => scaleSafe(number(v, p), 6, p));
    put('reservation', 'reservation', reservation);
  }
  return out;
}

function minute(value: unknown, at: string): number {
  const wire = text(value, at);
  const match = /^(\d\d):(\d\d)$/.exec(wire);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (!(minutes <= 1440) || Number(match?.[2]) > 59) throw new PricingError('type', at, `${wire} is not a time of day`);
  return minutes;
}

function day(value: unknown, at: string): number {
  const wire = text(value, at);
  const ms = /^\d{4}-\d\d-\d\d$/.test(wire) ? Date.parse(`${wire}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new PricingError('type', at, `${wire} is not a date`);
  return ms / DAY_MS;
}

function weekday(value: unknown, at: string): number {
  const index = WEEKDAYS.indexOf(text(value, at));
  if (index < 0) throw new PricingError('type', at, `${String(value)} is not a day of the week`);
  return index + 1;
}

function reservation(value: unknown, at: string): 'reservation' | 'expires' {
  if (value === 'RESERVATION') return 'reservation';
  if (value === 'RESERVATION_EXPIRES') return 'expires';
  throw new PricingError('type', at, `${String(value)} is neither RESERVATION nor RESERVATION_EXPIRES`);
}
