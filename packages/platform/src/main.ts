import type { RequestListener } from 'node:http';
import { compose, type Hub } from './compose.js';
import { type Config, ROLES, type StationTls } from './config.js';
import { openDatabase } from './edges/database.js';
import { startEmbedded } from './edges/embedded/start.js';
import { type HttpOptions, startHttp } from './edges/http.js';
import { createLog, type Logger } from './edges/log.js';
import { openRedis } from './edges/redis.js';
import { secretFile, serverKeyFile } from './edges/secret-file.js';
import { newAuthorityKey, tlsOptions } from './gateway/index.js';
import { newId, type OperatorId } from './kernel/ids.js';
import { newSecret } from './kernel/secret.js';
import { TCEC_PATH } from './roaming/index.js';

export interface RunningHub {
  hub: Hub;
  log: Logger;
  /** The operator that was there from the first start. */
  operatorId: OperatorId;
  /** Of that operator; also in the data folder, in `admin.key`. */
  adminKey: string;
  /** Where things are, for a person. */
  addresses: { admin: string; ocpi: string; ocpp: string; ocppTls?: string; tcec: string; ykc: string; health: string };
  /** Takes nothing new, ends what is under way, stops the embedded servers. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** What happens meanwhile, for a terminal. */
  onStep?: (text: string) => void;
  log?: Logger;
  operatorName?: string;
  /** ISO 4217; EUR if not said. */
  defaultCurrency?: string;
}

/** The operator of an installation that hosts one company. */
const FIRST_OPERATOR = 'main' as OperatorId;
const NOT_A_STATION: RequestListener = (_request, response) => {
  response.writeHead(404, { 'Content-Type': 'text/plain' }).end('stations connect here with a WebSocket, at /ocpp/<identity>\n');
};

/** A station's certificate counts if we signed it, or the authority that the operator named. */
const tlsFor = ({ key, cert, clientAuthority }: StationTls, ownRoot: string | undefined) =>
  tlsOptions({ key, cert, clientAuthorities: [ownRoot, clientAuthority].filter((pem) => pem !== undefined) });

/** Starts a whole hub: embedded servers where none are set, the database brought up to date, listeners, workers. Undoes all of it when a part fails. */
export async function startHub(
  config: Config,
  { onStep = () => undefined, log: given, operatorName = 'evroam', defaultCurrency = 'EUR' }: StartOptions = {},
): Promise<RunningHub> {
  const log = given ?? createLog({ level: config.logLevel });
  for (const warning of config.warnings) log.warn(warning);
  if (config.roles.length < ROLES.length) {
    // A command for a station is carried by the node that holds its socket, and nodes cannot pass commands on yet.
    throw new Error(`EVROAM_ROLES=${config.roles.join(',')}: a node that does only a part is not possible yet. Leave the setting out.`);
  }
  const undo: (() => Promise<unknown>)[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const embedded = await startEmbedded({
      dataDir: config.dataDir,
      postgres: config.databaseUrl === undefined,
      valkey: config.redisUrl === undefined,
      onEvent: (event) => {
        if (event.kind === 'step') onStep(event.text);
        else if (event.kind === 'ready') log.info({ service: event.service, port: event.port }, 'embedded server ready');
        else log.error({ event }, 'an embedded server went down and is started again');
      },
    });
    undo.push(() => embedded.stop());
    const databaseUrl = config.databaseUrl ?? embedded.databaseUrl;
    const redisUrl = config.redisUrl ?? embedded.redisUrl;
    if (!databaseUrl || !redisUrl) throw new Error('an embedded server is ready without an address');

    onStep('opening the database');
    const database = await openDatabase({ url: databaseUrl, poolSize: config.databasePoolSize, onWait: onStep });
    undo.push(() => database.close());
    const redis = await openRedis({
      url: redisUrl,
      onState: (state, reason) => {
        if (!stopping) log[state === 'up' ? 'info' : 'warn']({ reason }, `Redis is ${state}`);
      },
    });
    undo.push(() => redis.close());

    // Listening comes first, since our own address is part of what partners are told; until all is ready the answer is 503.
    let listener: RequestListener = (_request, response) => response.writeHead(503, { 'Retry-After': '1' }).end();
    const http = await startHttp({
      host: config.host,
      port: config.ports.http,
      handle: (request, response) => listener(request, response),
    });
    undo.push(() => http.close(config.shutdownMs / 2));
    const here = (port: number) => `${config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host}:${port}`;
    let tcecListener: RequestListener = (_request, response) => response.writeHead(503, { 'Retry-After': '1' }).end();
    const tcec = await startHttp({
      host: config.host,
      port: config.ports.tcec,
      handle: (request, response) => tcecListener(request, response),
    });
    undo.push(() => tcec.close(config.shutdownMs / 4));
    const publicUrl = config.publicUrl ?? `http://${here(http.port)}`;

    onStep('migrating the database and putting the modules together');
    const hub = await compose({
      database,
      redis,
      log,
      clock: config.clock,
      newId,
      serverKey: config.serverKey ?? serverKeyFile(config.dataDir),
      publicUrl,
      tcecUrl: config.tcecUrl ?? `http://${here(tcec.port)}`,
      outboundAllow: config.outboundAllow,
      traces: config.traces,
      defaultCurrency,
      stationCaKey: secretFile(config.dataDir, 'station-ca.key', newAuthorityKey),
    });
    undo.push(() => hub.close());
    await hub.auth.addOperator(FIRST_OPERATOR, operatorName);
    const adminKey = secretFile(config.dataDir, 'admin.key', () => `evr_${newSecret()}`);
    await hub.auth.adoptKey(FIRST_OPERATOR, 'first key', 'admin', adminKey);

    const listenOcpp = async (options: Pick<HttpOptions, 'port' | 'tls'>) => {
      const stations = await startHttp({ host: config.host, handle: NOT_A_STATION, ...options });
      undo.push(() => stations.close(config.shutdownMs / 4));
      const ocpp = await hub.listenOcpp(stations.server);
      undo.push(() => ocpp.close());
      return stations;
    };
    const stations = await listenOcpp({ port: config.ports.ocpp });
    const secure = config.ocppTls && (await listenOcpp({ port: config.ocppTls.port, tls: tlsFor(config.ocppTls, hub.stationRoot) }));
    const piles = await hub.listenYkc({ host: config.host, port: config.ports.ykc });
    undo.push(() => piles.close());
    listener = hub.http;
    tcecListener = hub.tcec;
    const work = await hub.startWork();
    undo.push(() => work.stop());

    const addresses = {
      admin: `http://${here(http.port)}/admin/v1`,
      ocpi: hub.roaming.versionsUrl,
      ocpp: `ws://${here(stations.port)}/ocpp/<identity>`,
      ...(secure ? { ocppTls: `wss://${here(secure.port)}/ocpp/<identity>` } : {}),
      tcec: `http://${here(tcec.port)}${TCEC_PATH}`,
      ykc: `tcp://${here(piles.port)}`,
      health: `http://${here(http.port)}/healthz`,
    };
    log.info(addresses, 'the hub is ready');
    return { hub, log, operatorId: FIRST_OPERATOR, adminKey, addresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
