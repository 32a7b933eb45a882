import {
  dateTime,
  type Infer,
  integer,
  list,
  localDate,
  number,
  object,
  oneOf,
  optional,
  some,
  text,
  timeOfDay,
  toDate,
} from '@evroam/ocpi';
import type { Fee, PriceComponent, Restrictions } from '@evroam/ocpi/pricing';

import { readNano } from '../kernel/money.js';
import { decimalText } from '../kernel/quantity.js';
import type { PartyId } from '../model/party.js';
import type { TariffVersion } from '../model/tariff.js';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** A tariff as an operator writes it: prices are decimal texts per kWh, hour or session, and each says which fees it is made of. */
export const TariffInput = object({
  id: text(36),
  owner: text(6),
  currency: text(3),
  text: optional(object({ en: optional(text(512)), zh: optional(text(512)) })),
  validFrom: optional(dateTime),
  validUntil: optional(dateTime),
  elements: some(
    object({
      components: some(
        object({
          dimension: oneOf('ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'),
          fees: some(object({ type: oneOf('electricity', 'service', 'start', 'idle', 'reservation'), price: text(24) })),
          /** Per cent. */
          taxPercent: optional(number),
          stepSize: optional(integer),
        }),
      ),
      restrictions: optional(
        object({
          startTime: optional(timeOfDay),
          endTime: optional(timeOfDay),
          /** Local days; the end is exclusive. */
          startDate: optional(localDate),
          endDate: optional(localDate),
          daysOfWeek: optional(list(oneOf(...weekdays))),
          /** TIME and FLAT of a connector that is kept free; `expires`: when nobody came. */
          reservation: optional(oneOf('reservation', 'expires')),
        }),
      ),
    }),
  ),
});

/** Why a tariff cannot be read; `pointer` says where. */
export class TariffFault extends Error {
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(message);
    this.pointer = pointer;
  }
}

export function toTariff(input: Infer<typeof TariffInput>, owner: PartyId, now: Date): Omit<TariffVersion, 'version' | 'updatedAt'> {
  const validFrom = input.validFrom === undefined ? now : toDate(input.validFrom);
  const validUntil = input.validUntil === undefined ? undefined : toDate(input.validUntil);
  return {
    owner,
    id: input.id,
    text: Object.fromEntries(Object.entries(input.text ?? {})),
    validFrom,
    ...(validUntil ? { validUntil } : {}),
    tariff: {
      id: input.id,
      currency: input.currency,
      taxIncluded: 'no',
      elements: input.elements.map(({ components, restrictions }, index) => ({
        components: components.map((component, at) => toComponent(component, `/elements/${index}/components/${at}`)),
        ...(restrictions ? { restrictions: toRestrictions(restrictions) } : {}),
      })),
    },
  };
}

type Element = Infer<typeof TariffInput>['elements'][number];

function toComponent({ dimension, fees, taxPercent, stepSize = 1 }: Element['components'][number], pointer: string): PriceComponent {
  const read: Fee[] = fees.map(({ type, price }, index) => {
    const nano = readNano(price);
    if (nano === undefined) throw new TariffFault(`${pointer}/fees/${index}/price`, `"${price}" is no price: a decimal such as "0.35"`);
    return { type, price: nano };
  });
  const rate = taxPercent === undefined ? undefined : Math.round(taxPercent * 10_000);
  if (rate !== undefined && (rate < 0 || rate / 10_000 !== taxPercent)) {
    throw new TariffFault(`${pointer}/taxPercent`, 'a tax rate is not negative and has at most four decimals');
  }
  return {
    dimension,
    price: read.reduce((sum, fee) => sum + fee.price, 0n),
    fees: read,
    stepSize,
    ...(rate === undefined ? {} : { taxes: [{ name: 'VAT', rate }] }),
  };
}

function toRestrictions({
  startTime,
  endTime,
  startDate,
  endDate,
  daysOfWeek,
  reservation,
}: NonNullable<Element['restrictions']>): Restrictions {
  return {
    ...(startTime === undefined ? {} : { startMinute: minutes(startTime) }),
    ...(endTime === undefined ? {} : { endMinute: minutes(endTime) }),
    ...(startDate === undefined ? {} : { startDay: days(startDate) }),
    ...(endDate === undefined ? {} : { endDay: days(endDate) }),
    ...(reservation === undefined ? {} : { reservation }),
    ...(daysOfWeek === undefined ? {} : { weekdays: daysOfWeek.map((day) => weekdays.indexOf(day) + 1) }),
  };
}

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

const days = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** A tariff as JSON for people: prices as decimal texts. */
export function fromTariff({ owner, id, version, text: words, tariff, validFrom, validUntil, updatedAt }: TariffVersion) {
  return {
    owner,
    id,
    version,
    text: words,
    currency: tariff.currency,
    elements: tariff.elements.map(({ components, restrictions }) => ({
      components: components.map(({ dimension, price, stepSize, taxes, fees }) => ({
        dimension,
        price: decimalText(price, 9, 2),
        stepSize,
        ...(taxes ? { taxPercent: taxes.reduce((sum, { rate }) => sum + rate, 0) / 10_000 } : {}),
        ...(fees ? { fees: fees.map((fee) => ({ type: fee.type, price: decimalText(fee.price, 9, 2) })) } : {}),
      })),
      ...(restrictions ? { restrictions } : {}),
    })),
    validFrom,
    ...(validUntil ? { validUntil } : {}),
    updatedAt,
  };
}
