import { boolean, dateTime, type Infer, integer, list, number, object, oneOf, optional, type Schema, text } from '@evroam/ocpi';
import { type Request, Router } from 'express';
import { ApiError } from '../edges/admin-app.js';
import { bodyOf, found, refused } from '../edges/admin-request.js';
import type { Clock } from '../kernel/clock.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import type { CommandKind, StationCommand } from '../model/station-command.js';
import type { KeptCommand } from './command.js';
import type { GatewayService } from './service.js';

const connectorNumber = integer;
const requestId = optional(integer);

/** What an operator may ask of a station. Sessions and reservations have their own paths. */
const COMMANDS = {
  unlock: object({ connectorNumber }),
  reset: object({ hard: optional(boolean), connectorNumber: optional(connectorNumber) }),
  availability: object({ operative: boolean, connectorNumber: optional(connectorNumber) }),
  trigger: object({
    message: oneOf(
      'BootNotification',
      'Heartbeat',
      'StatusNotification',
      'MeterValues',
      'FirmwareStatusNotification',
      'LogStatusNotification',
      'SignCertificate',
    ),
    connectorNumber: optional(connectorNumber),
  }),
  getVariables: object({ variables: optional(list(object({ component: optional(text(50)), name: text(50) }))) }),
  setVariable: object({ component: optional(text(50)), name: text(50), value: text(1000) }),
  inventory: object({ requestId }),
  localListVersion: object({}),
  sendLocalList: object({
    version: integer,
    full: boolean,
    tokens: list(
      object({
        uid: text(255),
        type: oneOf('rfid', 'appUser', 'adHocUser', 'emaid', 'other'),
        groupId: optional(text(36)),
        removed: optional(boolean),
      }),
    ),
  }),
  clearCache: object({}),
  firmware: object({
    requestId,
    url: text(512),
    retrieveAt: optional(dateTime),
    installAt: optional(dateTime),
    certificate: optional(text(5500)),
    signature: optional(text(800)),
  }),
  log: object({ requestId, url: text(512), security: optional(boolean), from: optional(dateTime), until: optional(dateTime) }),
  setProfile: object({
    connectorNumber,
    transactionKey: optional(text(36)),
    profile: object({
      id: integer,
      stackLevel: integer,
      purpose: oneOf('station', 'default', 'transaction'),
      unit: oneOf('A', 'W'),
      startAt: optional(dateTime),
      seconds: optional(integer),
      periods: list(object({ startSecond: integer, limit: number, phases: optional(integer) })),
    }),
  }),
  clearProfile: object({ profileId: optional(integer), connectorNumber: optional(connectorNumber) }),
  compositeSchedule: object({ connectorNumber, seconds: integer, unit: optional(oneOf('A', 'W')) }),
  cost: object({ transactionKey: text(36), total: number }),
  installCertificate: object({ use: text(50), certificate: text(10_000) }),
  certificates: object({ use: optional(text(50)) }),
  deleteCertificate: object({
    hash: object({ hashAlgorithm: text(10), issuerNameHash: text(128), issuerKeyHash: text(128), serialNumber: text(40) }),
  }),
} as const satisfies Partial<Record<CommandKind, Schema>>;

type Kind = keyof typeof COMMANDS;
/** The longest that a request waits for a station, seconds. */
const MOST_WAIT = 30;
const MOST = 200;

/** Commands to stations, what is known of them, and their security. */
export function routes(gateway: GatewayService, clock: Clock): Router {
  const router = Router();
  const idOf = (request: Request) => request.params.id as StationId;

  router.get('/connections', (_request, response) => {
    response.json({ items: gateway.connected() });
  });

  router.post('/stations/:id/commands/:kind', async (request, response) => {
    const { operatorId } = response.locals;
    const command = commandIn(request, clock);
    const asked = await gateway.ask(operatorId, idOf(request), command);
    if (!asked.accepted) throw refused(asked);
    response.status(202).json(view(await waited(operatorId, asked.requestId, request)));
  });

  async function waited(operatorId: OperatorId, id: string, request: Request): Promise<KeptCommand> {
    const seconds = request.query.wait === undefined ? 0 : Number(request.query.wait);
    if (!(seconds >= 0 && seconds <= MOST_WAIT))
      throw new ApiError(422, 'invalid_wait', `wait is a number of seconds up to ${MOST_WAIT}`, { where: 'query/wait' });
    return found(await gateway.answered(operatorId, id, seconds * 1000), `command ${id}`);
  }

  router.get('/stations/:id/commands', async (request, response) => {
    response.json({ items: (await gateway.commands(response.locals.operatorId, idOf(request), MOST)).map(view) });
  });

  router.get('/commands/:command', async (request, response) => {
    response.json(view(await waited(response.locals.operatorId, String(request.params.command), request)));
  });

  router.post('/stations/:id/password', async (request, response) => {
    const result = await gateway.rotatePassword(response.locals.operatorId, idOf(request));
    if (!result.accepted) throw refused(result);
    response.status(204).end();
  });

  router.post('/stations/:id/disconnect', (request, response) => {
    gateway.disconnect(idOf(request), 'closed by the operator');
    response.status(204).end();
  });

  router.get('/stations/:id/inventory', async (request, response) => {
    response.json(found(await gateway.inventory(response.locals.operatorId, idOf(request)), `inventory of station ${idOf(request)}`));
  });

  router.get('/stations/:id/progress', async (request, response) => {
    response.json({ items: await gateway.progress(response.locals.operatorId, idOf(request)) });
  });

  router.get('/stations/:id/certificates', async (request, response) => {
    response.json({ items: await gateway.certificates(response.locals.operatorId, idOf(request)) });
  });

  router.delete('/stations/:id/certificates/:serial', async (request, response) => {
    const revoked = await gateway.revokeCertificate(response.locals.operatorId, idOf(request), String(request.params.serial));
    found(revoked || undefined, `valid certificate ${request.params.serial} of station ${idOf(request)}`);
    response.status(204).end();
  });

  router.get('/security-events', async (request, response) => {
    const { station } = request.query;
    const events = await gateway.securityEvents(response.locals.operatorId, typeof station === 'string' ? station : undefined, MOST);
    response.json({ items: events });
  });

  return router;
}

const Raw = object({ action: text(50) });

function commandIn(request: Request, clock: Clock): StationCommand {
  const kind = String(request.params.kind);
  if (kind === 'raw') {
    const { payload, ...rest } = (request.body ?? {}) as { payload?: unknown };
    const { action } = bodyOf(Raw, { ...request, body: rest } as Request);
    if (typeof payload !== 'object' || payload === null)
      throw new ApiError(422, 'invalid_body', 'payload is an object', { where: 'body/payload' });
    return { kind, action, payload };
  }
  if (!Object.hasOwn(COMMANDS, kind))
    throw new ApiError(404, 'no_such_command', `There is no command ${kind}: ${Object.keys(COMMANDS).join(', ')}, raw.`);
  const body: Infer<(typeof COMMANDS)[Kind]> = bodyOf(COMMANDS[kind as Kind], request);
  return { ...defaults(kind as Kind, body, clock), ...body, kind } as StationCommand;
}

/** What the caller may leave out. */
function defaults(kind: Kind, body: object, clock: Clock): object {
  const numbered = { requestId: Math.floor(clock.now().getTime() / 1000) % 2 ** 31 };
  switch (kind) {
    case 'inventory':
    case 'log':
      return numbered;
    case 'firmware':
      return { ...numbered, retrieveAt: clock.now().toISOString() };
    case 'reset':
      return { hard: false };
    case 'setProfile': {
      const { profile } = body as { profile: { purpose: string; startAt?: string } };
      // The limit of a whole station cannot be relative to a session. OCPP 1.6, 3.13.1
      if (profile.purpose === 'station') profile.startAt ??= clock.now().toISOString();
      return {};
    }
    default:
      return {};
  }
}

const view = ({ command, ...kept }: KeptCommand) => ({ ...kept, kind: command.kind, command });
