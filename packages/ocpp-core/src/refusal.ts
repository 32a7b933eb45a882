import { codeFrom, isWireCode, OcppError } from './errors.js';
import type { Frame, Unreadable } from './frame.js';

/** A refusal of ours, as against an OcppError that a handler throws. */
export class Refusal {
  readonly error: OcppError;
  constructor(error: OcppError) {
    this.error = error;
  }
}

/** The error that a frame of the peer's tells. */
export const saidByPeer = ({ code, description, details }: Extract<Frame, { code: string }>): OcppError =>
  new OcppError(codeFrom(code), description, { details, fromPeer: true });
/** A refusal before any handler. */
export const refused = (code: 'NotImplemented' | 'NotSupported' | 'ProtocolError', message: string): Refusal =>
  new Refusal(new OcppError(code, message));
/** What calls reject with once the connection is closed. */
export const closedError = new OcppError('ConnectionClosed', 'the connection is closed');
/** What a handler threw for the peer to know. A call that failed inside it says nothing about the message being answered. */
export const isOurs = (error: unknown): error is OcppError => error instanceof OcppError && !error.fromPeer && isWireCode(error.code);
/** What went wrong inside is no business of the peer's. */
export const internal = new OcppError('InternalError');
/** A message type that the version does not have, as an unreadable text. */
export const unknownType = (id: string): Unreadable => ({
  type: 'unreadable',
  id,
  error: new OcppError('MessageTypeNotSupported', 'the message type is not known'),
  answerable: true,
});
