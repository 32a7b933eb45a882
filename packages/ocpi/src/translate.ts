// A request of one version as another version says it, and the answer on its way back: bridges at the level of the wire.
import { type BridgeContext, type BridgedObject, type BridgeVersion, bridgedObjects, convert, type Loss } from './bridge/index.js';
import { OcpiError, readEnvelope } from './envelope.js';
import { type Handle, type OcpiRequest, type OcpiResponse, Payload } from './message.js';
import type { Interface, InterfaceRole, Route } from './module.js';
import { modulesOf, objectsOf } from './registry.js';
import { findRoute, type RouteTable, routeTable } from './routes.js';
import type { Schema } from './schema.js';
import { type Exchange, failure, type Served, serve } from './server.js';

/** Which way a translation goes, and what it has to know. */
export interface Translation {
  readonly from: BridgeVersion;
  readonly to: BridgeVersion;
  /** What a bridge has to know for an object: its owner, and what it names. */
  readonly context: (object: BridgedObject, value: unknown) => BridgeContext;
  /** Told of what could not be carried. */
  readonly onLoss?: (object: BridgedObject, losses: readonly Loss[]) => void;
}

/** A request in the other version, and how its answer comes back. */
export interface Translated {
  readonly body: Payload | undefined;
  answer(response: OcpiResponse): OcpiResponse;
}

/**
 * Translates a request for an interface. Paths are the same in all versions; bodies and answers are bridged.
 * Throws 'hub' when the other version has no such request, or the object cannot be said in it.
 */
export function translate(module: string, role: InterfaceRole, path: string, request: OcpiRequest, translation: Translation): Translated {
  const { from, to } = translation;
  const { name } = findRoute(tableOf(from, module, role), request.method, path);
  if (!(name in faceOf(to, module, role).routes)) throw new OcpiError('hub', `OCPI ${to} has no ${module} ${name}`);
  const names = namesOf(module, role, name);
  const isPatch = request.method === 'PATCH';
  const body = request.body && !request.body.isEmpty ? request.body : undefined;
  return {
    body: body && names.body ? Payload.of(bridged(names.body, body.value, translation, isPatch)) : body,
    answer: (response) => (names.data ? translatedAnswer(names.data, response, reversed(translation)) : response),
  };
}

const reversed = ({ from, to, ...rest }: Translation): Translation => ({ from: to, to: from, ...rest });

function translatedAnswer(name: BridgedObject, response: OcpiResponse, translation: Translation): OcpiResponse {
  const value: unknown = response.body?.value;
  const { data } = readEnvelope(value);
  if (data === undefined || response.status >= 300 || typeof value !== 'object') return response;
  const turned = Array.isArray(data)
    ? (data as readonly unknown[]).map((item) => bridged(name, item, translation, false))
    : bridged(name, data, translation, false);
  return { ...response, body: Payload.of({ ...value, data: turned }) };
}

function bridged(name: BridgedObject, value: unknown, { from, to, context, onLoss }: Translation, partial: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { result, losses } = convert(from, to, name, value, { ...context(name, value), partial });
  if (losses.length > 0) onLoss?.(name, losses);
  if (result === undefined)
    throw new OcpiError('hub', `${name} cannot be said in OCPI ${to}: ${losses.find(({ kind }) => kind === 'impossible')?.message ?? ''}`);
  return result;
}

/** An interface of 2.2.1, served in another version. */
export function servedIn<P>(version: BridgeVersion, served: Served<P>, translation: Pick<Translation, 'context' | 'onLoss'>): Served<P> {
  const { module, role } = served.face;
  const face = faceOf(version, module, role);
  const way: Translation = { from: version, to: '2.2.1', ...translation };
  // The other version's own checks stand in front; its handlers hand the request on.
  const front = serve<Interface, Exchange<P>>(face, {});
  const answer = async (exchange: Exchange<P>): Promise<OcpiResponse> => {
    try {
      front.check(exchange.request, exchange.path);
      const { body, answer: back } = translate(module, role, exchange.path, exchange.request, way);
      // The bytes stay those of the wire: they are what a receiver keeps.
      const original = exchange.request.body;
      const request = body && original ? { ...exchange.request, body: Payload.translated(original, body.value) } : exchange.request;
      return back(await served.answer({ ...exchange, request }));
    } catch (error) {
      if (!(error instanceof OcpiError)) throw error;
      return failure(error, exchange.request, new Date(), exchange.routing);
    }
  };
  return Object.assign(
    (request: OcpiRequest) => answer({ request, path: request.url, query: '', partner: undefined as P, token: '', url: '', routing: {} }),
    {
      face,
      answer,
      check: front.check,
    },
  );
}

/** A Handle that takes requests of 2.2.1 for an interface at that URL and sends them in another version. */
export function spokenIn(
  version: BridgeVersion,
  face: Pick<Interface, 'module' | 'role'>,
  url: string,
  handle: Handle,
  translation: Pick<Translation, 'context' | 'onLoss'>,
): Handle {
  const base = url.replace(/\/+$/, '');
  const way: Translation = { from: '2.2.1', to: version, ...translation };
  return async (request) => {
    // A whole URL that the partner gave (a response_url, a Location, a next page) has a path of its own making.
    const own = request.url.startsWith(base) ? (request.url.slice(base.length).split('?')[0] ?? '') : undefined;
    const path = own !== undefined && isRoute(face, request, own) ? own : foreignPath(face, request);
    const { body, answer } = translate(face.module, face.role, path, request, way);
    return answer(await handle({ ...request, ...(body ? { body } : {}) }));
  };
}

function isRoute({ module, role }: Pick<Interface, 'module' | 'role'>, { method }: OcpiRequest, path: string): boolean {
  try {
    findRoute(tableOf('2.2.1', module, role), method, path);
    return true;
  } catch {
    return false;
  }
}

/** What kind of request goes to a URL of the partner's own making: the one of that method with as many parameters as need be. */
function foreignPath({ module, role }: Pick<Interface, 'module' | 'role'>, { method }: OcpiRequest): string {
  const routes = Object.values(faceOf('2.2.1', module, role).routes);
  const found = routes.find((route) => route.method === method && (method !== 'GET' || route.paged || module === 'cdrs'));
  return (found?.path ?? '').replace(/:\w+/g, 'x');
}

const tables = new Map<string, RouteTable>();
function tableOf(version: BridgeVersion, module: string, role: InterfaceRole): RouteTable {
  const key = `${version} ${module} ${role}`;
  const known = tables.get(key) ?? routeTable(faceOf(version, module, role).routes);
  tables.set(key, known);
  return known;
}

/** A module's side in a version. Throws 'hub' when the version has no such module. */
export function faceOf(version: BridgeVersion, module: string, role: InterfaceRole): Interface {
  const found = modulesOf(version).get(module);
  if (!found) throw new OcpiError('hub', `OCPI ${version} has no module ${module}`);
  return role === 'SENDER' ? found.sender : found.receiver;
}

/** The objects that a request and its answer carry, by their names in 2.2.1, which every other version is bridged with. */
function namesOf(module: string, role: InterfaceRole, name: string): { readonly body?: BridgedObject; readonly data?: BridgedObject } {
  const route: Route | undefined = faceOf('2.2.1', module, role).routes[name];
  const body = route?.says.body && nameOf(route.says.body);
  const data = route?.says.data && nameOf(route.says.data);
  return { ...(body ? { body } : {}), ...(data ? { data } : {}) };
}

const isBridged = (name: string | undefined): name is BridgedObject => (bridgedObjects as readonly (string | undefined)[]).includes(name);
let names: ReadonlyMap<unknown, string> | undefined;

/** A PATCH has the same fields as its object, so that they name both. */
function nameOf(schema: Schema): BridgedObject | undefined {
  names ??= new Map([...objectsOf('2.2.1')].map(([name, object]) => [object.properties, name]));
  const name = names.get(schema.properties);
  return isBridged(name) ? name : undefined;
}
