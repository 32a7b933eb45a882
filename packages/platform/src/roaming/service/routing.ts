import { hash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import type { Emit } from '../../kernel/events.js';
import type { NewId, OperatorId, PartnerId } from '../../kernel/ids.js';
import { type Refused, refuse } from '../../kernel/refusal.js';
import type { Transact, Tx } from '../../kernel/transact.js';
import type { ActiveProfile } from '../../model/charging-wish.js';
import type { PartyId, Role } from '../../model/party.js';
import { consumers } from '../events.js';
import type { PartyLink } from '../link.js';
import {
  type Bodies,
  type CommandKind,
  type CommandResult,
  commandOf,
  isCommand,
  isProfileCommand,
  type Kind,
  type Message,
  type Reply,
  type ReplyAddress,
} from '../message.js';
import type { CdrArrived } from '../ports.js';
import { mayPass } from '../rules.js';
import type { CdrExchange, RoamingStore } from '../store.js';
import { createBelonging, OF_SOMEBODY } from './belonging.js';

export interface RoutingNeeds {
  transact: Transact;
  emit: Emit;
  store: RoamingStore;
  clock: Clock;
  newId: NewId;
  cdrArrived: CdrArrived;
  /** The link to a hosted party. */
  localLink(party: PartyId, roles: readonly Role[]): PartyLink;
  /** The link to a party behind a partner; undefined while that partner cannot be called. */
  partnerLink(operatorId: OperatorId, partnerId: PartnerId, party: PartyId): Promise<PartyLink | undefined>;
}

export type Routing = ReturnType<typeof createRouting>;

/** How long the result of a command is waited for, wall time. After it the outcome is unknown, and the asker is told so. */
const COMMAND_EXPIRY_MS = 120_000;

/** Whether a partner waits for the result: at an address, or under an id of its own. An own driver's app reads it where it was settled. */
const isWaiting = ({ url, commandId }: ReplyAddress): boolean => url !== undefined || commandId !== '';

/** How long after its time the result of a command is still taken, wall time. */
const LATE_RESULT_MS = 10 * 60_000;

const moduleOf: Readonly<Record<Kind, string>> = {
  startSession: 'commands',
  stopSession: 'commands',
  reserveNow: 'commands',
  cancelReservation: 'commands',
  unlockConnector: 'commands',
  setChargingProfile: 'chargingprofiles',
  clearChargingProfile: 'chargingprofiles',
  getActiveProfile: 'chargingprofiles',
  activeProfile: 'chargingprofiles',
  chargingPreferences: 'sessions',
  commandResult: 'commands',
  session: 'sessions',
  cdr: 'cdrs',
  location: 'locations',
  tariff: 'tariffs',
  token: 'tokens',
  authorize: 'tokens',
};

/** The hub's one way for every message: find the party's link, keep what must not be lost, send. */
export function createRouting({ transact, emit, store, clock, newId, cdrArrived, localLink, partnerLink }: RoutingNeeds) {
  const foreign = createBelonging({ store, clock });

  async function linkOf(operatorId: OperatorId, party: PartyId): Promise<PartyLink | Refused<'unknownReceiver' | 'notConnected'>> {
    const home = await store.homeOf(operatorId, party);
    if (home === undefined) return refuse('unknownReceiver', `no party ${party} is known to this hub`);
    if (home !== 'hosted') {
      return (
        (await partnerLink(operatorId, home, party)) ??
        refuse('notConnected', `the partner of ${party} has not registered, or is suspended`)
      );
    }
    const roles = (await store.hostedParties(operatorId)).filter((hosted) => hosted.party === party).map(({ role }) => role);
    return localLink(party, roles);
  }

  /** Whether rules let a message pass: remembered as they are, while a refusal is decided each time. */
  async function passes({ operatorId, from, to, kind }: Message): Promise<boolean> {
    const module = moduleOf[kind];
    const decide = async () => mayPass(await store.rules(operatorId, [from, to]), { from, to, module, isBroadcast: false }) || undefined;
    return (await store.derived(`passes ${operatorId} ${from} ${to} ${module}`, decide)) === true;
  }

  async function route(message: Message): Promise<Reply> {
    const { operatorId, from, to, kind } = message;
    if (!(await passes(message))) return refuse('refusedByReceiver', `${to} and ${from} do not exchange ${moduleOf[kind]}: a rule says so`);
    const link = await linkOf(operatorId, to);
    if ('accepted' in link) return link;
    const refused = OF_SOMEBODY.has(kind) ? await foreign(message, link) : undefined;
    if (refused) return refused;
    if (isCommand(message)) return sendCommand(message, link);
    switch (message.kind) {
      case 'session':
        return sendSession(message as Message<'session'>, link);
      case 'cdr':
        return takeCdr(message as Message<'cdr'>);
      default:
        return link.send(message);
    }
  }

  /** A command is kept before it is sent: its result may come faster than the answer. The id that goes on is ours. */
  async function sendCommand(message: Message<CommandKind>, link: PartyLink): Promise<Reply> {
    const { operatorId, from, to, correlation } = message;
    const { replyTo, ...asked } = message.typed();
    const id = newId();
    const askedAt = clock.now();
    const expiresAt = new Date(askedAt.getTime() + COMMAND_EXPIRY_MS * clock.rate);
    const kind = commandOf[message.kind];
    const { authorizationReference, sessionId, reservationId, until } = asked as Partial<Bodies['reserveNow'] & Bodies['stopSession']>;
    await store.insertCommand(operatorId, {
      ...{ id, kind, asker: from, asked: to, replyTo, correlation, askedAt, expiresAt },
      ...(authorizationReference === undefined ? {} : { authorizationReference }),
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(reservationId === undefined ? {} : { reservationId }),
      ...(until === undefined ? {} : { reservedUntil: until }),
    });
    // Rewritten: the receiver answers to us, and never learns where the asker listens.
    const { raw: _, ...envelope } = message;
    const reply = await link.send({ ...envelope, typed: () => ({ ...asked, replyTo: { commandId: id } }) as Bodies['startSession'] });
    if (reply.accepted) return { ...reply, commandId: id };
    await transact(async (tx) => {
      const isUnknown = reply.reason === 'timeout';
      await store.settleCommand(tx, operatorId, id, isUnknown ? 'timeout' : 'rejected', undefined, askedAt);
      if (isUnknown) await askAbout(tx, operatorId, to);
    });
    return reply;
  }

  /** The result of a command, once, from whoever was asked. A partner that asked is told by the outbox. */
  async function heardResult(
    operatorId: OperatorId,
    id: string,
    result: CommandResult,
    from: PartyId | undefined,
    active?: ActiveProfile,
  ): Promise<boolean> {
    const lateUntil = new Date(clock.now().getTime() - LATE_RESULT_MS * clock.rate);
    return transact(async (tx) => {
      const settled = await store.settleCommand(tx, operatorId, id, result, from, lateUntil, active);
      if (!settled) return false;
      const { command, first } = settled;
      // The asker's address is used once: what it learns later it learns from the session. There is no word for a profile of which nobody
      // knows; silence says that, and leaves the address to what comes late.
      const isTold = isProfileCommand(command.kind) ? result !== 'timeout' : first;
      if (isTold && isWaiting(command.replyTo)) {
        await emit(tx, operatorId, [{ consumer: consumers.commandResult, key: id, body: { commandId: id } }]);
      }
      if (result === 'timeout' && from === undefined) await askAbout(tx, operatorId, command.asked);
      return true;
    });
  }

  /** What came of a command is never guessed: the partner is asked for its sessions, and the one that carries the reference tells. */
  async function askAbout(tx: Tx, operatorId: OperatorId, asked: PartyId): Promise<void> {
    const home = await store.homeOf(operatorId, asked);
    if (home === undefined || home === 'hosted') return;
    const body = { partnerId: home, mode: 'delta', modules: ['sessions'] };
    await emit(tx, operatorId, [{ consumer: consumers.partnerSync, key: home, body }]);
  }

  /** Commands whose time is over: the outcome is unknown, and that is a result. A late success is linked by its session. */
  async function sweepCommands(): Promise<void> {
    for (const { operatorId, id } of await store.overdueCommands(clock.now())) await heardResult(operatorId, id, 'timeout', undefined);
  }

  /** A partner's session is kept here, for matching and for all who ask later, and goes on to its eMSP. */
  async function sendSession(message: Message<'session'>, link: PartyLink): Promise<Reply> {
    const session = message.typed();
    // What was overtaken on its way is no news to anybody: passed on, it would take the receiver back.
    if (message.raw && !(await store.saveSession(message.operatorId, session, message.raw.bytes))) return { accepted: true };
    await store.linkCommands(message.operatorId, session);
    const reply = await link.send(message);
    const isAway = !reply.accepted && (reply.reason === 'notConnected' || reply.reason === 'timeout');
    if (!message.raw || !isAway) return reply;
    // It is kept here: its sender is done with it, and the receiver gets the newest state when it is back. OCPI 2.2.1, 4.1.3.2
    await missed(message.operatorId, message.to, session.updatedAt);
    return { accepted: true };
  }

  async function missed(operatorId: OperatorId, party: PartyId, changedAt: Date): Promise<void> {
    const home = await store.homeOf(operatorId, party);
    if (home === undefined || home === 'hosted') return;
    await store.markMissed(operatorId, home, 'sessions', changedAt);
    if (!(await store.lostPartner(operatorId, home, clock.now()))) return;
    await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.clientInfo, key: home, body: { partnerId: home } }]));
  }

  /**
   * A CDR is durable here before it is acknowledged; the same again gets the same answer; other content under one id is kept and refused.
   * What is for another partner's driver is owed to that partner from now on.
   */
  async function takeCdr(message: Message<'cdr'>): Promise<Reply> {
    const { operatorId, from, to, raw } = message;
    if (!raw) return refuse('invalid', 'a CDR is only taken in the form in which it was sent');
    const cdr = message.typed();
    const exchange: CdrExchange = {
      owner: cdr.owner,
      id: cdr.id,
      party: from,
      direction: 'in',
      version: raw.version,
      bytes: raw.bytes,
      digest: hash('sha256', raw.bytes, 'hex'),
      state: 'received',
      updatedAt: clock.now(),
    };
    const { owner, id } = cdr;
    const isTransit = (await store.homeOf(operatorId, to)) !== 'hosted';
    const forward = { consumer: consumers.cdrForward, key: `${owner}/${id}`, body: { owner, cdrId: id, party: to } };
    const events = [cdrArrived(owner, id), ...(isTransit ? [forward] : [])];
    if ((await store.takeCdr({ operatorId, exchange, cdr, events })) === 'other')
      return refuse('conflict', `CDR ${id} of ${from} is known with other content: correct it by a credit CDR and a new one`);
    return { accepted: true, location: id };
  }

  return { route, linkOf, heardResult, sweepCommands };
}
