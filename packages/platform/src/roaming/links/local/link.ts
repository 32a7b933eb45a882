import type { Clock } from '../../../kernel/clock.js';
import type { NewId, OperatorId } from '../../../kernel/ids.js';
import { refuse } from '../../../kernel/refusal.js';
import type { PartyId, Role } from '../../../model/party.js';
import { consumers } from '../../events.js';
import type { PartyLink } from '../../link.js';
import { type CommandKind, commandOf, type Kind, type Message, type ProfileKind, type Reply } from '../../message.js';
import type { ChargingPort, StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import type { RoamingStore } from '../../store.js';

export interface LocalNeeds {
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  users: UsersPort;
  tariffs: TariffsPort;
  newId: NewId;
  clock: Clock;
  /** What is addressed to the hub goes on to everybody who may see it: told later, from the newest state. OCPI 2.2.1, 4.2.2 */
  broadcast(operatorId: OperatorId, consumer: string, owner: PartyId, id: string): Promise<void>;
}

const byRole: Readonly<Record<Role, readonly Kind[]>> = {
  cpo: [...(Object.keys(commandOf) as CommandKind[]), 'chargingPreferences', 'token'],
  emsp: ['session', 'cdr', 'location', 'tariff', 'commandResult', 'activeProfile', 'authorize'],
  hub: ['location', 'tariff', 'token'],
};

/** Our own CPO and eMSP behind the same link as everybody else. */
export function localLink(party: PartyId, roles: readonly Role[], needs: LocalNeeds): PartyLink {
  const capabilities = new Set(roles.flatMap((role) => byRole[role]));
  return {
    party,
    capabilities,
    async send(message: Message): Promise<Reply> {
      if (!capabilities.has(message.kind)) return refuse('notSupported', `${party} takes no ${message.kind}`);
      const reply = await take(message, needs);
      if (reply.accepted && roles.includes('hub')) await goOn(message, needs);
      return reply;
    },
  };
}

/** Locations and tariffs; tokens go to everybody only where rules say so, and each to one that may have it: that is not done here. */
async function goOn(message: Message, { broadcast }: LocalNeeds): Promise<void> {
  if (message.kind === 'location') {
    const { owner, id } = (message as Message<'location'>).typed();
    await broadcast(message.operatorId, consumers.location, owner, id);
  } else if (message.kind === 'tariff') {
    const { owner, id } = (message as Message<'tariff'>).typed();
    await broadcast(message.operatorId, consumers.tariff, owner, id);
  }
}

async function take(message: Message, needs: LocalNeeds): Promise<Reply> {
  const { operatorId } = message;
  switch (message.kind) {
    case 'startSession':
      return start(message as Message<'startSession'>, needs);
    case 'stopSession':
      return stop(message as Message<'stopSession'>, needs);
    case 'reserveNow':
      return reserve(message as Message<'reserveNow'>, needs);
    case 'cancelReservation':
      return cancel(message as Message<'cancelReservation'>, needs);
    case 'unlockConnector':
      return unlock(message as Message<'unlockConnector'>, needs);
    case 'setChargingProfile': {
      const { profile } = (message as Message<'setChargingProfile'>).typed();
      return limit(message as Message<'setChargingProfile'>, { set: profile }, needs);
    }
    case 'clearChargingProfile':
      return limit(message as Message<'clearChargingProfile'>, { clear: true }, needs);
    case 'getActiveProfile': {
      const { seconds } = (message as Message<'getActiveProfile'>).typed();
      return limit(message as Message<'getActiveProfile'>, { read: { seconds } }, needs);
    }
    case 'chargingPreferences': {
      const { sessionId, wish } = (message as Message<'chargingPreferences'>).typed();
      const weighed = await needs.charging.weighPreferences(operatorId, sessionId, message.from, wish);
      return weighed.accepted ? { accepted: true, verdict: weighed.verdict } : refuse('unknownSession', weighed.detail);
    }
    case 'activeProfile': {
      const { sessionId, active } = (message as Message<'activeProfile'>).typed();
      await needs.store.saveActiveProfile(operatorId, message.from, sessionId, active, needs.clock.now());
      return { accepted: true };
    }
    case 'commandResult':
      // An own driver's app reads the result of its command from where it was settled.
      return { accepted: true };
    case 'session': {
      const session = (message as Message<'session'>).typed();
      await needs.store.saveSession(operatorId, session, message.raw?.bytes ?? Buffer.alloc(0));
      return { accepted: true };
    }
    case 'cdr':
      // Every CDR was taken in by the hub before it came here.
      return { accepted: true };
    case 'location':
      return asReply(await needs.stations.recordPartnerLocation(operatorId, (message as Message<'location'>).typed()));
    case 'tariff':
      await needs.tariffs.recordPartnerTariff(operatorId, (message as Message<'tariff'>).typed());
      return { accepted: true };
    case 'token':
      // A token older than the one we have changes nothing, and that is as the sender wants it.
      await needs.users.recordPartnerToken(operatorId, (message as Message<'token'>).typed());
      return { accepted: true };
    case 'authorize':
      return authorize(message as Message<'authorize'>, needs);
  }
}

const asReply = (result: { accepted: true } | { accepted: false; reason: string; detail?: string }): Reply =>
  result.accepted ? { accepted: true } : refuse('invalid', result.detail);

async function start(message: Message<'startSession'>, { charging }: LocalNeeds): Promise<Reply> {
  const { replyTo, ...wish } = message.typed();
  const asked = await charging.requestStart(message.operatorId, { ...wish, requestId: replyTo.commandId });
  if (asked.accepted) return { accepted: true, timeoutMs: asked.timeoutMs };
  return refuse(asked.reason === 'unknownLocation' ? 'unknownLocation' : 'unknownToken', asked.detail);
}

/** Our own eMSP is asked about a card of its own. */
async function authorize(message: Message<'authorize'>, { users, newId }: LocalNeeds): Promise<Reply> {
  const { uid, place } = message.typed();
  const token = await users.token(message.operatorId, message.to, uid);
  if (!token) return refuse('unknownToken', `${message.to} has no token ${uid}`);
  const permitted = token.valid ? { allowed: 'allowed' as const, authorizationReference: newId() } : { allowed: 'blocked' as const };
  return { accepted: true, authorization: { ...permitted, token, ...(place ? { place } : {}) } };
}

async function stop(message: Message<'stopSession'>, { charging }: LocalNeeds): Promise<Reply> {
  const { replyTo, sessionId } = message.typed();
  const asked = await charging.requestStop(message.operatorId, sessionId, message.from, replyTo.commandId);
  return asked.accepted ? { accepted: true, timeoutMs: asked.timeoutMs } : refuse('unknownSession', asked.detail);
}

async function reserve(message: Message<'reserveNow'>, { charging }: LocalNeeds): Promise<Reply> {
  const { replyTo, reservationId, ...wish } = message.typed();
  const named = { by: message.from, as: reservationId };
  const asked = await charging.reserve(message.operatorId, { ...wish, named, requestId: replyTo.commandId });
  if (asked.accepted) return { accepted: true, timeoutMs: asked.timeoutMs };
  return refuse(reserveRefusals[asked.reason], asked.detail);
}

const reserveRefusals = {
  unknownLocation: 'unknownLocation',
  tokenNotValid: 'unknownToken',
  alreadyOver: 'invalid',
  atAnotherStation: 'conflict',
} as const;

async function cancel(message: Message<'cancelReservation'>, { charging }: LocalNeeds): Promise<Reply> {
  const { replyTo, reservationId } = message.typed();
  const asked = await charging.cancelNamed(message.operatorId, { by: message.from, as: reservationId }, replyTo.commandId);
  return asked.accepted ? { accepted: true, timeoutMs: asked.timeoutMs } : refuse('unknownReservation', asked.detail);
}

async function unlock(message: Message<'unlockConnector'>, { charging }: LocalNeeds): Promise<Reply> {
  const { replyTo, ...place } = message.typed();
  const asked = await charging.requestUnlock(message.operatorId, place, message.from, replyTo.commandId);
  if (asked.accepted) return { accepted: true, timeoutMs: asked.timeoutMs };
  return refuse(asked.reason === 'unknownLocation' ? 'unknownLocation' : 'unknownSession', asked.detail);
}

async function limit(
  message: Message<ProfileKind>,
  wish: Parameters<ChargingPort['requestProfile']>[3],
  { charging }: LocalNeeds,
): Promise<Reply> {
  const { sessionId, replyTo } = message.typed();
  const asked = await charging.requestProfile(message.operatorId, sessionId, message.from, wish, replyTo.commandId);
  if (asked.accepted) return { accepted: true, timeoutMs: asked.timeoutMs };
  return refuse(asked.reason === 'unknownSession' ? 'unknownSession' : 'invalid', asked.detail);
}
