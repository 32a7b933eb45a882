// A partner judges its statement in a process of its own: its pinned key, its own stored CDR bytes, @evroam/ocpi/statement, and nothing of the hub.
// `node verify.js '{"statement","key","cdrs"}'`; the exit code is the verdict, 0 or 8; the last line tells it in JSON.
import { readFileSync } from 'node:fs';
import { EXIT } from '../exit.js';
import { isRecord } from '../output/path.js';
import { checkStatement, readOwnCdrs } from '../statement-check.js';

const config: unknown = JSON.parse(process.argv[2] ?? 'null');
if (!isRecord(config) || typeof config.statement !== 'string' || typeof config.key !== 'string') {
  process.stderr.write('verify.js takes {"statement": file, "key": file, "cdrs": folder}\n');
  process.exit(EXIT.usage);
}
const own = typeof config.cdrs === 'string' ? await readOwnCdrs(config.cdrs) : undefined;
const { lines, ...verdict } = checkStatement(readFileSync(config.statement), readFileSync(config.key), own);
process.stdout.write(
  `${JSON.stringify({ ...verdict, lines: lines.length, compared: lines.filter(({ ownCdr }) => ownCdr === 'equal').length })}\n`,
);
process.exitCode = verdict.ok ? EXIT.done : EXIT.checkFailed;
