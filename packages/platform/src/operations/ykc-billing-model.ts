import type { PriceComponent, Restrictions, Tariff } from '@evroam/ocpi/pricing';
import type { BandPrice, BillingModel, Inexpressible } from '../model/billing-model.js';

export type Expressed = { expressible: true; model: BillingModel } | ({ expressible: false } & Inexpressible);

const SLOTS = 48;
const MINUTES_PER_SLOT = 30;
const DAY_MINUTES = 24 * 60;
/** A pile counts 10^-5 CNY in four bytes; a tariff 10^-9. */
const NANO_PER_UNIT = 10_000n;
const MOST_UNITS = 0xffff_ffffn;
const TAX_SCALE = 1_000_000n;
/** Zones whose clocks show what a pile's shows, UTC+8 all year. YKC V1.6, 3.2 */
const CHINA_TIME = new Set([
  'Asia/Shanghai',
  'Asia/Chongqing',
  'Asia/Harbin',
  'PRC',
  'Asia/Hong_Kong',
  'Asia/Macau',
  'Asia/Taipei',
  'Etc/GMT-8',
]);
/** Where the bands of a tariff stand when it has one, two, three or four prices, the dearest first. */
const BANDS_OF = [[], [2], [1, 3], [1, 2, 3], [0, 1, 2, 3]] as const;
const TIME_OF_DAY = new Set(['startMinute', 'endMinute']);

/** The tariff as a pile's billing model, or the first reason why a pile could not charge by it. */
export function toBillingModel(tariff: Tariff, timeZone: string): Expressed {
  const fault = outsideFault(tariff, timeZone) ?? elementFault(tariff);
  if (fault) return { expressible: false, ...fault };
  const prices: BandPrice[] = [];
  const indexes: number[] = [];
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const found = priceAt(tariff, slot * MINUTES_PER_SLOT);
    if ('reason' in found) return { expressible: false, ...found };
    const known = prices.findIndex(({ electricity, service }) => electricity === found.electricity && service === found.service);
    indexes.push(known < 0 ? prices.push(found) - 1 : known);
  }
  if (prices.length > 4)
    return { expressible: false, ...because('tooManyBands', '/elements', `a day has ${prices.length} prices, a pile has four bands`) };
  const ranked = prices.map((_, i) => i).sort((a, b) => compare(prices[b]!, prices[a]!));
  const places: readonly number[] = BANDS_OF[prices.length]!;
  const placeOf = new Map(ranked.map((index, rank) => [index, places[rank]!]));
  const byPlace = new Map(ranked.map((index, rank) => [places[rank]!, prices[index]!]));
  // A band that no half hour uses repeats the flat price, so that whatever a pile shows of it is a price of this tariff.
  const spare = byPlace.get(2) ?? prices[ranked[0]!]!;
  const band = (place: number): BandPrice => byPlace.get(place) ?? spare;
  return {
    expressible: true,
    model: { bands: [band(0), band(1), band(2), band(3)], slots: indexes.map((index) => placeOf.get(index)!) },
  };
}

const because = (reason: Inexpressible['reason'], pointer: string, detail: string): Inexpressible => ({ reason, pointer, detail });

function outsideFault({ currency, minPrice, maxPrice }: Tariff, timeZone: string): Inexpressible | undefined {
  if (currency !== 'CNY') return because('currency', '/currency', `a pile charges in CNY, not in ${currency}`);
  if (!CHINA_TIME.has(timeZone)) return because('timeZone', '', `a pile's day is that of China (UTC+8), not of ${timeZone}`);
  if (minPrice || maxPrice) return because('priceLimit', minPrice ? '/minPrice' : '/maxPrice', 'a pile knows no limit of a price');
  return undefined;
}

function elementFault({ elements }: Tariff): Inexpressible | undefined {
  for (const [e, { components, restrictions = {} }] of elements.entries()) {
    const at = `/elements/${e}`;
    const fault = restrictionFault(restrictions, `${at}/restrictions`);
    if (fault) return fault;
    for (const [c, component] of components.entries()) {
      const wrong = componentFault(component, `${at}/components/${c}`);
      if (wrong) return wrong;
    }
  }
  return undefined;
}

function restrictionFault(restrictions: Restrictions, at: string): Inexpressible | undefined {
  const other = Object.keys(restrictions).find((name) => !TIME_OF_DAY.has(name));
  if (other !== undefined) return because('restriction', `${at}/${other}`, `a pile's prices depend on the time of day, not on ${other}`);
  for (const name of ['startMinute', 'endMinute'] as const) {
    const minute = restrictions[name];
    if (minute !== undefined && minute % MINUTES_PER_SLOT !== 0)
      return because('notOnHalfHour', `${at}/${name}`, 'a pile changes its price on the half hour only');
  }
  return undefined;
}

function componentFault({ dimension, price, stepSize, fees = [] }: PriceComponent, at: string): Inexpressible | undefined {
  if (dimension !== 'ENERGY')
    return price === 0n ? undefined : because('dimension', `${at}/dimension`, `a pile charges for energy, not for ${dimension}`);
  // One Wh is less than what a pile's own four decimals of an amount lose.
  if (stepSize > 1) return because('stepSize', `${at}/stepSize`, `a pile does not count in steps of ${stepSize} Wh`);
  const other = fees.findIndex(({ type, price: part }) => part !== 0n && type !== 'electricity' && type !== 'service');
  if (other >= 0) return because('fee', `${at}/fees/${other}`, `a pile knows electricity and service, not a ${fees[other]!.type} fee`);
  return undefined;
}

/** What a kWh costs from this minute of the day: the first element that holds and prices energy. */
function priceAt({ elements, taxIncluded }: Tariff, minute: number): BandPrice | Inexpressible {
  for (const [e, { components, restrictions }] of elements.entries()) {
    const c = components.findIndex(({ dimension }) => dimension === 'ENERGY');
    if (c < 0 || !holds(restrictions, minute)) continue;
    return toBand(components[c]!, taxIncluded, `/elements/${e}/components/${c}`);
  }
  return because('uncovered', '/elements', `no element prices energy at minute ${minute} of the day`);
}

function holds({ startMinute = 0, endMinute = 0 }: Restrictions = {}, minute: number): boolean {
  const end = endMinute === 0 ? DAY_MINUTES : endMinute;
  return startMinute < end ? minute >= startMinute && minute < end : minute >= startMinute || minute < end;
}

function toBand(component: PriceComponent, taxIncluded: Tariff['taxIncluded'], at: string): BandPrice | Inexpressible {
  const { price, fees = [{ type: 'electricity' as const, price }], taxes } = component;
  if (taxIncluded === 'no' && !taxes)
    return because('taxUnknown', `${at}/taxes`, 'a pile shows what the driver pays, and the tax rate is not known');
  const rate = taxIncluded === 'no' ? BigInt((taxes ?? []).reduce((sum, tax) => sum + tax.rate, 0)) : 0n;
  const sum = (type: 'electricity' | 'service') =>
    fees.reduce((total, fee) => (fee.type === type ? total + fee.price : total), 0n) * (TAX_SCALE + rate);
  const band = { electricity: 0, service: 0 };
  for (const type of ['electricity', 'service'] as const) {
    const scaled = sum(type);
    const units = scaled / (NANO_PER_UNIT * TAX_SCALE);
    if (units * NANO_PER_UNIT * TAX_SCALE !== scaled)
      return because('priceTooFine', at, `the ${type} price, taxes included, has more than five decimals`);
    if (units < 0n || units > MOST_UNITS) return because('priceTooLarge', at, `the ${type} price does not fit a pile`);
    band[type] = Number(units);
  }
  return band;
}

const compare = (a: BandPrice, b: BandPrice): number =>
  a.electricity + a.service - (b.electricity + b.service) || a.electricity - b.electricity;
