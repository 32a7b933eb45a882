import type { Clock } from '../kernel/clock.js';
import type { Emit } from '../kernel/events.js';
import type { NewId, OperatorId, SessionId, StationId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import type { Transact, Tx } from '../kernel/transact.js';
import type { PartyId } from '../model/party.js';
import { priceBorders, rate } from '../model/rating.js';
import type { Session } from '../model/session.js';
import type { Token } from '../model/token.js';
import { makeCdr } from './cdr.js';
import { type CommandOutcome, consumers, type StationCommand } from './events.js';
import type { StationPlace, StationsPort, TariffsPort, TokensPort, TokenVerdict } from './ports.js';
import { apply, begin, type ChargingEvent, type ChargingState } from './session.js';
import { toSession } from './session-view.js';
import { applyStart, isResultOf, type StartEvent, type StartRequest } from './start-request.js';
import type { ChargingStore } from './store.js';

export interface HeardStart {
  stationId: StationId;
  connectorNumber: number;
  idTag: string;
  at: Date;
  registerMilliWh: number;
}

export interface HeardReading {
  stationId: StationId;
  connectorNumber: number;
  transactionNumber?: number;
  at: Date;
  registerMilliWh: number;
}

export interface HeardStop {
  stationId: StationId;
  transactionNumber: number;
  at: Date;
  registerMilliWh: number;
  reason: string;
}

export interface StartWish {
  token: Token;
  locationId: string;
  evseUid?: string;
  connectorId?: string;
  authorizationReference?: string;
  /** Under which the outcome is told. */
  requestId: string;
}

/** Within it a station answers a remote command, or its outcome is unknown. */
export const COMMAND_TIMEOUT_MS = 30_000;

export interface ChargingNeeds {
  transact: Transact;
  emit: Emit;
  store: ChargingStore;
  stations: StationsPort;
  tokens: TokensPort;
  tariffs: TariffsPort;
  clock: Clock;
  newId: NewId;
  /** ISO 4217; of sessions at connectors without a tariff, which cost nothing. */
  defaultCurrency: string;
}

export type ChargingService = ReturnType<typeof createService>;

export function createService({ transact, emit, store, stations, tokens, tariffs, clock, newId, defaultCurrency }: ChargingNeeds) {
  const view = (state: ChargingState, updatedAt: Date): Session => toSession(state, runningCost(state), updatedAt);

  /** Ask our own station to start. ACCEPTED means that the station will be asked; what it says arrives as an outcome event. */
  async function requestStart(
    operatorId: OperatorId,
    wish: StartWish,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownLocation' | 'tokenNotValid'>> {
    if (!wish.token.valid) return refuse('tokenNotValid', 'the token is marked as not valid by its issuer');
    const place = await stations.placeAt(operatorId, wish.locationId, wish.evseUid, wish.connectorId);
    if (!place) return refuse('unknownLocation', `no EVSE ${wish.evseUid ?? '(any)'} with a station at location ${wish.locationId}`);
    const now = clock.now();
    const request: StartRequest = {
      id: wish.requestId,
      stationId: place.stationId,
      place: refOf(place),
      token: wish.token,
      ...(wish.authorizationReference === undefined ? {} : { authorizationReference: wish.authorizationReference }),
      requestedAt: now,
      deadline: new Date(now.getTime() + COMMAND_TIMEOUT_MS * clock.rate),
      state: { phase: 'asked' },
    };
    const command: StationCommand = {
      requestId: request.id,
      stationId: place.stationId,
      deadline: request.deadline.toISOString(),
      command: { kind: 'start', connectorNumber: place.connectorNumber, idTag: wish.token.uid },
    };
    await transact(async (tx) => {
      await store.saveStartRequest(tx, operatorId, request);
      await emit(tx, operatorId, [{ consumer: consumers.stationCommand, key: request.id, body: command }]);
    });
    return { accepted: true, timeoutMs: COMMAND_TIMEOUT_MS };
  }

  /** Ask our own station to stop. Only the party that pays for the session may. */
  async function requestStop(
    operatorId: OperatorId,
    sessionId: string,
    by: PartyId,
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownSession'>> {
    const found = await store.session(operatorId, sessionId);
    if (!found || found.state.phase === 'ended' || found.state.facts.token.issuer !== by) {
      return refuse('unknownSession', `no running session ${sessionId} of ${by}`);
    }
    const command: StationCommand = {
      requestId,
      stationId: found.state.facts.stationId,
      deadline: new Date(clock.now().getTime() + COMMAND_TIMEOUT_MS * clock.rate).toISOString(),
      command: { kind: 'stop', transactionNumber: found.transactionNumber },
    };
    await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.stationCommand, key: requestId, body: command }]));
    return { accepted: true, timeoutMs: COMMAND_TIMEOUT_MS };
  }

  /** What became of a remote command. Hearing it again changes nothing. */
  async function heardOutcome(operatorId: OperatorId, { requestId, kind, outcome }: CommandOutcome): Promise<void> {
    await transact(async (tx) => {
      if (kind === 'start') {
        const request = await store.lockStartRequest(tx, operatorId, requestId);
        if (!request) return;
        await store.saveStartRequest(tx, operatorId, { ...request, state: applyStart(request.state, startEventOf(outcome)) });
      }
      await emit(tx, operatorId, [{ consumer: consumers.commandOutcome, key: requestId, body: { requestId, kind, outcome } }]);
    });
  }

  const authorize = (operatorId: OperatorId, idTag: string): Promise<TokenVerdict> => tokens.verdict(operatorId, idTag);

  /**
   * A session began at an own station. Always gives a transaction number: the station charges whatever we answer.
   * The same start heard again gives the same number. OCPP 1.6, 4.8
   */
  async function heardStart(
    operatorId: OperatorId,
    heard: HeardStart,
  ): Promise<Accepted<{ transactionNumber: number; verdict: TokenVerdict }> | Refused<'unknownConnector'>> {
    const [place, verdict] = await Promise.all([
      stations.placeOf(operatorId, heard.stationId, heard.connectorNumber),
      tokens.verdict(operatorId, heard.idTag),
    ]);
    if (!place) return refuse('unknownConnector', `station ${heard.stationId} has no connector ${heard.connectorNumber} on record`);
    const inForce = await tariffs.inForce(operatorId, place.tariffIds, heard.at);
    return transact(async (tx) => {
      const repeat = await store.sessionByStart(tx, operatorId, heard);
      if (repeat) return { accepted: true, transactionNumber: repeat.transactionNumber, verdict };
      const request = (await store.openStartRequests(tx, operatorId, heard.stationId, heard.idTag)).find((r) => isResultOf(r, heard.at));
      const token = request?.token ?? verdict.token;
      const state = begin({
        id: newId() as SessionId,
        owner: place.place.owner,
        stationId: heard.stationId,
        place: refOf(place),
        timeZone: place.place.timeZone,
        token: token ?? unknownToken(place.place.owner, heard.idTag),
        authMethod: request ? 'command' : 'whitelist',
        ...(request?.authorizationReference === undefined ? {} : { authorizationReference: request.authorizationReference }),
        currency: inForce[0]?.tariff.currency ?? defaultCurrency,
        tariffs: inForce,
        startedAt: heard.at,
        startRegisterMilliWh: heard.registerMilliWh,
      });
      const now = clock.now();
      const transactionNumber = await store.insertSession(tx, operatorId, { state, place: place.place, heard, updatedAt: now });
      if (request) {
        await store.saveStartRequest(tx, operatorId, {
          ...request,
          state: applyStart(request.state, { kind: 'began', sessionId: state.facts.id }),
        });
      }
      await emit(tx, operatorId, [sessionChanged(state.facts.id)]);
      return { accepted: true, transactionNumber, verdict: request ? { allowed: true, token: request.token } : verdict };
    });
  }

  /** A register reading. One without a transaction number, or of somebody else's transaction, is kept and moves no session. */
  async function heardReading(operatorId: OperatorId, heard: HeardReading): Promise<void> {
    await transact(async (tx) => {
      const found =
        heard.transactionNumber === undefined
          ? undefined
          : await store.lockByTransaction(tx, operatorId, heard.stationId, heard.transactionNumber);
      const isNew = await store.insertReading(tx, operatorId, { ...heard, sessionId: found?.state.facts.id });
      if (found && isNew) await applied(tx, operatorId, found, { kind: 'metered', at: heard.at, registerMilliWh: heard.registerMilliWh });
    });
  }

  /** A stop cannot be refused. One that belongs to no session of this station is kept for a person. OCPP 1.6, 4.10 */
  async function heardStop(operatorId: OperatorId, heard: HeardStop): Promise<void> {
    await transact(async (tx) => {
      const found = await store.lockByTransaction(tx, operatorId, heard.stationId, heard.transactionNumber);
      if (!found) return store.keepUnmatchedStop(tx, operatorId, heard);
      await applied(tx, operatorId, found, { kind: 'stopped', at: heard.at, registerMilliWh: heard.registerMilliWh, reason: heard.reason });
    });
  }

  async function applied(tx: Tx, operatorId: OperatorId, found: { state: ChargingState }, event: ChargingEvent): Promise<void> {
    const { facts } = found.state;
    const { state, change } = apply(found.state, event, (from, until) => priceBorders(facts.tariffs, facts.timeZone, from, until));
    if (change === 'none' && state === found.state) return;
    await store.saveState(tx, operatorId, state, clock.now());
    const events = [sessionChanged(facts.id)];
    if (change === 'ended') events.push({ consumer: consumers.sessionEnded, key: facts.id, body: { sessionId: facts.id } });
    await emit(tx, operatorId, events);
  }

  /** Prices an ended session and makes its CDR, once. Runs inside the consumer's transaction. */
  async function rateEnded(tx: Tx, operatorId: OperatorId, sessionId: string): Promise<void> {
    const found = await store.lockSession(tx, operatorId, sessionId);
    if (found?.state.phase !== 'ended') return;
    const { facts } = found.state;
    const rated = rate(
      facts.tariffs,
      { ...facts, endedAt: found.state.endedAt, periods: found.state.periods },
      { timeZone: facts.timeZone },
    );
    const cdr = makeCdr(found.state, found.place, rated, newId(), clock.now());
    if (!(await store.insertCdr(tx, operatorId, cdr))) return;
    const body = { owner: cdr.owner, cdrId: cdr.id };
    await emit(tx, operatorId, [
      { consumer: consumers.cdrRepresent, key: cdr.id, body },
      { consumer: consumers.cdrRecord, key: cdr.id, body: { ...body, source: 'own' } },
    ]);
  }

  /** Requests whose deadline passed without an answer: the outcome is unknown and is told as such. */
  async function sweepDeadlines(): Promise<number> {
    const due = await store.dueStartRequests(clock.now());
    for (const { operatorId, requestId } of due) await heardOutcome(operatorId, { requestId, kind: 'start', outcome: 'unknown' });
    return due.length;
  }

  async function session(operatorId: OperatorId, sessionId: string): Promise<Session | undefined> {
    const found = await store.session(operatorId, sessionId);
    return found && view(found.state, found.updatedAt);
  }

  return {
    requestStart,
    requestStop,
    heardOutcome,
    authorize,
    heardStart,
    heardReading,
    heardStop,
    rateEnded,
    sweepDeadlines,
    session,
    async sessions(operatorId: OperatorId, query: Parameters<ChargingStore['sessions']>[1]) {
      const page = await store.sessions(operatorId, query);
      return { ...page, items: page.items.map(({ state, updatedAt }) => view(state, updatedAt)) };
    },
    cdr: store.cdr,
    cdrs: store.cdrs,
    findSession: store.findSession,
  };
}

function runningCost(state: ChargingState) {
  const { facts } = state;
  if (facts.tariffs.length === 0) return undefined;
  return rate(facts.tariffs, { ...facts, endedAt: state.at, periods: state.periods }, { timeZone: facts.timeZone }).total;
}

const sessionChanged = (sessionId: string) => ({ consumer: consumers.sessionChanged as string, key: sessionId, body: { sessionId } });

function refOf({ place }: StationPlace) {
  return { owner: place.owner, locationId: place.locationId, evseUid: place.evseUid, connectorId: place.connectorId };
}

/** Energy flowed for a card that nobody knows: the session is kept, under our own name, for a person to clear. */
function unknownToken(owner: PartyId, uid: string) {
  return { issuer: owner, uid, type: 'other' as const, contractId: 'unknown' };
}

function startEventOf(outcome: CommandOutcome['outcome']): StartEvent {
  switch (outcome) {
    case 'accepted':
      return { kind: 'answered', accepted: true };
    case 'rejected':
      return { kind: 'answered', accepted: false };
    case 'stationOffline':
      return { kind: 'answered', accepted: false, reason: 'stationOffline' };
    case 'unknown':
      return { kind: 'deadlinePassed' };
  }
}
