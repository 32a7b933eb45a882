// The server of one interface: finds the route, checks the request, asks the handler, writes the answer.
import { sameText, violation } from './check.js';
import { envelopeText, OcpiError, type OcpiErrorCode } from './envelope.js';
import { addRouting, answered, header, type Party, type Routing, readRouting } from './headers.js';
import { type Handle, noPayload, type OcpiRequest, type OcpiResponse, Payload } from './message.js';
import { type Body, type Data, type Interface, type Params, type Query, querySchema, type Route } from './module.js';
import { type Page, pageHeaders, readWindow, type Window } from './paging.js';
import { findRoute, routeTable } from './routes.js';
import { closed, list, type Schema } from './schema.js';

/** What a handler is given: everything that was checked, and the body as it came. */
export interface Ask<R extends Route, P> {
  readonly params: Params<R>;
  readonly query: Query<R>;
  /** Checked against the route's schema; unknown fields are still in it. */
  readonly body: Body<R>;
  /** The body as it was sent, byte for byte (`payload.raw`). */
  readonly payload: Payload;
  /** The part of the list that is asked for; of use in paged routes only. */
  readonly window: Window;
  readonly partner: P;
  /** The token that the partner presented; empty where there was none. */
  readonly token: string;
  readonly routing: Routing;
  readonly requestId: string;
  readonly correlationId: string;
  readonly request: OcpiRequest;
}

/** What became of a write; `created` as a URL also sends the Location header. */
export type Written = 'created' | 'updated' | 'deleted' | { readonly created: string };

/** What a handler answers: a page, the data, or what became of the write. A Payload is sent as it is. */
export type Answer<R extends Route> = R['paged'] extends true ? Page<Data<R>> : [Data<R>] extends [never] ? Written : Data<R> | Payload;

/** The handlers of an interface, one for each route; what is left out is answered with 404 or 405. */
export type Handlers<I extends Interface, P = unknown> = {
  readonly [K in keyof I['routes']]?: (ask: Ask<I['routes'][K], P>) => Promise<Answer<I['routes'][K]>> | Answer<I['routes'][K]>;
};

/** A request that is authenticated and known to be for this interface; `path` is what follows the interface's URL. */
export interface Exchange<P> {
  readonly request: OcpiRequest;
  readonly path: string;
  readonly query: string;
  readonly partner: P;
  readonly token: string;
  /** The interface's URL as partners see it, for Link headers. */
  readonly url: string;
  readonly routing: Routing;
}

/** A served interface: a Handle by itself, and a part of a host. */
export interface Served<P> extends Handle {
  readonly face: Interface;
  answer(exchange: Exchange<P>): Promise<OcpiResponse>;
  /** Checks a request as `answer` would, without answering it: for a hub that sends it on. Throws OcpiError. */
  check(request: OcpiRequest, path: string): void;
}

/** Settings of a served interface. */
export interface ServeOptions<P> {
  /** Who calls, where the interface is used alone, without a host. */
  readonly partner?: P;
  /** The largest page; default 100. */
  readonly largestPage?: number;
  readonly clock?: { now(): Date };
  /** Checks answers too, against the closed twin of the schema: for tests and simulators, where a misspelt field must show. */
  readonly strict?: boolean;
  /** Told of what a handler threw that is no OcpiError; the partner only learns that the server failed. */
  readonly onError?: (error: unknown, exchange: Exchange<P>) => void;
}

const LARGEST_PAGE = 100;
const systemClock = { now: () => new Date() };
const noQuery = new URLSearchParams();
const wholeWindow: Window = { offset: 0, limit: LARGEST_PAGE };

/**
 * Serves one side of a module.
 *
 *     serve(v221.cdrs.receiver, { post: async ({ body, payload }) => ({ created: await store(body, payload.raw) }) });
 */
export function serve<I extends Interface, P = unknown>(
  face: I,
  handlers: NoInfer<Handlers<I, P>>,
  options: ServeOptions<P> = {},
): Served<P> {
  const table = routeTable(face.routes);
  const { largestPage = LARGEST_PAGE, clock = systemClock, strict = false, onError } = options;
  const writing = { largestPage, clock, strict };
  const named = handlers as Readonly<Record<string, ((ask: Ask<Route, P>) => unknown) | undefined>>;

  const answer = async (exchange: Exchange<P>): Promise<OcpiResponse> => {
    try {
      const found = findRoute(table, exchange.request.method, exchange.path);
      const handler = named[found.name];
      if (!handler) throw new OcpiError(Object.keys(handlers).length === 0 ? 'not-found' : 'method-not-allowed');
      const ask = toAsk(found.route, found.params, exchange, largestPage);
      return toResponse(found.route, await handler(ask), ask, exchange, writing);
    } catch (error) {
      if (!(error instanceof OcpiError)) onError?.(error, exchange);
      return failure(error, exchange.request, clock.now(), face.routed ? exchange.routing : undefined);
    }
  };

  const handle: Handle = async (request) => {
    const cut = request.url.indexOf('?');
    const path = cut < 0 ? request.url : request.url.slice(0, cut);
    try {
      const routing = face.routed ? readRouting(request.headers) : {};
      const partner = options.partner as P;
      return await answer({ request, path, query: cut < 0 ? '' : request.url.slice(cut + 1), partner, token: '', url: '', routing });
    } catch (error) {
      return failure(error, request, clock.now());
    }
  };
  const check = (request: OcpiRequest, path: string): void => {
    const { route, params } = findRoute(table, request.method, path);
    readBody(route, request.body ?? noPayload, params);
  };
  return Object.assign(handle, { face, answer, check });
}

function toAsk<P>(route: Route, params: Record<string, string>, exchange: Exchange<P>, largestPage: number): Ask<Route, P> {
  const { request, partner, token, routing } = exchange;
  const search = exchange.query === '' ? noQuery : new URLSearchParams(exchange.query);
  const payload = request.body ?? noPayload;
  const requestId = header(request.headers, 'x-request-id') ?? '';
  const correlationId = header(request.headers, 'x-correlation-id') ?? requestId;
  const query = readQuery(route, search);
  const body = readBody(route, payload, params);
  const window = route.paged ? readWindow(search, largestPage) : wholeWindow;
  // One literal: this runs for every request.
  return { params, query, body, payload, window, partner, token, routing, requestId, correlationId, request } as Ask<Route, P>;
}

function readQuery(route: Route, search: URLSearchParams): Readonly<Record<string, string>> {
  const schema = querySchema(route);
  if (!schema) return nothing;
  const named = Object.fromEntries(search);
  refuse(violation(schema, named), 'query ');
  return named;
}
const nothing = Object.freeze({});

function readBody(route: Route, payload: Payload, params: Record<string, string>): unknown {
  const schema = route.says.body;
  if (!schema) return undefined;
  if (payload.isEmpty) {
    if (route.says.bodyOptional) return undefined;
    throw new OcpiError('malformed', 'a body is required');
  }
  const body = payload.value;
  refuse(violation(schema, body), '');
  payload.mark(schema);
  agree(route, body, params);
  return body;
}

function refuse(wrong: ReturnType<typeof violation>, where: string): void {
  if (wrong) throw new OcpiError('invalid', `${where}${wrong.path || '/'}: ${wrong.message}`, { path: wrong.path });
}

/** The URL and the body must name the same object and owner. */
function agree(route: Route, body: unknown, params: Record<string, string>): void {
  if (!route.says.same || typeof body !== 'object' || body === null) return;
  for (const param in route.says.same) {
    const field = route.says.same[param] ?? '';
    const value: unknown = (body as Record<string, unknown>)[field];
    const wanted = params[param];
    if (typeof value === 'string' && wanted !== undefined && !sameText(value, wanted))
      throw new OcpiError('invalid', `/${field}: the body says ${value}, the URL says ${wanted}`, { path: `/${field}` });
  }
}

interface Writing {
  readonly largestPage: number;
  readonly clock: { now(): Date };
  readonly strict: boolean;
}

function toResponse<P>(route: Route, result: unknown, ask: Ask<Route, P>, exchange: Exchange<P>, writing: Writing): OcpiResponse {
  const headers = answerHeaders(exchange.request, ask.routing);
  const now = writing.clock.now();
  const { data } = route.says;
  if (route.paged) {
    const page = result as Page<unknown>;
    if (writing.strict && data) mustFit(list(data), page.items);
    Object.assign(
      headers,
      pageHeaders(page, ask.window, writing.largestPage, new URLSearchParams(exchange.query), `${exchange.url}${exchange.path}`),
    );
    return { status: 200, headers, body: Payload.text(envelopeText(now, 1000, 'Success', itemsText(page.items))) };
  }
  if (data) {
    if (writing.strict) mustFit(data, result instanceof Payload ? result.value : result);
    return { status: 200, headers, body: Payload.text(envelopeText(now, 1000, 'Success', dataText(result))) };
  }
  const created = result === 'created' || typeof result === 'object';
  if (typeof result === 'object' && result !== null && 'created' in result) headers.location = String(result.created);
  return { status: created ? 201 : 200, headers, body: Payload.text(envelopeText(now, 1000, 'Success')) };
}

const dataText = (data: unknown): string => (data instanceof Payload ? data.json : JSON.stringify(data));
const itemsText = (items: readonly unknown[]): string => `[${items.map(dataText).join(',')}]`;

/** What we say ourselves is wrong: a bug, not the partner's fault. */
function mustFit(schema: Schema, value: unknown): void {
  const wrong = violation(closed(schema), value);
  if (wrong) throw new Error(`the answer breaks its own schema: ${wrong.path} ${wrong.message}`);
}

function answerHeaders(request: OcpiRequest, routing: Routing): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const requestId = header(request.headers, 'x-request-id');
  const correlationId = header(request.headers, 'x-correlation-id');
  if (requestId !== undefined) headers['x-request-id'] = requestId;
  if (correlationId !== undefined) headers['x-correlation-id'] = correlationId;
  if (routing.from || routing.to) addRouting(headers, answered(routing.to ? routing : { ...routing, ...receivers.get(request) }));
  return headers;
}

const receivers = new WeakMap<OcpiRequest, Pick<Routing, 'to'>>();

/** Of a request that named no receiver, a hub says whom it found: the answer comes from that party. OCPI 2.2.1, 4.2.3 */
export function answeredBy(request: OcpiRequest, party: Party): void {
  receivers.set(request, { to: party });
}

/** The answer to what went wrong. What is no OcpiError is answered as a failure of the server and says nothing of the inside. */
export function failure(error: unknown, request: OcpiRequest, now: Date, routing: Routing = {}): OcpiResponse {
  const known = error instanceof OcpiError ? error : new OcpiError('server');
  const headers = answerHeaders(request, routing);
  if (known.code === 'unauthorized') headers['www-authenticate'] = 'Token';
  if (known.code === 'unavailable' || known.code === 'too-many-requests') headers['retry-after'] = '5';
  return {
    status: inward.has(known.code) ? 200 : known.http,
    headers,
    body: Payload.text(envelopeText(now, known.statusCode, known.message)),
  };
}

/** An error of a call that a handler made onward is the server's failure to its own caller. */
const inward: ReadonlySet<OcpiErrorCode> = new Set(['unreachable', 'timeout', 'blocked', 'bad-answer']);
