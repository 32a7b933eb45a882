import { type DestinationStream, type Logger, pino } from 'pino';

/** Structured logs. Every line is JSON; `child({ correlation })` puts the id of a request or message on each line about it. */
export type { Logger };

export interface LogOptions {
  level: string;
  /** Standard output if not said. */
  to?: DestinationStream;
}

/** What must never be read in a log, wherever it stands. `parameters` and `sql` are what libraries hang on the errors of a statement. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'password',
  'passphrase',
  'secret',
  'token',
  'accessToken',
  'access_token',
  'apiKey',
  'api_key',
  'serverKey',
  'privateKey',
  'private_key',
  'credentials',
  'OperatorSecret',
  'idTag',
  'contract_id',
  'parameters',
  'sql',
];

/** A text, as JSON writes it, after one of those names; the names in any case. */
const SECRET_TEXT = new RegExp(`("(?:${SECRET_FIELDS.join('|')})":)"(?:[^"\\\\]|\\\\.)*"`, 'gi');

/** A log that shows no secret: fields of those names are masked at any depth, and so is what looks like a secret inside a text. */
export function createLog({ level, to = pino.destination({ fd: 1, sync: true }) }: LogOptions): Logger {
  const masked: DestinationStream = { write: (line) => to.write(maskText(line).replace(SECRET_TEXT, '$1"***"')) };
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Lists and objects under those names; texts at any depth are masked in the finished line.
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '***' },
      serializers: { err: describeError, error: describeError },
    },
    masked,
  );
}

/** Masks passwords in addresses, and what follows `Token`, `Basic` and `Bearer`. */
export function maskText(text: string): string {
  return text
    .replace(/(\w+:\/\/[^:/?#\s"]*:)[^@/\s"]+@/g, '$1***@')
    .replace(/\b(Token|Basic|Bearer)\s+(?=[\w+/.~-]*[\d=_])[\w+/=.~-]{8,}/g, '$1 ***')
    .replace(/([?&](?:token|api_key|apikey|key|secret|password|signature)=)[^&#\s"]+/gi, '$1***');
}

interface DescribedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: DescribedError;
}

/** An error without the fields that libraries hang on it, which may hold a whole request or the values of a statement. */
function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code, cause, parent } = error as Error & { code?: unknown; parent?: unknown };
  const inner = cause ?? parent;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack ? { stack: error.stack } : {}),
    ...(inner instanceof Error && depth < 3 ? { cause: describeError(inner, depth + 1) } : {}),
  };
}
