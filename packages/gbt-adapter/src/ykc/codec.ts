import { FieldError } from '../layout/field.js';
import { crc16 } from './crc.js';
import { YkcError } from './errors.js';
import { type Frame, type From, hexType } from './frame.js';
import { type Layout, type Profile, V1 } from './profile.js';

const START = 0x68;

/** How a checksum came: right, with its two bytes swapped (accepted: seen in the field), or wrong. */
export type CrcState = 'ok' | 'swapped' | 'bad';

/** A frame read from bytes. `body` has the type of `frame.body`; `bodyOf` gives it typed. */
export interface DecodedFrame {
  readonly frame: Frame;
  /** Two bytes, little-endian, that an answer repeats. */
  readonly sequence: number;
  readonly isEncrypted: boolean;
  readonly crc: CrcState;
  readonly body: unknown;
  /** Only with `exact`, and only where the wire held bits that no field owns: hexadecimal, to be given back to `encodeFrame`. */
  readonly spare?: string;
}

export interface DecodeOptions {
  readonly profile?: Profile;
  /** `tell` decodes a frame with a wrong checksum and says so in `crc`; else it is refused. */
  readonly badCrc?: 'refuse' | 'tell';
  /** Keeps what no field owns (a weekday inside a time, reserved bits), so that the frame encodes byte for byte. */
  readonly exact?: boolean;
}

/** The body of a decoded frame if it is of this type: `const record = bodyOf(TransactionRecord, decoded)`. */
export function bodyOf<B>(frame: Frame<From, B>, decoded: DecodedFrame): B | undefined {
  return decoded.frame === frame ? (decoded.body as B) : undefined;
}

const lengthAt = (layout: Layout, bytes: Uint8Array, at: number): number =>
  layout.lengthBytes === 1 ? bytes[at + 1]! : bytes[at + 1]! | (bytes[at + 2]! << 8);

/** Bytes of the whole frame that starts at `at`, by its length field; undefined where the header says less than a frame can have. */
export function frameSize(layout: Layout, bytes: Uint8Array, at: number): number | undefined {
  const size = 1 + layout.lengthBytes + lengthAt(layout, bytes, at) + 2;
  return size < layout.bodyAt + 2 ? undefined : size;
}

/** Compares the checksum of the frame from `at` to `end`. */
export function checkCrc(layout: Layout, bytes: Uint8Array, at: number, end: number): CrcState {
  const crc = crc16(bytes, at + 1 + layout.lengthBytes, end - 2);
  const low = bytes[end - 2]!;
  const high = bytes[end - 1]!;
  if (crc === (low | (high << 8))) return 'ok';
  return crc === (high | (low << 8)) ? 'swapped' : 'bad';
}

/** Reads one whole frame. Throws YkcError. */
export function decodeFrame(bytes: Uint8Array, { profile = V1, badCrc = 'refuse', exact = false }: DecodeOptions = {}): DecodedFrame {
  const { layout } = profile;
  if (bytes.length < layout.bodyAt + 2) throw new YkcError('Length', `${bytes.length} bytes are less than a frame`);
  if (bytes[0] !== START) throw new YkcError('Start', 'a frame starts with 0x68');
  const size = frameSize(layout, bytes, 0);
  if (size !== bytes.length)
    throw new YkcError('Length', `the length field says ${lengthAt(layout, bytes, 0)}, there are ${bytes.length} bytes`);
  const crc = checkCrc(layout, bytes, 0, size);
  if (crc === 'bad' && badCrc === 'refuse') throw new YkcError('Crc', 'the checksum is wrong');
  return readFrame(profile, bytes, 0, size, crc, exact);
}

/** Reads the frame from `at` to `end`, whose length and checksum the caller has compared. */
export function readFrame(profile: Profile, bytes: Uint8Array, at: number, end: number, crc: CrcState, exact: boolean): DecodedFrame {
  const { layout } = profile;
  const type = bytes[at + layout.typeAt]!;
  const frame = profile.frames.get(type);
  if (!frame) throw new YkcError('Type', `${hexType(type)} is no frame of ${profile.name}`);
  const isEncrypted = bytes[at + layout.flagAt] !== 0;
  const sequence = bytes[at + layout.sequenceAt]! | (bytes[at + layout.sequenceAt + 1]! << 8);
  if (isEncrypted) {
    const plain = decrypted(profile, frame, bytes.subarray(at + layout.bodyAt, end - 2));
    return finish(frame, plain, 0, plain.length, sequence, true, crc, exact);
  }
  return finish(frame, bytes, at + layout.bodyAt, end - 2, sequence, false, crc, exact);
}

function finish(
  frame: Frame,
  bytes: Uint8Array,
  at: number,
  end: number,
  sequence: number,
  isEncrypted: boolean,
  crc: CrcState,
  exact: boolean,
): DecodedFrame {
  const { body: struct } = frame;
  const size = end - at;
  if (struct.isOpen ? size < struct.size : size !== struct.size) {
    throw new YkcError(
      'Length',
      `a ${frame.name} (${hexType(frame.type)}) has a body of ${struct.isOpen ? 'at least ' : ''}${struct.size} bytes, not ${size}`,
    );
  }
  let body: unknown;
  try {
    body = struct.read(bytes, at, end);
  } catch (error) {
    throw fieldError(frame, error);
  }
  const spare = exact ? spareOf(frame, bytes, at, end, body) : undefined;
  return spare === undefined ? { frame, sequence, isEncrypted, crc, body } : { frame, sequence, isEncrypted, crc, body, spare };
}

function spareOf(frame: Frame, bytes: Uint8Array, at: number, end: number, body: unknown): string | undefined {
  const again = Buffer.alloc(end - at);
  frame.body.write(again, 0, body);
  for (let i = 0; i < again.length; i += 1) again[i] = again[i]! ^ bytes[at + i]!;
  return again.every((byte) => byte === 0) ? undefined : again.toString('hex').toUpperCase();
}

export interface EncodeOptions {
  readonly sequence?: number;
  readonly profile?: Profile;
  /** Sends the body through the profile's cipher. */
  readonly encrypt?: boolean;
  readonly spare?: string | undefined;
}

/** Writes one frame, with the checksum the right way round. Throws YkcError for a value that does not fit its field. */
export function encodeFrame<B>(
  frame: Frame<From, B>,
  body: B,
  { sequence = 0, profile = V1, encrypt = false, spare }: EncodeOptions = {},
): Buffer {
  const { layout } = profile;
  const bodySize = frame.body.isOpen ? frame.body.sizeOf(body) : frame.body.size;
  const bytes = Buffer.allocUnsafe(layout.bodyAt + bodySize + 2);
  writeBody(frame, body, bytes, layout.bodyAt);
  if (spare !== undefined) mix(bytes, layout.bodyAt, bodySize, spare);
  if (!encrypt) return seal(layout, frame.type, sequence, 0, bytes);
  const { cipher } = profile;
  if (!cipher) throw new YkcError('Encrypted', `${profile.name} has no cipher`);
  const secret = cipher.encrypt(bytes.subarray(layout.bodyAt, layout.bodyAt + bodySize));
  const sealed = Buffer.allocUnsafe(layout.bodyAt + secret.length + 2);
  sealed.set(secret, layout.bodyAt);
  return seal(layout, frame.type, sequence, 1, sealed);
}

function writeBody<B>(frame: Frame<From, B>, body: B, bytes: Buffer, at: number): void {
  try {
    frame.body.write(bytes, at, body);
  } catch (error) {
    throw fieldError(frame, error);
  }
}

function mix(bytes: Buffer, at: number, size: number, spare: string): void {
  const bits = Buffer.from(spare, 'hex');
  if (bits.length !== size || spare.length !== size * 2) throw new YkcError('Length', `spare bits are ${size} bytes in hexadecimal`);
  for (let i = 0; i < size; i += 1) bytes[at + i] = bytes[at + i]! ^ bits[i]!;
}

function seal(layout: Layout, type: number, sequence: number, flag: number, bytes: Buffer): Buffer {
  const end = bytes.length - 2;
  const length = end - 1 - layout.lengthBytes;
  if (length > (layout.lengthBytes === 1 ? 0xff : 0xffff))
    throw new YkcError('Length', `a frame of ${bytes.length} bytes does not fit its length field`);
  bytes[0] = START;
  bytes[1] = length;
  if (layout.lengthBytes === 2) bytes[2] = length >>> 8;
  bytes[layout.sequenceAt] = sequence;
  bytes[layout.sequenceAt + 1] = sequence >>> 8;
  bytes[layout.flagAt] = flag;
  bytes[layout.typeAt] = type;
  layout.stamp?.(bytes);
  const crc = crc16(bytes, 1 + layout.lengthBytes, end);
  bytes[end] = crc;
  bytes[end + 1] = crc >>> 8;
  return bytes;
}

function decrypted(profile: Profile, frame: Frame, body: Uint8Array): Uint8Array {
  if (!profile.cipher) throw new YkcError('Encrypted', `an encrypted ${frame.name}, and ${profile.name} has no cipher`);
  try {
    return profile.cipher.decrypt(body);
  } catch (cause) {
    throw new YkcError('Encrypted', `the body of a ${frame.name} does not decrypt`, { cause });
  }
}

function fieldError(frame: Frame, error: unknown): unknown {
  return error instanceof FieldError
    ? new YkcError('Field', `${frame.name}: ${error.message}`, { field: error.field, cause: error })
    : error;
}
