import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { failure } from './errors.js';
import type { Io } from './io.js';

/** A line longer than this is refused, not read: what comes in may be anything. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Absent when the line was too long or is not UTF-8. */
  readonly text?: string;
  readonly fault?: 'too long' | 'not UTF-8';
}

/** The lines of a stream, each within the limit; the rest of a longer one is skipped. Empty lines are left out. */
export async function* linesOf(stream: Readable, maxBytes: number = MAX_LINE_BYTES): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const finish = (): Line | undefined => {
    number += 1;
    const bytes = size > maxBytes ? undefined : Buffer.concat(parts);
    parts = [];
    size = 0;
    if (bytes === undefined) return { number, fault: 'too long' };
    try {
      const text = decoder.decode(bytes).trim();
      return text === '' ? undefined : { number, text };
    } catch {
      return { number, fault: 'not UTF-8' };
    }
  };
  for await (const chunk of stream) {
    let rest: Buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      if (size + end <= maxBytes) parts.push(rest.subarray(0, end));
      size += end;
      rest = rest.subarray(end + 1);
      const line = finish();
      if (line) yield line;
    }
    if (size + rest.length <= maxBytes) parts.push(rest);
    size += rest.length;
  }
  if (size > 0) {
    const line = finish();
    if (line) yield line;
  }
}

/** Opens the files named, one after the other; standard input when none is, or for `-`. */
export async function* inputs(io: Io, files: readonly string[]): AsyncGenerator<{ name: string; stream: Readable }> {
  for (const file of files.length === 0 ? ['-'] : files) {
    if (file === '-') yield { name: '-', stream: io.stdin };
    else {
      const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
        throw failure('file-unreadable', { file, why: error.code ?? error.message }, { cause: error });
      });
      if (found.isDirectory()) throw failure('file-unreadable', { file, why: 'EISDIR' });
      yield { name: file, stream: createReadStream(file) };
    }
  }
}

/** A whole input of a bounded size, as text. */
export async function readAll(io: Io, file: string | undefined, maxBytes: number = 256 * 1024 * 1024): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const { stream } of inputs(io, file === undefined ? [] : [file])) {
    for await (const chunk of stream) {
      const bytes: Buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > maxBytes) throw failure('bad-input', { why: `more than ${maxBytes} bytes` });
      parts.push(bytes);
    }
  }
  return Buffer.concat(parts).toString('utf8');
}

/** A whole input as JSON. */
export async function readJson(io: Io, file: string | undefined): Promise<unknown> {
  const text = await readAll(io, file);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw failure('bad-input', { why: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}
