import type { RequestListener, Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { migrations as authMigrations, routes as authRoutes, caller, createAuth, guard } from './auth/index.js';
import { migrations as chargingMigrations, routes as chargingRoutes, createCharging, consumers as of } from './charging/index.js';
import { createAdminApp, type RequestHandler } from './edges/admin-app.js';
import type { Database } from './edges/database.js';
import { createHolders, holderMigrations } from './edges/holder.js';
import { createProbes } from './edges/http.js';
import type { Logger } from './edges/log.js';
import { createMetrics } from './edges/metrics.js';
import { migrate } from './edges/migrate.js';
import { createOutbox, outboxMigrations } from './edges/outbox.js';
import type { Redis } from './edges/redis.js';
import { sweepEvery } from './edges/sweep.js';
import { builtInAuthority, createGateway, migrations as gatewayMigrations, routes as gatewayRoutes } from './gateway/index.js';
import { hear } from './hearing.js';
import type { Clock } from './kernel/clock.js';
import type { NewId, OperatorId, StationId } from './kernel/ids.js';
import { nanoText } from './kernel/money.js';
import { hashSecret } from './kernel/secret.js';
import { rate } from './model/rating.js';
import { createBilling, createOperations, migrations as operationsMigrations, routes as operationsRoutes } from './operations/index.js';
import {
  AGREEMENT_ACTIVATE,
  createRoaming,
  fromOcpiLocation,
  OCPI_PATH,
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
import { createUsers, migrations as usersMigrations, routes as usersRoutes } from './users/index.js';

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
  /** How long messages over OCPI can be looked at, and whose bodies. */
  traces: { days: number; bodies: 'failed' | 'all' | 'none'; linesASecond: number };
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

/** Where the admin API stands; the second one is its name of old. */
const API_PATHS = ['/api/v1', '/admin/v1'] as const;
/** How long a vehicle may stand at the plug after it was full before idle time counts. */
const IDLE_GRACE_SECONDS = 600;

const MILLI_WH_A_KWH = 1_000_000;
/** So long stations have to connect again after a start, ms of wall time; then those that are not here are offline. */
const COME_BACK_MS = 120_000;
/** What may be a little late, ms of wall time. */
const HOUSEKEEPING_MS = 10_000;

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
      traces: ground.traces,
      charging,
      stations,
      users,
      tariffs: operations,
      signing: auth,
      approvals: auth.approvals,
      cdrArrived: (owner, cdrId) => ({ consumer: of.cdrRecord, key: cdrId, body: { owner, cdrId, source: 'partner' } }),
    },
    { database, outbox, log, traceLost: metrics.traceLost },
  );
  await roaming.trace.sweep();
  auth.approvals.onApproved(AGREEMENT_ACTIVATE, roaming.activateApproved);
  const settlement = createSettlement(
    {
      transact,
      clock,
      ports: {
        agreements: { between: roaming.agreementsBetween, pinnedKeys: roaming.pinnedKeys },
        sessions: {
          find: async (operatorId, wanted) => {
            const [own, partners] = await Promise.all([
              charging.findSessions(operatorId, wanted),
              roaming.partnerSessionsOf(operatorId, wanted),
            ]);
            // A partner's session that has not been closed on the wire is still the one; the CDR says when it ended.
            return wanted.map(({ endedAt: said }, i) => {
              const session = own[i]?.endedAt ? own[i] : partners[i];
              if (!session) return undefined;
              const { id, energyMilliWh, startedAt, endedAt = said } = session;
              return { id, energyMilliWh, startedAt, endedAt };
            });
          },
        },
        tariffs: { at: operations.versionsAt },
        exchanged: { of: roaming.cdrExchange },
        hosted: { parties: async (operatorId) => [...new Set((await roaming.hostedParties(operatorId)).map(({ party }) => party))] },
        signer: { keyOf: auth.signingKey },
      },
    },
    { sql },
  );

  hear(outbox, { charging, gateway, roaming, settlement, log });

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
      roamingRoutes({ roaming, ...roaming, tcec: { ...roaming.tcec, url: `${tcecUrl}${TCEC_PATH}` }, clock, caller }).router,
    ]
      .map((router): [string, RequestHandler] => ['', router])
      .concat([['/settlement', settlementRoutes(settlement, caller)]])
      .flatMap(([path, router]) => API_PATHS.map((at): [string, RequestHandler] => [at + path, router])),
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
        await roaming.trace.sweep();
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

export type Hub = Awaited<ReturnType<typeof compose>>;
