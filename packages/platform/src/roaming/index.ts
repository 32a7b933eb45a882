import type { Database } from '../edges/database.js';
import type { Logger } from '../edges/log.js';
import type { Outbox } from '../edges/outbox.js';
import type { OperatorId, PartnerId } from '../kernel/ids.js';
import { createBridge } from './links/bridged/bridge.js';
import { createNet } from './links/bridged/net.js';
import { localLink } from './links/local/link.js';
import { createImporting, type Fetched, type ImportWish } from './links/ocpi221/importing.js';
import { createOutbound, type OutboundNeeds } from './links/outbound.js';
import { createTcecOutbound, createTcecSide } from './links/tcec102/side.js';
import { createOcpiHosts } from './listen.js';
import { migrations as roamingMigrations } from './migrations.js';
import { createService, type RoamingNeeds } from './service.js';
import { migrations as traceMigrations } from './store/traces.js';
import { createStore } from './store.js';
import { createTraceSide, type TraceSettings, type TraceSideNeeds } from './trace/side.js';

export { consumers } from './events.js';
export type { ImportWish } from './links/ocpi221/importing.js';
export { fromLocation as toOcpiLocation, toLocation as fromOcpiLocation } from './links/ocpi221/locations.js';
export { TCEC_PATH } from './links/tcec102/listen.js';
export const migrations = [...roamingMigrations, ...traceMigrations];
export type { Partner } from './partner.js';
export { OCPI_PATH } from './paths.js';
export { routes } from './routes.js';
export { ACTIVATE as AGREEMENT_ACTIVATE } from './service/agreements.js';
export { NotDelivered } from './service/deliveries.js';
export type { RoamingService } from './service.js';

export interface RoamingModuleNeeds extends Omit<RoamingNeeds, 'store' | 'localLink' | 'partnerLink' | 'represent' | 'ping' | 'failed'> {
  publicUrl: string;
  allow: OutboundNeeds['allow'];
  traces: TraceSettings;
}

export function createRoaming(
  needs: RoamingModuleNeeds,
  edges: { database: Database; outbox: Pick<Outbox, 'statement' | 'wake'>; log: Logger; traceLost: TraceSideNeeds['lost'] },
) {
  const store = createStore(edges);
  const trace = createTraceSide({ ...needs, sql: edges.database.sql, log: edges.log, settings: needs.traces, lost: edges.traceLost });
  const bridge = createBridge({ ...needs, lost: trace.lost });
  const net = createNet({ ...needs, store });
  const outbound = createOutbound({ ...needs, store, bridge, net, trace });
  const tcecOutbound = createTcecOutbound({ ...needs, store, handle: outbound.handle, log: edges.log });
  const service = createService({
    ...needs,
    failed: (err) => edges.log.error({ err }, 'a location could not be told to a partner'),
    store,
    partnerLink: async (...at) => (await outbound.partnerLink(...at)) ?? tcecOutbound.partnerLink(...at),
    represent: async (operatorId, cdr, party, received) =>
      (await outbound.represent(operatorId, cdr, party, received)) ?? tcecOutbound.represent(operatorId, cdr, party),
    ping: async (operatorId, partnerId) => (await outbound.ping(operatorId, partnerId)) || (await tcec.joining.ping(operatorId, partnerId)),
    localLink: (party, roles) =>
      localLink(party, roles, {
        ...needs,
        store,
        broadcast: (operatorId, consumer, owner, id) =>
          needs.transact((tx) => needs.emit(tx, operatorId, [{ consumer, key: `${owner}/${id}`, body: { owner, id } }])),
      }),
  });
  const hosts = createOcpiHosts({ ...needs, store, service, bridge, net, trace, outbound: outbound.call, log: edges.log });

  const { importPartner } = createImporting({ ...needs, store, route: service.route, call: outbound.call, bridge });

  const { route, heard, heardResult, addPartner } = service;
  const tcec = createTcecSide({ ...needs, store, outbound: tcecOutbound, route, heard, heardResult, addPartner, log: edges.log });

  /** Fetches what a partner has. Runs after each registration, when a partner is back, and whenever an operator asks. */
  async function syncPartner(
    operatorId: OperatorId,
    partnerId: PartnerId,
    wish: ImportWish = { mode: 'full' },
  ): Promise<Partial<Fetched> | undefined> {
    const fetched = (await importPartner(operatorId, partnerId, wish)) ?? (await tcec.sync(operatorId, partnerId, wish));
    if (fetched) edges.log.info({ operatorId, partnerId, ...fetched }, 'partner fetched');
    return fetched;
  }

  const { listener, versionsUrl, versionsUrls211 } = hosts;
  const { accept, rotate, farewell } = hosts.joining;

  /** As the service does it; nobody is let in by what was remembered, and a partner that is revoked is told so. */
  async function changeStatus(operatorId: OperatorId, partnerId: PartnerId, event: 'suspend' | 'resume' | 'revoke') {
    const before = await store.partner(operatorId, partnerId);
    const changed = await service.changeStatus(operatorId, partnerId, event);
    if (!changed.accepted) return changed;
    hosts.forget();
    const told = event === 'revoke' && before?.connection !== undefined ? await farewell(before) : undefined;
    if (told === false) edges.log.warn({ operatorId, partnerId }, 'a partner that was revoked could not be told');
    return { ...changed, ...(told === undefined ? {} : { told }) };
  }

  /** Who is away is not remembered: its next word counts as its return at once. */
  async function announce(operatorId: OperatorId): Promise<void> {
    hosts.forget();
    await outbound.announce(operatorId);
  }

  return {
    ...service,
    changeStatus,
    acceptInvitation: accept,
    rotateTokens: rotate,
    versionsUrl,
    versionsUrls211,
    listener,
    syncPartner,
    announce,
    trace,
    tcec: { listener: tcec.listener, sweep: tcec.sweep, checkNow: tcec.checkNow, ...tcec.joining, checks: store.tcec.checks },
    close: async () => {
      await store.stopTaking();
      await outbound.close();
      await trace.close();
    },
  };
}
