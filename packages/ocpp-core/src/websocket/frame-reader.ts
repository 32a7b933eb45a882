import { isUtf8 } from 'node:buffer';
import { BINARY, CLOSE, CONTINUATION, MAX_CONTROL, mayClose, PING, PONG, TEXT, unmask } from './frames.js';
import { Gathered } from './gathered.js';

/** Whoever hears what a reader found. */
export interface FrameListener {
  text(text: string): void;
  binary(): void;
  ping(payload: Buffer): void;
  pong(): void;
  /** The peer closes; nothing is read after. Without a code there was none. */
  closing(code: number | undefined, reason: string): void;
  /** The peer breaks the rules (RFC 6455, 7.4.1: 1002, 1007, 1009); nothing is read after. */
  broken(code: 1002 | 1007 | 1009, why: string): void;
}

/** Reads the frames of a client, uncompressed, in whatever pieces their bytes come. */
export class FrameReader {
  readonly #most: number;
  readonly #listener: FrameListener;
  /** A frame of which bytes are missing, and how many it takes to go on. */
  #rest: Gathered | undefined;
  #needed = 0;
  /** A message of which frames are missing. */
  #message: Gathered | undefined;
  #opcode = CONTINUATION;
  #isOver = false;

  /** Messages are at most so many bytes long. */
  constructor(most: number, listener: FrameListener) {
    this.#most = most;
    this.#listener = listener;
  }

  /** Reads a piece, which is unmasked where it lies. */
  read(piece: Buffer): void {
    let data = piece;
    if (this.#rest) {
      this.#rest.add(piece);
      if (this.#rest.length < this.#needed) return;
      data = this.#rest.bytes;
      this.#rest = undefined;
    }
    for (let at = 0; at < data.length && !this.#isOver; ) {
      const length = this.#frame(data, at);
      if (length < 0) {
        this.#needed = -length;
        this.#rest = new Gathered(data.subarray(at));
        return;
      }
      at += length;
    }
  }

  /** Reads one frame and gives its length; or minus the bytes that it takes to go on. */
  #frame(data: Buffer, at: number): number {
    const held = data.length - at;
    if (held < 2) return -2;
    const first = data[at] ?? 0;
    const second = data[at + 1] ?? 0;
    const opcode = first & 0x0f;
    const fault = this.#faultOf(first, second);
    if (fault !== undefined) return this.#break(1002, fault);
    let length = second & 0x7f;
    let head = 6;
    if (length === 126) {
      if (held < 4) return -4;
      length = data.readUInt16BE(at + 2);
      head = 8;
    } else if (length === 127) {
      if (held < 10) return -10;
      length = data.readUInt32BE(at + 2) * 2 ** 32 + data.readUInt32BE(at + 6);
      head = 14;
    }
    // Refused before it is read.
    if (opcode < CLOSE && length + (this.#message?.length ?? 0) > this.#most) return this.#break(1009, 'the message is too long');
    if (held < head + length) return -(head + length);
    const from = at + head;
    const to = from + length;
    const isAscii = unmask(data, from, to);
    if (opcode >= CLOSE) this.#control(opcode, data.subarray(from, to));
    else if (first === (0x80 | TEXT) && isAscii) this.#listener.text(data.toString('latin1', from, to));
    else this.#part(opcode, (first & 0x80) !== 0, data.subarray(from, to));
    return head + length;
  }

  /** What breaks the rules in the first two bytes. */
  #faultOf(first: number, second: number): string | undefined {
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) return 'a reserved bit is set';
    if ((second & 0x80) === 0) return 'a client masks its frames';
    if (opcode >= CLOSE) {
      if (opcode > PONG) return 'the opcode is unknown';
      if ((first & 0x80) === 0) return 'a control frame is not split';
      const length = second & 0x7f;
      return length > MAX_CONTROL || (opcode === CLOSE && length === 1) ? 'the control frame has a wrong length' : undefined;
    }
    if (opcode > BINARY) return 'the opcode is unknown';
    return (opcode === CONTINUATION) === (this.#opcode === CONTINUATION) ? 'the frame does not continue what came before' : undefined;
  }

  /** A frame of a message that is not plain: split, binary or beyond ASCII. */
  #part(opcode: number, isFinal: boolean, payload: Buffer): void {
    if (opcode !== CONTINUATION) this.#opcode = opcode;
    if (!isFinal) {
      if (this.#message) this.#message.add(payload);
      else this.#message = new Gathered(payload);
      return;
    }
    this.#message?.add(payload);
    const whole = this.#message?.bytes ?? payload;
    const isBinary = this.#opcode === BINARY;
    this.#message = undefined;
    this.#opcode = CONTINUATION;
    if (isBinary) this.#listener.binary();
    else if (isUtf8(whole)) this.#listener.text(whole.toString());
    else this.#break(1007, 'the text is not UTF-8');
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.#listener.ping(payload);
    else if (opcode === PONG) this.#listener.pong();
    else if (payload.length === 0) this.#over().closing(undefined, '');
    else {
      const code = payload.readUInt16BE();
      const reason = payload.subarray(2);
      if (!mayClose(code)) this.#break(1002, 'the status code is unknown');
      else if (!isUtf8(reason)) this.#break(1007, 'the reason is not UTF-8');
      else this.#over().closing(code, reason.toString());
    }
  }

  #break(code: 1002 | 1007 | 1009, why: string): number {
    this.#over().broken(code, why);
    return 0;
  }

  #over(): FrameListener {
    this.#isOver = true;
    this.#message = undefined;
    return this.#listener;
  }
}
