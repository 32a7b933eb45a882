import { FieldError } from '../layout/field.js';
import { fields, type InferShape, type Shape, type Struct } from '../layout/struct.js';
import { BMS, type CanFrame, CHARGER, joinId, type Sender, senderOf, splitId } from './can.js';
import { Gbt27930Error } from './errors.js';
import { FILLER } from './shapes.js';

/** A message as a value. More than 8 bytes go through the transport protocol. */
export interface Message<B = unknown> {
  readonly name: string;
  readonly title: string;
  readonly pgn: number;
  readonly priority: number;
  readonly from: Sender | 'either';
  readonly body: Struct<B>;
  /** The shortest form that is accepted: an older edition or a declared length that is less than what all send. */
  readonly least: number;
  readonly periodMs: number | undefined;
}

interface Given<S extends Shape> {
  readonly name: string;
  readonly title: string;
  readonly pgn: number;
  readonly priority: number;
  readonly from: Sender | 'either';
  readonly periodMs?: number;
  readonly body: S;
  readonly least?: number;
}

/** Defines a message; `body` is the list of its fields. */
export function defineMessage<S extends Shape>({ body, least, periodMs, ...given }: Given<S>): Message<InferShape<S>> {
  const struct = fields(body, { filler: FILLER });
  return { ...given, periodMs, body: struct, least: least ?? struct.size };
}

/** A message read from its payload. */
export interface DecodedMessage {
  readonly message: Message;
  readonly body: unknown;
  /** Only with `exact`, and only where the wire differs from what `encodePayload` would send: filler, reserved bits, length. */
  readonly spare?: string;
}

/** The typed body of a decoded message, if it is of this kind. */
export function bodyOf<B>(message: Message<B>, decoded: DecodedMessage): B | undefined {
  return decoded.message === message ? (decoded.body as B) : undefined;
}

/** Reads a payload; bytes beyond the message are passed over (4.6), ones that an older edition does not send read as absent. */
export function decodePayload(message: Message, data: Uint8Array, { exact = false } = {}): DecodedMessage {
  const { body: struct, least, name } = message;
  if (data.length < least) throw new Gbt27930Error('Length', `a ${name} has at least ${least} bytes, not ${data.length}`);
  const bytes = data.length < struct.size ? Buffer.concat([data, Buffer.alloc(struct.size - data.length, FILLER)]) : data;
  try {
    const body = struct.read(bytes, 0, struct.isOpen ? bytes.length : struct.size);
    const spare = exact ? difference(encodePayload(message, body), data) : undefined;
    return spare === undefined ? { message, body } : { message, body, spare };
  } catch (error) {
    throw fieldError(name, error);
  }
}

/** Writes a payload as the standard declares it: optional and reserved bits as ones (7.9). */
export function encodePayload<B>(message: Message<B>, body: B, { spare }: { spare?: string | undefined } = {}): Buffer {
  const { body: struct, name } = message;
  const bytes = Buffer.alloc(struct.sizeOf(body), FILLER);
  try {
    struct.write(bytes, 0, body);
  } catch (error) {
    throw fieldError(name, error);
  }
  return spare === undefined ? bytes : differing(bytes, spare);
}

function difference(own: Buffer, wire: Uint8Array): string | undefined {
  const bits = resized(own, wire.length).map((byte, i) => byte ^ wire[i]!);
  return own.length === wire.length && bits.every((byte) => byte === 0) ? undefined : Buffer.from(bits).toString('hex').toUpperCase();
}

function differing(own: Buffer, spare: string): Buffer {
  if (!/^([0-9a-f]{2})*$/i.test(spare)) throw new Gbt27930Error('Input', 'spare bits are hexadecimal text');
  const bits = Buffer.from(spare, 'hex');
  return Buffer.from(resized(own, bits.length).map((byte, i) => byte ^ bits[i]!));
}

const resized = (bytes: Buffer, size: number): Buffer =>
  Buffer.concat([bytes.subarray(0, size), Buffer.alloc(Math.max(0, size - bytes.length), FILLER)]);

/** The identifier that a message goes under. */
export function idOf({ pgn, priority, from }: Message, sender: Sender = from === 'either' ? 'charger' : from): number {
  const [source, destination] = sender === 'charger' ? [CHARGER, BMS] : [BMS, CHARGER];
  return joinId({ priority, pgn, source, destination });
}

/** The message of a parameter group; a registry is a list, open for 27930.2 and vendors. */
export function messageOf(messages: readonly Message[], pgn: number, sender: Sender): Message | undefined {
  return messages.find((message) => message.pgn === pgn && (message.from === sender || message.from === 'either'));
}

/** Reads a single frame; undefined for one that is not between charger and vehicle, or belongs to the transport protocol. */
export function decodeFrame(
  messages: readonly Message[],
  { id, data }: CanFrame,
  options: { exact?: boolean } = {},
): DecodedMessage | undefined {
  const address = splitId(id);
  const sender = senderOf(address);
  if (!sender || address.pgn === 0xec00 || address.pgn === 0xeb00) return undefined;
  const message = messageOf(messages, address.pgn, sender);
  if (!message) throw new Gbt27930Error('Message', `PGN ${address.pgn} from the ${sender} is no message of GB/T 27930-2015`);
  return decodePayload(message, data, options);
}

function fieldError(name: string, error: unknown): unknown {
  return error instanceof FieldError
    ? new Gbt27930Error('Field', `${name}: ${error.message}`, { field: error.field, cause: error })
    : error;
}
