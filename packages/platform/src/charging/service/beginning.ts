import type { OperatorId, SessionId, StationId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { Tx } from '../../kernel/transact.js';
import { clockShift } from '../../model/clock-shift.js';
import type { HeardStart, HeardTransaction } from '../../model/heard.js';
import type { PartyId } from '../../model/party.js';
import { consumers } from '../events.js';
import type { StationPlace, TokenVerdict } from '../ports.js';
import { isOpen, moved, type Reservation } from '../reservation.js';
import { begin, type SessionFacts } from '../session.js';
import { applyStart, isResultOf, type StartRequest } from '../start-request.js';
import type { StoredSession } from '../store.js';
import type { Authorise, Authorised } from './authorisation.js';
import type { ChargingNeeds } from './needs.js';

/** A session of a station as its events find it. */
export interface Known {
  no: string;
  /** Better facts are still wanted: of its start, or of who charges. */
  incomplete: boolean;
}

/** By whose command somebody charges, and what it calls the permission. */
type Asked = Pick<StartRequest, 'token' | 'authorizationReference'>;

/** So many are remembered by the station's own name, to spare a look at each message. */
const REMEMBERED = 20_000;

export function createBeginning(needs: ChargingNeeds, authorise: Authorise) {
  const { transact, emit, store, stations, tariffs, holds, clock, newId, defaultCurrency, idleGraceSeconds } = needs;
  const remembered = new Map<string, Known>();

  function remember(operatorId: OperatorId, stationId: StationId, transactionKey: string, known: Known): Known {
    remembered.set(`${operatorId}/${stationId}/${transactionKey}`, known);
    if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value as string);
    return known;
  }

  /** The session that a station means, if it was looked for before: at once, for each reading of a running session asks. */
  function recall(operatorId: OperatorId, stationId: StationId, transactionKey: string): Known | undefined {
    return remembered.get(`${operatorId}/${stationId}/${transactionKey}`);
  }

  /** The session that a station means, if there is one. */
  async function sessionOf(operatorId: OperatorId, stationId: StationId, transactionKey: string): Promise<Known | undefined> {
    const known = recall(operatorId, stationId, transactionKey);
    if (known) return known;
    const found = await store.byTransaction(undefined, operatorId, stationId, transactionKey);
    return found && remember(operatorId, stationId, transactionKey, { no: found.no, incomplete: isIncomplete(found.state.facts) });
  }

  /** When a session began by our clock, and what it costs from then on. Asked before a transaction, which must not wait for a second connection. */
  async function beganAt(operatorId: OperatorId, place: StationPlace, at: Date, own?: HeardTransaction['tariffs']) {
    const shift = clockShift(at, clock.now());
    const startedAt = new Date(at.getTime() + (shift ?? 0));
    return { shift, startedAt, inForce: own ?? (await tariffs.inForce(operatorId, place.tariffIds, startedAt)) };
  }

  function factsOf(
    place: StationPlace,
    { shift, startedAt, inForce }: Awaited<ReturnType<typeof beganAt>>,
    heard: { registerMilliWh?: number; uid?: string },
    { verdict, authorizationReference }: Authorised,
    asked: Asked | undefined,
  ): Omit<SessionFacts, 'id'> {
    const token = asked?.token ?? verdict.token ?? unknownToken(place.place.owner, heard.uid ?? 'unknown');
    const reference = asked?.authorizationReference ?? authorizationReference;
    return {
      owner: place.place.owner,
      stationId: place.stationId,
      place: refOf(place),
      timeZone: place.place.timeZone,
      token,
      authMethod: asked ? 'command' : authorizationReference === undefined ? 'whitelist' : 'authRequest',
      ...(reference === undefined ? {} : { authorizationReference: reference }),
      currency: inForce[0]?.tariff.currency ?? defaultCurrency,
      tariffs: inForce,
      startedAt,
      ...(heard.registerMilliWh === undefined ? {} : { startRegisterMilliWh: heard.registerMilliWh }),
      ...(place.maxPowerWatt === undefined ? {} : { maxPowerWatt: place.maxPowerWatt }),
      idleGraceSeconds,
      ...(shift === undefined ? {} : { clockShiftMs: shift }),
      // A card that nobody knows is a matter of its own: there is no issuer who could owe anything.
      ...(asked || verdict.allowed || !verdict.token ? {} : { refused: true as const }),
    };
  }

  /** What asked for this session is told that it has begun. */
  async function fulfil(
    tx: Tx,
    operatorId: OperatorId,
    sessionId: string,
    request: StartRequest | undefined,
    reserved: Reservation | undefined,
  ) {
    if (request)
      await store.saveStartRequest(tx, operatorId, { ...request, state: applyStart(request.state, { kind: 'began', sessionId }) });
    if (reserved) await store.saveReservation(tx, operatorId, moved(reserved, { kind: 'used', sessionId }));
  }

  const reservedBy = async (tx: Tx, operatorId: OperatorId, { stationId, reservationNumber: number }: HeardStart | HeardTransaction) =>
    number === undefined ? undefined : store.lockReservationByNumber(tx, operatorId, stationId, number);

  /**
   * A session began at an own station. Always gives a transaction number: the station charges whatever we answer.
   * The same start heard again gives the same number. OCPP 1.6, 4.8
   */
  async function heardStart(
    operatorId: OperatorId,
    heard: HeardStart,
  ): Promise<Accepted<{ transactionNumber: number; verdict: TokenVerdict }> | Refused<'unknownConnector'>> {
    const { stationId, connectorNumber, idTag, at, registerMilliWh, hold } = heard;
    const place = await stations.placeOf(operatorId, stationId, connectorNumber);
    if (!place) return refuse('unknownConnector', `station ${stationId} has no connector ${connectorNumber} on record`);
    const authorised = await authorise(operatorId, {
      uid: idTag,
      place: refOf(place),
      wasAskedFor: () => store.wasAskedFor(operatorId, stationId, idTag),
    });
    const startKey = startKeyOf(heard);
    const began = await beganAt(operatorId, place, at);
    return transact(async (tx) => {
      await holds(tx, hold);
      const repeat = (await store.sessionByStart(tx, operatorId, startKey)) ?? (await twinOf(tx, operatorId, heard));
      if (repeat) return { accepted: true, transactionNumber: Number(repeat.transactionKey), verdict: authorised.verdict };
      const now = clock.now();
      const request = (await store.openStartRequests(tx, operatorId, stationId, idTag)).find((r) => isResultOf(r, at, now));
      const reserved = await reservedBy(tx, operatorId, heard);
      const asked = request ?? permission(reserved, idTag);
      const facts = factsOf(place, began, { registerMilliWh, uid: idTag }, authorised, asked);
      const state = begin({ ...facts, id: newId() as SessionId });
      const saved = await store.insertSession(tx, operatorId, { state, place: place.place, connectorNumber, startKey, updatedAt: now });
      if (!saved) throw new Error(`start ${startKey} was saved by somebody else meanwhile`);
      await fulfil(tx, operatorId, state.facts.id, request, reserved);
      await emit(tx, operatorId, [sessionChanged(state.facts.id)]);
      const verdict = asked ? { allowed: true as const, token: asked.token } : authorised.verdict;
      return { accepted: true, transactionNumber: Number(saved.transactionKey), verdict };
    });
  }

  /**
   * A start at another time, but of the same token at a meter that has not moved, while a session is open there, is the same start: the
   * clock was set before the station sent it again.
   */
  async function twinOf(
    tx: Tx,
    operatorId: OperatorId,
    { stationId, connectorNumber, idTag, registerMilliWh }: HeardStart,
  ): Promise<StoredSession | undefined> {
    const open = await store.openAt(operatorId, stationId, connectorNumber, tx);
    return open.find(
      ({ state: { facts, registerMilliWh: register } }) =>
        facts.startRegisterMilliWh === registerMilliWh &&
        register === registerMilliWh &&
        facts.token.uid.toUpperCase() === idTag.toUpperCase(),
    );
  }

  /** The session that an event of a station is about: made if it is the first, made better if it tells what was not known. */
  async function heardOf(
    operatorId: OperatorId,
    heard: HeardTransaction,
  ): Promise<(Known & { authorised?: Authorised }) | Refused<'unknownConnector'>> {
    const { stationId, transactionKey, token } = heard;
    const known = await sessionOf(operatorId, stationId, transactionKey);
    const place = await placeFor(operatorId, heard, known);
    const authorised =
      token &&
      (await authorise(operatorId, {
        ...token,
        ...(place ? { place: refOf(place) } : {}),
        wasAskedFor: () => store.wasAskedFor(operatorId, stationId, token.uid),
      }));
    const withVerdict = authorised ? { authorised } : {};
    if (known && !place) return { ...known, ...withVerdict };
    if (!place) return refuse('unknownConnector', `station ${stationId} has no connector ${heard.connectorNumber ?? ''} on record`);
    const began = await beganAt(operatorId, place, heard.at, heard.tariffs);
    const saved = await transact(async (tx) => {
      await holds(tx, heard.hold);
      const now = clock.now();
      const request = await requestOf(tx, operatorId, heard, now);
      const uid = token === undefined ? {} : { uid: token.uid };
      const register = heard.samples.find(({ at }) => at.getTime() === heard.at.getTime())?.registerMilliWh;
      const start = { ...(register === undefined ? {} : { registerMilliWh: register }), ...uid };
      const reserved = await reservedBy(tx, operatorId, heard);
      const asked = request ?? permission(reserved, token?.uid);
      const fresh = factsOf(place, began, start, authorised ?? { verdict: { allowed: false, reason: 'unknown' } }, asked);
      const marks = {
        ...(heard.kind === 'started' ? {} : { provisional: true as const }),
        ...(token || asked ? {} : { anonymous: true as const }),
      };
      const before = await store.byTransaction(tx, operatorId, stationId, transactionKey);
      const locked = before && (await store.lockSession(tx, operatorId, before.state.facts.id));
      if (locked) return improve(tx, operatorId, locked, { ...fresh, ...marks }, heard, place, { request, reserved });
      const state = begin({ ...fresh, ...marks, id: newId() as SessionId });
      const row = {
        state,
        place: place.place,
        connectorNumber: place.connectorNumber,
        transactionKey,
        startKey: `${stationId}/tx/${transactionKey}`,
        updatedAt: now,
      };
      const inserted = await store.insertSession(tx, operatorId, row);
      if (!inserted) throw new Error(`transaction ${transactionKey} of ${stationId} was saved by somebody else meanwhile`);
      await fulfil(tx, operatorId, state.facts.id, request, reserved);
      await emit(tx, operatorId, [sessionChanged(state.facts.id)]);
      return { no: inserted.no, incomplete: isIncomplete(state.facts) };
    });
    return { ...remember(operatorId, stationId, transactionKey, saved), ...withVerdict };
  }

  /** Undefined where the event tells nothing new about the beginning of a session that is known. */
  async function placeFor(operatorId: OperatorId, heard: HeardTransaction, known: Known | undefined): Promise<StationPlace | undefined> {
    const telling = heard.kind === 'started' || heard.token !== undefined;
    return !known || (known.incomplete && telling) ? stations.placeOf(operatorId, heard.stationId, heard.connectorNumber) : undefined;
  }

  async function requestOf(tx: Tx, operatorId: OperatorId, { stationId, remoteStartId, token, at }: HeardTransaction, now: Date) {
    if (remoteStartId !== undefined) {
      const named = await store.startRequestByNumber(tx, operatorId, stationId, remoteStartId);
      return named && named.state.phase !== 'started' ? named : undefined;
    }
    if (!token) return undefined;
    return (await store.openStartRequests(tx, operatorId, stationId, token.uid)).find((request) => isResultOf(request, at, now));
  }

  /** What was taken for the start gives way to the start; a session that nobody had claimed gets its token. */
  async function improve(
    tx: Tx,
    operatorId: OperatorId,
    { no, state: { facts }, place: placeBefore, connectorNumber }: StoredSession,
    fresh: Omit<SessionFacts, 'id'>,
    heard: HeardTransaction,
    place: StationPlace,
    { request, reserved }: { request: StartRequest | undefined; reserved: Reservation | undefined },
  ): Promise<Known> {
    const isStart = facts.provisional === true && heard.kind === 'started';
    const isToken = facts.anonymous === true && fresh.anonymous === undefined;
    if (!isStart && !isToken) return { no, incomplete: isIncomplete(facts) };
    const who = isToken
      ? { token: fresh.token, authMethod: fresh.authMethod, ...pick(fresh) }
      : { token: facts.token, authMethod: facts.authMethod, ...pick(facts) };
    const {
      provisional: _,
      anonymous: __,
      authorizationReference: ___,
      refused: ____,
      ...base
    } = isStart ? { ...fresh, id: facts.id } : facts;
    const better: SessionFacts = {
      ...base,
      ...who,
      ...(isStart || !facts.provisional ? {} : { provisional: true as const }),
      ...(isToken || !facts.anonymous ? {} : { anonymous: true as const }),
    };
    await store.saveFacts(
      tx,
      operatorId,
      no,
      better,
      isStart ? { place: place.place, connectorNumber: place.connectorNumber } : { place: placeBefore, connectorNumber },
    );
    await fulfil(tx, operatorId, facts.id, request, reserved);
    return { no, incomplete: isIncomplete(better) };
  }

  return { heardStart, heardOf, sessionOf, recall };
}

const isIncomplete = ({ provisional, anonymous }: SessionFacts): boolean => provisional === true || anonymous === true;

/** Who kept a place free for a token has permitted it to charge there. OCPI 2.2.1, 10.4.1 */
const permission = (reserved: Reservation | undefined, uid: string | undefined): Asked | undefined =>
  reserved?.named && isOpen(reserved) && uid !== undefined && reserved.token.uid.toUpperCase() === uid.toUpperCase() ? reserved : undefined;

/** What is only there where it is so. */
const pick = ({ authorizationReference, refused }: Pick<SessionFacts, 'authorizationReference' | 'refused'>) => ({
  ...(authorizationReference === undefined ? {} : { authorizationReference }),
  ...(refused ? { refused } : {}),
});

/** What makes two starts the same start, whatever their message ids. OCPP 1.6 errata 3.18 */
const startKeyOf = (s: HeardStart) =>
  `${s.stationId}/${s.connectorNumber}/${s.idTag.toUpperCase()}/${s.at.toISOString()}/${s.registerMilliWh}`;

export const sessionChanged = (sessionId: string) => ({
  consumer: consumers.sessionChanged as string,
  key: sessionId,
  body: { sessionId },
});

export function refOf({ place }: StationPlace) {
  return { owner: place.owner, locationId: place.locationId, evseUid: place.evseUid, connectorId: place.connectorId };
}

/** Energy flowed for a card that nobody knows: the session is kept, under our own name, for a person to clear. */
function unknownToken(owner: PartyId, uid: string) {
  return { issuer: owner, uid, type: 'other' as const, contractId: 'unknown' };
}
