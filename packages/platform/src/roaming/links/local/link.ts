import type { NewId, OperatorId } from '../../../kernel/ids.js';
import { refuse } from '../../../kernel/refusal.js';
import type { PartyId, Role } from '../../../model/party.js';
import { consumers } from '../../events.js';
import type { PartyLink } from '../../link.js';
import type { Kind, Message, Reply } from '../../message.js';
import type { ChargingPort, StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import type { RoamingStore } from '../../store.js';

export interface LocalNeeds {
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  users: UsersPort;
  tariffs: TariffsPort;
  newId: NewId;
  /** What is addressed to the hub goes on to everybody who may see it: told later, from the newest state. OCPI 2.2.1, 4.2.2 */
  broadcast(operatorId: OperatorId, consumer: string, owner: PartyId, id: string): Promise<void>;
}

const byRole: Readonly<Record<Role, readonly Kind[]>> = {
  cpo: ['startSession', 'stopSession', 'token'],
  emsp: ['session', 'cdr', 'location', 'tariff', 'commandResult', 'authorize'],
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
