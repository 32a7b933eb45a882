import { readTariff, type Tariff } from '@evroam/ocpi/pricing';
import type { Tariff as WireTariff } from '@evroam/ocpi/v221';
import { partyId } from '../../../model/party.js';
import type { TariffVersion } from '../../../model/tariff.js';
import { ownerFields } from './tokens.js';
import { fromNano, fromTime, toTime, Untranslatable } from './values.js';

export function toTariff(wire: WireTariff): Omit<TariffVersion, 'version'> {
  return {
    owner: partyId(wire.country_code, wire.party_id),
    id: wire.id,
    tariff: readTariff('2.2.1', wire),
    text: Object.fromEntries((wire.tariff_alt_text ?? []).map(({ language, text }) => [language, text])),
    validFrom: wire.start_date_time === undefined ? new Date(0) : toTime(wire.start_date_time),
    ...(wire.end_date_time === undefined ? {} : { validUntil: toTime(wire.end_date_time) }),
    updatedAt: toTime(wire.last_updated),
  };
}

/** Prices of 2.2.1 are before taxes; the fees that make up a price are not shown. Throws Untranslatable for what the version cannot say. */
export function fromTariff({ owner, id, tariff, text, validFrom, validUntil, updatedAt }: Omit<TariffVersion, 'version'>): WireTariff {
  if (tariff.taxIncluded === 'yes')
    throw new Untranslatable('/tax_included', `tariff ${id} has prices with taxes, which OCPI 2.2.1 cannot say`);
  return {
    ...ownerFields(owner),
    id,
    currency: tariff.currency,
    tariff_alt_text: Object.entries(text).map(([language, words]) => ({ language, text: words })),
    ...(tariff.minPrice?.beforeTaxes === undefined ? {} : { min_price: limit(tariff.minPrice) }),
    ...(tariff.maxPrice?.beforeTaxes === undefined ? {} : { max_price: limit(tariff.maxPrice) }),
    elements: tariff.elements.map((element) => ({
      price_components: element.components.map(({ dimension, price, stepSize, taxes }) => ({
        type: dimension,
        price: fromNano(price),
        ...(taxes === undefined ? {} : { vat: taxes.reduce((sum, { rate }) => sum + rate, 0) / 10_000 }),
        step_size: stepSize,
      })),
      ...(element.restrictions ? { restrictions: fromRestrictions(element.restrictions) } : {}),
    })),
    ...(validFrom.getTime() === 0 ? {} : { start_date_time: fromTime(validFrom) }),
    ...(validUntil === undefined ? {} : { end_date_time: fromTime(validUntil) }),
    last_updated: fromTime(updatedAt),
  };
}

const limit = ({ beforeTaxes, afterTaxes }: NonNullable<Tariff['minPrice']>) => ({
  excl_vat: fromNano(beforeTaxes ?? 0n),
  ...(afterTaxes === undefined ? {} : { incl_vat: fromNano(afterTaxes) }),
});

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

function fromRestrictions(
  r: NonNullable<Tariff['elements'][number]['restrictions']>,
): NonNullable<WireTariff['elements'][number]['restrictions']> {
  return {
    ...(r.startMinute === undefined ? {} : { start_time: clock(r.startMinute) }),
    ...(r.endMinute === undefined ? {} : { end_time: clock(r.endMinute) }),
    ...(r.startDay === undefined ? {} : { start_date: date(r.startDay) }),
    ...(r.endDay === undefined ? {} : { end_date: date(r.endDay) }),
    ...(r.minEnergyMilliWh === undefined ? {} : { min_kwh: r.minEnergyMilliWh / 1_000_000 }),
    ...(r.maxEnergyMilliWh === undefined ? {} : { max_kwh: r.maxEnergyMilliWh / 1_000_000 }),
    ...(r.minCurrentMicroA === undefined ? {} : { min_current: r.minCurrentMicroA / 1_000_000 }),
    ...(r.maxCurrentMicroA === undefined ? {} : { max_current: r.maxCurrentMicroA / 1_000_000 }),
    ...(r.minPowerMilliW === undefined ? {} : { min_power: r.minPowerMilliW / 1_000_000 }),
    ...(r.maxPowerMilliW === undefined ? {} : { max_power: r.maxPowerMilliW / 1_000_000 }),
    ...(r.minDurationMs === undefined ? {} : { min_duration: r.minDurationMs / 1000 }),
    ...(r.maxDurationMs === undefined ? {} : { max_duration: r.maxDurationMs / 1000 }),
    ...(r.weekdays === undefined ? {} : { day_of_week: r.weekdays.map((day) => weekdays[day - 1]!) }),
    ...(r.reservation === undefined ? {} : { reservation: r.reservation === 'expires' ? 'RESERVATION_EXPIRES' : 'RESERVATION' }),
  };
}

// Midnight at the end of the day is written 00:00. OCPI 2.2.1, 11.4.6
const clock = (minute: number): string => {
  const m = minute % 1440;
  return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
};
const date = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
