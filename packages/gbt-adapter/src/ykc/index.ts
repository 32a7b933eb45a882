// The door of 云快充: frames as values, the codec, both ends of a line, and TCP.

// The words to define a frame of your own with.
export { ascii, bcd, code, decimal, type Field, FieldError, hex, reversedAscii, uint } from '../layout/field.js';
export { counted, filling, octets } from '../layout/list.js';
export { fields, type Infer, nested, type Shape, type Struct } from '../layout/struct.js';
export { bodyOf, type CrcState, type DecodedFrame, type DecodeOptions, decodeFrame, type EncodeOptions, encodeFrame } from './codec.js';
export { crc16 } from './crc.js';
export { type Context, type EndpointOptions, openEndpoint, type Seen, type YkcEndpoint } from './endpoint.js';
export { YkcError, type YkcErrorCode } from './errors.js';
export { type AnswerOf, type BodyOf, defineFrame, describeFrame, type Frame, type From, hexType, type Peer } from './frame.js';
export * from './frames.js';
export { BAY, LOCK, LOCK_ALARM } from './ground-lock.js';
export { LIMITS, type Limits, type Line } from './line.js';
export { type Cipher, defineProfile, frameOf, LAYOUT_V1, type Layout, type Profile, V1, V1_FRAMES } from './profile.js';
export { FrameReader, type StreamItem } from './reader.js';
export { HARDWARE_FAULTS, type HardwareFault, hardwareFaults } from './realtime.js';
export { type StopKind, type StopReason, stopReason } from './stop-reason.js';
export { type ConnectOptions, connect, type ListenOptions, listen, type YkcServer } from './tcp.js';
export { decodeHex, encodeHex, type PrintedFrame } from './text.js';
export { cp56, fromDate, toDate } from './time.js';
export * as words from './words.js';
