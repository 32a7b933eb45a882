import { OcppError } from './errors.js';

/** Message type numbers (OCPP-J 1.6, 4.1.3; OCPP 2.1 part 4, 4.1.3). */
export const CALL = 2;
export const CALLRESULT = 3;
export const CALLERROR = 4;
export const CALLRESULTERROR = 5;
export const SEND = 6;

/** Longest message id (OCPP-J 1.6, 4.1.4). */
export const MAX_ID = 36;

/** The id that 2.x answers with when it could not read one (part 4, 4.2.3). */
export const NO_ID = '-1';

export type Frame =
  | { readonly type: typeof CALL | typeof SEND; readonly id: string; readonly action: string; readonly payload: unknown }
  | { readonly type: typeof CALLRESULT; readonly id: string; readonly payload: unknown }
  | {
      readonly type: typeof CALLERROR | typeof CALLRESULTERROR;
      readonly id: string;
      readonly code: string;
      readonly description: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

/** A text that is no frame: what is wrong, the id as far as it could be read, and whether it may be answered at all. */
export interface Unreadable {
  readonly type: 'unreadable';
  readonly id: string | undefined;
  readonly error: OcppError;
  readonly answerable: boolean;
}

const unreadable = (error: OcppError, id: string | undefined, answerable: boolean): Unreadable => ({
  type: 'unreadable',
  id,
  error,
  answerable,
});

/** Reads a text. Never throws. */
export function readFrame(text: string): Frame | Unreadable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(new OcppError('RpcFrameworkError', 'the text is not JSON'), undefined, true);
  }
  if (!Array.isArray(value)) return unreadable(new OcppError('RpcFrameworkError', 'the message is not an array'), undefined, true);
  const message: readonly unknown[] = value;
  const type = message[0];
  const id = message[1];
  if (typeof id !== 'string' || id.length === 0 || id.length > MAX_ID) {
    const readable = typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 255) : undefined;
    const error = new OcppError('RpcFrameworkError', `the message id is not a text of 1 to ${MAX_ID} characters`);
    return unreadable(error, readable, type === CALL || typeof type !== 'number');
  }
  switch (type) {
    case CALL:
    case SEND:
      if (message.length === 4 && typeof message[2] === 'string') return { type, id, action: message[2], payload: message[3] };
      return unreadable(new OcppError('RpcFrameworkError', 'a CALL has four elements: 2, id, action, payload'), id, type === CALL);
    case CALLRESULT:
      if (message.length === 3) return { type, id, payload: message[2] };
      return unreadable(new OcppError('RpcFrameworkError', 'a CALLRESULT has three elements'), id, false);
    case CALLERROR:
    case CALLRESULTERROR:
      return { type, id, code: textAt(message, 2), description: textAt(message, 3), details: detailsAt(message) };
    default:
      return unreadable(new OcppError('MessageTypeNotSupported', 'the message type is not known'), id, typeof type === 'number');
  }
}

// Old stations leave out the last elements of a CALLERROR; the call it ends must end all the same.
const textAt = (message: readonly unknown[], at: number): string => (typeof message[at] === 'string' ? message[at] : '');
const detailsAt = (message: readonly unknown[]): Readonly<Record<string, unknown>> => {
  const details = message[4];
  return typeof details === 'object' && details !== null && !Array.isArray(details) ? { ...details } : {};
};

/** Longest errorDescription (OCPP-J 1.6, 4.2.3). */
const MAX_DESCRIPTION = 255;

/** Writes a CALL or a SEND. */
export const writeCall = (type: typeof CALL | typeof SEND, id: string, action: string, payload: unknown): string =>
  `[${type},${JSON.stringify(id)},"${action}",${JSON.stringify(payload)}]`;

/** Writes a CALLRESULT. */
export const writeResult = (id: string, payload: unknown): string => `[3,${JSON.stringify(id)},${JSON.stringify(payload)}]`;

/** Writes a CALLERROR or a CALLRESULTERROR; a description that is too long is cut, details that JSON cannot hold are left out. */
export function writeError(
  type: typeof CALLERROR | typeof CALLRESULTERROR,
  id: string,
  code: string,
  description: string,
  details: Readonly<Record<string, unknown>> = {},
): string {
  return `[${type},${JSON.stringify(id)},"${code}",${JSON.stringify([...description].slice(0, MAX_DESCRIPTION).join(''))},${plain(details)}]`;
}

function plain(details: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(details) ?? '{}';
  } catch {
    // A cycle or a bigint in the details must not turn an answer into silence.
    return '{}';
  }
}
