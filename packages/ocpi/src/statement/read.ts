import type { StatementBundle } from './bundle.js';
import { canonical } from './canonical.js';
import { faultOffset } from './json-fault.js';
import { bundleShape } from './shape.js';

/** What is wrong with a statement: the line (from 0) if it is in one, a JSON pointer, and why. `byte` is where in the text, if it is known. */
export interface Fault {
  readonly line?: number;
  readonly pointer: string;
  readonly message: string;
  readonly byte?: number;
}

/** A statement as text, bytes, or what `JSON.parse` made of it. */
export type StatementSource = string | Uint8Array | StatementBundle;

/** A line more than anybody states in a period is an attack on the reader. */
const MAX_BYTES = 512 * 1024 * 1024;
const MAX_FAULTS = 100;

/** The fault at a pointer, with the line's number where the pointer lies in one. */
export function fault(pointer: string, message: string, byte?: number): Fault {
  const line = /^\/(?:lines|header\/hashes\/lines)\/(\d+)/.exec(pointer)?.[1];
  return { ...(line === undefined ? {} : { line: Number(line) }), pointer, message, ...(byte === undefined ? {} : { byte }) };
}

/** Reads a statement without trusting it: first its text, then its shape. */
export function readBundle(source: StatementSource): { value: unknown; bundle: StatementBundle | undefined; faults: Fault[] } {
  const faults: Fault[] = [];
  let value: unknown = source;
  if (typeof source === 'string' || source instanceof Uint8Array) {
    const text = decode(source, faults);
    if (text === undefined) return { value: undefined, bundle: undefined, faults };
    try {
      value = JSON.parse(text);
    } catch (error) {
      faults.push(
        fault(
          '',
          `the text is not JSON: ${error instanceof Error ? error.message : String(error)}`,
          Buffer.byteLength(text.slice(0, faultOffset(text))),
        ),
      );
      return { value: undefined, bundle: undefined, faults };
    }
    checkCanonical(value, text, faults);
  }
  const misshapen: [string, string][] = [];
  bundleShape(value, '', misshapen);
  for (const [pointer, message] of misshapen.slice(0, MAX_FAULTS)) faults.push(fault(pointer, message));
  return { value, bundle: misshapen.length === 0 ? (value as StatementBundle) : undefined, faults };
}

function decode(source: string | Uint8Array, faults: Fault[]): string | undefined {
  if (source.length > MAX_BYTES) {
    faults.push(fault('', `the statement is larger than ${MAX_BYTES} bytes`));
    return undefined;
  }
  if (typeof source === 'string') return source;
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8');
  const again = Buffer.from(text, 'utf8');
  const byte = firstDifference(again, source);
  if (byte === undefined) return text;
  faults.push(fault('', 'the bytes are not UTF-8', byte));
  return undefined;
}

function checkCanonical(value: unknown, text: string, faults: Fault[]): void {
  let form: string;
  try {
    form = canonical(value);
  } catch (error) {
    faults.push(fault('', `the text has no canonical form: ${error instanceof Error ? error.message : String(error)}`));
    return;
  }
  if (form === text) return;
  faults.push(fault('', 'the text is not in canonical form', firstDifference(Buffer.from(form), Buffer.from(text))));
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? undefined : shorter;
}
