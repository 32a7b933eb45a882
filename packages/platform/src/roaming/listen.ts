import { createHash } from 'node:crypto';
import { createHost, type Handle, type Host, OcpiError, registrar, serve } from '@evroam/ocpi';
import { type Http, http } from '@evroam/ocpi/http';
import { toListener } from '@evroam/ocpi/node';
import * as v221 from '@evroam/ocpi/v221';
import type { Logger } from '../edges/log.js';
import type { Clock } from '../kernel/clock.js';
import type { OperatorId, PartnerId } from '../kernel/ids.js';
import { newSecret, unseal } from '../kernel/secret.js';
import type { Cdr } from '../model/cdr.js';
import { type PartyId, partyId, type Role } from '../model/party.js';
import type { PartyLink } from './link.js';
import { fromCdr } from './links/ocpi221/cdrs.js';
import type { ListenNeeds, OcpiCaller } from './links/ocpi221/inbound.js';
import { ocpi221Link, VERSION } from './links/ocpi221/link.js';
import { ocpi221Interfaces } from './links/ocpi221/listen.js';
import { createPassing } from './links/ocpi221/passing.js';
import { ownerFields } from './links/ocpi221/tokens.js';
import { type Partner, speaksFor } from './partner.js';
import type { RoamingService } from './service.js';
import type { CdrExchange, RoamingStore } from './store.js';

/** Where partners find us: `<public URL>/ocpi/versions`. */
export const OCPI_PATH = '/ocpi';

export interface OutboundNeeds {
  store: RoamingStore;
  serverKey: Buffer;
  publicUrl: string;
  /** Inside networks that may be called after all; none by default. */
  allow: NonNullable<Parameters<typeof http>[0]>['allow'];
}

/** The outbound side: one pool of connections, safe against inside addresses, and the links that use it. */
export function createOutbound({ store, serverKey, publicUrl, allow }: OutboundNeeds) {
  const handle: Http = http(allow ? { allow } : {});
  const url = publicUrl.replace(/\/+$/, '') + OCPI_PATH;

  async function partnerLink(operatorId: OperatorId, partnerId: PartnerId, party: PartyId): Promise<PartyLink | undefined> {
    const partner = await store.partner(operatorId, partnerId);
    if (partner?.status !== 'registered' || !partner.connection) return undefined;
    return ocpi221Link(party, {
      handle,
      connection: partner.connection,
      token: unseal(serverKey, partner.connection.sealedToken),
      responseUrl: (command, commandId) => `${url}/${VERSION}/sender/commands/${command}/${encodeURIComponent(commandId)}`,
    });
  }

  async function represent(
    operatorId: OperatorId,
    cdr: Cdr,
    party: PartyId,
    received: CdrExchange | undefined,
  ): Promise<Pick<CdrExchange, 'version' | 'bytes' | 'digest'> | undefined> {
    const home = await store.homeOf(operatorId, party);
    if (home === undefined || home === 'hosted' || !(await store.partner(operatorId, home))?.connection) return undefined;
    // Between equal versions a CDR passes as its owner wrote it.
    if (received?.version === VERSION) return { version: VERSION, bytes: received.bytes, digest: received.digest };
    const bytes = Buffer.from(JSON.stringify(fromCdr(cdr)));
    return { version: VERSION, bytes, digest: createHash('sha256').update(bytes).digest('hex') };
  }

  return { handle: handle as Handle, partnerLink, represent, close: () => handle.close() };
}

export interface HostNeeds extends Omit<ListenNeeds, 'route' | 'heardResult' | 'isHub' | 'defaultReceiver'> {
  service: RoamingService;
  outbound: Handle;
  serverKey: Buffer;
  publicUrl: string;
  clock: Clock;
  log: Logger;
}

/** Everything that partners can call over OCPI, under one URL. */
export function createOcpiHost(needs: HostNeeds): Host {
  const { service, store, log, clock, publicUrl } = needs;
  let host: Host;

  const credentials = registrar<OcpiCaller>({
    handle: needs.outbound,
    versions: [VERSION],
    isRegistered: ({ partner }) => partner.status === 'registered',
    ours: async ({ partner }, token) => ({ token, url: host.versionsUrl, roles: await rolesOf(store, partner.operatorId) }),
    newToken: () => newSecret(),
    accept: ({ partner }, { roles }) => mustSpeakFor(partner, roles),
    save: async ({ partner }, registration, issued) => {
      await service.saveRegistration(partner.operatorId, partner.id, {
        connection: {
          protocol: 'ocpi',
          version: registration.version,
          versionsUrl: registration.versionsUrl,
          endpoints: registration.endpoints,
          coding: registration.coding,
        },
        token: registration.token,
        issued,
      });
      host.forget();
      log.info({ operatorId: partner.operatorId, partnerId: partner.id, version: registration.version }, 'partner registered');
    },
    remove: async ({ partner }) => {
      await service.changeStatus(partner.operatorId, partner.id, 'revoke');
      host.forget();
    },
  });

  const url = publicUrl.replace(/\/+$/, '') + OCPI_PATH;
  const isHub = async (operatorId: OperatorId, party: PartyId) =>
    (await store.hostedParties(operatorId)).some((hosted) => hosted.role === 'hub' && hosted.party === party);
  const intercept = createPassing({ ...needs, url, isHub });

  host = createHost<OcpiCaller>({
    url,
    authenticate: async (token) => {
      const caller = await service.byToken(token);
      return (
        caller && { ...caller, id: caller.partner.id, parties: new Set(caller.partner.parties.map(({ party }) => party.replace('-', ''))) }
      );
    },
    intercept,
    // What a partner keeps with us is its own: nobody else learns whether it is there.
    owns: ({ partner }, { country, party }) => speaksFor(partner, partyId(country, party)),
    versions: {
      [VERSION]: [
        serve(v221.credentials.sender, credentials, { clock }),
        ...ocpi221Interfaces({
          ...needs,
          route: service.route,
          heardResult: service.heardResult,
          isHub,
          defaultReceiver: async (partner, role) =>
            (await store.hostedParties(partner.operatorId)).find((hosted) => hosted.role === role)?.party,
        }),
      ],
    },
    clock,
    onError: (err, { method, url }) => log.error({ err, method, url }, 'an OCPI request could not be handled'),
  });
  return host;
}

const wireRoles = { cpo: 'CPO', emsp: 'EMSP', hub: 'HUB' } as const satisfies Record<Role, v221.Role>;

/** A hub of 2.2.x shows one role, HUB; whom one reaches through it is told by hubclientinfo. OCPI 2.2.1, 2.3 */
async function rolesOf(store: RoamingStore, operatorId: OperatorId): Promise<v221.CredentialsRole[]> {
  const hosted = await store.hostedParties(operatorId);
  const hubs = hosted.filter(({ role }) => role === 'hub');
  return (hubs.length > 0 ? hubs : hosted).map(({ party, role, name }) => ({
    role: wireRoles[role],
    ...ownerFields(party),
    business_details: { name },
  }));
}

/** OCPI authenticates platforms and not parties, so the invitation's list decides. */
function mustSpeakFor(partner: Partner, roles: readonly v221.CredentialsRole[]): void {
  for (const [index, { role, country_code, party_id }] of roles.entries()) {
    const claimed = partyId(country_code, party_id);
    const known = partner.parties.some((one) => one.party === claimed && wireRoles[one.role] === role);
    if (!known) {
      throw new OcpiError('invalid', `/roles/${index}: your invitation does not name ${claimed} as ${role}; ask us to add it`, {
        path: `/roles/${index}`,
      });
    }
  }
}

export { toListener as listenerOf };
