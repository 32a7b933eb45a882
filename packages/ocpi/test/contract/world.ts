// A host with every interface of every version, whose handlers remember what they heard and answer with samples.
import {
  createHost,
  defineModule,
  get,
  type Handle,
  type Interface,
  modulesOf,
  OcpiError,
  type OcpiVersion,
  object,
  type Schema,
  serve,
  text,
} from '@evroam/ocpi';
import { sample } from './sample.js';

/** What a handler heard. */
export const Heard = object({ module: text(), route: text(), json: text(), raw: text() });

/** A module of our own, by the same means as the standard's: it tells what was heard last. */
export const heard = defineModule({ id: 'acme-heard', routed: false, sender: { get: get('', { data: Heard }) }, receiver: {} });

/** The versions under contract, with the namespace that has all their modules. */
export const contracted = { '2.1.1': '2.1.1', '2.2': '2.2', '2.2.1': '2.2.1', '2.3.0': '2.3.0-payments' } as const satisfies Record<
  string,
  OcpiVersion
>;

/** Modules that the host answers itself. */
export const directory: ReadonlySet<string> = new Set(['versions', 'version_details']);

/** The token that is let in, and one that only may register. */
export const TOKEN = 'contract-token';
export const TOKEN_A = 'contract-token-a';

/** The field that names an object of a list. */
export const nameField = (schema: Schema): string =>
  ['id', 'uid', 'terminal_id', 'party_id'].find((name) => name in (schema.properties as object)) ?? 'id';

/** All interfaces of a version; one side of them where there are no roles. */
export const facesOf = (version: keyof typeof contracted): readonly Interface[] =>
  [...modulesOf(contracted[version]).values()].filter(({ id }) => !directory.has(id)).flatMap(({ sender, receiver }) => [sender, receiver]);

/** A host under the origin; 2.1.1 has one for each side. */
export function contractWorld(origin: string): Handle {
  let last: unknown = { module: '', route: '', json: '', raw: '' };
  const remember =
    (face: Interface, name: string) =>
    async (ask: { readonly params: Record<string, string>; readonly payload: { readonly raw: Buffer } }) => {
      const { params, query, body, routing, requestId, correlationId, window } = ask as never;
      last = {
        module: `${face.module} ${face.role}`,
        route: name,
        json: JSON.stringify({ params, query, body, routing, requestId, correlationId, window }),
        raw: ask.payload.raw.toString('utf8'),
      };
      if (Object.values(params as Record<string, string>).includes('SLOW')) return new Promise(() => undefined);
      if (Object.values(params as Record<string, string>).includes('NONE')) throw new OcpiError('not-found');
      if (Object.values(params as Record<string, string>).includes('BUG')) throw new Error('a secret of the inside');
      const route = face.routes[name];
      const data = route?.says.data;
      if (!data)
        return route?.method === 'POST' ? { created: `${origin}/somewhere/1` } : route?.method === 'DELETE' ? 'deleted' : 'created';
      if (!route?.paged) return sample(data, 'whole');
      const items = ['A', 'B', 'C', 'D', 'E'].map((id) => ({ ...(sample(data, 'whole') as object), [nameField(data)]: id }));
      const { offset, limit } = window as { offset: number; limit: number };
      return { items: items.slice(offset, offset + limit), total: items.length };
    };
  const served = (face: Interface) => {
    const handlers = Object.fromEntries(Object.keys(face.routes).map((name) => [name, remember(face, name)]));
    return serve<Interface, { registering?: boolean }>(face, handlers as never, { strict: true });
  };
  const heardServed = serve(heard.sender, { get: () => last as never });
  const authenticate = (token: string) => (token === TOKEN ? {} : token === TOKEN_A ? { registering: true } : undefined);
  const unique = (faces: readonly Interface[]) => faces.filter(({ module, role }) => module !== 'credentials' || role === 'SENDER');
  const withRoles = (['2.2', '2.2.1', '2.3.0'] as const).map(
    (version) => [version, [heardServed, ...unique(facesOf(version)).map(served)]] as const,
  );
  const old = (role: string) =>
    facesOf('2.1.1').filter(
      (face) => face.role === role || (face.module === 'credentials' && role === 'RECEIVER' && face.role === 'RECEIVER'),
    );
  const hosts = {
    '/ocpi': createHost({ url: `${origin}/ocpi`, authenticate, versions: Object.fromEntries(withRoles) }),
    '/sender': createHost({ url: `${origin}/sender`, authenticate, versions: { '2.1.1': [heardServed, ...old('SENDER').map(served)] } }),
    '/receiver': createHost({
      url: `${origin}/receiver`,
      authenticate,
      versions: { '2.1.1': [heardServed, ...old('RECEIVER').map(served)] },
    }),
  };
  return (request) => {
    const path = request.url.replace(origin, '');
    const host = Object.entries(hosts).find(([base]) => path.startsWith(base))?.[1];
    return host ? host(request) : Promise.reject(new OcpiError('not-found'));
  };
}

/** Where an interface of the world is. */
export function urlOf(origin: string, version: string, face: Pick<Interface, 'module' | 'role'>): string {
  if (version === '2.1.1') return `${origin}/${face.role.toLowerCase()}/2.1.1/${face.module}`;
  return face.module === 'credentials'
    ? `${origin}/ocpi/${version}/credentials`
    : `${origin}/ocpi/${version}/${face.role.toLowerCase()}/${face.module}`;
}
