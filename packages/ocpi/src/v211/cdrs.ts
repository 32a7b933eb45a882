import { cdrsModule } from '../modules/cdrs.js';
import { ciText, dateTime, type Infer, list, number, object, oneOf, optional, some, text } from '../schema.js';
import { Location } from './locations.js';
import { Tariff } from './tariffs.js';

/** OCPI 2.1.1, mod_cdrs */
export const AuthMethod = oneOf('AUTH_REQUEST', 'WHITELIST');
export type AuthMethod = Infer<typeof AuthMethod>;

/** OCPI 2.1.1, mod_cdrs */
export const CdrDimensionType = oneOf('ENERGY', 'FLAT', 'MAX_CURRENT', 'MIN_CURRENT', 'PARKING_TIME', 'TIME');
export type CdrDimensionType = Infer<typeof CdrDimensionType>;

/** How much of a dimension a period used. OCPI 2.1.1, mod_cdrs */
export const CdrDimension = object({
  type: CdrDimensionType,
  volume: number,
});
export type CdrDimension = Infer<typeof CdrDimension>;

/** A stretch of a session, until the next one begins. OCPI 2.1.1, mod_cdrs */
export const ChargingPeriod = object({
  start_date_time: dateTime,
  dimensions: some(CdrDimension),
});
export type ChargingPeriod = Infer<typeof ChargingPeriod>;

/** The record of a finished session, which invoices rest on; never changed. OCPI 2.1.1, mod_cdrs */
export const CDR = object({
  id: ciText(36),
  start_date_time: dateTime,
  stop_date_time: dateTime,
  auth_id: text(36),
  auth_method: AuthMethod,
  location: Location,
  meter_id: optional(text(255)),
  currency: text(3),
  tariffs: optional(list(Tariff)),
  charging_periods: some(ChargingPeriod),
  total_cost: number,
  total_energy: number,
  total_time: number,
  total_parking_time: optional(number),
  remark: optional(text(255)),
  last_updated: dateTime,
});
export type CDR = Infer<typeof CDR>;

/** Charge detail records: posted once, never changed. OCPI 2.1.1, mod_cdrs */
export const cdrs = cdrsModule({ CDR });
