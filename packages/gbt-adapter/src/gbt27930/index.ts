// The door of GB/T 27930-2015: messages as values, CAN frames, the transport protocol, and what a session came to.

// The words to define a message of your own with: 27930.2, a vendor's.
export { decimal, type Field, FieldError, hex, known, reserved, uint } from '../layout/field.js';
export { filling } from '../layout/list.js';
export { flag, type Part, packed, part } from '../layout/packed.js';
export type { Infer, Shape, Struct } from '../layout/struct.js';
export {
  type Address,
  BMS,
  type CanFrame,
  CHARGER,
  frameFrom,
  idText,
  joinId,
  parseCapture,
  parseFrame,
  type Sender,
  senderOf,
  splitId,
} from './can.js';
export { Gbt27930Error, type Gbt27930ErrorCode } from './errors.js';
export {
  bodyOf,
  type DecodedMessage,
  decodeFrame,
  decodePayload,
  defineMessage,
  encodePayload,
  idOf,
  type Message,
  messageOf,
} from './message.js';
export * from './messages.js';
export { type Outcome, TransportMonitor } from './monitor.js';
export { type NodeOptions, TransportNode } from './node.js';
export { type Edition, type End, type Heard, PHASES, type Phase, type SessionSummary, SessionTracker } from './session.js';
export { decodeHex, encodeHex, type PrintedMessage } from './text.js';
export { ABORT, readTransport, TIMERS, type Timer, type TransportFrame, writeTransport } from './transport.js';
