import { randomBytes } from 'node:crypto';
import { CliError, ERRORS, failure } from './errors.js';
import { EXIT, type ExitCode } from './exit.js';
import type { Io } from './io.js';
import { safe, safeJson } from './output/safe.js';
import { choose } from './program.js';

/** Runs one command line and gives its exit code; never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  let command = 'evroam';
  try {
    const chosen = await choose(argv, io);
    if (typeof chosen === 'number') return chosen;
    command = `evroam ${chosen.path.join(' ')}`;
    return await chosen.leaf.run({ args: chosen.args, options: chosen.options, io });
  } catch (error) {
    if (io.signal.aborted) {
      io.talk(io.say('interrupted'));
      return EXIT.interrupted;
    }
    return report(error instanceof CliError ? error : unexpected(error), command, argv, io);
  }
}

function unexpected(error: unknown): CliError {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure('fault', { report: randomBytes(6).toString('hex'), why }, { cause: error });
}

/** A code, one cause, one next command; as JSON where JSON was asked for. */
function report(error: CliError, command: string, argv: readonly string[], io: Io): ExitCode {
  const { cause, next } = error.describe(io.language, error.exit === EXIT.usage && command === 'evroam' ? guess(argv) : command);
  if (wantsJson(argv, io)) {
    io.talk(safeJson({ error: { code: error.code, exit: ERRORS[error.code].exit, cause, next } }));
  } else {
    const lines = cause.split('\n').map(safe).join('\n');
    io.talk(`evroam: ${error.code}: ${lines}\n${io.say('try', { next: safe(next) })}`);
  }
  return error.exit;
}

/** The words before the first option or file: what the usage error was probably about. */
function guess(argv: readonly string[]): string {
  const end = argv.findIndex((word) => !/^[a-z][a-z0-9-]*$/.test(word));
  return ['evroam', ...(end < 0 ? argv : argv.slice(0, end)).slice(0, 3)].join(' ');
}

function wantsJson(argv: readonly string[], io: Io): boolean {
  const at = argv.findIndex((word) => word === '-o' || word === '--output');
  const format = at >= 0 ? argv[at + 1] : argv.find((word) => /^(-o|--output)=/.test(word))?.replace(/^[^=]*=/, '');
  return argv.includes('--json') || argv.includes('--ndjson') || ['json', 'ndjson'].includes(format ?? io.environment.output ?? '');
}
