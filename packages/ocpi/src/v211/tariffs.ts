import { defineModule, del, get, getList, patch, put } from '../module.js';
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
  partOf,
  some,
  text,
  timeOfDay,
  url,
} from '../schema.js';
import { EnergyMix } from './locations.js';
import { DisplayText } from './types.js';

/** OCPI 2.1.1, mod_tariffs */
export const TariffDimensionType = oneOf('ENERGY', 'FLAT', 'PARKING_TIME', 'TIME');
export type TariffDimensionType = Infer<typeof TariffDimensionType>;

/** The price of one dimension. OCPI 2.1.1, mod_tariffs */
export const PriceComponent = object({
  type: TariffDimensionType,
  price: number,
  step_size: integer,
});
export type PriceComponent = Infer<typeof PriceComponent>;

/** OCPI 2.1.1, mod_tariffs */
export const DayOfWeek = oneOf('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY');
export type DayOfWeek = Infer<typeof DayOfWeek>;

/** When an element holds: all of these at once. OCPI 2.1.1, mod_tariffs */
export const TariffRestrictions = object({
  start_time: optional(timeOfDay),
  end_time: optional(timeOfDay),
  start_date: optional(localDate),
  end_date: optional(localDate),
  min_kwh: optional(number),
  max_kwh: optional(number),
  min_power: optional(number),
  max_power: optional(number),
  min_duration: optional(integer),
  max_duration: optional(integer),
  day_of_week: optional(list(DayOfWeek)),
});
export type TariffRestrictions = Infer<typeof TariffRestrictions>;

/** Prices and when they hold. OCPI 2.1.1, mod_tariffs */
export const TariffElement = object({
  price_components: some(PriceComponent),
  restrictions: optional(TariffRestrictions),
});
export type TariffElement = Infer<typeof TariffElement>;

/** What charging costs: elements in order, the first that fits counts. OCPI 2.1.1, mod_tariffs */
export const Tariff = object({
  id: text(36),
  currency: text(3),
  tariff_alt_text: optional(list(DisplayText)),
  tariff_alt_url: optional(url),
  elements: some(TariffElement),
  energy_mix: optional(EnergyMix),
  last_updated: dateTime,
});
export type Tariff = Infer<typeof Tariff>;

const same = { tariff_id: 'id' } as const;

/** Tariffs; only this version has a PATCH of them. OCPI 2.1.1, mod_tariffs */
export const tariffs = defineModule({
  id: 'tariffs',
  sender: { list: getList('', { data: Tariff }) },
  receiver: {
    get: get('/:country_code/:party_id/:tariff_id', { data: Tariff }),
    put: put('/:country_code/:party_id/:tariff_id', { body: Tariff, same }),
    patch: patch('/:country_code/:party_id/:tariff_id', { body: partOf(Tariff), same }),
    delete: del('/:country_code/:party_id/:tariff_id', {}),
  },
});
