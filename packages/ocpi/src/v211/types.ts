import { type Infer, object, oneOf, text } from '../schema.js';

/** Text for people, in a language. OCPI 2.1.1, types */
export const DisplayText = object({
  language: text(2),
  text: text(512),
});
export type DisplayText = Infer<typeof DisplayText>;

/** OCPI 2.1.1, types */
export const TokenType = oneOf('OTHER', 'RFID');
export type TokenType = Infer<typeof TokenType>;
