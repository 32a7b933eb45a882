import { YkcError } from './errors.js';
import type { Frame } from './frame.js';
import * as v1 from './frames.js';

/** Where the parts of a frame stand. V1.5 to V1.7 share one; a V2.x vendor's header is another value of this type. */
export interface Layout {
  readonly lengthBytes: 1 | 2;
  readonly sequenceAt: number;
  readonly flagAt: number;
  readonly typeAt: number;
  readonly bodyAt: number;
  /** Fills what else stands in the header, such as a time of sending. */
  readonly stamp?: (frame: Uint8Array) => void;
}

/** Encrypts and decrypts a body whose flag is 1. V1.x defines no key exchange: keys are agreed by hand. */
export interface Cipher {
  encrypt(body: Uint8Array): Uint8Array;
  decrypt(body: Uint8Array): Uint8Array;
}

/** What two ends agreed to speak: the frames, the header, the cipher. */
export interface Profile {
  readonly name: string;
  readonly layout: Layout;
  readonly frames: ReadonlyMap<number, Frame>;
  readonly cipher?: Cipher;
}

/** 0x68, length 1, sequence 2, flag 1, type 1, body, CRC 2. V1.6, 4.1 */
export const LAYOUT_V1: Layout = { lengthBytes: 1, sequenceAt: 2, flagAt: 4, typeAt: 5, bodyAt: 6 };

/** A profile of frames of your own, or of V1 with some replaced: `defineProfile('vendor 2.0', [...V1_FRAMES, Mine])`, the later one of a type wins. */
export function defineProfile(
  name: string,
  frames: readonly Frame[],
  { layout = LAYOUT_V1, cipher }: { layout?: Layout; cipher?: Cipher } = {},
): Profile {
  return { name, layout, frames: new Map(frames.map((frame) => [frame.type, frame])), ...(cipher ? { cipher } : {}) };
}

/** Every frame of V1.5 and V1.6, and 0x3D of V1.7. */
export const V1_FRAMES: readonly Frame[] = Object.values(v1);

/** The profile that is taken where none is named: it understands V1.5, V1.6 and V1.7 alike. */
export const V1: Profile = defineProfile('ykc 1.x', V1_FRAMES);

/** The frame that a number, `0x3B` or a name stands for. */
export function frameOf(profile: Profile, name: number | string): Frame {
  const type = typeof name === 'number' ? name : /^0x[0-9a-f]{1,2}$/i.test(name) ? Number(name) : undefined;
  const frame = type === undefined ? [...profile.frames.values()].find((known) => known.name === name) : profile.frames.get(type);
  if (!frame)
    throw new YkcError('Type', `${typeof name === 'number' ? `type ${name}` : JSON.stringify(name)} is no frame of ${profile.name}`);
  return frame;
}
