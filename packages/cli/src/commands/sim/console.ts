// What every simulator of the command has in common: what happens goes to standard output, what it is told to do comes from standard input.
import { failure } from '../../errors.js';
import { EXIT, type ExitCode } from '../../exit.js';
import type { Io } from '../../io.js';
import { linesOf } from '../../lines.js';
import { nearest } from '../../nearest.js';
import { safe, safeJson } from '../../output/safe.js';

/** A word that a simulator obeys: what it takes, and what it does. What it gives is shown. */
export interface Order {
  readonly takes: string;
  run(words: readonly string[]): Promise<unknown>;
}

export interface Console {
  /** Shows that something happened. */
  show(what: string, facts: Readonly<Record<string, unknown>>): void;
  /** Obeys standard input until `quit`, the end of the input where `untilEnd`, or Ctrl-C. */
  obey(orders: Readonly<Record<string, Order>>): Promise<ExitCode>;
}

export function openConsole(io: Io, { ndjson, now = () => new Date() }: { ndjson: boolean; now?: () => Date }): Console {
  let last: Promise<void> = Promise.resolve();
  let failed = 0;
  let told = false;
  const write = (text: string) => {
    last = last.then(() => io.out(text));
    last.catch(() => {});
  };
  const show: Console['show'] = (what, facts) => {
    const at = now().toISOString();
    if (ndjson) write(`${safeJson({ at, what, ...facts })}\n`);
    else
      write(
        `${at.slice(11, 23)} ${safe(what)} ${Object.entries(facts)
          .map(([name, value]) => `${name}=${safe(typeof value === 'string' ? value : safeJson(value ?? null))}`)
          .join(' ')}`
          .trimEnd()
          .concat('\n'),
      );
  };
  return {
    show,
    async obey(orders) {
      const stop = new Promise<'stop'>((resolve) => {
        if (io.signal.aborted) resolve('stop');
        io.signal.addEventListener('abort', () => resolve('stop'), { once: true });
      });
      const lines = linesOf(io.stdin, 64 * 1024)[Symbol.asyncIterator]();
      for (;;) {
        const next = await Promise.race([lines.next(), stop]);
        if (next === 'stop' || next.done) {
          // A script that has ended has said all. One that said nothing is none: then the simulator lives until Ctrl-C.
          if (next !== 'stop' && (io.inIsTerminal || !told)) await stop;
          break;
        }
        const [word = '', ...words] = (next.value.text ?? '').split(/\s+/);
        if (word === '' || word.startsWith('#')) continue;
        told = true;
        if (word === 'quit') break;
        if (word === 'help') {
          for (const [name, { takes }] of Object.entries(orders)) io.talk(`${name} ${takes}`.trimEnd());
          continue;
        }
        const order = Object.hasOwn(orders, word) ? orders[word] : undefined;
        if (!order) {
          failed += 1;
          const near = nearest(word, Object.keys(orders));
          io.talk(`no such order: ${safe(word)}${near === undefined ? '; try help' : `; did you mean ${near}?`}`);
          continue;
        }
        try {
          const result = await Promise.race([order.run(words), stop]);
          if (result === 'stop') break;
          if (result !== undefined)
            show(word, typeof result === 'object' && result !== null && !Array.isArray(result) ? { ...result } : { result });
        } catch (error) {
          failed += 1;
          show('failed', { order: word, error: error instanceof Error ? error.message : String(error) });
        }
      }
      await last;
      return failed === 0 ? EXIT.done : EXIT.checkFailed;
    },
  };
}

/** A whole number in a script. */
export function numberIn(words: readonly string[], at: number, what: string, or?: number): number {
  const text = words[at];
  if (text === undefined && or !== undefined) return or;
  const number = Number(text);
  if (text === undefined || !Number.isFinite(number) || number < 0)
    throw failure('bad-value', { name: what, value: text ?? '', why: '0..' });
  return number;
}

/** A word in a script. */
export function wordIn(words: readonly string[], at: number, what: string): string {
  const text = words[at];
  if (text === undefined) throw failure('missing-argument', { name: what });
  return text;
}
