import { cdrsModule } from '../modules/cdrs.js';
import { ciText, type Infer, optional, some, text, vary } from '../schema.js';
import * as newer from '../v221/cdrs.js';
import { ConnectorType, PowerType } from './locations.js';

export { AuthMethod, CdrDimension, CdrDimensionType, ChargingPeriod } from '../v221/cdrs.js';

/** The token as it was when the session began; without its owner. OCPI 2.2, mod_cdrs */
export const CdrToken = vary(newer.CdrToken, {}, ['country_code', 'party_id']);
export type CdrToken = Infer<typeof CdrToken>;

/** The location as it was when the session began. OCPI 2.2, mod_cdrs */
export const CdrLocation = vary(
  newer.CdrLocation,
  { postal_code: text(10), connector_standard: ConnectorType, connector_power_type: PowerType },
  ['state'],
);
export type CdrLocation = Infer<typeof CdrLocation>;

/** One signed meter value. OCPI 2.2, mod_cdrs */
export const SignedValue = vary(newer.SignedValue, { plain_data: ciText(512), signed_data: ciText(512) });
export type SignedValue = Infer<typeof SignedValue>;

/** Signed meter values. OCPI 2.2, mod_cdrs */
export const SignedData = vary(newer.SignedData, {
  public_key: optional(ciText(512)),
  signed_values: some(SignedValue),
  url: optional(ciText(512)),
});
export type SignedData = Infer<typeof SignedData>;

/** The record of a finished session, which invoices rest on; never changed. OCPI 2.2, mod_cdrs */
export const CDR = vary(newer.CDR, { cdr_token: CdrToken, cdr_location: CdrLocation, signed_data: optional(SignedData) }, [
  'home_charging_compensation',
]);
export type CDR = Infer<typeof CDR>;

/** Charge detail records: posted once, never changed. OCPI 2.2, mod_cdrs */
export const cdrs = cdrsModule({ CDR });
