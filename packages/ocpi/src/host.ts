// One listener's worth of OCPI: the versions endpoint, and many interfaces of many versions, for many partners.

import { type Authenticate, type Known, remembering } from './callers.js';
import { compile } from './check.js';
import { directoryHeaders, directoryOf, hasRoles } from './directory.js';
import { OcpiError } from './envelope.js';
import { header, type Party, type Routing, readRouting } from './headers.js';
import type { Handle, OcpiRequest, OcpiResponse, Payload } from './message.js';
import type { Interface, InterfaceRole } from './module.js';
import { ownerInPath } from './owner.js';
import { failure, type Served } from './server.js';

/** Who calls: any object of yours. While it says `registering` (it presented token A) only versions and credentials are open to it. OCPI 2.2.1, 7.1 */
export interface Caller {
  readonly registering?: boolean;
}

const isRegistering = (partner: object): boolean => 'registering' in partner && partner.registering === true;

/** A request that may be for somebody else: what a hub decides on before the interface is asked. */
export interface Passing<P> {
  readonly request: OcpiRequest;
  readonly partner: P;
  readonly routing: Routing;
  readonly version: string;
  readonly module: string;
  readonly role: InterfaceRole | undefined;
  /** What follows the interface's URL, and the query text. */
  readonly path: string;
  readonly query: string;
  /** The interface here, if it is served, and its own answer to this request. */
  readonly face: Interface | undefined;
  local(): Promise<OcpiResponse>;
  /** Checks path and body against the interface here, if it is served. Throws OcpiError. */
  check(): void;
}

/** An exchange that is over, as the host saw it: what a journal keeps. */
export interface Answered<P> {
  readonly request: OcpiRequest;
  readonly response: OcpiResponse;
  /** Who called; absent where the token is nobody's. */
  readonly partner: P | undefined;
  readonly tookMs: number;
}

/** Whether a partner may write or read objects of an owner. */
export type Owns<P> = (partner: P, owner: Party, passing: Passing<P>) => Promise<boolean> | boolean;

/** What a host is made of. */
export interface HostOptions<P extends object> {
  /** The public URL under which everything stands, such as https://hub.example/ocpi. */
  readonly url: string;
  readonly authenticate: Authenticate<P>;
  /** The served interfaces, by version number. */
  readonly versions: Readonly<Record<string, readonly Served<P>[]>>;
  /** Takes a request that is for another party; `undefined` leaves it to the interface here. */
  readonly intercept?: (passing: Passing<P>) => Promise<OcpiResponse | undefined> | OcpiResponse | undefined;
  /** Whether the partner may write or read objects of that owner; false is answered with 404. Default: it may. */
  readonly owns?: Owns<P>;
  /** How long a token's partner is remembered without asking again, in milliseconds; default 5000, 0 never. */
  readonly rememberMs?: number;
  readonly clock?: { now(): Date };
  readonly onError?: (error: unknown, request: OcpiRequest) => void;
  /** Told of each exchange when its answer is ready. Must not throw. */
  readonly onAnswered?: (exchange: Answered<P>) => void;
}

/** A host: a Handle, with what its operator needs. */
export interface Host extends Handle {
  readonly url: string;
  readonly versionsUrl: string;
  /** The URL of an interface. Throws RangeError for one that is not served. */
  endpoint(version: string, module: string, role: InterfaceRole): string;
  /** Forgets which token is whose: call it when tokens or partners change. */
  forget(): void;
  /** Compiles the checks of everything served, before the first request. */
  warm(): void;
}

const systemClock = { now: () => new Date() };

interface Mount<P> {
  readonly served: Served<P>;
  readonly version: string;
  readonly url: string;
  readonly role: InterfaceRole | undefined;
}

/** Hosts interfaces under one URL: `/versions`, `/<version>`, `/<version>/sender/<module>`, `/<version>/receiver/<module>`. */
export function createHost<P extends object>(options: HostOptions<P>): Host {
  const { versions, clock = systemClock, onError, onAnswered } = options;
  const url = options.url.replace(/\/+$/, '');
  const base = new URL(url).pathname.replace(/\/+$/, '');
  const mounts = mountAll(versions, url);
  const directory = directoryOf(
    Object.keys(versions),
    [...mounts.values()].map(({ served, version, url: at }) => ({ face: served.face, version, url: at })),
    url,
    clock,
  );
  const who = remembering(options.authenticate, options.rememberMs ?? 5000);

  /** Everything between the token and the interface; no await on the way unless somebody asked for one. */
  const enter = (request: OcpiRequest, { partner, token }: Known<P>): Promise<OcpiResponse> => {
    const { path, query } = splitUrl(request.url);
    const rest = path.startsWith(base) ? path.slice(base.length) : undefined;
    if (rest === undefined || (rest !== '' && !rest.startsWith('/'))) throw new OcpiError('not-found', 'no such endpoint');
    const listed = directory(rest);
    if (listed) return list(request, listed).catch((error: unknown) => fail(error, request));
    const found = locate(mounts, rest);
    const { mount } = found;
    if (isRegistering(partner) && found.module !== 'credentials')
      throw new OcpiError('unauthorized', 'register first: this token opens versions and credentials only');
    const routing = mount?.served.face.routed === false ? {} : readRouting(request.headers);
    if (mount && !options.intercept && !options.owns)
      return mount.served.answer({ request, path: found.after, query, partner, token, url: mount.url, routing });
    const passing = new Arrived(request, partner, token, routing, query, found, options.owns);
    return answered(passing, options.intercept).catch((error: unknown) => fail(error, request));
  };

  const fail = (error: unknown, request: OcpiRequest): OcpiResponse => {
    if (!(error instanceof OcpiError)) onError?.(error, request);
    return failure(error, request, clock.now(), routingOf(request));
  };

  const recognise = async (request: OcpiRequest, value: string | undefined, since: number): Promise<OcpiResponse> => {
    let known: Known<P> | undefined;
    try {
      known = await who.ask(value);
      return await told(enter(request, known), request, known, since);
    } catch (error) {
      return told(Promise.resolve(fail(error, request)), request, known, since);
    }
  };
  /** The same answer, and the observer hears of it where there is one. */
  const told = (answer: Promise<OcpiResponse>, request: OcpiRequest, known: Known<P> | undefined, since: number): Promise<OcpiResponse> => {
    if (!onAnswered) return answer;
    return answer.then((response) => {
      onAnswered({ request, response, partner: known?.partner, tookMs: performance.now() - since });
      return response;
    });
  };
  // A caller that is remembered goes straight to its interface, whose answer never fails: no promise of our own stands between.
  const handle: Handle = (request) => {
    const since = onAnswered ? performance.now() : 0;
    let known: Known<P> | undefined;
    try {
      const value = header(request.headers, 'authorization');
      known = who.known(value);
      return known ? told(enter(request, known), request, known, since) : recognise(request, value, since);
    } catch (error) {
      return told(Promise.resolve(fail(error, request)), request, known, since);
    }
  };

  return Object.assign(handle, {
    url,
    versionsUrl: `${url}/versions`,
    endpoint(version: string, module: string, role: InterfaceRole): string {
      const mount = [...mounts.values()].find(
        (one) => one.version === version && one.served.face.module === module && (one.role ?? role) === role,
      );
      if (!mount) throw new RangeError(`${version} ${module} ${role} is not served`);
      return mount.url;
    },
    forget: who.forget,
    warm(): void {
      for (const { served } of mounts.values()) for (const { says } of Object.values(served.face.routes)) if (says.body) compile(says.body);
    },
  });
}

/** The routing of a request that failed: an answer carries it too. */
function routingOf(request: OcpiRequest): Routing {
  try {
    return readRouting(request.headers);
  } catch {
    return {};
  }
}

function mountAll<P>(versions: Readonly<Record<string, readonly Served<P>[]>>, url: string): Map<string, Mount<P>> {
  const mounts = new Map<string, Mount<P>>();
  for (const [version, all] of Object.entries(versions))
    for (const served of all) {
      const { module, role } = served.face;
      const roleless = !hasRoles(version) || module === 'credentials';
      const key = roleless ? `/${version}/${module}` : `/${version}/${role.toLowerCase()}/${module}`;
      if (mounts.has(key)) throw new RangeError(`${key} is served twice; 2.1.1 has no roles: make one host for each side`);
      mounts.set(key, { served, version, url: url + key, role: roleless ? undefined : role });
    }
  return mounts;
}

interface Located<P> {
  readonly mount: Mount<P> | undefined;
  readonly after: string;
  readonly version: string;
  readonly module: string;
  readonly role: InterfaceRole | undefined;
}

function locate<P>(mounts: ReadonlyMap<string, Mount<P>>, path: string): Located<P> {
  const second = path.indexOf('/', 1);
  const third = second < 0 ? -1 : path.indexOf('/', second + 1);
  const short = third < 0 ? path : path.slice(0, third);
  const version = path.slice(1, second < 0 ? undefined : second);
  const roleless = mounts.get(short);
  if (roleless) return { mount: roleless, after: path.slice(short.length), version, module: roleless.served.face.module, role: undefined };
  const fourth = third < 0 ? -1 : path.indexOf('/', third + 1);
  const long = fourth < 0 ? path : path.slice(0, fourth);
  const said = third < 0 ? '' : path.slice(second + 1, third);
  const role = said === 'sender' ? 'SENDER' : said === 'receiver' ? 'RECEIVER' : undefined;
  const module =
    role === undefined ? path.slice(second + 1, third < 0 ? undefined : third) : path.slice(third + 1, fourth < 0 ? undefined : fourth);
  return { mount: mounts.get(long), after: path.slice(long.length), version, module, role };
}

function splitUrl(url: string): { path: string; query: string } {
  const whole = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '');
  const cut = whole.indexOf('?');
  return cut < 0 ? { path: whole, query: '' } : { path: whole.slice(0, cut), query: whole.slice(cut + 1) };
}

async function list(request: OcpiRequest, body: Payload): Promise<OcpiResponse> {
  if (request.method !== 'GET') throw new OcpiError('method-not-allowed');
  return { status: 200, headers: directoryHeaders(request), body };
}

async function answered<P extends object>(passing: Passing<P>, intercept: HostOptions<P>['intercept']): Promise<OcpiResponse> {
  return (await intercept?.(passing)) ?? passing.local();
}

/** A request that has been located: what an interceptor sees. */
class Arrived<P> implements Passing<P> {
  readonly request: OcpiRequest;
  readonly partner: P;
  readonly routing: Routing;
  readonly version: string;
  readonly module: string;
  readonly role: InterfaceRole | undefined;
  readonly path: string;
  readonly query: string;
  readonly face: Interface | undefined;
  readonly #token: string;
  readonly #mount: Mount<P> | undefined;
  readonly #owns: Owns<P> | undefined;

  constructor(
    request: OcpiRequest,
    partner: P,
    token: string,
    routing: Routing,
    query: string,
    found: Located<P>,
    owns: Owns<P> | undefined,
  ) {
    this.request = request;
    this.partner = partner;
    this.routing = routing;
    this.version = found.version;
    this.module = found.module;
    this.role = found.role;
    this.path = found.after;
    this.query = query;
    this.face = found.mount?.served.face;
    this.#token = token;
    this.#mount = found.mount;
    this.#owns = owns;
  }

  async local(): Promise<OcpiResponse> {
    const mount = this.#mount;
    if (!mount) throw new OcpiError('not-found', 'no such endpoint');
    const { request, path, query, partner, routing } = this;
    const owner = this.#owns && mount.served.face.role === 'RECEIVER' ? ownerInPath(path) : undefined;
    if (owner && !(await this.#owns?.(partner, owner, this))) throw new OcpiError('not-found', 'no such object');
    return mount.served.answer({ request, path, query, partner, token: this.#token, url: mount.url, routing });
  }

  check(): void {
    this.#mount?.served.check(this.request, this.path);
  }
}
