import { type Infer, list, number, object, oneOf, openOneOf, optional, text } from '../schema.js';

export { DisplayText, ProfileType } from '../v221/types.js';

/** One tax in a price. OCPI 2.3.0, types */
export const TaxAmount = object({
  name: text(),
  account_number: optional(text()),
  percentage: optional(number),
  amount: number,
});
export type TaxAmount = Infer<typeof TaxAmount>;

/** An amount of money. OCPI 2.3.0, types */
export const Price = object({
  before_taxes: number,
  taxes: optional(list(TaxAmount)),
});
export type Price = Infer<typeof Price>;

/** OCPI 2.3.0, types */
export const TokenType = openOneOf('AD_HOC_USER', 'APP_USER', 'EMAID', 'OTHER', 'RFID');
export type TokenType = Infer<typeof TokenType>;

/** OCPI 2.3.0, types */
export const Role = oneOf('CPO', 'EMSP', 'NAP', 'NSP', 'OTHER', 'SCSP');
export type Role = Infer<typeof Role>;
