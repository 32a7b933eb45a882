import type { RequestListener } from 'node:http';
import { createHost, type Host, registrar, type Served, serve } from '@evroam/ocpi';
import type { BridgeVersion } from '@evroam/ocpi/bridge';
import { toListener } from '@evroam/ocpi/node';
import * as v211 from '@evroam/ocpi/v211';
import * as v221 from '@evroam/ocpi/v221';
import * as v230 from '@evroam/ocpi/v230';
import type { Logger } from '../edges/log.js';
import type { Clock } from '../kernel/clock.js';
import type { NewId, OperatorId } from '../kernel/ids.js';
import { newSecret } from '../kernel/secret.js';
import { type PartyId, partyId } from '../model/party.js';
import type { Bridge } from './links/bridged/bridge.js';
import { type Side, serveIn } from './links/bridged/serve.js';
import { HOME, SPOKEN } from './links/bridged/versions.js';
import type { ListenNeeds, OcpiCaller } from './links/ocpi221/inbound.js';
import { createJoining } from './links/ocpi221/joining.js';
import { ocpi221Sides } from './links/ocpi221/listen.js';
import { createPassing } from './links/ocpi221/passing.js';
import { asVersion, mustSpeakFor, reachableRoles, rolesOf } from './links/roles.js';
import { type Partner, speaksFor } from './partner.js';
import { OCPI_PATH, PATH_211 } from './paths.js';
import type { RoamingService } from './service.js';
import type { Calling, Trace } from './trace/observe.js';

/** Which of our sides a partner of 2.1.1 sees. */
const SIDES_211 = {
  cpo: ['locations SENDER', 'tariffs SENDER', 'sessions SENDER', 'tokens RECEIVER', 'commands RECEIVER'],
  emsp: ['locations RECEIVER', 'tariffs RECEIVER', 'sessions RECEIVER', 'cdrs RECEIVER', 'tokens SENDER', 'commands SENDER'],
} as const;

export interface HostNeeds extends Omit<ListenNeeds, 'route' | 'heardResult' | 'isHub' | 'defaultReceiver'> {
  service: RoamingService;
  outbound: Calling;
  trace: Pick<Trace, 'received'>;
  bridge: Bridge;
  serverKey: Buffer;
  publicUrl: string;
  clock: Clock;
  newId: NewId;
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
      onAnswered: needs.trace.received,
      onError: (err, { method, url: asked }) => log.error({ err, method, url: asked }, 'an OCPI request could not be handled'),
    });
    hosts.push(host);
    return host;
  }

  function credentialsIn(version: BridgeVersion, versionsUrl: () => string): Served<OcpiCaller> {
    const face = version === '2.1.1' ? v211.credentials : version === '2.3.0' ? v230.credentials : v221.credentials;
    const handlers = registrar<OcpiCaller, v211.Credentials | v221.Credentials | v230.Credentials>({
      handle: (request, { partner }) => needs.outbound(request, partner),
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
    ...{ service, call: needs.outbound, newId: needs.newId, serverKey: needs.serverKey, mustSpeakFor, forget },
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
