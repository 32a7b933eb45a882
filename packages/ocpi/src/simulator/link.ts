// What every simulated platform has: a listener, tokens in both directions, a registration at one partner, and a journal.
import { randomBytes } from 'node:crypto';
import type { Allowed } from '../addresses.js';
import { type Client, connect, type Seen } from '../client.js';
import { OcpiError } from '../envelope.js';
import { endpointOf, type Registration, register, registrar, unregister } from '../handshake.js';
import { type Party, partyKey, type Routing } from '../headers.js';
import { createHost, type Host } from '../host.js';
import { type Http, http } from '../http.js';
import type { Handle } from '../message.js';
import type { Interface, InterfaceRole } from '../module.js';
import { type Listening, listen } from '../node.js';
import { type Served, serve } from '../server.js';
import { type Credentials, credentials } from '../v221/credentials.js';
import type { Role } from '../v221/types.js';
import { openBook } from './book.js';
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
  /** The partner's registration; undefined before the handshake. */
  registration(): Registration | undefined;
  /** A client of the partner's interface, with our routing headers. Throws 'no-endpoints' when the partner has none. */
  partner<I extends Interface>(face: I, role: InterfaceRole, routing?: Routing): Client<I>;
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

const systemClock: Clock = { now: () => new Date() };
const randomToken = (): string => randomBytes(24).toString('base64url');

/** Opens the common part: it listens at once, on a free port or the given one. */
export async function openLink(
  role: Role,
  options: SimulatorOptions & { readonly port?: number },
  faces: (link: Link) => readonly Served<SimulatedCaller>[],
): Promise<Link> {
  const { party, clock = systemClock, newToken = randomToken } = options;
  const network: Http | undefined = options.handle ? undefined : http({ allow: options.allow ?? ['loopback'] });
  const handle: Handle = options.handle ?? (network as Http);
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
  const onExchange = ({ request, response, error }: Seen): void =>
    journal.record({
      direction: 'out',
      what: `${request.method} ${new URL(request.url, url).pathname}`,
      ...(request.body ? { raw: request.body.raw } : {}),
      ...(error === undefined ? {} : { error: String(error) }),
      ...(response ? { value: response.status } : {}),
    });

  const settings = (): { token: string; coding: Registration['coding'] } => {
    if (!peer) throw new OcpiError('not-connected', 'not registered at a partner');
    return { token: peer.token, coding: peer.coding };
  };
  const from: Routing = { from: party, ...(options.to ? { to: options.to } : {}) };

  const link: Link = {
    party,
    clock,
    get host() {
      return host as Host;
    },
    registration: () => peer,
    partner: (face, side, routing) =>
      connect(face, handle, {
        ...settings(),
        url: endpointOf(peer?.endpoints ?? [], face.module, side),
        routing: routing ?? from,
        strict: true,
        onExchange,
      }),
    callback: (face, at) => connect(face, handle, { ...settings(), url: at, routing: from, strict: true, onExchange }),
    record: journal.record,
    next: journal.next,
    invite: () => ({ versionsUrl: `${url}/versions`, token: book.issue({ registering: true }, newToken()) }),
    async register(invitation) {
      peer = await register({
        handle,
        ...invitation,
        ours: ours(newToken()),
        expect: (token) => void book.issue({ registering: false }, token),
        onExchange,
      });
      journal.record({ direction: 'self', what: 'registered' });
      return peer;
    },
    async rotate() {
      const { versionsUrl, token, coding } = peer ?? missing();
      peer = await register({
        handle,
        versionsUrl,
        token,
        coding,
        how: 'update',
        ours: ours(newToken()),
        expect: (next) => void book.issue({ registering: false }, next),
        onExchange,
      });
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

  const registration = registrar<SimulatedCaller>({
    handle,
    isRegistered: (caller) => !caller.registering,
    ours: (_, token) => ours(token),
    newToken: () => newToken(),
    save: (caller, given, issued) => {
      peer = given;
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
  host = createHost<SimulatedCaller>({
    url,
    clock,
    rememberMs: 0,
    authenticate: book.who,
    versions: { '2.2.1': [serve(credentials.sender, registration, { clock, strict: true }), ...faces(link)] },
    onError: (error) => journal.record({ direction: 'self', what: 'failed', error: String(error) }),
  });
  return link;
}

function missing(): never {
  throw new OcpiError('not-connected', 'not registered at a partner');
}
