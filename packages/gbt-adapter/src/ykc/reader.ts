import { checkCrc, type DecodedFrame, frameSize, readFrame } from './codec.js';
import { YkcError } from './errors.js';
import type { Profile } from './profile.js';

/** What comes out of a stream: a frame with its own bytes, a frame that is refused with the reason, or bytes that were no frame. */
export type StreamItem =
  | { readonly kind: 'frame'; readonly decoded: DecodedFrame; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly error: YkcError; readonly bytes: Buffer; readonly sequence: number; readonly type: number }
  | { readonly kind: 'garbage'; readonly bytes: Buffer };

const START = 0x68;

/**
 * Cuts a TCP stream into frames: half ones wait, several in one segment come apart, and after garbage it finds the next frame, for a
 * 0x68 counts only when the checksum behind it is right. Holds less than one frame of bytes between two pushes.
 */
export class FrameReader {
  readonly #profile: Profile;
  #held: Buffer = Buffer.alloc(0);
  #garbage: Buffer[] = [];

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** Bytes of an unfinished frame. */
  get held(): number {
    return this.#held.length;
  }

  push(chunk: Buffer): StreamItem[] {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const items: StreamItem[] = [];
    let at = 0;
    while (at < bytes.length) {
      const next = this.#next(bytes, at);
      if (next === 'wait') break;
      if (next === undefined) {
        const start = bytes.indexOf(START, at + 1);
        const end = start === -1 ? bytes.length : start;
        this.#garbage.push(bytes.subarray(at, end));
        at = end;
      } else {
        this.#flush(items);
        items.push(next);
        at += next.bytes.length;
      }
    }
    // What waits is copied: a small rest must not keep a large segment alive.
    this.#held = at === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at));
    this.#flush(items);
    return items;
  }

  #flush(items: StreamItem[]): void {
    if (this.#garbage.length === 0) return;
    items.push({ kind: 'garbage', bytes: Buffer.concat(this.#garbage) });
    this.#garbage = [];
  }

  #next(bytes: Buffer, at: number): Exclude<StreamItem, { kind: 'garbage' }> | 'wait' | undefined {
    const { layout } = this.#profile;
    if (bytes[at] !== START) return undefined;
    if (bytes.length - at < 1 + layout.lengthBytes) return 'wait';
    const size = frameSize(layout, bytes, at);
    if (size === undefined) return undefined;
    if (bytes.length - at < size) return 'wait';
    const crc = checkCrc(layout, bytes, at, at + size);
    if (crc === 'bad') return undefined;
    const own = bytes.subarray(at, at + size);
    try {
      return { kind: 'frame', decoded: readFrame(this.#profile, bytes, at, at + size, crc, false), bytes: own };
    } catch (error) {
      if (!(error instanceof YkcError)) throw error;
      return { kind: 'refused', error, bytes: own, sequence: own.readUInt16LE(layout.sequenceAt), type: own[layout.typeAt]! };
    }
  }
}
