import { decodeHex, encodeHex, YkcError } from '@evroam/gbt-adapter/ykc';
import { maskText } from '../../edges/log.js';

/** Settings of a station that hold a password. OCPP 1.6 security whitepaper, A; OCPP 2.0.1, SecurityCtrlr */
const SECRET_SETTINGS = new Set(['authorizationkey', 'basicauthpassword', 'vpnpassword', 'apnpassword']);
/** Fields that hold one wherever they stand: network profiles of 2.x name theirs so. OCPP 2.0.1, 2.1, APNType and VPNType */
const SECRET_FIELDS = new Set(['password', 'basicauthpassword', 'apnpassword', 'privatekey', 'secret']);
const MASK = '***';

/** An OCPP frame without passwords, also not those in addresses. What is no JSON but names a secret is left out whole: nobody can say where in it the secret stands. */
export function maskFrame(text: string): string {
  if (!mentionsSecret(text)) return maskText(text);
  try {
    return maskText(JSON.stringify(maskValue(JSON.parse(text))));
  } catch {
    return `(${text.length} characters that are no JSON and name a secret)`;
  }
}

const SECRET_NAMES = new RegExp([...SECRET_SETTINGS, ...SECRET_FIELDS].join('|'), 'i');
// A name may be written with escapes, so that only JSON.parse can read it.
const mentionsSecret = (text: string): boolean => SECRET_NAMES.test(text) || text.includes('\\u');

function maskValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== 'object' || value === null) return value;
  const namesSecret = isSecretSetting(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isSecret = SECRET_FIELDS.has(name.toLowerCase()) || (namesSecret && VALUE_FIELDS.has(name));
      return [name, isSecret && each !== null ? MASK : maskValue(each)];
    }),
  );
}

/** Where 1.6 and 2.x keep the value of a setting, asked for, given or reported. */
const VALUE_FIELDS = new Set(['value', 'attributeValue', 'variableAttribute']);

/** A setting by `key` (1.6) or `variable.name` (2.x). */
function isSecretSetting(value: object): boolean {
  const { key, variable } = value as { key?: unknown; variable?: unknown };
  const name = typeof variable === 'object' && variable !== null ? (variable as { name?: unknown }).name : key;
  return typeof name === 'string' && SECRET_SETTINGS.has(name.toLowerCase());
}

/** A 云快充 frame without the password that it may carry (an account's, or that of a file server), as hexadecimal text. */
export function maskPileFrame(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  try {
    const { fields, ...frame } = decodeHex(hex);
    const { password } = fields;
    return typeof password === 'string'
      ? encodeHex({ ...frame, fields: { ...fields, password: password.replace(/./g, '0') } }).toLowerCase()
      : hex;
  } catch (error) {
    // What cannot be decoded cannot be searched for a password either.
    if (error instanceof YkcError) return hex.slice(0, HEAD_DIGITS);
    throw error;
  }
}

/** Start byte, length, sequence, encryption flag and type: what tells a frame without its body. */
const HEAD_DIGITS = 12;
