import { createHash } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.js';
import type { Emit } from '../../../kernel/events.js';
import type { NewId } from '../../../kernel/ids.js';
import { refuse } from '../../../kernel/refusal.js';
import type { Transact } from '../../../kernel/transact.js';
import type { PartyId, Role } from '../../../model/party.js';
import type { PartyLink } from '../../link.js';
import type { Kind, Message, Reply } from '../../message.js';
import type { CdrArrived, ChargingPort, StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import type { CdrExchange, RoamingStore } from '../../store.js';

export interface LocalNeeds {
  transact: Transact;
  emit: Emit;
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  users: UsersPort;
  tariffs: TariffsPort;
  cdrArrived: CdrArrived;
  clock: Clock;
  newId: NewId;
}

const byRole: Readonly<Record<Role, readonly Kind[]>> = {
  cpo: ['startSession', 'stopSession', 'token'],
  emsp: ['session', 'cdr', 'location', 'tariff', 'commandResult'],
};

/** How long the result of a command is waited for at the most. */
export const COMMAND_EXPIRY_MS = 15 * 60_000;

/** Our own CPO and eMSP behind the same link as everybody else. */
export function localLink(party: PartyId, roles: readonly Role[], needs: LocalNeeds): PartyLink {
  const capabilities = new Set(roles.flatMap((role) => byRole[role]));
  return {
    party,
    capabilities,
    async send(message: Message): Promise<Reply> {
      if (!capabilities.has(message.kind)) return refuse('notSupported', `${party} takes no ${message.kind}`);
      return take(message, needs);
    },
  };
}

async function take(message: Message, needs: LocalNeeds): Promise<Reply> {
  const { operatorId } = message;
  switch (message.kind) {
    case 'startSession':
      return start(message as Message<'startSession'>, needs);
    case 'stopSession':
      return stop(message as Message<'stopSession'>, needs);
    case 'commandResult': {
      const { replyTo, result } = (message as Message<'commandResult'>).typed();
      const taken = await needs.store.settleCommand(operatorId, replyTo.commandId, result, message.from, needs.clock.now());
      return taken ? { accepted: true } : refuse('invalid', 'nobody waits for this result: it was given already, or came too late');
    }
    case 'session': {
      const session = (message as Message<'session'>).typed();
      await needs.store.saveSession(operatorId, session, message.raw?.bytes ?? Buffer.alloc(0));
      return { accepted: true };
    }
    case 'cdr':
      return takeCdr(message as Message<'cdr'>, needs);
    case 'location':
      return asReply(await needs.stations.recordPartnerLocation(operatorId, (message as Message<'location'>).typed()));
    case 'tariff':
      await needs.tariffs.recordPartnerTariff(operatorId, (message as Message<'tariff'>).typed());
      return { accepted: true };
    case 'token':
      // A token older than the one we have changes nothing, and that is as the sender wants it.
      await needs.users.recordPartnerToken(operatorId, (message as Message<'token'>).typed());
      return { accepted: true };
  }
}

const asReply = (result: { accepted: true } | { accepted: false; reason: string; detail?: string }): Reply =>
  result.accepted ? { accepted: true } : refuse('invalid', result.detail);

async function start(message: Message<'startSession'>, needs: LocalNeeds): Promise<Reply> {
  const { replyTo, ...wish } = message.typed();
  const requestId = await keepCommand('start', message, replyTo, needs);
  const asked = await needs.charging.requestStart(message.operatorId, { ...wish, requestId });
  if (asked.accepted) return { accepted: true, timeoutMs: asked.timeoutMs };
  return refuse(asked.reason === 'unknownLocation' ? 'unknownLocation' : 'unknownToken', asked.detail);
}

async function stop(message: Message<'stopSession'>, needs: LocalNeeds): Promise<Reply> {
  const { replyTo, sessionId } = message.typed();
  const requestId = await keepCommand('stop', message, replyTo, needs);
  const asked = await needs.charging.requestStop(message.operatorId, sessionId, message.from, requestId);
  return asked.accepted ? { accepted: true, timeoutMs: asked.timeoutMs } : refuse('unknownSession', asked.detail);
}

/** Kept before the station is asked, for its answer may be faster than our own. Gives the id under which the outcome comes back. */
async function keepCommand(
  kind: 'start' | 'stop',
  { operatorId, from, to, correlation }: Message,
  replyTo: { commandId: string; url?: string },
  { store, clock, newId }: LocalNeeds,
): Promise<string> {
  const askedAt = clock.now();
  const expiresAt = new Date(askedAt.getTime() + COMMAND_EXPIRY_MS * clock.rate);
  const requestId = newId();
  // The asker's own id may be used twice by it; ours is what we find the command by.
  await store.insertCommand(operatorId, { id: newId(), kind, asker: from, asked: to, replyTo, correlation, requestId, askedAt, expiresAt });
  return requestId;
}

/** Durable before it is acknowledged; the same again gets the same answer; other content under one id is kept and refused. */
async function takeCdr(message: Message<'cdr'>, { transact, store, cdrArrived, clock }: LocalNeeds): Promise<Reply> {
  const { operatorId, from, raw } = message;
  const cdr = message.typed();
  const bytes = raw?.bytes;
  if (!raw || !bytes) return refuse('invalid', 'a CDR is only taken in the form in which it was sent');
  const exchange: CdrExchange = {
    owner: cdr.owner,
    id: cdr.id,
    party: from,
    direction: 'in',
    version: raw.version,
    bytes,
    digest: createHash('sha256').update(bytes).digest('hex'),
    state: 'received',
    updatedAt: clock.now(),
  };
  return transact(async (tx): Promise<Reply> => {
    const known = await store.insertExchange(tx, operatorId, exchange, cdr);
    if (known === 'other') {
      await store.keepConflict(tx, operatorId, exchange);
      return refuse('conflict', `CDR ${cdr.id} of ${from} is known with other content: correct it by a credit CDR and a new one`);
    }
    if (known === 'new') await cdrArrived(tx, operatorId, cdr.owner, cdr.id);
    return { accepted: true, location: cdr.id };
  });
}
