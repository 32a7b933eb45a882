// The answer's envelope, and the one table in which HTTP status and OCPI status code stand side by side.

/**
 * What can go wrong, by name, with the HTTP status and the OCPI code that the other side sees.
 * A request that parses, is authenticated and addresses something that exists never gets an HTTP error. OCPI 2.2.1, 4.1.7, 5
 */
export const faults = {
  malformed: { http: 400, status: 2001, says: 'the body is not JSON' },
  invalid: { http: 200, status: 2001, says: 'invalid or missing parameters' },
  generic: { http: 200, status: 2000, says: 'the request cannot be carried out' },
  incomplete: { http: 200, status: 2002, says: 'not enough information' },
  'unknown-location': { http: 200, status: 2003, says: 'unknown location' },
  // The accepted reading of two paragraphs that disagree: 404 and 2004; clients take 200 and 2004 too.
  'unknown-token': { http: 404, status: 2004, says: 'unknown token' },
  unauthorized: { http: 401, status: 2000, says: 'missing or unknown token' },
  forbidden: { http: 403, status: 2000, says: 'this party may not do that' },
  'not-found': { http: 404, status: 2000, says: 'no such object' },
  'method-not-allowed': { http: 405, status: 2000, says: 'method not allowed' },
  'too-large': { http: 413, status: 2000, says: 'the body is too large' },
  'too-slow': { http: 408, status: 2000, says: 'the request took too long to arrive' },
  'too-many-requests': { http: 429, status: 2000, says: 'too many requests' },
  server: { http: 200, status: 3000, says: 'the server failed' },
  unavailable: { http: 503, status: 3000, says: 'the server is busy' },
  'cannot-use-client': { http: 200, status: 3001, says: 'your endpoints cannot be used' },
  'unsupported-version': { http: 200, status: 3002, says: 'no version in common' },
  'no-endpoints': { http: 200, status: 3003, says: 'expected endpoints are missing' },
  hub: { http: 200, status: 4000, says: 'the hub failed' },
  'unknown-receiver': { http: 200, status: 4001, says: 'unknown receiver' },
  'hub-timeout': { http: 200, status: 4002, says: 'time-out on the forwarded request' },
  'not-connected': { http: 200, status: 4003, says: 'the receiver is not connected' },
  // The next ones are seen by the side that calls; they never travel.
  unreachable: { http: 502, status: 3000, says: 'the other side cannot be reached' },
  timeout: { http: 504, status: 3000, says: 'no answer in time' },
  blocked: { http: 502, status: 3000, says: 'that address may not be called' },
  'bad-answer': { http: 502, status: 3000, says: 'the answer is not valid OCPI' },
} as const;

/** The code of an `OcpiError`. */
export type OcpiErrorCode = keyof typeof faults;

/** The wire is wrong, or the other side said no. `http` and `statusCode` are what travels; `path` is a JSON Pointer into the body. */
export class OcpiError extends Error {
  override readonly name = 'OcpiError';
  readonly code: OcpiErrorCode;
  readonly http: number;
  readonly statusCode: number;
  readonly path: string | undefined;

  constructor(code: OcpiErrorCode, message?: string, details: { http?: number; statusCode?: number; path?: string; cause?: unknown } = {}) {
    const fault = faults[code];
    super(message ?? fault.says, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.http = details.http ?? fault.http;
    this.statusCode = details.statusCode ?? fault.status;
    this.path = details.path;
  }
}

/** The code that an answer's HTTP status and OCPI status code amount to, for the side that called. */
export function codeOf(http: number, statusCode: number): OcpiErrorCode {
  if (http === 401) return 'unauthorized';
  const named = byStatus.get(statusCode);
  if (named) return named;
  const byHttp = httpNames.get(http);
  if (byHttp) return byHttp;
  if (statusCode >= 4000) return 'hub';
  if (statusCode >= 3000) return 'server';
  return 'generic';
}
const byStatus = new Map<number, OcpiErrorCode>([
  [2001, 'invalid'],
  [2002, 'incomplete'],
  [2003, 'unknown-location'],
  [2004, 'unknown-token'],
  [3001, 'cannot-use-client'],
  [3002, 'unsupported-version'],
  [3003, 'no-endpoints'],
  [4001, 'unknown-receiver'],
  [4002, 'hub-timeout'],
  [4003, 'not-connected'],
]);
const httpNames = new Map<number, OcpiErrorCode>([
  [403, 'forbidden'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [408, 'too-slow'],
  [413, 'too-large'],
  [429, 'too-many-requests'],
  [503, 'unavailable'],
]);

/** 1000 and the custom successes 19xx. OCPI 2.2.1, 5.1 */
export const isSuccess = (statusCode: number): boolean => statusCode >= 1000 && statusCode < 2000;

/** An answer as it came: its data is not checked yet. */
export interface Envelope {
  readonly data?: unknown;
  readonly status_code: number;
  readonly status_message?: string;
  readonly timestamp?: string;
}

/** The text of an envelope; `data` is JSON text already, so that what is at hand as bytes is not written again. */
export function envelopeText(now: Date, statusCode: number, message?: string, data?: string): string {
  const said =
    message === 'Success' ? ',"status_message":"Success"' : message === undefined ? '' : `,"status_message":${JSON.stringify(message)}`;
  const end = `"status_code":${statusCode}${said},"timestamp":"${stampOf(now)}"}`;
  return data === undefined ? `{${end}` : `{"data":${data},${end}`;
}

let stampedAt = Number.NaN;
let stamp = '';

/** Answers of one millisecond share their timestamp's text. */
function stampOf(now: Date): string {
  const at = now.getTime();
  if (at !== stampedAt) {
    stamp = now.toISOString();
    stampedAt = at;
  }
  return stamp;
}

/** Reads an envelope. Throws 'bad-answer' when it is none; a status code sent as text is taken as the number it spells. */
export function readEnvelope(value: unknown): Envelope {
  if (typeof value !== 'object' || value === null || !('status_code' in value))
    throw new OcpiError('bad-answer', 'the answer has no status_code');
  const code = typeof value.status_code === 'string' ? Number(value.status_code) : value.status_code;
  if (typeof code !== 'number' || !Number.isInteger(code)) throw new OcpiError('bad-answer', 'status_code is not a number');
  const message = 'status_message' in value && typeof value.status_message === 'string' ? value.status_message : undefined;
  return {
    ...('data' in value ? { data: value.data } : {}),
    status_code: code,
    ...(message === undefined ? {} : { status_message: message }),
  };
}
