import { tariffsModule } from '../modules/tariffs.js';
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
} from '../schema.js';
import { EnergyMix } from './locations.js';
import { DisplayText, Price } from './types.js';

/** OCPI 2.2.1, 11.4 */
export const TariffType = oneOf('AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN', 'REGULAR');
export type TariffType = Infer<typeof TariffType>;

/** OCPI 2.2.1, 11.4 */
export const TariffDimensionType = oneOf('ENERGY', 'FLAT', 'PARKING_TIME', 'TIME');
export type TariffDimensionType = Infer<typeof TariffDimensionType>;

/** The price of one dimension. OCPI 2.2.1, 11.4 */
export const PriceComponent = object({
  type: TariffDimensionType,
  price: number,
  vat: optional(number),
  step_size: integer,
});
export type PriceComponent = Infer<typeof PriceComponent>;

/** OCPI 2.2.1, 11.4 */
export const DayOfWeek = oneOf('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY');
export type DayOfWeek = Infer<typeof DayOfWeek>;

/** OCPI 2.2.1, 11.4 */
export const ReservationRestrictionType = oneOf('RESERVATION', 'RESERVATION_EXPIRES');
export type ReservationRestrictionType = Infer<typeof ReservationRestrictionType>;

/** When an element holds: all of these at once. OCPI 2.2.1, 11.4 */
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
});
export type TariffRestrictions = Infer<typeof TariffRestrictions>;

/** Prices and when they hold. OCPI 2.2.1, 11.4 */
export const TariffElement = object({
  price_components: some(PriceComponent),
  restrictions: optional(TariffRestrictions),
});
export type TariffElement = Infer<typeof TariffElement>;

/** What charging costs: elements in order, the first that fits counts. OCPI 2.2.1, 11.3 */
export const Tariff = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(36),
  currency: text(3),
  type: optional(TariffType),
  tariff_alt_text: optional(list(DisplayText)),
  tariff_alt_url: optional(url),
  min_price: optional(Price),
  max_price: optional(Price),
  elements: some(TariffElement),
  start_date_time: optional(dateTime),
  end_date_time: optional(dateTime),
  energy_mix: optional(EnergyMix),
  last_updated: dateTime,
});
export type Tariff = Infer<typeof Tariff>;

/** Tariffs. OCPI 2.2.1, 11 */
export const tariffs = tariffsModule({ Tariff });
