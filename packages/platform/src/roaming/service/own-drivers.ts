import type { NewId, OperatorId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { ChargingPreferences, ChargingProfile, PreferencesVerdict } from '../../model/charging-wish.js';
import type { PartyId } from '../../model/party.js';
import type { Token } from '../../model/token.js';
import type { Bodies, CommandKind, Message, RefusedReply, Reply } from '../message.js';
import type { ChargingPort, UsersPort } from '../ports.js';
import type { RoamingStore } from '../store.js';

export interface OwnDriversNeeds {
  store: Pick<RoamingStore, 'reservedAt' | 'partnerSession' | 'homeOf'>;
  charging: Pick<ChargingPort, 'session'>;
  users: UsersPort;
  route(message: Message): Promise<Reply>;
  newId: NewId;
}

/** Whose token, and at whose station. */
export interface Wish {
  issuer: PartyId;
  tokenUid: string;
  owner: PartyId;
  locationId: string;
  evseUid?: string;
}

type Asked = Accepted<{ commandId: string }> | Refused<string>;

/** What our own eMSP asks for its drivers, here or at a partner's station: the way is the same. */
export function createOwnDrivers({ store, charging, users, route, newId }: OwnDriversNeeds) {
  async function ask<K extends CommandKind>(
    kind: K,
    operatorId: OperatorId,
    from: PartyId,
    to: PartyId,
    body: Omit<Bodies[K], 'replyTo'>,
  ): Promise<Accepted<{ commandId: string }> | RefusedReply> {
    const message: Message<K> = {
      ...{ kind, operatorId, from, to, correlation: newId() },
      // Nobody waits at an address: who asked looks for the command.
      typed: () => ({ ...body, replyTo: { commandId: '' } }) as unknown as Bodies[K],
    };
    const reply = await route(message as unknown as Message);
    return reply.accepted ? { accepted: true, commandId: reply.commandId ?? '' } : reply;
  }

  async function tokenOf(operatorId: OperatorId, { issuer, tokenUid }: Wish): Promise<Token | Refused<'unknownToken'>> {
    return (await users.token(operatorId, issuer, tokenUid)) ?? refuse('unknownToken', `${issuer} has no token ${tokenUid}`);
  }

  async function startSession(
    operatorId: OperatorId,
    wish: Wish & { connectorId?: string },
  ): Promise<Accepted<{ commandId: string; authorizationReference: string }> | Refused<string>> {
    const token = await tokenOf(operatorId, wish);
    if ('accepted' in token) return token;
    const { issuer, tokenUid: _, owner, ...place } = wish;
    const authorizationReference = newId();
    const asked = await ask('startSession', operatorId, issuer, owner, { token, ...place, authorizationReference });
    return asked.accepted ? { ...asked, authorizationReference } : asked;
  }

  /** Under a name that is given, it changes the reservation of that name. */
  async function reserve(
    operatorId: OperatorId,
    wish: Wish & { until: Date; reservationId?: string },
  ): Promise<Accepted<{ commandId: string; reservationId: string; authorizationReference: string }> | Refused<string>> {
    const token = await tokenOf(operatorId, wish);
    if ('accepted' in token) return token;
    const { issuer, tokenUid: _, owner, ...rest } = wish;
    const named = { reservationId: wish.reservationId ?? newId(), authorizationReference: newId() };
    const asked = await ask('reserveNow', operatorId, issuer, owner, { token, ...rest, ...named });
    return asked.accepted ? { ...asked, ...named } : asked;
  }

  async function cancelReservation(operatorId: OperatorId, issuer: PartyId, reservationId: string): Promise<Asked> {
    const owner = await store.reservedAt(operatorId, issuer, reservationId);
    if (owner === undefined) return refuse('unknownReservation', `${issuer} has no reservation ${reservationId}`);
    return ask('cancelReservation', operatorId, issuer, owner, { reservationId });
  }

  const unlock = (
    operatorId: OperatorId,
    issuer: PartyId,
    owner: PartyId,
    place: Omit<Bodies['unlockConnector'], 'replyTo'>,
  ): Promise<Asked> => ask('unlockConnector', operatorId, issuer, owner, place);

  /** Whose driver has a session, if it is one of ours. */
  async function issuerOf(operatorId: OperatorId, owner: PartyId, sessionId: string): Promise<PartyId | Refused<'unknownSession'>> {
    const session =
      (await store.homeOf(operatorId, owner)) === 'hosted'
        ? await charging.session(operatorId, sessionId)
        : (await store.partnerSession(operatorId, owner, { sessionId }))?.session;
    const issuer = session?.token.issuer;
    const isOurs = issuer !== undefined && (await store.homeOf(operatorId, issuer)) === 'hosted';
    return isOurs ? issuer : refuse('unknownSession', `no driver of ours has a session ${sessionId} at ${owner}`);
  }

  /** Limits of a session of our driver: sets them, takes them away, or asks what holds. */
  async function limit(
    operatorId: OperatorId,
    owner: PartyId,
    sessionId: string,
    wish: { set: ChargingProfile } | { clear: true } | { read: { seconds: number } },
  ): Promise<Asked> {
    const issuer = await issuerOf(operatorId, owner, sessionId);
    if (typeof issuer !== 'string') return issuer;
    if ('set' in wish) return ask('setChargingProfile', operatorId, issuer, owner, { sessionId, profile: wish.set });
    if ('clear' in wish) return ask('clearChargingProfile', operatorId, issuer, owner, { sessionId });
    return ask('getActiveProfile', operatorId, issuer, owner, { sessionId, seconds: wish.read.seconds });
  }

  async function prefer(
    operatorId: OperatorId,
    owner: PartyId,
    sessionId: string,
    wish: ChargingPreferences,
  ): Promise<Accepted<{ verdict: PreferencesVerdict }> | Refused<string>> {
    const issuer = await issuerOf(operatorId, owner, sessionId);
    if (typeof issuer !== 'string') return issuer;
    const message: Message<'chargingPreferences'> = {
      ...{ kind: 'chargingPreferences', operatorId, from: issuer, to: owner, correlation: newId() },
      typed: () => ({ sessionId, wish }),
    };
    const reply = await route(message);
    if (!reply.accepted) return reply;
    return reply.verdict
      ? { accepted: true, verdict: reply.verdict }
      : refuse('invalid', `${owner} did not say whether it can do as asked`);
  }

  return { startSession, reserveAt: reserve, cancelReservationAt: cancelReservation, unlockAt: unlock, limitAt: limit, preferAt: prefer };
}
