import type { Verdict } from '../../each-line.js';
import { EXIT, type ExitCode } from '../../exit.js';
import type { Io } from '../../io.js';
import { isRecord } from '../../output/path.js';
import { safe } from '../../output/safe.js';
import { formatOf, type OutputChoice, showRecord } from '../../output/show.js';

/** Shows one verdict: a mark and the violations for a person, the whole of it in any other format. */
export async function showVerdict(io: Io, options: OutputChoice, verdict: Verdict): Promise<ExitCode> {
  if (formatOf(io, options) !== 'table' || options.query !== undefined) await showRecord(io, options, verdict);
  else if (verdict.ok) await io.out(`✓ ${io.say('valid')}\n`);
  else {
    const violations = Array.isArray(verdict.violations) ? verdict.violations.filter(isRecord) : [];
    await io.out(
      `✗ ${safe(String(verdict.code))}\n${violations.map(({ path, message }) => `  ${safe(String(path === '' ? '/' : path))}: ${safe(String(message))}\n`).join('')}`,
    );
  }
  return verdict.ok ? EXIT.done : EXIT.checkFailed;
}
