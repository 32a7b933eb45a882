// An OCPI module is one definition: from it come the server's routes, the client's methods, the hub's table and the documentation.
import { type Infer, type Optional, object, type Schema, type Shape } from './schema.js';

/** The HTTP methods that OCPI uses. */
export type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
/** The side of a module that an endpoint serves: SENDER owns the objects, RECEIVER keeps copies. OCPI 2.2.1, 6.4 */
export type InterfaceRole = 'SENDER' | 'RECEIVER';

/** What a route says: the schemas of its request body, of the answer's data, and of its query parameters (all of them text). */
export interface Says {
  readonly body?: Schema;
  readonly data?: Schema;
  readonly query?: Shape;
  /** The body is there or not: real-time authorization may come without a location. */
  readonly bodyOptional?: true;
  /** Which field of the body repeats which parameter of the path: they must agree. OCPI 2.2.1, 4.1.5 */
  readonly same?: Readonly<Record<string, string>>;
}

/** One request of an interface: method, path template, what it says. `paged` marks a GET of a list. */
export interface Route<M extends Method = Method, P extends string = string, S extends Says = Says, L extends boolean = boolean> {
  readonly method: M;
  readonly path: P;
  readonly says: S;
  readonly paged: L;
}

/** The routes of one interface, by the names that handlers and clients use. */
export type Routes = Readonly<Record<string, Route>>;

/** One side of a module: what `serve` and `connect` take. */
export interface Interface<R extends Routes = Routes> {
  readonly module: string;
  readonly role: InterfaceRole;
  /** False for versions, credentials and hubclientinfo, which carry no routing headers. OCPI 2.2.1, 4.2.3 */
  readonly routed: boolean;
  readonly routes: R;
}

/** A module of one OCPI version, or one that two parties agreed on. */
export interface Module<S extends Routes = Routes, R extends Routes = Routes> {
  readonly id: string;
  readonly sender: Interface<S>;
  readonly receiver: Interface<R>;
}

/**
 * Defines a module once, for server, client and hub.
 *
 *     const parking = defineModule({ id: 'acme-parking', sender: { list: getList('', { data: Bay }) }, receiver: {} });
 */
export const defineModule = <S extends Routes, R extends Routes>(definition: {
  readonly id: string;
  readonly routed?: boolean;
  readonly sender: S;
  readonly receiver: R;
}): Module<S, R> => {
  const { id, routed = true, sender, receiver } = definition;
  return {
    id,
    sender: { module: id, role: 'SENDER', routed, routes: sender },
    receiver: { module: id, role: 'RECEIVER', routed, routes: receiver },
  };
};

/** True for a module value, so that a version's namespace is its registry. */
export const isModule = (value: unknown): value is Module =>
  typeof value === 'object' && value !== null && 'sender' in value && 'receiver' in value && 'id' in value;

type Word<M extends Method> = <P extends string, const S extends Says>(path: P, says: S) => Route<M, P, S, false>;
const word =
  <M extends Method>(method: M): Word<M> =>
  (path, says) => ({ method, path, says, paged: false });

/** GET of one object; `data` is its schema. */
export const get = word('GET');
/** PUT of an object: creates or replaces it. */
export const put = word('PUT');
/** PATCH: only the changed fields, with `last_updated`. */
export const patch = word('PATCH');
/** POST of an object or a question. */
export const post = word('POST');
/** DELETE of an object. */
export const del = word('DELETE');

/** GET of a list in pages; `data` is the schema of one item. OCPI 2.2.1, 4.1.3.4 */
export const getList = <P extends string, const S extends Says & { readonly data: Schema }>(
  path: P,
  says: S,
): Route<'GET', P, S, true> => ({
  method: 'GET',
  path,
  says,
  paged: true,
});

type Names<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

/** The parameters of a path template. */
export type Params<R extends Route> = { readonly [K in Names<R['path']>]: string };

type OptionalKeys<Q extends Shape> = { [K in keyof Q]: Q[K] extends Optional<unknown> ? K : never }[keyof Q];
type QueryShape<Q extends Shape> = { readonly [K in Exclude<keyof Q, OptionalKeys<Q>>]: Infer<Q[K]> } & {
  readonly [K in OptionalKeys<Q>]?: Infer<Q[K]>;
};
/** The query parameters of a route, paging aside. */
export type Query<R extends Route> = R['says'] extends { readonly query: infer Q extends Shape }
  ? QueryShape<Q>
  : Readonly<Record<never, never>>;

/** The request body of a route. */
export type Body<R extends Route> = R['says'] extends { readonly body: infer B extends Schema }
  ? R['says'] extends { readonly bodyOptional: true }
    ? Infer<B> | undefined
    : Infer<B>
  : undefined;

/** The data of a route's answer; for a list, one item. `never` where the answer has none. */
export type Data<R extends Route> = R['says'] extends { readonly data: infer D extends Schema } ? Infer<D> : never;

const querySchemas = new WeakMap<object, Schema>();

/** The schema of a route's query parameters. */
export function querySchema(route: Route): Schema | undefined {
  const query = route.says.query;
  if (!query) return undefined;
  const known = querySchemas.get(query) ?? object(query);
  querySchemas.set(query, known);
  return known;
}
