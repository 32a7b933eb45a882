import { boolean, ciText, dateTime, type Infer, integer, list, number, object, oneOf, optional, some, text } from '../../schema.js';
import { AuthMethod, CdrLocation, CdrToken } from '../cdrs.js';
import { Price } from '../types.js';
import { Tariff } from './tariffs.js';

export { AuthMethod, CdrLocation, CdrToken } from '../cdrs.js';

/** OCPI 2.3.0 bookings, mod_cdrs */
export const CdrDimensionType = oneOf(
  'CURRENT',
  'ENERGY',
  'ENERGY_EXPORT',
  'ENERGY_IMPORT',
  'MAX_CURRENT',
  'MIN_CURRENT',
  'MAX_POWER',
  'MIN_POWER',
  'PARKING_TIME',
  'POWER',
  'RESERVATION_TIME',
  'RESERVATION_EXPIRES',
  'RESERVATION_OVERTIME',
  'STATE_OF_CHARGE',
  'TIME',
);
export type CdrDimensionType = Infer<typeof CdrDimensionType>;

/** How much of a dimension a period used. OCPI 2.3.0 bookings, mod_cdrs */
export const CdrDimension = object({
  type: CdrDimensionType,
  volume: number,
});
export type CdrDimension = Infer<typeof CdrDimension>;

/** A stretch of a session, until the next one begins. OCPI 2.3.0 bookings, mod_cdrs */
export const ChargingPeriod = object({
  start_date_time: dateTime,
  dimensions: some(CdrDimension),
  tariff_id: optional(ciText(36)),
});
export type ChargingPeriod = Infer<typeof ChargingPeriod>;

/** One signed meter value. OCPI 2.3.0 bookings, mod_cdrs */
export const SignedValue = object({
  nature: ciText(32),
  plain_data: text(512),
  signed_data: text(5000),
});
export type SignedValue = Infer<typeof SignedValue>;

/** Signed meter values. OCPI 2.3.0 bookings, mod_cdrs */
export const SignedData = object({
  encoding_method: ciText(36),
  encoding_method_version: optional(integer),
  public_key: optional(text(512)),
  signed_values: some(SignedValue),
  url: optional(text(512)),
});
export type SignedData = Infer<typeof SignedData>;

/** The record of a finished session, which invoices rest on; never changed. OCPI 2.3.0 bookings, mod_cdrs */
export const CDR = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(39),
  start_date_time: dateTime,
  end_date_time: dateTime,
  booking_id: optional(ciText(36)),
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
