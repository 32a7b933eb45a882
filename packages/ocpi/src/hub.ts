// What makes a platform a hub: a request that is for another party goes on to it, and its answer comes back. OCPI 2.2.1, 4.2
import { isRegistered } from './addresses.js';
import { type Connection, endpoint, otherVersion, tokenHeader, usable } from './connection.js';
import { type Correlation, type CorrelationKind, type Correlations, newCorrelationId } from './correlations.js';
import { isSuccess, OcpiError, readEnvelope } from './envelope.js';
import { addRouting, answered, header, type Party, partyKey, type Routing } from './headers.js';
import type { Caller, Passing } from './host.js';
import { type OcpiRequest, type OcpiResponse, Payload } from './message.js';
import { checkOwner } from './owner.js';
import { nextLink } from './paging.js';

/** A partner that calls the hub: its id, and the parties that it may speak for. Nothing in OCPI proves a party: the credential does. */
export interface HubCaller extends Caller {
  readonly id: string;
  /** Keys as `partyKey` makes them. */
  readonly parties: ReadonlySet<string>;
}

/** What became of one copy of a broadcast. */
export interface Delivery {
  readonly partner: string;
  readonly to: Party;
  readonly ok: boolean;
  readonly error?: unknown;
}

/** What a hub is made of. */
export interface HubOptions<P extends HubCaller> {
  /** The hub's own party: what requests for everybody are addressed to. */
  readonly party: Party;
  /** The host's public URL; rewritten URLs stand below it. */
  readonly url: string;
  /** How a request reaches a partner: any Handle, or one that wants to know whom it calls. */
  readonly handle: (request: OcpiRequest, to: Connection) => Promise<OcpiResponse>;
  /** The connection of a party; undefined is answered 4001, one that is not connected 4003. */
  readonly find: (to: Party, passing: Passing<P>) => Promise<Connection | undefined> | Connection | undefined;
  /** The connection of a partner by its id: for what comes back. */
  readonly connection: (partner: string) => Promise<Connection | undefined> | Connection | undefined;
  /** Open routing: for whom a request without an address is; undefined leaves it to the interface here. */
  readonly address?: (passing: Passing<P>) => Promise<Party | undefined> | Party | undefined;
  /** Who gets a push that is addressed to the hub: the parties of the opposite role (see `broadcastRoles`). */
  readonly audience?: (passing: Passing<P>) => Promise<readonly Party[]> | readonly Party[];
  /** Told of each copy of a broadcast. */
  readonly onDelivery?: (delivery: Delivery, passing: Passing<P>) => void;
  /** Takes a request whose receiver speaks another version; without it such a request is answered 4000. */
  readonly translate?: (passing: Passing<P>, to: Party, connection: Connection) => Promise<OcpiResponse>;
  readonly correlations: Correlations;
  readonly clock?: { now(): Date };
  readonly newId?: () => string;
  /** How long a receiver may take, in milliseconds; default 30 000. */
  readonly timeoutMs?: number;
  /** How long rewritten URLs live, in milliseconds; defaults: callbacks 30 minutes, pages 1 hour, objects a year. */
  readonly lifetimes?: Partial<Record<CorrelationKind, number>>;
}

/** A hub's decision on each request: `intercept` for `createHost`. */
export interface Hub<P extends HubCaller> {
  intercept(passing: Passing<P>): Promise<OcpiResponse | undefined>;
  /** Sends a request on to a party, as its requester would: what direct and open routing use. */
  forward(passing: Passing<P>, to: Party): Promise<OcpiResponse>;
}

const MINUTE_MS = 60_000;
const lifetimesMs: Readonly<Record<CorrelationKind, number>> = {
  callback: 30 * MINUTE_MS,
  page: 60 * MINUTE_MS,
  object: 365 * 24 * 60 * MINUTE_MS,
};
const systemClock = { now: () => new Date() };

/** The roles that hear a broadcast of a role. OCPI 2.2.1, 4.2.4 */
export const broadcastRoles: Readonly<Record<string, readonly string[]>> = {
  CPO: ['EMSP', 'NSP', 'OTHER', 'NAP', 'SCSP'],
  EMSP: ['CPO'],
  OTHER: ['CPO'],
};

/** Makes a hub. */
export function createHub<P extends HubCaller>(options: HubOptions<P>): Hub<P> {
  const { correlations, clock = systemClock, newId = () => globalThis.crypto.randomUUID(), timeoutMs = 30_000 } = options;
  const own = partyKey(options.party);
  const base = `${options.url.replace(/\/+$/, '')}/hub/`;
  const isOwn = (party: Party): boolean => partyKey(party) === own;

  async function intercept(passing: Passing<P>): Promise<OcpiResponse | undefined> {
    if (passing.version === 'hub') return follow(passing);
    if (passing.face?.routed === false) return undefined;
    const { to, from } = passing.routing;
    if (from && !passing.partner.parties.has(partyKey(from)))
      throw new OcpiError('forbidden', `${from.country} ${from.party} is not a party of this partner`);
    if (to && !isOwn(to)) return forward(passing, to);
    if (to) return options.audience && isForAll(passing) ? broadcast(passing) : undefined;
    const found = await options.address?.(passing);
    return found && !isOwn(found) ? forward(passing, found) : undefined;
  }

  async function forward(passing: Passing<P>, to: Party): Promise<OcpiResponse> {
    const from = senderOf(passing);
    const connection = usable(await options.find(to, passing), `${to.country} ${to.party}`);
    if (isWrite(passing)) {
      passing.check();
      checkOwner(passing, from);
    }
    if (connection.version !== passing.version)
      return options.translate ? options.translate(passing, to, connection) : otherVersion(connection);
    const url = endpoint(connection, passing.module, passing.role);
    const routing = { to, from };
    const { body, query } = mayCallBack(passing)
      ? await withOwnCallback(passing, connection)
      : { body: passing.request.body, query: passing.query };
    const request = onward(passing.request, `${url}${passing.path}${queryOf(query)}`, connection, routing, body);
    return backward(await send(request, connection), passing, connection, routing);
  }

  /** The hub answers for itself; copies go to everybody else at once, and nobody waits for another. */
  async function broadcast(passing: Passing<P>): Promise<OcpiResponse> {
    const from = senderOf(passing);
    checkOwner(passing, from);
    const answer = await passing.local();
    if (answer.status >= 300 || !isSuccess(readEnvelope(answer.body?.value).status_code)) return answer;
    const audience = (await options.audience?.(passing)) ?? [];
    for (const to of audience) {
      copy(passing, to).then(
        (partner) => options.onDelivery?.({ partner, to, ok: true }, passing),
        (error: unknown) => options.onDelivery?.({ partner: '', to, ok: false, error }, passing),
      );
    }
    return answer;
  }

  async function copy(passing: Passing<P>, to: Party): Promise<string> {
    const connection = usable(await options.find(to, passing), `${to.country} ${to.party}`);
    const routing = { to, from: options.party };
    const url = `${endpoint(connection, passing.module, passing.role)}${passing.path}${queryOf(passing.query)}`;
    const { status, body } = await send(onward(passing.request, url, connection, routing, passing.request.body), connection);
    const code = status < 300 ? readEnvelope(body?.value).status_code : 0;
    if (!isSuccess(code)) throw new OcpiError('hub', `${connection.partner} answered ${status}, ${code}`);
    return connection.partner;
  }

  /** A request to one of our rewritten URLs: its partner alone may call it, and what is to be used once is. */
  async function follow(passing: Passing<P>): Promise<OcpiResponse> {
    const found = await correlations.take(passing.module, passing.partner.id, clock.now());
    if (!found || (found.kind === 'callback') !== (passing.request.method === 'POST'))
      throw new OcpiError('not-found', 'this URL is not known, used, or expired');
    const connection = usable(await options.connection(found.target), found.target);
    const request = onward(passing.request, found.url, connection, passing.routing, passing.request.body);
    const kept = { ...request, headers: { ...request.headers, 'x-correlation-id': found.correlationId } };
    try {
      return await backward(await send(kept, connection), passing, connection, passing.routing);
    } catch (error) {
      // It did not arrive, so it has not been used.
      if (found.once) await correlations.put(found);
      throw error;
    }
  }

  function onward(request: OcpiRequest, url: string, connection: Connection, routing: Routing, body: Payload | undefined): OcpiRequest {
    const headers: Record<string, string> = {
      authorization: tokenHeader(connection),
      'x-request-id': newId(),
      'x-correlation-id': header(request.headers, 'x-correlation-id') ?? newId(),
    };
    addRouting(headers, routing);
    const { method } = request;
    if (!body || body.isEmpty) return { method, url, headers, timeoutMs };
    headers['content-type'] = 'application/json';
    return { method, url, headers, body, timeoutMs };
  }

  async function send(request: OcpiRequest, connection: Connection): Promise<OcpiResponse> {
    try {
      return await options.handle(request, connection);
    } catch (error) {
      throw asHubSees(error);
    }
  }

  /** The answer as the requester gets it: status and body unchanged, of the headers only what OCPI means, URLs turned into ours. */
  async function backward(response: OcpiResponse, passing: Passing<P>, connection: Connection, routing: Routing): Promise<OcpiResponse> {
    const headers = addRouting({ 'content-type': 'application/json' }, answered(routing));
    const requestId = header(passing.request.headers, 'x-request-id');
    const correlationId = header(passing.request.headers, 'x-correlation-id');
    if (requestId !== undefined) headers['x-request-id'] = requestId;
    if (correlationId !== undefined) headers['x-correlation-id'] = correlationId;
    for (const name of ['x-total-count', 'x-limit'] as const) {
      const value = header(response.headers, name);
      if (value !== undefined) headers[name] = value;
    }
    const location = header(response.headers, 'location');
    const next = response.headers.link === undefined ? undefined : nextLink(response.headers);
    if (location !== undefined || next !== undefined) {
      const pair = { opener: passing.partner.id, target: connection.partner };
      if (location !== undefined) headers.location = await lend('object', location, pair, false, correlationId ?? '');
      if (next !== undefined) headers.link = `<${await lend('page', next, pair, false, correlationId ?? '')}>; rel="next"`;
    }
    return { status: response.status, headers, ...(response.body ? { body: response.body } : {}) };
  }

  /** A response_url becomes ours: the receiver answers to us, with the token that it has for us. */
  async function withOwnCallback(passing: Passing<P>, connection: Connection): Promise<{ body: Payload | undefined; query: string }> {
    const { request, query } = passing;
    const lent = async (url: string): Promise<string> => {
      const sender = await options.connection(passing.partner.id);
      if (!isOnHosts(url, sender?.hosts ?? []))
        throw new OcpiError('invalid', 'response_url must be on a registered host of this partner', { path: '/response_url' });
      // The CPO may later say on the same URL that a reservation was cancelled.
      const once = !passing.path.startsWith('/RESERVE_NOW');
      return lend(
        'callback',
        url,
        { opener: connection.partner, target: passing.partner.id },
        once,
        header(request.headers, 'x-correlation-id') ?? '',
      );
    };
    const search = new URLSearchParams(query);
    const inQuery = search.get('response_url');
    if (inQuery !== null) {
      search.set('response_url', await lent(inQuery));
      return { body: request.body, query: search.toString() };
    }
    const body = request.body?.isEmpty === false ? request.body.value : undefined;
    if (typeof body !== 'object' || body === null || !('response_url' in body)) return { body: request.body, query };
    if (typeof body.response_url !== 'string') throw new OcpiError('invalid', '/response_url: must be a string', { path: '/response_url' });
    return { body: Payload.of({ ...body, response_url: await lent(body.response_url) }), query };
  }

  async function lend(
    kind: CorrelationKind,
    url: string,
    pair: Pick<Correlation, 'opener' | 'target'>,
    once: boolean,
    correlationId: string,
  ): Promise<string> {
    const id = newCorrelationId();
    const expires = new Date(clock.now().getTime() + (options.lifetimes?.[kind] ?? lifetimesMs[kind]));
    await correlations.put({ id, kind, url, ...pair, once, expires, correlationId });
    return base + id;
  }

  return { intercept, forward };
}

// Sessions and CDRs tell of one driver, commands are for one station: they are nobody else's business.
const personal: ReadonlySet<string> = new Set(['sessions', 'cdrs', 'commands', 'chargingprofiles', 'payments', 'invoicereconciliation']);
const isForAll = (passing: { readonly request: OcpiRequest; readonly module: string }): boolean =>
  isWrite(passing) && !personal.has(passing.module);
const isWrite = ({ request }: { readonly request: OcpiRequest }): boolean => request.method !== 'GET';
const queryOf = (query: string): string => (query === '' ? '' : `?${query}`);

/** Whom a request is from: its header, or the one party that the partner has. */
function senderOf({ routing, partner }: Passing<HubCaller>): Party {
  if (routing.from) return routing.from;
  const [only, ...more] = partner.parties;
  if (only === undefined || more.length > 0) throw new OcpiError('invalid', 'OCPI-from-country-code and OCPI-from-party-id are missing');
  return { country: only.slice(0, 2), party: only.slice(2) };
}

const callsBack: ReadonlySet<string> = new Set(['commands', 'chargingprofiles']);
const mayCallBack = ({ role, module }: Passing<HubCaller>): boolean => role === 'RECEIVER' && callsBack.has(module);

/** What went wrong on the way to a receiver, in the hub's own codes. */
function asHubSees(error: unknown): unknown {
  if (!(error instanceof OcpiError)) return error;
  if (error.code === 'timeout') return new OcpiError('hub-timeout', undefined, { cause: error });
  if (error.code === 'unreachable' || error.code === 'blocked') return new OcpiError('not-connected', undefined, { cause: error });
  return error;
}

function isOnHosts(text: string, hosts: readonly string[]): boolean {
  try {
    return isRegistered(new URL(text), hosts);
  } catch {
    return false;
  }
}
