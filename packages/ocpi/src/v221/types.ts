import { type Infer, number, object, oneOf, optional, text } from '../schema.js';

/** Text for people, in a language. OCPI 2.2.1, 16.4 */
export const DisplayText = object({
  language: text(2),
  text: text(512),
});
export type DisplayText = Infer<typeof DisplayText>;

/** An amount of money. OCPI 2.2.1, 16.4 */
export const Price = object({
  excl_vat: number,
  incl_vat: optional(number),
});
export type Price = Infer<typeof Price>;

/** OCPI 2.2.1, 16.4 */
export const ProfileType = oneOf('CHEAP', 'FAST', 'GREEN', 'REGULAR');
export type ProfileType = Infer<typeof ProfileType>;

/** OCPI 2.2.1, 16.4 */
export const TokenType = oneOf('AD_HOC_USER', 'APP_USER', 'OTHER', 'RFID');
export type TokenType = Infer<typeof TokenType>;

/** OCPI 2.2.1, 16.4 */
export const Role = oneOf('CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP');
export type Role = Infer<typeof Role>;
