// Registration, both directions: who we are, what we serve, and the tokens that both sides will use. OCPI 2.2.1, 7
import { fits } from './check.js';
import { connect, type Seen } from './client.js';
import { OcpiError } from './envelope.js';
import { isToken, type TokenCoding } from './headers.js';
import type { Handle, OcpiRequest, OcpiResponse } from './message.js';
import { defineModule, del, get, type InterfaceRole, post, put } from './module.js';
import { anything, ciText, type Infer, list, object, oneOf, optional, type Schema, some, text, url } from './schema.js';
import type { Handlers } from './server.js';
import { Credentials, type credentials } from './v221/credentials.js';

// Wider than any version's own: a peer may list versions and modules that we have never heard of.
const AnyVersion = object({ version: text(20), url });
const AnyEndpoint = object({ identifier: ciText(64), role: optional(oneOf('SENDER', 'RECEIVER')), url });
const AnyDetails = object({ version: text(20), endpoints: some(AnyEndpoint) });
const discovery = defineModule({
  id: 'versions',
  routed: false,
  sender: { versions: get('', { data: list(AnyVersion) }), details: get('', { data: AnyDetails }) },
  receiver: {},
});

/** One endpoint of a partner. Before 2.2 there are no roles. */
export type PeerEndpoint = Infer<typeof AnyEndpoint>;

/** What a partner serves in the chosen version. */
export interface Discovered {
  readonly version: string;
  readonly endpoints: readonly PeerEndpoint[];
  /** How the partner took our token. */
  readonly coding: TokenCoding;
}

/** Settings of a look at a partner. */
export interface DiscoverOptions {
  readonly handle: Handle;
  readonly versionsUrl: string;
  readonly token: string;
  /** How the partner takes tokens; when it is not known yet, base64 is tried first, then raw. */
  readonly coding?: TokenCoding;
  /** The versions that we speak; the first one in this list that the partner has is taken. Default 2.2.1. */
  readonly versions?: readonly string[];
  readonly timeoutMs?: number;
  /** Of all requests of this look, so that they can be found together; each gets one of its own where it is absent. */
  readonly correlationId?: string;
  readonly onExchange?: (seen: Seen) => void;
}

/** Reads a partner's versions and the endpoints of the best one in common. Throws 'unsupported-version' when there is none. */
export async function discover(options: DiscoverOptions): Promise<Discovered> {
  const { handle, token, versionsUrl, versions = ['2.2.1'] } = options;
  const settings = {
    token,
    retries: 1,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.onExchange ? { onExchange: options.onExchange } : {}),
  };
  const said = options.correlationId === undefined ? {} : { correlationId: options.correlationId };
  const codings: readonly TokenCoding[] = options.coding === undefined ? ['base64', 'raw'] : [options.coding];
  const { coding, data: offered } = await firstAccepted(codings, async (one) => {
    const peer = connect(discovery.sender, handle, { ...settings, url: versionsUrl, coding: one });
    return { coding: one, data: (await peer.versions(said)).data };
  });
  const version = versions.find((ours) => offered.some((theirs) => theirs.version === ours));
  const chosen = offered.find((theirs) => theirs.version === version);
  if (!chosen || version === undefined)
    throw new OcpiError('unsupported-version', `no version in common: they have ${offered.map((one) => one.version).join(', ') || 'none'}`);
  const peer = connect(discovery.sender, handle, { ...settings, url: chosen.url, coding });
  const { endpoints } = (await peer.details(said)).data;
  return { version, endpoints, coding };
}

async function firstAccepted<T>(codings: readonly TokenCoding[], ask: (coding: TokenCoding) => Promise<T>): Promise<T> {
  let refusal: unknown;
  for (const coding of codings) {
    try {
      return await ask(coding);
    } catch (error) {
      if (!(error instanceof OcpiError) || error.code !== 'unauthorized') throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** The URL of a partner's module. Throws 'no-endpoints' when it is not there. Before 2.2 the role is not looked at. */
export function endpointOf(endpoints: readonly PeerEndpoint[], module: string, role: InterfaceRole): string {
  const found = endpoints.find(
    (one) => one.identifier === module && (one.role === undefined || one.role === role || module === 'credentials'),
  );
  if (!found) throw new OcpiError('no-endpoints', `the partner has no ${module} ${role}`);
  return found.url;
}

/** A partner after registration: everything that is needed to call it. `token` is what we present to it. */
export interface Registration<C = Credentials> extends Discovered {
  readonly token: string;
  readonly versionsUrl: string;
  readonly credentials: C;
}

/** What registration needs of a version's own credentials object: 2.1.1's is another one. */
export interface AnyCredentials {
  readonly token: string;
  readonly url: string;
}

/** Settings of a registration that we begin. */
export interface RegisterOptions<C extends AnyCredentials = Credentials> extends Omit<DiscoverOptions, 'token'> {
  /** Token A for the first registration; the token in use for an update. */
  readonly token: string;
  /** What we send: our new token for them (token B), our versions URL, our roles. */
  readonly ours: C;
  /** The schema of the credentials object; default 2.2.1's. */
  readonly schema?: Schema<C>;
  /** Called before the credentials are sent: from now on the partner may come with `ours.token`, to read our versions. */
  readonly expect: (token: string) => Promise<void> | void;
  /** 'register' posts, 'update' puts: new version, endpoints or tokens. */
  readonly how?: 'register' | 'update';
}

/**
 * Registers at a partner, or renews the registration: versions, details, credentials. Until it resolves the old tokens stay in use on
 * both sides; keep the old inbound token valid until the partner has used the new one.
 */
export async function register<C extends AnyCredentials = Credentials>(options: RegisterOptions<C>): Promise<Registration<C>> {
  const { handle, ours, expect, how = 'register' } = options;
  const schema = (options.schema ?? Credentials) as Schema<C>;
  const found = await discover(options);
  const at = endpointOf(found.endpoints, 'credentials', 'SENDER');
  await expect(ours.token);
  const peer = connect(enrolment.sender, handle, {
    url: at,
    token: options.token,
    coding: found.coding,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.onExchange ? { onExchange: options.onExchange } : {}),
  });
  const enrolling = { body: ours, ...(options.correlationId === undefined ? {} : { correlationId: options.correlationId }) };
  const { data } = await (how === 'register' ? peer.post(enrolling) : peer.put(enrolling));
  if (!fits(schema, data)) throw new OcpiError('bad-answer', 'the partner answered with credentials that are not valid', { path: '/data' });
  if (!isToken(data.token)) throw new OcpiError('bad-answer', 'the partner answered with a token that cannot be sent', { path: '/token' });
  return { ...found, token: data.token, versionsUrl: data.url, credentials: data };
}

/** Ends a registration at a partner. */
export async function unregister(options: {
  readonly handle: Handle;
  readonly url: string;
  readonly token: string;
  readonly coding?: TokenCoding;
}): Promise<void> {
  await connect(enrolment.sender, options.handle, options).delete();
}

// The schema of the body differs by version, so the answer is checked by whoever asked.
const sent = { body: anything, data: anything };
const enrolment = defineModule({
  id: 'credentials',
  routed: false,
  sender: { post: post('', sent), put: put('', sent), delete: del('', {}) },
  receiver: {},
});

/** What the server side of registration needs: the store is the platform's own. */
export interface RegistrarOptions<P, C extends AnyCredentials = Credentials> {
  /** How a partner is called back, inside its own request: any Handle, or one that wants to know whom it calls. */
  readonly handle: (request: OcpiRequest, partner: P) => Promise<OcpiResponse>;
  /** The versions that we speak, best first. Default 2.2.1. */
  readonly versions?: readonly string[];
  /** Whether the partner is registered: POST is then refused with 405, PUT and DELETE otherwise. */
  readonly isRegistered: (partner: P) => Promise<boolean> | boolean;
  /** Our credentials, with the token that the partner shall use. */
  readonly ours: (partner: P, token: string) => Promise<C> | C;
  /** A new token for the partner: at least 128 random bits. */
  readonly newToken: (partner: P) => Promise<string> | string;
  /**
   * Stores the registration: how to call the partner, and the token that it will use from now on. Token A dies here; an earlier token C
   * stays valid until the new one has been used. Everything or nothing: the answer is sent when this resolves.
   */
  readonly save: (partner: P, registration: Registration<C>, issued: string) => Promise<void> | void;
  readonly remove: (partner: P) => Promise<void> | void;
  /** Refuses credentials that the partner may not present, such as parties that are not its own: throw OcpiError. */
  readonly accept?: (partner: P, theirs: C) => Promise<void> | void;
  readonly timeoutMs?: number;
}

/** The handlers of our credentials endpoint. A partner that cannot be called back is answered 3001; without a common version, 3002. */
export function registrar<P, C extends AnyCredentials = Credentials>(
  options: RegistrarOptions<P, C>,
): Handlers<typeof credentials.sender, P> {
  const take = async ({ partner, body: theirs, correlationId }: Sent<P, C>): Promise<C> => {
    await options.accept?.(partner, theirs);
    const handle: Handle = (request) => options.handle(request, partner);
    const found = await lookBack({ ...options, handle, ...(correlationId === '' ? {} : { correlationId }) }, theirs);
    const issued = await options.newToken(partner);
    await options.save(partner, { ...found, token: theirs.token, versionsUrl: theirs.url, credentials: theirs }, issued);
    return options.ours(partner, issued);
  };
  const needs = async (partner: P, registered: boolean): Promise<void> => {
    if ((await options.isRegistered(partner)) !== registered)
      throw new OcpiError('method-not-allowed', registered ? 'not registered: use POST' : 'registered already: use PUT');
  };
  const handlers = {
    get: ({ partner, token }: { partner: P; token: string }) => options.ours(partner, token),
    post: async (sent: Sent<P, C>) => {
      await needs(sent.partner, false);
      return take(sent);
    },
    put: async (sent: Sent<P, C>) => {
      await needs(sent.partner, true);
      return take(sent);
    },
    delete: async ({ partner }: { partner: P }) => {
      await needs(partner, true);
      await options.remove(partner);
      return 'deleted' as const;
    },
  };
  return handlers as unknown as Handlers<typeof credentials.sender, P>;
}

interface Sent<P, C> {
  readonly partner: P;
  readonly body: C;
  readonly correlationId: string;
}

/** Reads the partner's versions and endpoints with the token that it just gave us. */
async function lookBack<C extends AnyCredentials>(
  options: Pick<RegistrarOptions<unknown, C>, 'versions' | 'timeoutMs'> & Pick<DiscoverOptions, 'handle' | 'correlationId'>,
  theirs: C,
): Promise<Discovered> {
  if (!isToken(theirs.token)) throw new OcpiError('invalid', '/token: 1 to 64 printable characters without blanks', { path: '/token' });
  try {
    return await discover({
      handle: options.handle,
      versionsUrl: theirs.url,
      token: theirs.token,
      timeoutMs: options.timeoutMs ?? 10_000,
      ...(options.versions ? { versions: options.versions } : {}),
      ...(options.correlationId === undefined ? {} : { correlationId: options.correlationId }),
    });
  } catch (error) {
    if (error instanceof OcpiError && error.code === 'unsupported-version') throw error;
    const reason = error instanceof OcpiError ? error.message : 'failed';
    throw new OcpiError('cannot-use-client', `your versions endpoint cannot be used: ${reason}`, { cause: error });
  }
}
