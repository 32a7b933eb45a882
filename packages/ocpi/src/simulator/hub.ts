// A simulated hub: CPOs and eMSPs register, find one another through it, and push to all by addressing the hub.
import { randomBytes } from 'node:crypto';
import { connect } from '../client.js';
import type { Connection } from '../connection.js';
import { memoryCorrelations } from '../correlations.js';
import { OcpiError } from '../envelope.js';
import { endpointOf, type Registration, registrar } from '../handshake.js';
import { type Party, partyKey } from '../headers.js';
import { createHost, type Host, type Passing } from '../host.js';
import { http } from '../http.js';
import { broadcastRoles, createHub, type Delivery, type HubCaller } from '../hub.js';
import { listen } from '../node.js';
import { applyPatch, withEvse } from '../patch.js';
import { serve } from '../server.js';
import { cdrs } from '../v221/cdrs.js';
import { chargingProfiles } from '../v221/charging-profiles.js';
import { commands } from '../v221/commands.js';
import { type Credentials, credentials } from '../v221/credentials.js';
import { type ClientInfo, hubClientInfo } from '../v221/hub-client-info.js';
import { type Location, locations } from '../v221/locations.js';
import { sessions } from '../v221/sessions.js';
import { type Tariff, tariffs } from '../v221/tariffs.js';
import { type Token, tokens } from '../v221/tokens.js';
import { openBook } from './book.js';
import { type Journal, openJournal } from './journal.js';
import type { SimulatorOptions } from './link.js';
import { openStore, type Store } from './store.js';

/** Settings of a simulated hub. */
export interface SimulatedHubOptions extends Omit<SimulatorOptions, 'to'> {
  readonly port?: number;
  readonly onDelivery?: (delivery: Delivery) => void;
}

/** A partner of a simulated hub. */
export interface SimulatedPartner extends HubCaller {
  readonly registering: boolean;
}

/** A simulated hub that listens. */
export interface SimulatedHub extends Journal {
  readonly party: Party;
  readonly host: Host;
  /** What was pushed to the hub itself, for GET-all. */
  readonly locations: Store<Location>;
  readonly tariffs: Store<Tariff>;
  readonly tokens: Store<Token>;
  readonly clients: Store<ClientInfo>;
  /** An invitation for a partner that registers. */
  invite(): { readonly versionsUrl: string; readonly token: string };
  /** Marks a partner as gone or back: requests to it are answered 4003 meanwhile. */
  setConnected(party: Party, connected: boolean): Promise<void>;
  close(): Promise<void>;
}

interface Member {
  readonly registration: Registration;
  readonly connection: Connection;
}

/** Opens a simulated hub; it listens on a free port of loopback unless told another. */
export async function openSimulatedHub(options: SimulatedHubOptions): Promise<SimulatedHub> {
  const { party, clock = { now: () => new Date() }, newToken = () => randomBytes(24).toString('base64url') } = options;
  const network = http({ allow: options.allow ?? ['loopback'] });
  const handle = options.handle ?? network;
  const journal = openJournal(partyKey(party), clock, options.onEvent);
  const book = openBook<SimulatedPartner>((a, b) => a.id === b.id);
  const members = new Map<string, Member>();
  const homes = new Map<string, string>();
  const store = {
    locations: openStore<Location>(({ id }) => id),
    tariffs: openStore<Tariff>(({ id }) => id),
    tokens: openStore<Token>(({ type, uid }) => `${type}/${uid}`),
    clients: openStore<ClientInfo>(({ role }) => role),
  };
  let host: Host | undefined;
  let invited = 0;
  const listening = await listen((request) => (host as Host)(request), options.port === undefined ? {} : { port: options.port });
  const url = `${listening.origin}/ocpi`;
  const find = (to: Party): Connection | undefined => members.get(homes.get(partyKey(to)) ?? '')?.connection;

  const hub = createHub<SimulatedPartner>({
    party,
    url,
    handle,
    clock,
    correlations: memoryCorrelations(),
    find,
    connection: (id) => members.get(id)?.connection,
    address: addressed,
    audience: ({ partner }) => audienceOf(partner, members),
    onDelivery: (delivery) => {
      journal.record({
        direction: 'out',
        what: 'broadcast',
        id: partyKey(delivery.to),
        ...(delivery.ok ? {} : { error: String(delivery.error) }),
      });
      options.onDelivery?.(delivery);
    },
  });

  const ours = (token: string): Credentials => ({
    token,
    url: `${url}/versions`,
    roles: [
      { role: 'HUB', party_id: party.party, country_code: party.country, business_details: { name: options.name ?? 'Simulated hub' } },
    ],
  });
  const settings = {
    clock,
    strict: true,
    onError: (error: unknown) => journal.record({ direction: 'self', what: 'failed', error: String(error) }),
  };

  async function tellClients(info: ClientInfo): Promise<void> {
    store.clients.put(info);
    for (const { registration } of members.values()) {
      if (!registration.endpoints.some(({ identifier, role }) => identifier === 'hubclientinfo' && role === 'RECEIVER')) continue;
      const at = endpointOf(registration.endpoints, 'hubclientinfo', 'RECEIVER');
      const client = connect(hubClientInfo.receiver, handle, {
        url: at,
        token: registration.token,
        coding: registration.coding,
        strict: true,
      });
      const told = client.put({ params: { country_code: info.country_code, party_id: info.party_id }, body: info });
      await told.catch((error: unknown) => journal.record({ direction: 'out', what: 'hubclientinfo.put', error: String(error) }));
    }
  }

  const registration = registrar<SimulatedPartner>({
    handle,
    isRegistered: ({ registering }) => !registering,
    ours: (_, token) => ours(token),
    newToken: () => newToken(),
    // A party belongs to whoever registered it first.
    accept: ({ id }, { roles }) => {
      const taken = roles.find((role) => (homes.get(keyOf(role)) ?? id) !== id);
      if (taken) throw new OcpiError('forbidden', `${taken.country_code} ${taken.party_id} is registered by another partner`);
    },
    save: async ({ id, registering }, given, issued) => {
      const parties = new Set(given.credentials.roles.map(keyOf));
      if (registering) book.drop((caller) => caller.id === id);
      book.issue({ id, parties, registering: false }, issued);
      for (const key of parties) homes.set(key, id);
      const { version, endpoints, token, coding, versionsUrl } = given;
      const connection: Connection = {
        partner: id,
        version,
        endpoints,
        token,
        coding,
        connected: true,
        hosts: [new URL(versionsUrl).host],
      };
      members.set(id, { registration: given, connection });
      journal.record({ direction: 'in', what: registering ? 'credentials.post' : 'credentials.put', id });
      const last_updated = clock.now().toISOString();
      for (const { role, country_code, party_id } of given.credentials.roles)
        store.clients.put({ country_code, party_id, role, status: 'CONNECTED', last_updated });
    },
    remove: ({ id, parties }) => {
      members.delete(id);
      book.drop((caller) => caller.id === id);
      for (const key of parties) homes.delete(key);
    },
  });

  host = createHost<SimulatedPartner>({
    url,
    clock,
    rememberMs: 0,
    authenticate: book.who,
    intercept: hub.intercept,
    onError: settings.onError,
    versions: {
      '2.2.1': [
        serve(credentials.sender, registration, settings),
        serve(hubClientInfo.sender, { list: ({ window }) => store.clients.page(window) }, settings),
        serve(locations.sender, { list: ({ window }) => store.locations.page(window) }, settings),
        serve(tariffs.sender, { list: ({ window }) => store.tariffs.page(window) }, settings),
        serve(tokens.sender, { list: ({ window }) => store.tokens.page(window) }, settings),
        serve(
          locations.receiver,
          {
            put: ({ body }) => (store.locations.put(body) ? 'created' : 'updated'),
            patchEvse: ({ params, body }) => {
              const location = store.locations.get(params, params.location_id);
              const next = location && withEvse(location, params.evse_uid, body, 'patch');
              if (!next) throw new OcpiError('not-found');
              store.locations.put(next);
              return 'updated';
            },
          },
          settings,
        ),
        serve(tariffs.receiver, { put: ({ body }) => (store.tariffs.put(body) ? 'created' : 'updated') }, settings),
        serve(
          tokens.receiver,
          {
            put: ({ body }) => (store.tokens.put(body) ? 'created' : 'updated'),
            patch: ({ params, query, body }) => {
              const token = store.tokens.get(params, `${query.type ?? 'RFID'}/${params.token_uid}`);
              if (!token) throw new OcpiError('unknown-token');
              store.tokens.put(applyPatch(token, body));
              return 'updated';
            },
          },
          settings,
        ),
        // Between parties only: the hub keeps no sessions, CDRs or commands.
        ...[sessions.sender, cdrs.sender, commands.sender, chargingProfiles.sender].map((face) => serve(face, {}, settings)),
        ...[sessions.receiver, cdrs.receiver, commands.receiver, chargingProfiles.receiver].map((face) => serve(face, {}, settings)),
      ],
    },
  });

  return Object.assign(journal, store, {
    party,
    host,
    invite() {
      invited += 1;
      const caller: SimulatedPartner = { id: `P${invited}`, parties: new Set(), registering: true };
      return { versionsUrl: `${url}/versions`, token: book.issue(caller, newToken()) };
    },
    async setConnected(which: Party, connected: boolean) {
      const id = homes.get(partyKey(which)) ?? '';
      const member = members.get(id);
      if (!member) throw new RangeError(`no such partner: ${partyKey(which)}`);
      members.set(id, { ...member, connection: { ...member.connection, connected } });
      const info = store.clients.find(({ country_code, party_id }) => keyOf({ country_code, party_id }) === partyKey(which));
      if (info) await tellClients({ ...info, status: connected ? 'CONNECTED' : 'OFFLINE', last_updated: clock.now().toISOString() });
    },
    async close() {
      await listening.close();
      await network.close();
    },
  });
}

const keyOf = (owner: { readonly country_code: string; readonly party_id: string }): string =>
  partyKey({ country: owner.country_code, party: owner.party_id });

/** Open routing: sessions and CDRs are for whoever issued the token in them. */
function addressed({ module, request, role }: Passing<SimulatedPartner>): Party | undefined {
  if (role !== 'RECEIVER' || (module !== 'sessions' && module !== 'cdrs') || !request.body || request.body.isEmpty) return undefined;
  const body: unknown = request.body.value;
  if (typeof body !== 'object' || body === null || !('cdr_token' in body)) return undefined;
  const { country_code, party_id } = body.cdr_token as { readonly country_code?: unknown; readonly party_id?: unknown };
  return typeof country_code === 'string' && typeof party_id === 'string' ? { country: country_code, party: party_id } : undefined;
}

function audienceOf(partner: SimulatedPartner, members: ReadonlyMap<string, Member>): readonly Party[] {
  const own = members.get(partner.id)?.registration.credentials.roles ?? [];
  const hearing = new Set(own.flatMap(({ role }) => broadcastRoles[role] ?? []));
  return [...members].flatMap(([id, { registration }]) =>
    id === partner.id
      ? []
      : registration.credentials.roles
          .filter(({ role }) => hearing.has(role))
          .map(({ country_code, party_id }) => ({ country: country_code, party: party_id })),
  );
}
