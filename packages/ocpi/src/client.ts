// The client of one interface: writes the request, sends it through a Handle, checks the answer.
import { fits, type Violation, violation } from './check.js';
import { codeOf, type Envelope, isSuccess, OcpiError, readEnvelope } from './envelope.js';
import { addRouting, authorization, type Headers, header, type Routing, type TokenCoding } from './headers.js';
import { type Handle, type OcpiRequest, type OcpiResponse, Payload } from './message.js';
import type { Body, Data, Interface, Params, Query, Route } from './module.js';
import { countHeader, nextLink, type WindowRequest, windowQuery } from './paging.js';
import { filledPath } from './routes.js';
import { closed, type Schema } from './schema.js';

/** Where the other side is and how to speak to it. */
export interface ConnectOptions {
  /** The URL of the interface, from the other side's version details. */
  readonly url: string;
  readonly token?: string;
  /** How this peer takes tokens; default base64. */
  readonly coding?: TokenCoding;
  /** Whom requests are for and from, unless a call says otherwise. */
  readonly routing?: Routing;
  /** How long an answer may take, in milliseconds; default 30 000. */
  readonly timeoutMs?: number;
  /** The Handle itself ends what takes longer, as `http` does: then a call needs no timer of its own. */
  readonly handleKeepsTime?: boolean;
  /** How often a GET is tried again after no answer or 503; default 2. Nothing else is ever repeated. */
  readonly retries?: number;
  /** Waits between tries; the default doubles from 500 ms. */
  readonly wait?: (tries: number) => Promise<void>;
  readonly newId?: () => string;
  /** Refuses to send what a closed twin of the schema does not know: for tests and simulators. */
  readonly strict?: boolean;
  /** Told of each exchange with the bytes of both sides: for a journal. Tokens are masked. */
  readonly onExchange?: (seen: Seen) => void;
}

/** An exchange as it went over the wire. */
export interface Seen {
  readonly request: OcpiRequest;
  readonly response?: OcpiResponse;
  readonly error?: unknown;
}

type Nothing = Readonly<Record<never, never>>;
type ParamsInput<R extends Route> = keyof Params<R> extends never ? Nothing : { readonly params: Params<R> } | { readonly at: string };
type QueryInput<R extends Route> = Nothing extends Query<R> ? { readonly query?: Query<R> } : { readonly query: Query<R> };
type BodyInput<R extends Route> = [Body<R>] extends [undefined]
  ? Nothing
  : { readonly body: Body<R> | Payload } | (undefined extends Body<R> ? { readonly body?: undefined } : never);
type WindowInput<R extends Route> = R['paged'] extends true ? { readonly window?: WindowRequest; readonly at?: string } : Nothing;

/** What every call may say besides. `at` is a whole URL in place of the interface's own: a response_url, a Location, a next page. */
export interface CallSettings {
  readonly at?: string;
  readonly routing?: Routing;
  readonly correlationId?: string;
  readonly requestId?: string;
  readonly signal?: AbortSignal;
}

/** What a call of a route needs. A Payload as body is sent as it is. */
export type Input<R extends Route> = ParamsInput<R> & QueryInput<R> & BodyInput<R> & WindowInput<R> & CallSettings;

/** An item of a list that does not fit its schema; it is kept out of `data`. */
export interface Refused {
  readonly index: number;
  readonly item: unknown;
  readonly violation: Violation;
}

/** What came back. */
export interface Reply<D> {
  /** Checked data; for a list its valid items; undefined where the route's answer has none. */
  readonly data: D;
  readonly http: number;
  readonly statusCode: number;
  readonly statusMessage?: string;
  readonly created: boolean;
  /** The Location header: where a CDR can be read again. */
  readonly location?: string;
  /** The whole answer as it came, envelope included. */
  readonly payload: Payload;
  readonly headers: Headers;
  readonly requestId: string;
  readonly correlationId: string;
  /** Of a list: how many match, the server's own limit, the next page's URL, and what was refused. */
  readonly page?: { readonly total?: number; readonly limit?: number; readonly next?: string; readonly refused: readonly Refused[] };
}

/** The data of a route's reply. */
export type ReplyData<R extends Route> = R['paged'] extends true ? readonly Data<R>[] : [Data<R>] extends [never] ? undefined : Data<R>;

/** The client of an interface: a method for each route. Throws OcpiError when the answer is not a success. */
export type Client<I extends Interface> = {
  readonly [K in keyof I['routes']]: Nothing extends Input<I['routes'][K]>
    ? (input?: Input<I['routes'][K]>) => Promise<Reply<ReplyData<I['routes'][K]>>>
    : (input: Input<I['routes'][K]>) => Promise<Reply<ReplyData<I['routes'][K]>>>;
};

interface AnyInput extends CallSettings {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly window?: WindowRequest;
}

/**
 * Connects to one side of a module at a partner.
 *
 *     const cdrs = connect(v221.cdrs.receiver, http, { url, token });
 *     const { location } = await cdrs.post({ body: cdr });
 */
export function connect<I extends Interface>(face: I, handle: Handle, options: ConnectOptions): Client<I> {
  const { url, token, coding } = options;
  const base = url.replace(/\/+$/, '');
  const peer = { face, handle, options, base, ...(token === undefined ? {} : { authorization: authorization(token, coding) }) };
  const client: Record<string, (input?: AnyInput) => Promise<Reply<unknown>>> = {};
  for (const name in face.routes) {
    const route = face.routes[name];
    if (route) client[name] = (input = {}) => call(peer, route, input);
  }
  return client as unknown as Client<I>;
}

/** The other side, with what is the same for every call. */
interface Peer {
  readonly face: Interface;
  readonly handle: Handle;
  readonly options: ConnectOptions;
  readonly base: string;
  readonly authorization?: string;
}

const TIMEOUT_MS = 30_000;
const RETRIES = 2;
const backoff = (tries: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250 * 2 ** tries));

async function call(peer: Peer, route: Route, input: AnyInput): Promise<Reply<unknown>> {
  const { options } = peer;
  const body = toPayload(route, input.body, options.strict === true);
  const newId = options.newId ?? randomId;
  const correlationId = input.correlationId ?? newId();
  const url = toUrl(route, peer.base, input);
  const retries = route.method === 'GET' ? (options.retries ?? RETRIES) : 0;
  for (let tries = 1; ; tries += 1) {
    try {
      const headers = requestHeaders(peer, input, input.requestId ?? newId(), correlationId, body !== undefined);
      const response = await inTime(peer, { method: route.method, url, headers, ...(body ? { body } : {}) }, input.signal);
      if (response.status !== 503 || tries > retries) return toReply(route, response, correlationId);
    } catch (error) {
      if (tries > retries || !isTransient(error)) throw error;
    }
    await (options.wait ?? backoff)(tries);
  }
}

const randomId = (): string => globalThis.crypto.randomUUID();
const isTransient = (error: unknown): boolean => error instanceof OcpiError && (error.code === 'unreachable' || error.code === 'timeout');

function toPayload(route: Route, body: unknown, strict: boolean): Payload | undefined {
  if (body === undefined || !route.says.body) return undefined;
  const payload = body instanceof Payload ? body : Payload.of(body);
  const schema = strict ? closed(route.says.body) : route.says.body;
  if (payload.fits(schema)) return payload;
  const wrong = violation(schema, payload.value);
  if (wrong) throw new OcpiError('invalid', `${wrong.path || '/'}: ${wrong.message}`, { path: wrong.path });
  payload.mark(schema);
  return payload;
}

function requestHeaders(
  { face, options, authorization: token }: Peer,
  input: AnyInput,
  requestId: string,
  correlationId: string,
  hasBody: boolean,
): Headers {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
  headers['x-request-id'] = requestId;
  headers['x-correlation-id'] = correlationId;
  if (face.routed) addRouting(headers, input.routing ?? options.routing ?? {});
  if (hasBody) headers['content-type'] = 'application/json';
  return headers;
}

function toUrl(route: Route, base: string, input: AnyInput): string {
  const path = input.at ?? base + filledPath(route, input.params);
  if (!input.query && !input.window) return path;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) if (value !== undefined) query.set(name, value);
  const text = [query.toString(), input.window ? windowQuery(input.window) : ''].filter((part) => part !== '').join('&');
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`;
}

/** Sends with a time limit. */
async function inTime({ handle, options }: Peer, request: OcpiRequest, outer?: AbortSignal): Promise<OcpiResponse> {
  try {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const response = await (options.handleKeepsTime
      ? handle({ ...request, timeoutMs, ...(outer ? { signal: outer } : {}) })
      : watched(handle, request, timeoutMs, outer));
    options.onExchange?.({ request: masked(request), response });
    return response;
  } catch (error) {
    options.onExchange?.({ request: masked(request), error });
    throw error;
  }
}

/** A time limit that also holds for a Handle that does not look at the signal. */
async function watched(handle: Handle, request: OcpiRequest, timeoutMs: number, outer?: AbortSignal): Promise<OcpiResponse> {
  const stop = new AbortController();
  let end: (error: OcpiError) => void = () => {};
  const late = new Promise<never>((_, reject) => {
    end = (error) => {
      reject(error);
      stop.abort(error);
    };
  });
  const timer = setTimeout(() => end(new OcpiError('timeout')), timeoutMs);
  const cancel = (): void => end(new OcpiError('timeout', 'given up by the caller'));
  outer?.addEventListener('abort', cancel, { once: true });
  if (outer?.aborted) cancel();
  try {
    return await Promise.race([handle({ ...request, signal: stop.signal }), late]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', cancel);
  }
}

const masked = (request: OcpiRequest): OcpiRequest =>
  request.headers.authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization: 'Token ***' } };

function toReply(route: Route, response: OcpiResponse, correlationId: string): Reply<unknown> {
  const envelope = envelopeOf(response);
  const { status_code: statusCode, status_message: statusMessage } = envelope;
  if (response.status >= 300 || !isSuccess(statusCode))
    throw new OcpiError(codeOf(response.status, statusCode), statusMessage, { http: response.status, statusCode });
  const location = header(response.headers, 'location');
  const reply = {
    http: response.status,
    statusCode,
    ...(statusMessage === undefined ? {} : { statusMessage }),
    created: response.status === 201,
    ...(location === undefined ? {} : { location }),
    payload: response.body ?? Payload.of(envelope),
    headers: response.headers,
    requestId: header(response.headers, 'x-request-id') ?? '',
    correlationId: header(response.headers, 'x-correlation-id') ?? correlationId,
  };
  const { data: schema } = route.says;
  if (!schema) return { ...reply, data: undefined };
  if (route.paged) return { ...reply, ...readList(schema, envelope.data, response.headers) };
  const wrong = violation(schema, envelope.data);
  if (wrong) throw new OcpiError('bad-answer', `the answer's data${wrong.path}: ${wrong.message}`, { path: wrong.path });
  return { ...reply, data: envelope.data };
}

/** An answer without a readable envelope is still an HTTP status. */
function envelopeOf(response: OcpiResponse): Envelope {
  try {
    return readEnvelope(response.body?.value);
  } catch (error) {
    if (response.status >= 300)
      throw new OcpiError(codeOf(response.status, 0), `HTTP ${response.status}`, { http: response.status, cause: error });
    throw error instanceof OcpiError && error.code === 'bad-answer'
      ? error
      : new OcpiError('bad-answer', 'the answer is not JSON', { cause: error });
  }
}

function readList(schema: Schema, data: unknown, headers: Headers) {
  if (!Array.isArray(data)) throw new OcpiError('bad-answer', 'the answer is no list');
  const items: readonly unknown[] = data;
  const refused: Refused[] = [];
  const valid = items.filter((item, index) => {
    if (fits(schema, item)) return true;
    const wrong = violation(schema, item);
    if (wrong) refused.push({ index, item, violation: wrong });
    return false;
  });
  const total = countHeader(headers, 'x-total-count');
  const limit = countHeader(headers, 'x-limit');
  const next = nextLink(headers);
  return {
    data: valid,
    page: {
      ...(total === undefined ? {} : { total }),
      ...(limit === undefined ? {} : { limit }),
      ...(next === undefined ? {} : { next }),
      refused,
    },
  };
}
