import { type CrcState, decodeFrame, encodeFrame } from './codec.js';
import { YkcError } from './errors.js';
import { hexType } from './frame.js';
import { frameOf, type Profile, V1 } from './profile.js';

/** A frame as JSON: what `decodeHex` gives and `encodeHex` takes. Decimals are texts with all their places. */
export interface PrintedFrame {
  readonly type: string;
  readonly name: string;
  readonly from: 'pile' | 'platform';
  readonly sequence: number;
  readonly encrypted: boolean;
  readonly crc: CrcState;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly spare?: string;
}

const bytesOf = (text: string): Buffer => {
  const digits = text.replace(/^0x/i, '').replace(/[\s:,-]/g, '');
  if (!/^([0-9a-f]{2})+$/i.test(digits)) throw new YkcError('Length', 'not an even number of hexadecimal digits');
  return Buffer.from(digits, 'hex');
};

/** Reads a frame from hexadecimal text, for logs and the command line; a wrong checksum is told, not refused. Throws YkcError. */
export function decodeHex(text: string, profile: Profile = V1): PrintedFrame {
  const { frame, sequence, isEncrypted, crc, body, spare } = decodeFrame(bytesOf(text), { profile, badCrc: 'tell', exact: true });
  const printed = {
    type: hexType(frame.type),
    name: frame.name,
    from: frame.from,
    sequence,
    encrypted: isEncrypted,
    crc,
    fields: frame.body.print(body),
  };
  return spare === undefined ? printed : { ...printed, spare };
}

/** Writes a frame as hexadecimal text; `type` is 0x3B or a name. Throws YkcError. */
export function encodeHex(
  given: { type: string | number; fields: Readonly<Record<string, unknown>>; sequence?: number; encrypted?: boolean; spare?: string },
  profile: Profile = V1,
): string {
  const frame = frameOf(profile, given.type);
  const body = frame.body.parse(given.fields);
  const bytes = encodeFrame(frame, body, { profile, sequence: given.sequence ?? 0, encrypt: given.encrypted ?? false, spare: given.spare });
  return bytes.toString('hex').toUpperCase();
}
