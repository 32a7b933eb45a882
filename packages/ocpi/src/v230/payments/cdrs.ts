import { cdrsModule } from '../../modules/cdrs.js';
import { boolean, ciText, dateTime, type Infer, list, number, object, optional, some, text } from '../../schema.js';
import { AuthMethod, CdrLocation, CdrToken, ChargingPeriod, SignedData } from '../cdrs.js';
import { Price } from '../types.js';
import { Tariff } from './tariffs.js';

export { AuthMethod, CdrDimension, CdrDimensionType, CdrLocation, CdrToken, ChargingPeriod, SignedData, SignedValue } from '../cdrs.js';

/** The record of a finished session, which invoices rest on; never changed. OCPI 2.3.0 payments, mod_cdrs */
export const CDR = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(39),
  start_date_time: dateTime,
  end_date_time: dateTime,
  session_id: optional(ciText(36)),
  cdr_token: CdrToken,
  auth_method: AuthMethod,
  authorization_reference: optional(ciText(36)),
  cdr_location: CdrLocation,
  meter_id: optional(text(255)),
  currency: text(3),
  tariffs: optional(list(Tariff)),
  charging_periods: some(ChargingPeriod),
  signed_data: optional(SignedData),
  total_cost: Price,
  total_fixed_cost: optional(Price),
  total_energy: number,
  total_energy_cost: optional(Price),
  total_time: number,
  total_time_cost: optional(Price),
  total_parking_time: optional(number),
  total_parking_cost: optional(Price),
  total_reservation_cost: optional(Price),
  remark: optional(text(255)),
  invoice_reference_id: optional(ciText(39)),
  credit: optional(boolean),
  credit_reference_id: optional(ciText(39)),
  home_charging_compensation: optional(boolean),
  last_updated: dateTime,
});
export type CDR = Infer<typeof CDR>;

/** Charge detail records: posted once, never changed. OCPI 2.3.0 payments, mod_cdrs */
export const cdrs = cdrsModule({ CDR });
