import { OcppError } from './errors.js';

/** A signature around a payload: flattened JSON serialisation of JWS (RFC 7515, 7.2.2). */
export interface SignedPayload {
  readonly payload: string;
  readonly protected: string;
  readonly signature: string;
}

/** What the action of a signed message ends with (OCPP 2.0.1 and 2.1, part 4, 7). */
export const SIGNED = '-Signed';

/** Takes a signed payload apart. Nothing is verified here: the handler has the key, and gets the signature. */
export function unwrapSigned(payload: unknown): { payload: unknown; signed: SignedPayload } {
  const [inner, header, signature] = ['payload', 'protected', 'signature'].map((field) => textIn(payload, field));
  if (inner === undefined || header === undefined || signature === undefined)
    throw new OcppError('FormatViolation', 'a signed payload has the texts payload, protected and signature');
  try {
    return { payload: JSON.parse(Buffer.from(inner, 'base64url').toString()), signed: { payload: inner, protected: header, signature } };
  } catch (cause) {
    throw new OcppError('FormatViolation', 'the signed payload is not JSON', { cause });
  }
}

function textIn(payload: unknown, field: string): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const value: unknown = Reflect.get(payload, field);
  return typeof value === 'string' ? value : undefined;
}
