// Frames of RFC 6455 as the server's end writes and unmasks them; it never masks, splits or compresses what it sends.

/** Opcodes (RFC 6455, 5.2). */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

const FINAL = 0x80;
/** Longest payload of a control frame (RFC 6455, 5.5). */
export const MAX_CONTROL = 125;

/** A frame as a string of its bytes ('latin1'): what is ASCII, as most messages are, becomes one without a buffer. */
export function textFrame(text: string): string {
  const length = Buffer.byteLength(text);
  const bytes = length === text.length ? text : Buffer.from(text).toString('latin1');
  if (length < 126) return String.fromCharCode(FINAL | TEXT, length) + bytes;
  if (length < 65_536) return String.fromCharCode(FINAL | TEXT, 126, length >> 8, length & 255) + bytes;
  const head = Buffer.from([FINAL | TEXT, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head.toString('latin1') + bytes;
}

/** A control frame as a string of its bytes. */
export const controlFrame = (opcode: number, payload: Buffer): string =>
  String.fromCharCode(FINAL | opcode, payload.length) + payload.toString('latin1');

/** The payload of a closing frame; without a code there is none. */
export function closePayload(code: number | undefined, reason: string): Buffer {
  if (code === undefined) return Buffer.alloc(0);
  const payload = Buffer.alloc(MAX_CONTROL);
  payload.writeUInt16BE(code);
  // A longer reason is cut where a character ends.
  return payload.subarray(0, 2 + payload.write(reason, 2));
}

/** Status codes that may stand in a closing frame (RFC 6455, 7.4; the IANA registry up to 1014). */
export const mayClose = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);

// Both views of the four bytes of a mask, so that a word of it has the machine's own byte order.
const maskBytes = new Uint8Array(4);
const maskWord = new Int32Array(maskBytes.buffer);

/**
 * Takes the mask, the four bytes before the payload, off the payload where it lies (RFC 6455, 5.3). By words, since by bytes
 * it takes as long as the message's check. True when all of it is ASCII.
 */
export function unmask(data: Buffer, from: number, to: number): boolean {
  const aligned = from + ((4 - ((data.byteOffset + from) & 3)) & 3);
  if (to - aligned < 64) return unmaskBytes(data, from, from, to) < 0x80;
  const words = new Int32Array(data.buffer, data.byteOffset + aligned, (to - aligned) >> 2);
  const end = aligned + words.length * 4;
  const atTheEdges = unmaskBytes(data, from, from, aligned) | unmaskBytes(data, from, end, to);
  for (let i = 0; i < 4; i += 1) maskBytes[i] = data[from - 4 + ((aligned - from + i) & 3)] ?? 0;
  const mask = maskWord[0] ?? 0;
  let seen = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = (words[i] ?? 0) ^ mask;
    words[i] = word;
    seen |= word;
  }
  return atTheEdges < 0x80 && (seen & 0x80808080) === 0;
}

/** The bytes of a stretch of the payload; gives all bits that are set in any of them. */
function unmaskBytes(data: Buffer, payloadAt: number, from: number, to: number): number {
  let seen = 0;
  for (let at = from; at < to; at += 1) {
    const byte = (data[at] ?? 0) ^ (data[payloadAt - 4 + ((at - payloadAt) & 3)] ?? 0);
    data[at] = byte;
    seen |= byte;
  }
  return seen;
}
