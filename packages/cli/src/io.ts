import type { Readable, Writable } from 'node:stream';
import { type Environment, readEnvironment } from './config.js';
import { type Language, languageOf } from './language.js';
import { type Say, sayIn } from './messages.js';

/** Where a command reads and writes: data goes to `out`, talk to `talk`. Tests hand in their own. */
export interface Io {
  readonly stdin: Readable;
  /** Data, on standard output; waits when the reader is slower. */
  out(text: string): Promise<void>;
  /** Talk, a line on standard error. */
  talk(text: string): void;
  readonly outIsTerminal: boolean;
  readonly talkIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  /** Columns of the terminal; 80 where none is known. */
  width(): number;
  /** Rows of the terminal; 24 where none is known. */
  height(): number;
  readonly language: Language;
  readonly say: Say;
  readonly environment: Environment;
  /** Aborted by Ctrl-C or by a polite kill. */
  readonly signal: AbortSignal;
}

export interface IoParts {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

export function openIo({ stdin, stdout, stderr, environment, signal }: IoParts): Io {
  const language = languageOf(environment.locale);
  return {
    stdin,
    out: (text) => new Promise((resolve, reject) => stdout.write(text, (error) => (error ? reject(error) : resolve()))),
    talk: (text) => {
      stderr.write(`${text}\n`);
    },
    outIsTerminal: stdout.isTTY === true,
    talkIsTerminal: stderr.isTTY === true,
    inIsTerminal: stdin.isTTY === true,
    width: () => stdout.columns ?? 80,
    height: () => stdout.rows ?? 24,
    language,
    say: sayIn(language),
    environment,
    signal,
  };
}

/** The process's own streams. The first signal asks the command to end; the second ends it at once. */
export function processIo(): Io {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(name));
  // `evroam ... | head` closes our output early: that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return openIo({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: readEnvironment(),
    signal: controller.signal,
  });
}
