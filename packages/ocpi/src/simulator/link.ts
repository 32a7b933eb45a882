// What every simulated platform has: a listener, tokens in both directions, a registration at one partner, and a journal.
import { randomBytes } from 'node:crypto';
import type { Allowed } from '../addresses.js';
import { type BridgeContext, type BridgeVersion, convert, type Lookup, type Loss, type Owner } from '../bridge/index.js';
import { type Client, connect } from '../client.js';
import { OcpiError } from '../envelope.js';
import { type AnyCredentials, endpointOf, type Registration, register, registrar, unregister } from '../handshake.js';
import { type Party, partyKey, type Routing } from '../headers.js';
import { createHost, type Host } from '../host.js';
import { type Http, http } from '../http.js';
import type { Handle } from '../message.js';
import type { Interface, InterfaceRole } from '../module.js';
import { type Listening, listen } from '../node.js';
import { schemaOf } from '../registry.js';
import type { Schema } from '../schema.js';
import { type Served, serve } from '../server.js';
import { faceOf, servedIn, spokenIn } from '../translate.js';
import type { Credentials, credentials } from '../v221/credentials.js';
import type { Role } from '../v221/types.js';
import { openBook } from './book.js';
import type { Fault } from './faults.js';
import { type Journal, openJournal, type SimulatorEvent } from './journal.js';

/** Anything with the time. */
export interface Clock {
  now(): Date;
}

/** Who a simulated platform is and how it meets the world. */
export interface SimulatorOptions {
  readonly party: Party;
  readonly name?: string;
  readonly clock?: Clock;
  /** Inside networks that it may call; default loopback. */
  readonly allow?: readonly Allowed[];
  /** Whom its messages are for, when the partner is a hub: sets the OCPI-to headers. */
  readonly to?: Party;
  /** Told of everything that happens, in order. */
  readonly onEvent?: (event: SimulatorEvent) => void;
  /** Calls through this instead of the network. */
  readonly handle?: Handle;
  readonly newToken?: () => string;
  /** The version that it speaks with its partner; default 2.2.1. Inside it is 2.2.1, and what cannot be carried is in the journal. */
  readonly version?: BridgeVersion;
  /** Faults that it begins with. */
  readonly faults?: readonly Fault[];
}

/** The partner of a simulated platform, as its handlers see it. */
export interface SimulatedCaller {
  readonly registering: boolean;
}

/** The common part of a simulated CPO and eMSP. */
export interface Link extends Journal {
  readonly party: Party;
  readonly clock: Clock;
  readonly host: Host;
  /** What it does wrong at the moment. */
  readonly faults: Set<Fault>;
  /** The partner's registration; undefined before the handshake. */
  registration(): Registration | undefined;
  /** A client of the partner's interface, with our routing headers. Throws 'no-endpoints' when the partner has none. */
  partner<I extends Interface>(face: I, role: InterfaceRole, routing?: Routing): Client<I>;
  /** The URL of one of our own interfaces. */
  endpoint(module: string, role: InterfaceRole): string;
  /** A client that posts to a URL which the partner gave us. */
  callback<I extends Interface>(face: I, at: string): Client<I>;
  /** An invitation: a token A for a partner that registers with us. */
  invite(): { readonly versionsUrl: string; readonly token: string };
  /** Registers at a partner that invited us. */
  register(invitation: { readonly versionsUrl: string; readonly token: string }): Promise<Registration>;
  /** Renews both tokens; the old ones hold until the new ones have been used. */
  rotate(): Promise<Registration>;
  unregister(): Promise<void>;
  close(): Promise<void>;
}

const emspObjects: ReadonlySet<string> = new Set([
  'Token',
  'AuthorizationInfo',
  'StartSession',
  'StopSession',
  'ReserveNow',
  'UnlockConnector',
]);
const systemClock: Clock = { now: () => new Date() };
const randomToken = (): string => randomBytes(24).toString('base64url');

/** Opens the common part: it listens at once, on a free port or the given one. */
export async function openLink(
  role: Role,
  options: SimulatorOptions & { readonly port?: number },
  faces: (link: Link) => readonly Served<SimulatedCaller>[],
  lookup: (link: Link) => Lookup = () => ({}),
): Promise<Link> {
  const { party, clock = systemClock, newToken = randomToken, version = '2.2.1' } = options;
  const network: Http | undefined = options.handle ? undefined : http({ allow: options.allow ?? ['loopback'] });
  const outward: Handle = options.handle ?? (network as Http);
  const journal = openJournal(partyKey(party), clock, options.onEvent);
  const book = openBook<SimulatedCaller>(() => true);
  const dropAll = (): void => {
    book.drop(() => true);
    host?.forget();
  };
  let peer: Registration | undefined;

  let host: Host | undefined;
  const listening: Listening = await listen((request) => (host as Host)(request), options.port === undefined ? {} : { port: options.port });
  const url = `${listening.origin}/ocpi`;
  const ours = (token: string): Credentials => ({
    token,
    url: `${url}/versions`,
    roles: [{ role, party_id: party.party, country_code: party.country, business_details: { name: options.name ?? `Simulated ${role}` } }],
  });
  /** Everything that goes out, as it stands on the wire. */
  const handle: Handle = async (request) => {
    const what = `${request.method} ${new URL(request.url, url).pathname}`;
    const raw = request.body ? { raw: request.body.raw } : {};
    try {
      const response = await outward(request);
      journal.record({ direction: 'out', what, ...raw, value: response.status });
      return response;
    } catch (error) {
      journal.record({ direction: 'out', what, ...raw, error: String(error) });
      throw error;
    }
  };

  const settings = (): { token: string; coding: Registration['coding'] } => {
    if (!peer) throw new OcpiError('not-connected', 'not registered at a partner');
    return { token: peer.token, coding: peer.coding };
  };
  const ownOwner: Owner = { country_code: party.country, party_id: party.party };
  /** Tokens and commands are the eMSP's, everything else is the CPO's. */
  const ownerOf = (object: string): Owner => {
    const theirs = peer?.credentials.roles[0];
    return emspObjects.has(object) === (role === 'EMSP') || !theirs || object === 'Credentials' ? ownOwner : theirs;
  };
  const translation = {
    context: (object: string): BridgeContext => ({
      owner: ownerOf(object),
      lookup: { role: () => (role === 'CPO' ? 'EMSP' : 'CPO'), ...lookup(link) },
    }),
    onLoss: (object: string, losses: readonly Loss[]): void =>
      journal.record({ direction: 'self', what: 'loss', id: object, value: losses.map(({ kind, pointer }) => `${kind} ${pointer}`) }),
  };
  const speaking = (face: Interface, at: string): Handle =>
    version === '2.2.1' ? handle : spokenIn(version, face, at, handle, translation);
  const said = <C>(from: BridgeVersion, to: BridgeVersion, given: unknown): C => {
    const { result, losses } = convert(from, to, 'Credentials', given, translation.context('Credentials'));
    if (result === undefined) throw new OcpiError('hub', `credentials: ${losses[0]?.message}`);
    return result as C;
  };
  const enrol = async (
    how: 'register' | 'update',
    at: { versionsUrl: string; token: string; coding?: Registration['coding'] },
  ): Promise<Registration> => {
    const given = await register<AnyCredentials>({
      handle,
      ...at,
      how,
      versions: [version],
      schema: schemaOf(version, 'Credentials') as Schema<AnyCredentials>,
      ours: said(`2.2.1`, version, ours(newToken())),
      expect: (token) => void book.issue({ registering: false }, token),
    });
    return { ...given, credentials: said(version, '2.2.1', given.credentials) };
  };
  const from: Routing = { from: party, ...(options.to ? { to: options.to } : {}) };

  const active = new Set<Fault>(options.faults);
  const link: Link = {
    party,
    clock,
    faults: active,
    get host() {
      return host as Host;
    },
    registration: () => peer,
    endpoint: (module, side) => (host as Host).endpoint(version, module, side),
    partner: (face, side, routing) => {
      const at = endpointOf(peer?.endpoints ?? [], face.module, side);
      return connect(face, speaking(face, at), { ...settings(), url: at, routing: routing ?? from, strict: true });
    },
    callback: (face, at) => connect(face, speaking(face, at), { ...settings(), url: at, routing: from, strict: true }),
    record: journal.record,
    next: journal.next,
    invite: () => ({ versionsUrl: `${url}/versions`, token: book.issue({ registering: true }, newToken()) }),
    async register(invitation) {
      peer = await enrol('register', invitation);
      journal.record({ direction: 'self', what: 'registered' });
      return peer;
    },
    async rotate() {
      const { versionsUrl, token, coding } = peer ?? missing();
      peer = await enrol('update', { versionsUrl, token, coding });
      journal.record({ direction: 'self', what: 'rotated' });
      return peer;
    },
    async unregister() {
      const { token, coding, endpoints } = peer ?? missing();
      await unregister({ handle, url: endpointOf(endpoints, 'credentials', 'SENDER'), token, coding });
      peer = undefined;
      dropAll();
    },
    async close() {
      await listening.close();
      await network?.close();
    },
  };

  const registration = registrar<SimulatedCaller, AnyCredentials>({
    handle,
    versions: [version],
    isRegistered: (caller) => !caller.registering,
    ours: (_, token) => said('2.2.1', version, ours(token)),
    newToken: () => newToken(),
    save: (caller, given, issued) => {
      peer = { ...given, credentials: said(version, '2.2.1', given.credentials) };
      if (caller.registering) dropAll();
      book.issue({ registering: false }, issued);
      journal.record({ direction: 'in', what: caller.registering ? 'credentials.post' : 'credentials.put' });
    },
    remove: () => {
      peer = undefined;
      dropAll();
      journal.record({ direction: 'in', what: 'credentials.delete' });
    },
  });
  const served = faces(link).map((one) => (version === '2.2.1' ? one : servedIn(version, one, translation)));
  const enrolment = serve<typeof credentials.sender, SimulatedCaller>(
    faceOf(version, 'credentials', 'SENDER') as typeof credentials.sender,
    registration,
    { clock, strict: true },
  );
  host = createHost<SimulatedCaller>({
    url,
    clock,
    rememberMs: 0,
    authenticate: book.who,
    intercept: ({ module }) => {
      if (active.has('unavailable') && module !== 'credentials') throw new OcpiError('unavailable');
      return undefined;
    },
    versions: { [version]: [enrolment, ...served] },
    onError: (error) => journal.record({ direction: 'self', what: 'failed', error: String(error) }),
  });
  return link;
}

function missing(): never {
  throw new OcpiError('not-connected', 'not registered at a partner');
}
