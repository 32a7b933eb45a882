import { tariffsModule } from '../../modules/tariffs.js';
import { ciText, dateTime, type Infer, list, number, object, optional, some, text, url } from '../../schema.js';
import { EnergyMix } from '../locations.js';
import { PriceLimit, TariffElement, TariffType, TaxIncluded } from '../tariffs.js';
import { DisplayText } from '../types.js';

export {
  DayOfWeek,
  PriceComponent,
  PriceLimit,
  ReservationRestrictionType,
  TariffDimensionType,
  TariffElement,
  TariffRestrictions,
  TariffType,
  TaxIncluded,
} from '../tariffs.js';

/** What charging costs: elements in order, the first that fits counts. OCPI 2.3.0 payments, mod_tariffs */
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
  preauthorize_amount: optional(number),
  elements: some(TariffElement),
  tax_included: TaxIncluded,
  start_date_time: optional(dateTime),
  end_date_time: optional(dateTime),
  energy_mix: optional(EnergyMix),
  last_updated: dateTime,
});
export type Tariff = Infer<typeof Tariff>;

/** Tariffs. OCPI 2.3.0 payments, mod_tariffs */
export const tariffs = tariffsModule({ Tariff });
