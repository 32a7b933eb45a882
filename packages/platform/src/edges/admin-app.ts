import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Logger } from './log.js';

export type { RequestHandler };

/** An answer that a route gives by throwing: what went wrong, where in the request, and what to do next. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  /** Stable, for programs: `session_not_found`. */
  readonly code: string;
  readonly where: string | undefined;
  readonly next: string | undefined;

  constructor(status: number, code: string, message: string, more: { where?: string; next?: string } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.where = more.where;
    this.next = more.next;
  }
}

export interface AdminAppOptions {
  log: Logger;
  /** Mounted in this order, each at its path. */
  routers: readonly (readonly [path: string, router: RequestHandler])[];
  /** Called with each answered request, for metrics. */
  answered?: (route: string, method: string, status: number, seconds: number) => void;
  /** Requests a minute from one address; 1200 if not said. */
  perMinute?: number;
}

const BODY_LIMIT = '1mb';
const PER_MINUTE = 1200;

declare module 'express-serve-static-core' {
  interface Locals {
    /** Of this request: in its log lines, in its answer, and given on to whom it calls. */
    correlation: string;
    log: Logger;
  }
}

/** The Express application of the admin API: safe headers, limits, a correlation id, and every error in one shape. */
export function createAdminApp({ log, routers, answered, perMinute = PER_MINUTE }: AdminAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(helmet());
  app.use(correlate(log, answered));
  app.use(
    rateLimit({
      windowMs: 60_000,
      limit: perMinute,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      handler: () => {
        throw new ApiError(429, 'too_many_requests', `More than ${perMinute} requests in a minute.`, {
          next: 'Wait a minute, then go on slower.',
        });
      },
    }),
  );
  app.use(express.json({ limit: BODY_LIMIT }));
  for (const [path, router] of routers) app.use(path, router);
  app.use((request) => {
    throw new ApiError(404, 'no_such_path', `There is no ${request.method} ${request.path}.`, {
      next: 'Look at the list of paths in the documentation.',
    });
  });
  app.use(answerError);
  return app;
}

function correlate(log: Logger, answered: AdminAppOptions['answered']): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-correlation-id') ?? '';
    const correlation = /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    const started = performance.now();
    response.locals.correlation = correlation;
    response.locals.log = log.child({ correlation });
    response.set('X-Correlation-ID', correlation);
    response.once('finish', () => {
      const pattern = request.route ? `${request.baseUrl}${request.route.path}` : 'none';
      answered?.(pattern, request.method, response.statusCode, (performance.now() - started) / 1000);
    });
    next();
  };
}

/** A fault of ours is logged here, once, and the answer tells only the id under which to find it. */
const answerError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) return next(error);
  const known = error instanceof ApiError ? error : fromLibrary(error);
  if (!known) response.locals.log.error({ err: error, method: request.method, path: request.path }, 'a request of the admin API failed');
  const { status, code, message, where, next: advice } = known ?? internal(response.locals.correlation);
  // RFC 9457; `error` holds the same for programs that read it before there was a media type for it.
  const problem = { type: `urn:evroam:problem:${code}`, title: STATUS_CODES[status] ?? 'Error', status, detail: message };
  const said = { ...problem, error: { code, message, ...(where ? { where } : {}), ...(advice ? { next: advice } : {}) } };
  response.status(status).type('application/problem+json').send(JSON.stringify(said));
};

/** Errors that Express' own parts throw carry a status and are the caller's. */
function fromLibrary(error: unknown): ApiError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, type, expose } = error as Error & { status?: unknown; type?: unknown; expose?: unknown };
  if (type === 'entity.too.large') return new ApiError(413, 'body_too_large', `The body is larger than ${BODY_LIMIT}.`, { where: 'body' });
  if (type === 'entity.parse.failed') return new ApiError(400, 'not_json', 'The body is not JSON.', { where: 'body' });
  if (typeof status === 'number' && status >= 400 && status < 500 && expose === true)
    return new ApiError(status, 'bad_request', error.message);
  return undefined;
}

const internal = (correlation: string) =>
  new ApiError(500, 'internal', 'Something broke on our side.', { next: `Tell the operator this id: ${correlation}` });
