import type { Version } from './action.js';

/** Error codes of OCPP 1.6 (OCPP-J 1.6, 4.2.3), with its two official misspellings. */
export const codes16 = [
  'NotImplemented',
  'NotSupported',
  'InternalError',
  'ProtocolError',
  'SecurityError',
  'FormationViolation',
  'PropertyConstraintViolation',
  'OccurenceConstraintViolation',
  'TypeConstraintViolation',
  'GenericError',
] as const;

/** Error codes of OCPP 2.0.1 and 2.1 (part 4, 4.3). */
export const codes2x = [
  'FormatViolation',
  'GenericError',
  'InternalError',
  'MessageTypeNotSupported',
  'NotImplemented',
  'NotSupported',
  'OccurrenceConstraintViolation',
  'PropertyConstraintViolation',
  'ProtocolError',
  'RpcFrameworkError',
  'SecurityError',
  'TypeConstraintViolation',
] as const;

/** What stands in a CALLERROR. */
export type WireCode = (typeof codes16)[number] | (typeof codes2x)[number];

/** What befalls a call or a connection without the peer saying so in a CALLERROR. */
export type LocalCode = 'TimedOut' | 'ConnectionClosed' | 'ConnectionRefused' | 'Cancelled' | 'TooManyCalls';

export type OcppErrorCode = WireCode | LocalCode;

/** The one error of the package: thrown by a handler it becomes the CALLERROR; a failed call rejects with it. */
export class OcppError extends Error {
  override readonly name = 'OcppError';
  readonly code: OcppErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /** True when the peer said it, false when it arose on this side. */
  readonly fromPeer: boolean;

  constructor(
    code: OcppErrorCode,
    description = '',
    options: { details?: Readonly<Record<string, unknown>>; fromPeer?: boolean; cause?: unknown } = {},
  ) {
    super(description, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.fromPeer = options.fromPeer ?? false;
  }
}

const in16: Partial<Record<OcppErrorCode, WireCode>> = {
  FormatViolation: 'FormationViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
  RpcFrameworkError: 'FormationViolation',
  MessageTypeNotSupported: 'NotSupported',
};
const in2x: Partial<Record<OcppErrorCode, WireCode>> = {
  FormationViolation: 'FormatViolation',
  OccurenceConstraintViolation: 'OccurrenceConstraintViolation',
};
const known: ReadonlySet<string> = new Set([...codes16, ...codes2x]);

/** A code as the version spells it; a local one is an InternalError to the peer. */
export function codeFor(version: Version, code: OcppErrorCode): WireCode {
  const spelled = (version === '1.6' ? in16 : in2x)[code];
  if (spelled) return spelled;
  return isWireCode(code) ? code : 'InternalError';
}

/** A received code; one that no version knows is read as GenericError. */
export const codeFrom = (code: string): WireCode => (isWireCode(code) ? code : 'GenericError');

/** True for what may stand in a CALLERROR of any version. */
export const isWireCode = (code: string): code is WireCode => known.has(code);

/** The error code for the first keyword that ajv found broken; `root` is a payload that is no object. */
export function codeOfKeyword(version: Version, keyword: string, root: boolean): WireCode {
  switch (keyword) {
    case 'additionalProperties':
      return codeFor(version, 'FormatViolation');
    case 'required':
    case 'minItems':
    case 'maxItems':
      return codeFor(version, 'OccurrenceConstraintViolation');
    case 'type':
      return root ? codeFor(version, 'FormatViolation') : 'TypeConstraintViolation';
    default:
      return 'PropertyConstraintViolation';
  }
}
