import {
  ciText,
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
  url,
} from '../../schema.js';
import { EnergyMix } from '../locations.js';
import { DayOfWeek, PriceComponent, PriceLimit, ReservationRestrictionType, TariffType, TaxIncluded } from '../tariffs.js';
import { DisplayText } from '../types.js';

export {
  DayOfWeek,
  PriceComponent,
  PriceLimit,
  ReservationRestrictionType,
  TariffDimensionType,
  TariffType,
  TaxIncluded,
} from '../tariffs.js';

/** OCPI 2.3.0 bookings, mod_tariffs */
export const BookingRestrictionType = oneOf('BOOKING', 'BOOKING_EXPIRES', 'BOOKING_CANCELLATION_FEES', 'BOOKING_OVERTIME');
export type BookingRestrictionType = Infer<typeof BookingRestrictionType>;

/** When an element holds: all of these at once. OCPI 2.3.0 bookings, mod_tariffs */
export const TariffRestrictions = object({
  start_time: optional(timeOfDay),
  end_time: optional(timeOfDay),
  start_date: optional(localDate),
  end_date: optional(localDate),
  min_kwh: optional(number),
  max_kwh: optional(number),
  min_current: optional(number),
  max_current: optional(number),
  min_power: optional(number),
  max_power: optional(number),
  min_duration: optional(integer),
  max_duration: optional(integer),
  day_of_week: optional(list(DayOfWeek)),
  reservation: optional(ReservationRestrictionType),
  booking: optional(BookingRestrictionType),
});
export type TariffRestrictions = Infer<typeof TariffRestrictions>;

/** Prices and when they hold. OCPI 2.3.0 bookings, mod_tariffs */
export const TariffElement = object({
  price_components: some(PriceComponent),
  restrictions: optional(TariffRestrictions),
});
export type TariffElement = Infer<typeof TariffElement>;

/** What charging costs: elements in order, the first that fits counts. OCPI 2.3.0 bookings, mod_tariffs */
export const Tariff = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(36),
  currency: text(3),
  type: optional(TariffType),
  tariff_alt_text: optional(list(DisplayText)),
  tariff_alt_url: optional(url),
  min_price: optional(PriceLimit),
  max_price: optional(PriceLimit),
  elements: some(TariffElement),
  tax_included: TaxIncluded,
  start_date_time: optional(dateTime),
  end_date_time: optional(dateTime),
  energy_mix: optional(EnergyMix),
  last_updated: dateTime,
});
export type Tariff = Infer<typeof Tariff>;
