import { type CanFrame, frameFrom, idText, type Sender, senderOf, splitId } from './can.js';
import { Gbt27930Error } from './errors.js';
import { decodeFrame, decodePayload, encodePayload, idOf, messageOf } from './message.js';
import { MESSAGES } from './messages.js';

/** A message as JSON: what `decodeHex` gives and `encodeHex` takes. Decimals are texts with all their places. */
export interface PrintedMessage {
  readonly message: string;
  readonly id: string;
  readonly pgn: number;
  readonly from: Sender;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly spare?: string;
}

/**
 * Reads one message from identifier and data in hexadecimal; more than 8 bytes of data are a payload that the transport protocol put
 * together. Throws Gbt27930Error, also for a foreign or a transport frame: `SessionTracker` is for those.
 */
export function decodeHex(id: string, data: string): PrintedMessage {
  const frame: CanFrame = frameFrom(id, data);
  const address = splitId(frame.id);
  const sender = senderOf(address);
  if (!sender) throw new Gbt27930Error('Id', `${idText(frame.id)} is not between charger and vehicle`);
  const long = frame.data.length > 8 ? messageOf(MESSAGES, address.pgn, sender) : undefined;
  const decoded = long ? decodePayload(long, frame.data, { exact: true }) : decodeFrame(MESSAGES, frame, { exact: true });
  if (!decoded) throw new Gbt27930Error('Message', `${idText(frame.id)} is a frame of the transport protocol`);
  const { message, body, spare } = decoded;
  const printed = { message: message.name, id: idText(frame.id), pgn: address.pgn, from: sender, fields: message.body.print(body) };
  return spare === undefined ? printed : { ...printed, spare };
}

/** Writes one message; gives its identifier and payload in hexadecimal. */
export function encodeHex(given: { message: string; fields: Readonly<Record<string, unknown>>; spare?: string }): {
  id: string;
  data: string;
} {
  const message = MESSAGES.find(({ name }) => name === given.message);
  if (!message) throw new Gbt27930Error('Message', `${JSON.stringify(given.message)} is no message of GB/T 27930-2015`);
  const data = encodePayload(message, message.body.parse(given.fields), { spare: given.spare });
  return { id: idText(idOf(message)), data: data.toString('hex').toUpperCase() };
}
