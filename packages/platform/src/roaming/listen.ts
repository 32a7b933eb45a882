import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createHost, discover, type Handle, type Host, OcpiError, registrar, type Served, serve } from '@evroam/ocpi';
import { type BridgeVersion, convert, type Loss } from '@evroam/ocpi/bridge';
import { type Http, http } from '@evroam/ocpi/http';
import { toListener } from '@evroam/ocpi/node';
import * as v211 from '@evroam/ocpi/v211';
import * as v221 from '@evroam/ocpi/v221';
import * as v230 from '@evroam/ocpi/v230';
import type { Logger } from '../edges/log.js';
import type { Clock } from '../kernel/clock.js';
import type { OperatorId, PartnerId } from '../kernel/ids.js';
import { MAX_PAGE } from '../kernel/page.js';
import { newSecret, unseal } from '../kernel/secret.js';
import type { Cdr } from '../model/cdr.js';
import { type PartyId, partyId, type Role } from '../model/party.js';
import type { PartyLink } from './link.js';
import type { Bridge } from './links/bridged/bridge.js';
import { connectIn } from './links/bridged/client.js';
import type { Net } from './links/bridged/net.js';
import { type Side, serveIn } from './links/bridged/serve.js';
import { HOME, isSpoken, SPOKEN } from './links/bridged/versions.js';
import { fromCdr } from './links/ocpi221/cdrs.js';
import type { ListenNeeds, OcpiCaller } from './links/ocpi221/inbound.js';
import { createJoining } from './links/ocpi221/joining.js';
import { ocpiLink } from './links/ocpi221/link.js';
import { fromReachable, ocpi221Sides } from './links/ocpi221/listen.js';
import { createPassing } from './links/ocpi221/passing.js';
import { ownerFields } from './links/ocpi221/tokens.js';
import { type Partner, speaksFor } from './partner.js';
import type { CdrForm } from './service/deliveries.js';
import type { RoamingService } from './service.js';
import type { CdrExchange, RoamingStore } from './store.js';

/** Where partners find us: `<public URL>/ocpi/versions`. */
export const OCPI_PATH = '/ocpi';

/**
 * OCPI 2.1.1 knows no roles: one address cannot say which side of `locations` it is. So there are two further addresses,
 * one for eMSPs of 2.1.1 (we are their CPO), one for CPOs of 2.1.1 (we are their eMSP).
 */
const PATH_211 = { cpo: `${OCPI_PATH}/as-cpo`, emsp: `${OCPI_PATH}/as-emsp` } as const;

/** Which of our sides a partner of 2.1.1 sees. */
const SIDES_211 = {
  cpo: ['locations SENDER', 'tariffs SENDER', 'sessions SENDER', 'tokens RECEIVER', 'commands RECEIVER'],
  emsp: ['locations RECEIVER', 'tariffs RECEIVER', 'sessions RECEIVER', 'cdrs RECEIVER', 'tokens SENDER', 'commands SENDER'],
} as const;

/** To each partner: a request that waits for a connection costs more than one that has its own. */
const CONNECTIONS = 32;
/** A partner that takes longer for its list of versions is not there. */
const PING_MS = 5000;

export interface OutboundNeeds {
  store: RoamingStore;
  serverKey: Buffer;
  publicUrl: string;
  bridge: Bridge;
  net: Net;
  clock: Clock;
  /** Inside networks that may be called after all; none by default. */
  allow: NonNullable<Parameters<typeof http>[0]>['allow'];
}

/** The outbound side: one pool of connections, safe against inside addresses, and the links that use it. */
export function createOutbound({ store, serverKey, publicUrl, bridge, net, clock, allow }: OutboundNeeds) {
  const handle: Http = http({ connections: CONNECTIONS, ...(allow ? { allow } : {}) });
  const base = publicUrl.replace(/\/+$/, '');

  // A partner that has changed is another object.
  const links = new WeakMap<Partner, Map<PartyId, PartyLink>>();

  async function partnerLink(operatorId: OperatorId, partnerId: PartnerId, party: PartyId): Promise<PartyLink | undefined> {
    const partner = await store.partner(operatorId, partnerId);
    if (!partner) return undefined;
    const known = links.get(partner);
    const link = known?.get(party) ?? newLink(partner, party);
    if (link) links.set(partner, (known ?? new Map()).set(party, link));
    return link;
  }

  function newLink(partner: Partner, party: PartyId): PartyLink | undefined {
    if (partner.status !== 'registered' || !partner.connection || !isSpoken(partner.connection.version)) return undefined;
    const { version } = partner.connection;
    const commands = version === '2.1.1' ? `${base}${PATH_211.emsp}/2.1.1/commands` : `${base}${OCPI_PATH}/${version}/sender/commands`;
    return ocpiLink(party, {
      handle,
      version,
      connection: partner.connection,
      bridge,
      net,
      token: unseal(serverKey, partner.connection.sealedToken),
      ...(partner.quirks?.timeoutMs === undefined ? {} : { timeoutMs: partner.quirks.timeoutMs }),
      responseUrl: (command, commandId) => `${commands}/${command}/${encodeURIComponent(commandId)}`,
    });
  }

  async function represent(
    operatorId: OperatorId,
    cdr: Cdr,
    party: PartyId,
    received: CdrExchange | undefined,
  ): Promise<CdrForm | undefined> {
    const home = await store.homeOf(operatorId, party);
    const version = home === undefined || home === 'hosted' ? undefined : (await store.partner(operatorId, home))?.connection?.version;
    if (version === undefined || !isSpoken(version)) return undefined;
    // Between equal versions a CDR passes as its owner wrote it.
    if (received?.version === version) return { version, bytes: received.bytes, digest: received.digest };
    // A CDR that came in another version of OCPI goes straight from that one to this, so that nothing is lost on a way round.
    const from = received && isSpoken(received.version) ? received.version : HOME;
    const value: unknown =
      received && from !== HOME ? JSON.parse(received.bytes.toString('utf8')) : fromCdr(await net.cdr(operatorId, cdr));
    let losses: CdrForm['losses'];
    const lost = (all: readonly Loss[]) => {
      losses = all.map(({ kind, pointer, message }) => ({ kind, pointer, message }));
    };
    const bytes = Buffer.from(JSON.stringify(await bridge(from, version, 'CDR', value, { operatorId, owner: cdr.owner, lost })));
    return { version, bytes, digest: createHash('sha256').update(bytes).digest('hex'), ...(losses ? { losses } : {}) };
  }

  /** The versions endpoint is what every partner has. */
  async function ping(operatorId: OperatorId, partnerId: PartnerId): Promise<boolean> {
    const partner = await store.partner(operatorId, partnerId);
    if (partner?.status !== 'registered' || !partner.connection) return false;
    const { versionsUrl, coding, sealedToken, version } = partner.connection;
    try {
      await discover({ handle, versionsUrl, coding, token: unseal(serverKey, sealedToken), versions: [version], timeoutMs: PING_MS });
      return true;
    } catch (error) {
      if (error instanceof OcpiError) return false;
      throw error;
    }
  }

  /** Tells every partner that listens who can be reached now; one that is away asks when it is back. OCPI 2.2.1, 15.2.2 */
  async function announce(operatorId: OperatorId): Promise<void> {
    const all = (await store.parties(operatorId)).filter(({ role }) => role !== 'hub');
    const { items: partners } = await store.partners(operatorId, { limit: MAX_PAGE });
    for (const { status, connection, parties } of partners) {
      const url = connection?.endpoints.find(({ identifier, role }) => identifier === 'hubclientinfo' && role === 'RECEIVER')?.url;
      if (status !== 'registered' || !connection || url === undefined || !isSpoken(connection.version)) continue;
      const settings = { url, coding: connection.coding, token: unseal(serverKey, connection.sealedToken) };
      const first = parties[0];
      if (!first) continue;
      const client = connectIn(connection.version, v221.hubClientInfo.receiver, handle, settings, bridge, {
        operatorId,
        owner: first.party,
      });
      for (const one of all) {
        const body = fromReachable(one, clock.now());
        try {
          await client.put({ params: { country_code: body.country_code, party_id: body.party_id }, body });
        } catch (error) {
          if (!(error instanceof OcpiError)) throw error;
          break;
        }
      }
    }
  }

  return { handle: handle as Handle, partnerLink, represent, ping, announce, close: () => handle.close() };
}

export interface HostNeeds extends Omit<ListenNeeds, 'route' | 'heardResult' | 'isHub' | 'defaultReceiver'> {
  service: RoamingService;
  outbound: Handle;
  bridge: Bridge;
  serverKey: Buffer;
  publicUrl: string;
  clock: Clock;
  log: Logger;
}

/** Everything that partners can call over OCPI: one address for all versions with roles, and two for 2.1.1. */
export function createOcpiHosts(needs: HostNeeds) {
  const { service, store, log, clock, publicUrl, bridge } = needs;
  const base = publicUrl.replace(/\/+$/, '');
  const isHub = async (operatorId: OperatorId, party: PartyId) =>
    (await store.hostedParties(operatorId)).some((hosted) => hosted.role === 'hub' && hosted.party === party);
  const sides = ocpi221Sides({
    ...needs,
    route: service.route,
    heardResult: service.heardResult,
    isHub,
    defaultReceiver: async (partner, role) => (await store.hostedParties(partner.operatorId)).find((hosted) => hosted.role === role)?.party,
  });
  const hosts: Host[] = [];

  function open(path: string, versions: readonly BridgeVersion[], shown: (side: Side) => boolean): Host {
    const url = base + path;
    const serveAll = (version: BridgeVersion): Served<OcpiCaller>[] => [
      credentialsIn(version, () => host.versionsUrl),
      ...sides.filter(shown).flatMap((side) => serveIn(version, side, bridge, clock) ?? []),
    ];
    const host = createHost<OcpiCaller>({
      url,
      authenticate: async (token) => {
        const caller = await service.byToken(token);
        if (caller && !caller.registering) await service.heard(caller.partner.operatorId, caller.partner.id);
        const parties = new Set(caller?.partner.parties.map(({ party }) => party.replace('-', '')));
        return caller && { ...caller, id: caller.partner.id, parties };
      },
      versions: Object.fromEntries(versions.map((version) => [version, serveAll(version)])),
      intercept: createPassing({ ...needs, url, isHub }),
      // What a partner keeps with us is its own: nobody else learns whether it is there.
      owns: ({ partner }, { country, party }) => speaksFor(partner, partyId(country, party)),
      clock,
      onError: (err, { method, url: asked }) => log.error({ err, method, url: asked }, 'an OCPI request could not be handled'),
    });
    hosts.push(host);
    return host;
  }

  function credentialsIn(version: BridgeVersion, versionsUrl: () => string): Served<OcpiCaller> {
    const face = version === '2.1.1' ? v211.credentials : version === '2.3.0' ? v230.credentials : v221.credentials;
    const handlers = registrar<OcpiCaller, v211.Credentials | v221.Credentials | v230.Credentials>({
      handle: needs.outbound,
      versions: [version],
      // Who was invited anew registers anew; whoever presents its token in use renews with PUT.
      isRegistered: ({ partner, registering }) => partner.status === 'registered' && !registering,
      ours: ({ partner }, token) => oursIn(partner, version, token, versionsUrl()),
      newToken: () => newSecret(),
      accept: ({ partner }, theirs) => mustSpeakFor(partner, theirs),
      save: async ({ partner }, registration, issued) => {
        const { token, versionsUrl: theirUrl, endpoints, coding } = registration;
        await service.saveRegistration(partner.operatorId, partner.id, {
          connection: { protocol: 'ocpi', version: registration.version, versionsUrl: theirUrl, endpoints, coding },
          token,
          issued,
        });
        forget();
        await service.heard(partner.operatorId, partner.id);
        log.info({ operatorId: partner.operatorId, partnerId: partner.id, version: registration.version }, 'partner registered');
      },
      remove: async ({ partner }) => {
        await service.changeStatus(partner.operatorId, partner.id, 'revoke');
        forget();
      },
    });
    return serve(
      face.sender as typeof v221.credentials.sender,
      handlers as Parameters<typeof serve<typeof v221.credentials.sender, OcpiCaller>>[1],
      { clock },
    );
  }

  async function oursIn(
    partner: Partner,
    version: BridgeVersion,
    token: string,
    url: string,
  ): Promise<v211.Credentials | v221.Credentials | v230.Credentials> {
    const ours = { token, url, roles: await rolesOf(store, partner, version) };
    return version === HOME || version === '2.2'
      ? ours
      : asVersion(version, ours, partner, await reachableRoles(store, partner.operatorId));
  }

  const forget = () => {
    for (const host of hosts) host.forget();
  };

  const main = open(
    OCPI_PATH,
    SPOKEN.filter((version) => version !== '2.1.1'),
    () => true,
  );
  const of211 = (as: 'cpo' | 'emsp') =>
    open(PATH_211[as], ['2.1.1'], ({ face }) => SIDES_211[as].some((one) => one === `${face.module} ${face.role}`));
  const asCpo = of211('cpo');
  const asEmsp = of211('emsp');

  const onError = (err: unknown) => log.error({ err }, 'an OCPI request broke');
  const listeners = [
    [`${PATH_211.cpo}/`, toListener(asCpo, { onError })],
    [`${PATH_211.emsp}/`, toListener(asEmsp, { onError })],
    [`${OCPI_PATH}/`, toListener(main, { onError })],
  ] as const;
  const listener: RequestListener = (request, response) => {
    const found = listeners.find(([path]) => request.url?.startsWith(path)) ?? listeners[2];
    found[1](request, response);
  };

  const joining = createJoining({
    ...{ service, handle: needs.outbound, serverKey: needs.serverKey, mustSpeakFor, forget },
    ours: (partner, version, token) => {
      const facing = partner.parties.some(({ role }) => role === 'emsp') ? asCpo : asEmsp;
      return oursIn(partner, version, token, (version === '2.1.1' ? facing : main).versionsUrl);
    },
  });

  return {
    listener,
    forget,
    joining,
    /** Where a partner in that role registers: at the one address, or with 2.1.1 at the one that faces it. */
    versionsUrl: main.versionsUrl,
    versionsUrls211: { emsp: asCpo.versionsUrl, cpo: asEmsp.versionsUrl },
  };
}

const wireRoles = { cpo: 'CPO', emsp: 'EMSP', hub: 'HUB' } as const satisfies Record<Role, v221.Role>;

/**
 * A hub of 2.2.x shows one role, HUB; whom one reaches through it is told by hubclientinfo. With 2.1.1 a partner sees the one party
 * of ours that faces it. OCPI 2.2.1, 2.3
 */
async function rolesOf(store: RoamingStore, partner: Partner, version: BridgeVersion): Promise<v221.CredentialsRole[]> {
  const hosted = await store.hostedParties(partner.operatorId);
  const hubs = hosted.filter(({ role }) => role === 'hub');
  const facing = hosted.filter(({ role }) => role !== 'hub' && !partner.parties.some((one) => one.role === role));
  const shown = version === '2.1.1' ? facing.slice(0, 1) : hubs.length > 0 ? hubs : hosted;
  return shown.map(({ party, role, name }) => ({ role: wireRoles[role], ...ownerFields(party), business_details: { name } }));
}

/** Whom one reaches through us: what 2.3.0 lists beside `hub_party_id`. */
async function reachableRoles(store: RoamingStore, operatorId: OperatorId): Promise<v221.CredentialsRole[]> {
  const all = await store.parties(operatorId);
  return all
    .filter(({ role, status }) => role !== 'hub' && status !== 'revoked')
    .map(({ party, role, name }) => ({ role: wireRoles[role], ...ownerFields(party), business_details: { name } }));
}

function asVersion(
  version: BridgeVersion,
  ours: v221.Credentials,
  partner: Partner,
  reachable: readonly v221.CredentialsRole[],
): v211.Credentials | v230.Credentials {
  const first = ours.roles[0];
  const owner = first ? { country_code: first.country_code, party_id: first.party_id } : ownerFields(partner.parties[0]!.party);
  const { result, losses } = convert(HOME, version, 'Credentials', ours, { owner, lookup: { reachable: () => reachable } });
  if (result === undefined) throw new Error(`our credentials cannot be told in OCPI ${version}: ${losses.at(-1)?.message}`);
  return result as v211.Credentials | v230.Credentials;
}

/** OCPI authenticates platforms and not parties, so the invitation's list decides. */
function mustSpeakFor(partner: Partner, theirs: v211.Credentials | v221.Credentials | v230.Credentials): void {
  const roles: readonly { country_code: string; party_id: string; role?: string }[] = 'roles' in theirs ? theirs.roles : [theirs];
  for (const [index, { role, country_code, party_id }] of roles.entries()) {
    const claimed = partyId(country_code, party_id);
    const known = partner.parties.some((one) => one.party === claimed && (role === undefined || wireRoles[one.role] === role));
    if (!known) {
      const path = role === undefined ? '/party_id' : `/roles/${index}`;
      throw new OcpiError(
        'invalid',
        `${path}: your invitation does not name ${claimed}${role === undefined ? '' : ` as ${role}`}; ask us to add it`,
        { path },
      );
    }
  }
}
