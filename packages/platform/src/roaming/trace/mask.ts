import { maskText } from '../../edges/log.js';

/** Fields whose text is a secret wherever it stands: credentials of OCPI 2.1.1, 7 and 2.2.1, 7.3, and what modules of somebody's own may bring. */
const SECRET_FIELD = /^(token|.*password|.*secret|.*private_?key|authorization|api_?key|access_?token|certificate|client_?cert.*)$/i;
const MASK = '***';
/** A text without one of these has nothing to mask; a name may also be written with escapes, which only JSON.parse can read. */
const MAY_HOLD_SECRET = /token|password|secret|key|authorization|cert|\\u|:\/\//i;

/** A JSON body without secrets. What is no JSON is left out: nobody can say where in it a secret stands. */
export function maskBody(json: string): string {
  if (json === '') return '';
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return `(${json.length} characters that are no JSON)`;
  }
  return MAY_HOLD_SECRET.test(json) ? maskText(JSON.stringify(maskValue(value))) : json;
}

function maskValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      // `token` is a credential where it is a text, and a driver's card where it is an object.
      const isSecret = SECRET_FIELD.test(name) && (typeof each === 'string' || typeof each === 'number' || Array.isArray(each));
      return [name, isSecret ? MASK : maskValue(each)];
    }),
  );
}

/** A path with its query, without what a partner may have put there as a credential. */
export const maskPath = (path: string): string => (path.includes('?') || path.includes('@') ? maskText(path) : path);
