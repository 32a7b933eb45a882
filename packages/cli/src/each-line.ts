import { EXIT, type ExitCode } from './exit.js';
import type { Io } from './io.js';
import { inputs, linesOf } from './lines.js';
import { safeJson } from './output/safe.js';

export interface Verdict {
  readonly ok: boolean;
  readonly [field: string]: unknown;
}

/** Judges a value of a line; the text is the line as it came. */
export type Judge = (value: unknown, text: string) => Verdict | Promise<Verdict>;

/**
 * The machine's way in: one JSON value a line, one verdict a line, in order; ends with 8 when one was not ok.
 * A line that is no JSON gets the verdict that `unreadable` gives it.
 */
export async function eachLine(
  io: Io,
  files: readonly string[],
  judge: Judge,
  unreadable: (message: string) => Verdict,
): Promise<ExitCode> {
  let bad = 0;
  const writer = gather(io);
  for await (const { stream } of inputs(io, files)) {
    for await (const { text, fault } of linesOf(stream)) {
      io.signal.throwIfAborted();
      const parsed = text === undefined ? undefined : parse(text);
      const verdict =
        text === undefined
          ? unreadable(`the line is ${fault}`)
          : parsed === undefined
            ? unreadable('the line is not JSON')
            : await judge(parsed.value, text);
      if (!verdict.ok) bad += 1;
      await writer.write(`${safeJson(verdict)}\n`);
    }
  }
  await writer.end();
  return bad === 0 ? EXIT.done : EXIT.checkFailed;
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Answers wait together up to this size, so that a million lines are not a million writes. */
const BATCH_CHARS = 64 * 1024;

/** Gathers what one turn of the event loop says: a program that asks line by line is answered at once, a pipe in large pieces. */
export function gather(io: Io): { write(text: string): Promise<void>; end(): Promise<void> } {
  let waiting = '';
  let last: Promise<void> = Promise.resolve();
  let planned: NodeJS.Immediate | undefined;
  const flush = () => {
    clearImmediate(planned);
    planned = undefined;
    const text = waiting;
    waiting = '';
    if (text !== '') last = last.then(() => io.out(text));
    // A failed write is met by the next write or by end().
    last.catch(() => {});
    return last;
  };
  return {
    write: async (text) => {
      waiting += text;
      if (waiting.length >= BATCH_CHARS) await flush();
      else planned ??= setImmediate(flush);
    },
    end: flush,
  };
}
