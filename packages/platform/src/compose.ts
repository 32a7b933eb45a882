import type { RequestListener, Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { migrations as authMigrations, routes as authRoutes, caller, createAuth, guard } from './auth/index.js';
import {
  type CommandOutcome,
  migrations as chargingMigrations,
  routes as chargingRoutes,
  createCharging,
  consumers as of,
  type StartLapsed,
  type StationCommand,
} from './charging/index.js';
import { createAdminApp, type RequestHandler } from './edges/admin-app.js';
import type { Database } from './edges/database.js';
import { createHolders, holderMigrations } from './edges/holder.js';
import { createProbes } from './edges/http.js';
import type { Logger } from './edges/log.js';
import { createMetrics } from './edges/metrics.js';
import { migrate } from './edges/migrate.js';
import { createOutbox, outboxMigrations, Postponed } from './edges/outbox.js';
import type { Redis } from './edges/redis.js';
import { sweepEvery } from './edges/sweep.js';
import {
  builtInAuthority,
  createGateway,
  migrations as gatewayMigrations,
  routes as gatewayRoutes,
  type Command as StationAsk,
} from './gateway/index.js';
import type { Clock } from './kernel/clock.js';
import type { NewId, OperatorId, PartnerId, PartyId, StationId } from './kernel/ids.js';
import { nanoText } from './kernel/money.js';
import { hashSecret } from './kernel/secret.js';
import { cdrKey } from './model/cdr.js';
import { rate } from './model/rating.js';
import { createBilling, createOperations, migrations as operationsMigrations, routes as operationsRoutes } from './operations/index.js';
import {
  AGREEMENT_ACTIVATE,
  createRoaming,
  fromOcpiLocation,
  type ImportWish,
  OCPI_PATH,
  consumers as roamingConsumers,
  migrations as roamingMigrations,
  routes as roamingRoutes,
  TCEC_PATH,
  toOcpiLocation,
} from './roaming/index.js';
import {
  createSettlement,
  migrations as settlementMigrations,
  createRoutes as settlementRoutes,
  startJobs as startSettlement,
} from './settlement/index.js';
import { createStations, migrations as stationsMigrations, routes as stationsRoutes } from './stations/index.js';
import { createUsers, consumers as usersConsumers, migrations as usersMigrations, routes as usersRoutes } from './users/index.js';

/** What a hub stands on. */
export interface Ground {
  database: Database;
  redis: Redis;
  log: Logger;
  clock: Clock;
  newId: NewId;
  serverKey: Buffer;
  /** As partners and stations see us, without a slash at the end. */
  publicUrl: string;
  /** As partners of T/CEC 102 see us, without a slash at the end. */
  tcecUrl: string;
  /** Inside networks that outbound calls may reach all the same. */
  outboundAllow: readonly string[];
  defaultCurrency: string;
  /** Private key, PEM, with which certificates of stations are signed; absent: nobody signs here. */
  stationCaKey?: string;
}

export const migrations = [
  {
    // Several installations may share one Redis: each keeps to its own corner of it.
    name: 'ground-001-installation',
    up: ['CREATE TABLE installation (id uuid PRIMARY KEY DEFAULT gen_random_uuid())', 'INSERT INTO installation DEFAULT VALUES'],
  },
  {
    // A database whose secrets were kept under another key would fail at the first partner or station, hours later.
    name: 'ground-002-key',
    up: ['ALTER TABLE installation ADD COLUMN key_check text'],
  },
  ...outboxMigrations,
  ...holderMigrations,
  ...authMigrations,
  ...stationsMigrations,
  ...usersMigrations,
  ...operationsMigrations,
  ...chargingMigrations,
  ...gatewayMigrations,
  ...roamingMigrations,
  ...settlementMigrations,
];

/** How long a vehicle may stand at the plug after it was full before idle time counts. */
const IDLE_GRACE_SECONDS = 600;
/** How soon a session is looked at again whose events may still be missing, ms of wall time. */
const LATE_EVENTS_MS = 2000;

const MILLI_WH_A_KWH = 1_000_000;
/** So long stations have to connect again after a start, ms of wall time; then those that are not here are offline. */
const COME_BACK_MS = 120_000;
/** What may be a little late, ms of wall time. */
const HOUSEKEEPING_MS = 10_000;

/** A CDR is owed until it is taken: no number of failures ends that. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

/**
 * The plan of the house: every module, what it is given, and who hears of what.
 * Modules do not know each other; each says in its `ports.ts` what it needs, and here one's service is plugged into another's port.
 */
export async function compose(ground: Ground) {
  const { database, redis, log, clock, newId, serverKey, publicUrl, tcecUrl, defaultCurrency } = ground;
  const { sql, transact } = database;
  const applied = await migrate(database, migrations);
  if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated');

  const check = hashSecret(serverKey, 'evroam server key');
  const [installation] = await sql<{ id: string; key_check: string }>(
    undefined,
    'UPDATE installation SET key_check = coalesce(key_check, $1) RETURNING id, key_check',
    [check],
  );
  if (installation?.key_check !== check) {
    throw new Error(
      'The secrets of this database were kept under another server key. Start with the EVROAM_SERVER_KEY, or with the data folder (server.key), that made it.',
    );
  }

  const metrics = createMetrics();
  const outbox = createOutbox({
    database,
    redis,
    prefix: `evroam:${installation?.id}`,
    note: (note) => {
      metrics.outbox(note);
      if (note.kind === 'parked')
        log.error({ consumer: note.consumer, key: note.key, err: note.error }, 'an event was parked: it waits for a person');
      else if (note.kind !== 'handled')
        log.warn(
          { ...note, error: undefined, reason: note.kind === 'postponed' ? undefined : note.error.message },
          'an event is tried again later',
        );
    },
  });
  const { emit } = outbox;

  const auth = createAuth({ transact, clock, newId, serverKey }, { sql });
  const stations = createStations({ transact, emit, clock, serverKey }, { sql });
  const users = createUsers({ transact, emit }, { sql });
  const operations = createOperations({ transact, clock }, { sql });
  const holders = createHolders(sql);
  const charging = createCharging(
    {
      ...{ transact, emit, clock, newId, defaultCurrency, idleGraceSeconds: IDLE_GRACE_SECONDS },
      ...{ stations, tokens: users, tariffs: operations },
      issuers: { ask: (...asked) => roaming.askIssuer(...asked) },
    },
    { database, holders, outbox },
  );
  await charging.keepSamples();
  const billing = createBilling({ stations, tariffs: operations, clock });
  const { stationCaKey: key } = ground;
  const authority = key === undefined ? undefined : builtInAuthority({ key, operator: 'evroam', clock });
  const gateway = createGateway(
    {
      charging,
      stations,
      billing,
      transact,
      emit,
      clock,
      newId,
      log,
      locks: { serverKey, allow: ground.outboundAllow, log, stations },
      ...(authority ? { authority } : {}),
    },
    { sql, holders, node: newId() },
  );
  await gateway.devices.refresh();
  const roaming = createRoaming(
    {
      transact,
      emit,
      clock,
      newId,
      serverKey,
      publicUrl,
      allow: ground.outboundAllow,
      charging,
      stations,
      users,
      tariffs: operations,
      signing: auth,
      approvals: auth.approvals,
      cdrArrived: (owner, cdrId) => ({ consumer: of.cdrRecord, key: cdrId, body: { owner, cdrId, source: 'partner' } }),
    },
    { database, outbox, log },
  );
  auth.approvals.onApproved(AGREEMENT_ACTIVATE, roaming.activateApproved);
  const settlement = createSettlement(
    {
      transact,
      clock,
      ports: {
        agreements: { between: roaming.agreementBetween, pinnedKeys: roaming.pinnedKeys },
        sessions: {
          find: async (operatorId, clues) => {
            const own = await charging.findSession(operatorId, clues);
            if (own?.endedAt) return { ...own, endedAt: own.endedAt };
            const session = (await roaming.partnerSession(operatorId, clues.owner, clues))?.session;
            // A partner's session that has not been closed on the wire is still the one; the CDR says when it ended.
            return (
              session && {
                id: session.id,
                energyMilliWh: session.energyMilliWh,
                startedAt: session.startedAt,
                endedAt: session.endedAt ?? clues.endedAt,
              }
            );
          },
        },
        tariffs: { at: operations.versionAt },
        exchanged: { of: roaming.cdrExchange },
        hosted: { parties: async (operatorId) => [...new Set((await roaming.hostedParties(operatorId)).map(({ party }) => party))] },
        signer: { keyOf: auth.signingKey },
      },
    },
    { sql },
  );

  // Who hears of what. Effects inside the database happen in the consumer's transaction, effects on the wire outside of any.
  outbox.consume<StationCommand | (Omit<StationAsk, 'deadline'> & { deadline: string })>(of.stationCommand, {
    leased: async ({ operatorId: operator, body }) => {
      const operatorId = operator as OperatorId;
      const stationId = body.stationId as StationId;
      const { command, requestId } = body;
      // A driver is on the way: the arm goes down before the plug can go in.
      if (command.kind === 'start')
        await gateway.locks.needed(operatorId, { stationId, connectorNumber: command.connectorNumber }, requestId);
      await gateway.carry(operatorId, { ...body, stationId, deadline: new Date(body.deadline) });
    },
  });
  outbox.consume<CommandOutcome>(of.commandOutcome, {
    leased: ({ operatorId, body }) => roaming.commandEnded(operatorId as OperatorId, body.requestId, body.outcome),
  });
  outbox.consume<StartLapsed>(of.startLapsed, {
    leased: ({ operatorId, body: { requestId, place } }) => gateway.locks.startLapsed(operatorId as OperatorId, place, requestId),
  });
  outbox.consume<{ commandId: string }>(roamingConsumers.commandResult, {
    leased: ({ operatorId, body }) => roaming.tellResult(operatorId as OperatorId, body.commandId),
  });
  outbox.consume<{ sessionId: string }>(of.sessionChanged, {
    leased: async ({ operatorId: operator, body }) => {
      const operatorId = operator as OperatorId;
      const session = await charging.session(operatorId, body.sessionId);
      if (session) await gateway.locks.sessionChanged(operatorId, session);
      await roaming.sessionChanged(operatorId, body.sessionId);
    },
  });
  outbox.consume<{ sessionId: string }>(of.sessionEnded, {
    inTransaction: async (tx, { operatorId, body }) => {
      const rated = await charging.rateEnded(tx, operatorId as OperatorId, body.sessionId);
      if (!rated) throw new Postponed(LATE_EVENTS_MS, 'events of this session may still come');
    },
  });
  outbox.consume<{ uid: string }>(usersConsumers.tokenRevoked, {
    leased: ({ operatorId, body }) => gateway.tokenRevoked(operatorId as OperatorId, body.uid),
  });
  outbox.consume<{ owner: PartyId; id: string }>(roamingConsumers.location, {
    // Each waits for partners: a slow one must not hold up what others are told.
    concurrency: 32,
    leased: async ({ operatorId, body }) => {
      const missed = await roaming.locationChanged(operatorId as OperatorId, body.owner, body.id);
      if (missed.length > 0) log.info({ location: body.id, missed }, 'partners that did not take a location will fetch it');
    },
  });
  outbox.consume<{ owner: PartyId; id: string }>(roamingConsumers.tariff, {
    leased: ({ operatorId, body }) => roaming.tariffChanged(operatorId as OperatorId, body.owner, body.id),
  });
  outbox.consume<{ partnerId: PartnerId }>(roamingConsumers.clientInfo, {
    leased: ({ operatorId }) => roaming.announce(operatorId as OperatorId),
  });
  outbox.consume<{ partnerId: PartnerId }>(roamingConsumers.resync, {
    leaseMs: 15 * 60_000,
    leased: async ({ operatorId, body }) => {
      const sent = await roaming.resync(operatorId as OperatorId, body.partnerId);
      log.info({ operatorId, partnerId: body.partnerId, sent }, 'a partner is back and has the newest state');
    },
  });
  outbox.consume<{ owner: PartyId; cdrId: string }>(of.cdrRepresent, {
    parkAfter: FOR_EVER,
    inTransaction: (tx, { operatorId, body }) => roaming.representCdr(tx, operatorId as OperatorId, body.owner, body.cdrId),
  });
  outbox.consume<{ owner: PartyId; cdrId: string; party: PartyId }>(roamingConsumers.cdrForward, {
    parkAfter: FOR_EVER,
    together: (tx, deliveries) => eachOperator(deliveries, (operatorId, bodies) => roaming.forwardCdrs(tx, operatorId, bodies)),
  });
  outbox.consume<{ owner: PartyId; cdrId: string; party: PartyId }>(roamingConsumers.cdrDeliver, {
    parkAfter: FOR_EVER,
    leased: ({ operatorId, body }) => roaming.deliverCdr(operatorId as OperatorId, body.owner, body.cdrId, body.party),
  });
  outbox.consume<{ partnerId: PartnerId } & Partial<ImportWish>>(roamingConsumers.partnerSync, {
    leaseMs: 15 * 60_000,
    leased: async ({ operatorId, body }) => {
      const { partnerId, mode = 'full', modules } = body;
      await roaming.syncPartner(operatorId as OperatorId, partnerId, { mode, ...(modules ? { modules } : {}) });
    },
  });
  outbox.consume<{ owner: PartyId; cdrId: string; source: 'own' | 'partner' }>(of.cdrRecord, {
    together: (tx, deliveries) =>
      eachOperator(deliveries, async (operatorId, bodies) => {
        const partners = await roaming.receivedCdrs(
          operatorId,
          bodies.filter(({ source }) => source === 'partner').map(({ owner, cdrId: id }) => ({ owner, id })),
        );
        const received = new Map(partners.map(({ cdr }) => [cdrKey(cdr.owner, cdr.id), cdr]));
        const incoming = bodies.map(async ({ owner, cdrId, source }) => {
          const cdr = source === 'own' ? await charging.cdr(operatorId, owner, cdrId) : received.get(cdrKey(owner, cdrId));
          if (!cdr) throw new Error(`there is no CDR ${owner}/${cdrId} to settle`);
          return { cdr, source };
        });
        await settlement.recordAll(operatorId, await Promise.all(incoming), tx);
      }),
  });

  /** What a kWh costs now, by the engine that prices everything. */
  const priceOf = async (operatorId: OperatorId, tariffIds: readonly string[]) => {
    const at = clock.now();
    const inForce = await operations.inForce(operatorId, tariffIds, at);
    const currency = inForce[0]?.tariff.currency;
    if (currency === undefined) return undefined;
    const hour = { startedAt: at, energyMilliWh: MILLI_WH_A_KWH, chargingSeconds: 3600, parkingSeconds: 0 };
    const session = { startedAt: at, endedAt: new Date(at.getTime() + 3_600_000), currency, periods: [hour] };
    const { energy } = rate(inForce, session, { timeZone: 'UTC' }).parts;
    return { amount: nanoText(energy?.beforeTaxes ?? 0n), currency };
  };

  const isStation = async (operatorId: OperatorId, id: StationId) => (await stations.station(operatorId, id)) !== undefined;
  const probes = createProbes({
    checks: { database: () => database.ping(), redis: () => redis.ping() },
    registry: metrics.registry,
    refresh: async () => metrics.outboxLag(await outbox.lag()),
  });
  const admin = createAdminApp({
    log,
    routers: [
      guard(auth),
      authRoutes(auth),
      stationsRoutes(stations, clock, { priceOf, ocpi: { write: toOcpiLocation, read: fromOcpiLocation } }),
      usersRoutes(users, clock),
      operationsRoutes(operations, clock),
      gatewayRoutes(gateway, clock),
      gateway.locks.routes,
      gateway.pileRoutes(isStation),
      gateway.captureRoutes(isStation),
      gateway.quirkRoutes,
      chargingRoutes({ charging, token: users.token, placeByEvseId: stations.placeByEvseId, newId }),
      roamingRoutes({ roaming, ...roaming, tcec: { ...roaming.tcec, url: `${tcecUrl}${TCEC_PATH}` }, clock, caller }),
    ]
      .map((router): [string, RequestHandler] => ['/admin/v1', router])
      .concat([['/admin/v1/settlement', settlementRoutes(settlement, caller)]]),
    answered: metrics.request,
  });

  return {
    auth,
    charging,
    gateway,
    operations,
    outbox,
    roaming,
    settlement,
    stations,
    users,
    /** All of HTTP on one port: OCPI first, for it is what must be fast. */
    http: ((request, response) => {
      if (request.url?.startsWith(`${OCPI_PATH}/`)) roaming.listener(request, response);
      else if (!probes(request, response)) admin(request, response);
    }) satisfies RequestListener,
    /** Of T/CEC 102, on a port of its own. */
    tcec: roaming.tcec.listener satisfies RequestListener,
    listenOcpp: (server: Server | TlsServer) => gateway.listen({ server, log }),
    /** Who signs the certificates of stations here, PEM. */
    stationRoot: authority?.root,
    listenYkc: (where: { host: string; port: number }) => gateway.listenYkc(where, log),
    /** Begins to work on what is owed. */
    async startWork() {
      const started = performance.now();
      let settled = false;
      await outbox.start();
      await gateway.captures.resume();
      const deadlines = sweepEvery(1000, 'command deadlines', log, async () => {
        await charging.sweep();
        await gateway.sweep();
        await gateway.locks.sweep();
        await gateway.captures.sweep();
        await roaming.sweepCommands();
        await roaming.sweepSilent();
      });
      // Apart from the deadlines: a partner that is slow to answer holds up nobody else.
      const orders = sweepEvery(1000, 'T/CEC orders, stations and days', log, () => roaming.tcec.sweep());
      const housekeeping = sweepEvery(HOUSEKEEPING_MS, 'signs of life, samples, certificates', log, async () => {
        await stations.writeSignsOfLife();
        if (!settled && performance.now() - started > COME_BACK_MS) {
          settled = true;
          await stations.markAbsent(new Set(gateway.connected().map(({ stationId }) => stationId)));
        }
        await charging.keepSamples();
        await gateway.devices.refresh();
        await gateway.warnOfCertificates();
      });
      const settling = startSettlement(settlement, { everyMs: 2000, failed: (err) => log.error({ err }, 'a round of settlement failed') });
      return {
        async stop() {
          await Promise.all([deadlines.stop(), orders.stop(), settling.stop(), housekeeping.stop()]);
          await outbox.stop();
          await charging.stop();
          await gateway.captures.close();
          await stations.writeSignsOfLife();
        },
      };
    },
    close: async () => {
      await Promise.all([roaming.close(), gateway.locks.close()]);
    },
  };
}

/** Does for each operator what a consumer does for many of its events at once. */
async function eachOperator<Body>(
  deliveries: readonly { operatorId: string; body: Body }[],
  work: (operatorId: OperatorId, bodies: readonly Body[]) => Promise<unknown>,
): Promise<void> {
  const byOperator = new Map<string, Body[]>();
  for (const { operatorId, body } of deliveries) byOperator.set(operatorId, [...(byOperator.get(operatorId) ?? []), body]);
  for (const [operatorId, bodies] of byOperator) await work(operatorId as OperatorId, bodies);
}

export type Hub = Awaited<ReturnType<typeof compose>>;
