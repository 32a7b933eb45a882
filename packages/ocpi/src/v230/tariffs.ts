import { tariffsModule } from '../modules/tariffs.js';
import { ciText, dateTime, type Infer, list, number, object, oneOf, optional, some, text, url } from '../schema.js';
import { TariffElement, TariffType } from '../v221/tariffs.js';
import { DisplayText } from '../v221/types.js';
import { EnergyMix } from './locations.js';

export {
  DayOfWeek,
  PriceComponent,
  ReservationRestrictionType,
  TariffDimensionType,
  TariffElement,
  TariffRestrictions,
  TariffType,
} from '../v221/tariffs.js';

/** The least or most that a session costs. OCPI 2.3.0, mod_tariffs */
export const PriceLimit = object({
  before_taxes: number,
  after_taxes: optional(number),
});
export type PriceLimit = Infer<typeof PriceLimit>;

/** OCPI 2.3.0, mod_tariffs */
export const TaxIncluded = oneOf('YES', 'NO', 'N/A');
export type TaxIncluded = Infer<typeof TaxIncluded>;

/** What charging costs: elements in order, the first that fits counts. OCPI 2.3.0, mod_tariffs */
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

/** Tariffs. OCPI 2.3.0, mod_tariffs */
export const tariffs = tariffsModule({ Tariff });
