import { cdrsModule } from '../modules/cdrs.js';
import { boolean, ciText, dateTime, type Infer, integer, list, number, object, oneOf, optional, some, text } from '../schema.js';
import { ConnectorFormat, ConnectorType, GeoLocation, PowerType } from './locations.js';
import { Tariff } from './tariffs.js';
import { Price, TokenType } from './types.js';

/** The token as it was when the session began. OCPI 2.2.1, 10.4 */
export const CdrToken = object({
  country_code: ciText(2),
  party_id: ciText(3),
  uid: ciText(36),
  type: TokenType,
  contract_id: ciText(36),
});
export type CdrToken = Infer<typeof CdrToken>;

/** OCPI 2.2.1, 10.4 */
export const AuthMethod = oneOf('AUTH_REQUEST', 'COMMAND', 'WHITELIST');
export type AuthMethod = Infer<typeof AuthMethod>;

/** The location as it was when the session began. OCPI 2.2.1, 10.4 */
export const CdrLocation = object({
  id: ciText(36),
  name: optional(text(255)),
  address: text(45),
  city: text(45),
  postal_code: optional(text(10)),
  state: optional(text(20)),
  country: text(3),
  coordinates: GeoLocation,
  evse_uid: ciText(36),
  evse_id: ciText(48),
  connector_id: ciText(36),
  connector_standard: ConnectorType,
  connector_format: ConnectorFormat,
  connector_power_type: PowerType,
});
export type CdrLocation = Infer<typeof CdrLocation>;

/** OCPI 2.2.1, 10.4 */
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
  'STATE_OF_CHARGE',
  'TIME',
);
export type CdrDimensionType = Infer<typeof CdrDimensionType>;

/** How much of a dimension a period used. OCPI 2.2.1, 10.4 */
export const CdrDimension = object({
  type: CdrDimensionType,
  volume: number,
});
export type CdrDimension = Infer<typeof CdrDimension>;

/** A stretch of a session, until the next one begins. OCPI 2.2.1, 10.4 */
export const ChargingPeriod = object({
  start_date_time: dateTime,
  dimensions: some(CdrDimension),
  tariff_id: optional(ciText(36)),
});
export type ChargingPeriod = Infer<typeof ChargingPeriod>;

/** One signed meter value. OCPI 2.2.1, 10.4 */
export const SignedValue = object({
  nature: ciText(32),
  plain_data: text(5000),
  signed_data: text(5000),
});
export type SignedValue = Infer<typeof SignedValue>;

/** Signed meter values. OCPI 2.2.1, 10.4 */
export const SignedData = object({
  encoding_method: ciText(36),
  encoding_method_version: optional(integer),
  public_key: optional(text(512)),
  signed_values: some(SignedValue),
  url: optional(text(512)),
});
export type SignedData = Infer<typeof SignedData>;

/** The record of a finished session, which invoices rest on; never changed. OCPI 2.2.1, 10.3 */
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

/** Charge detail records: posted once, never changed. OCPI 2.2.1, 10 */
export const cdrs = cdrsModule({ CDR });
