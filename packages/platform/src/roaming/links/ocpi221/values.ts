import { fromScaled, toDate, toScaled, toScaledBig } from '@evroam/ocpi';
import type { Price } from '@evroam/ocpi/v221';
import type { Amount } from '../../../model/amount.js';
import type { AuthMethod } from '../../../model/session.js';
import type { TokenType } from '../../../model/token.js';

/** A field that cannot be taken over exactly; `pointer` says where it stands. */
export class Untranslatable extends Error {
  override name = 'Untranslatable';
  readonly pointer: string;

  constructor(pointer: string, reason: string) {
    super(`${pointer}: ${reason}`);
    this.pointer = pointer;
  }
}

export const toTime = (text: string): Date => {
  try {
    return toDate(text);
  } catch (error) {
    if (error instanceof RangeError) throw new Untranslatable('', `${text} is no DateTime`);
    throw error;
  }
};
export const fromTime = (time: Date): string => time.toISOString();

/** kWh with at most six decimals, exactly. */
export function toMilliWh(kwh: number, pointer: string): number {
  const milliWh = toScaled(kwh, 6);
  if (milliWh === undefined) throw new Untranslatable(pointer, `${kwh} has more than 6 decimals`);
  return Number(milliWh);
}
/** Amperes or kilowatts as µA or mW: what is finer is noise of the sender's arithmetic, and no price hangs on it. */
export const toMillionths = (value: number): number => Math.round(value * 1_000_000);
/** OCPI numbers carry four decimals; our periods are cut in steps of that size. OCPI 2.2.1, 16.5 */
export const fromMilliWh = (milliWh: number): number => fromScaled(Math.round(milliWh / 100), 4);

/** Hours with four decimals are 0.36 s: enough to find the whole second again. */
export const toSeconds = (hours: number): number => Math.round(hours * 3600);
export const fromSeconds = (seconds: number): number => Math.round((seconds / 3600) * 10_000) / 10_000;

/** Unrounded money of 10^-9. A finer number than that is noise of the sender's arithmetic and is rounded. */
export function toNano(price: number, pointer: string): bigint {
  const nano = toScaledBig(price, 9, 'round');
  if (nano === undefined) throw new Untranslatable(pointer, `${price} is no amount`);
  return nano;
}
/** Four decimals, half away from zero. OCPI 2.2.1, 16.5 */
export function fromNano(nano: bigint): number {
  const size = nano < 0n ? -nano : nano;
  const wire = (size + 50_000n) / 100_000n;
  return fromScaled(nano < 0n ? -wire : wire, 4);
}

export function toAmount(price: Price, pointer: string): Amount {
  const beforeTaxes = toNano(price.excl_vat, `${pointer}/excl_vat`);
  if (price.incl_vat === undefined) return { beforeTaxes, taxes: [] };
  const afterTaxes = toNano(price.incl_vat, `${pointer}/incl_vat`);
  return { beforeTaxes, taxes: afterTaxes === beforeTaxes ? [] : [{ name: 'VAT', amount: afterTaxes - beforeTaxes }], afterTaxes };
}

/** Undefined where the amount before taxes is not known: the field is required on the wire and is not guessed. */
export function fromAmount(amount: Amount | undefined): Price | undefined {
  if (amount?.beforeTaxes === undefined) return undefined;
  return {
    excl_vat: fromNano(amount.beforeTaxes),
    ...(amount.afterTaxes === undefined ? {} : { incl_vat: fromNano(amount.afterTaxes) }),
  };
}

const tokenTypes = { RFID: 'rfid', APP_USER: 'appUser', AD_HOC_USER: 'adHocUser', OTHER: 'other' } as const;
const wireTokenTypes = { rfid: 'RFID', appUser: 'APP_USER', adHocUser: 'AD_HOC_USER', emaid: 'OTHER', other: 'OTHER' } as const;
export const toTokenType = (type: keyof typeof tokenTypes): TokenType => tokenTypes[type];
export const fromTokenType = (type: TokenType) => wireTokenTypes[type];

const authMethods = { AUTH_REQUEST: 'authRequest', COMMAND: 'command', WHITELIST: 'whitelist' } as const;
const wireAuthMethods = { authRequest: 'AUTH_REQUEST', command: 'COMMAND', whitelist: 'WHITELIST' } as const;
export const toAuthMethod = (method: keyof typeof authMethods): AuthMethod => authMethods[method];
export const fromAuthMethod = (method: AuthMethod) => wireAuthMethods[method];
