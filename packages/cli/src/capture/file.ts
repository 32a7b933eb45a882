// A capture as a file: a line that names the format, then a frame a line. The same lines come from the hub, live or kept.
import { CAPTURE_FORMAT, type CapturedFrame } from '@evroam/platform/client';
import { failure } from '../errors.js';
import type { Io } from '../io.js';
import { parsed } from '../json.js';
import { inputs, linesOf } from '../lines.js';
import { isRecord } from '../output/path.js';

export const HEADER = JSON.stringify({ format: CAPTURE_FORMAT });

/** A frame as it is in a file; fields that are none of its own are dropped. Undefined for what is no frame. */
export function toFrame(value: unknown): CapturedFrame | undefined {
  if (!isRecord(value)) return undefined;
  const { at, protocol, peer, way, text, hex } = value;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || typeof protocol !== 'string' || typeof peer !== 'string') return undefined;
  if (way !== 'in' && way !== 'out') return undefined;
  if (typeof text === 'string') return { at, protocol, peer, way, text };
  return typeof hex === 'string' && /^([0-9a-f]{2})+$/i.test(hex) ? { at, protocol, peer, way, hex } : undefined;
}

/** The frames of files, or of standard input. A line that is no frame ends it: half a capture must not pass for a whole one. */
export async function* framesOf(io: Io, files: readonly string[]): AsyncGenerator<CapturedFrame> {
  for await (const { name, stream } of inputs(io, files)) {
    for await (const { number, text, fault } of linesOf(stream)) {
      const refuse = (why: string) => failure('bad-input', { why: `${name}:${number}: ${why}` });
      if (text === undefined) throw refuse(`the line is ${fault}`);
      const value = parsed(text);
      if (isRecord(value) && 'format' in value) {
        if (value.format !== CAPTURE_FORMAT) throw refuse(`the format is ${String(value.format)}, not ${CAPTURE_FORMAT}`);
        continue;
      }
      const frame = toFrame(value);
      if (!frame) throw refuse('no captured frame: {"at","protocol","peer","way","text" or "hex"} is expected');
      yield frame;
    }
  }
}
