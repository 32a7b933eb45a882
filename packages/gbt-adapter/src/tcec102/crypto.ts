import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { TcecError } from './errors.js';

/** The secrets of one direction: what the caller was given by the one it calls. T/CEC 102.4-2016, 6 */
export interface Keys {
  /** The caller, 9 characters. */
  readonly operatorId: string;
  readonly operatorSecret: string;
  /** 16 ASCII characters. */
  readonly dataSecret: string;
  /** 16 ASCII characters. */
  readonly dataSecretIV: string;
  readonly sigSecret: string;
}

const BLOCK = 16;

/** Checks what AES-128 and the envelope need. Throws TcecError Keys, which names the field and never its value. */
export function checkKeys(keys: Keys): Keys {
  if (!/^[\x21-\x7e]{9}$/.test(keys.operatorId)) throw new TcecError('Keys', 'operatorId is not 9 characters');
  for (const name of ['dataSecret', 'dataSecretIV'] as const) {
    if (!/^[\x20-\x7e]{16}$/.test(keys[name])) throw new TcecError('Keys', `${name} is not 16 ASCII characters`);
  }
  for (const name of ['operatorSecret', 'sigSecret'] as const) if (keys[name].length === 0) throw new TcecError('Keys', `${name} is empty`);
  return keys;
}

/** AES-128-CBC with PKCS#7 padding, Base64 without line breaks. T/CEC 102.4-2016, annex B */
export function encrypt({ dataSecret, dataSecretIV }: Keys, plain: string): string {
  const cipher = createCipheriv('aes-128-cbc', dataSecret, dataSecretIV);
  return cipher.update(plain, 'utf8', 'base64') + cipher.final('base64');
}

/** Throws TcecError Parameters for what is no ciphertext under these keys. */
export function decrypt({ dataSecret, dataSecretIV }: Keys, data: string): string {
  try {
    const decipher = createDecipheriv('aes-128-cbc', dataSecret, dataSecretIV);
    return decipher.update(data, 'base64', 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new TcecError('Parameters', `Data is no ciphertext of whole blocks of ${BLOCK} bytes under the partner's keys`, { cause });
  }
}

// Appending keeps the long Data a rope until the HMAC reads it; joining an array would copy it first.
function concatenated(values: readonly string[]): string {
  let text = '';
  for (const value of values) text += value;
  return text;
}

/** HMAC-MD5, upper-case hexadecimal, of the values without separators. T/CEC 102.4-2016, annex C */
export const sign = ({ sigSecret }: Pick<Keys, 'sigSecret'>, ...values: readonly string[]): string =>
  createHmac('md5', sigSecret).update(concatenated(values)).digest('hex').toUpperCase();

const MD5_BYTES = 16;
// Written and compared within one call, never kept: two buffers for the whole process spare two allocations outside the heap a call.
const own = Buffer.alloc(MD5_BYTES);
const given = Buffer.alloc(MD5_BYTES);

/** Whether a signature is the one of these values, in constant time; upper or lower case. */
export function isSigned({ sigSecret }: Pick<Keys, 'sigSecret'>, sig: string, ...values: readonly string[]): boolean {
  own.write(createHmac('md5', sigSecret).update(concatenated(values)).digest('binary'), 'latin1');
  return sig.length === MD5_BYTES * 2 && given.write(sig, 'hex') === MD5_BYTES && timingSafeEqual(own, given);
}

/** Compares in a time that does not tell where two texts differ; their length is no secret. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
