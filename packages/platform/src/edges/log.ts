import { type DestinationStream, type Logger, pino } from 'pino';

/** Structured logs. Every line is JSON; `child({ correlation })` puts the id of a request or message on each line about it. */
export type { Logger };

export interface LogOptions {
  level: string;
  /** Standard output if not said. */
  to?: DestinationStream;
}

/** What must never be read in a log, at the top level and at two levels below. */
const SECRET_FIELDS = [
  'authorization',
  'Authorization',
  'cookie',
  'password',
  'passphrase',
  'secret',
  'token',
  'accessToken',
  'apiKey',
  'serverKey',
  'privateKey',
  'credentials',
  'signature_key',
  'OperatorSecret',
  'idTag',
  'contract_id',
  // What Sequelize puts on its errors: bound values, which hold whatever a statement was about.
  'parameters',
  'sql',
];

/** A log that shows no secret: fields of those names are masked, and so is what looks like one inside a text. */
export function createLog({ level, to }: LogOptions): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '***' },
    serializers: { err: describeError, error: describeError },
    hooks: {
      logMethod(this: Logger, args: Parameters<Logger['info']>, method: (...args: Parameters<Logger['info']>) => void) {
        method.apply(this, args.map((arg) => (typeof arg === 'string' ? maskText(arg) : arg)) as Parameters<Logger['info']>);
      },
    },
  };
  return to ? pino(options, to) : pino(options);
}

/** Masks passwords in addresses, and what follows `Token`, `Basic` and `Bearer`. */
export function maskText(text: string): string {
  return text
    .replace(/(\w+:\/\/[^:/?#\s]*:)[^@/\s]+@/g, '$1***@')
    .replace(/\b(Token|Basic|Bearer)\s+[\w+/=.~-]{8,}/g, '$1 ***')
    .replace(/([?&](?:token|api_key|apikey|key|secret|password|signature)=)[^&#\s]+/gi, '$1***');
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
  if (!(error instanceof Error)) return { type: typeof error, message: maskText(String(error)) };
  const { code, cause, parent } = error as Error & { code?: unknown; parent?: unknown };
  const inner = cause ?? parent;
  return {
    type: error.name,
    message: maskText(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack ? { stack: maskText(error.stack) } : {}),
    ...(inner instanceof Error && depth < 3 ? { cause: describeError(inner, depth + 1) } : {}),
  };
}
