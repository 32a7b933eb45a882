import type { OperatorId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { PartyId } from '../../model/party.js';
import type { CommandAnswer, CompositeSchedule } from '../../model/station-command.js';
import type { Token } from '../../model/token.js';
import { type CommandOutcome, consumers, type StartLapsed, type StationCommand } from '../events.js';
import { applyStart, START_WINDOW_MS, type StartEvent, type StartRequest } from '../start-request.js';
import { refOf } from './beginning.js';
import { type ChargingNeeds, COMMAND_TIMEOUT_MS } from './needs.js';

export interface StartWish {
  token: Token;
  locationId: string;
  evseUid?: string;
  connectorId?: string;
  authorizationReference?: string;
  /** Under which the outcome is told. */
  requestId: string;
}

/** What became of a command, as the gateway tells it. */
export interface HeardOutcome {
  requestId: string;
  kind: StationCommand['command']['kind'];
  outcome: CommandAnswer['outcome'];
  schedule?: CompositeSchedule;
}

export function createRequests({ transact, emit, store, stations, clock, newNumber }: ChargingNeeds) {
  const deadline = () => new Date(clock.now().getTime() + COMMAND_TIMEOUT_MS * clock.rate);

  /** Ask our own station to start. ACCEPTED means that the station will be asked; what it says arrives as an outcome event. */
  async function requestStart(
    operatorId: OperatorId,
    wish: StartWish,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownLocation' | 'tokenNotValid'>> {
    if (!wish.token.valid) return refuse('tokenNotValid', 'the token is marked as not valid by its issuer');
    const place = await stations.placeAt(operatorId, wish.locationId, wish.evseUid, wish.connectorId);
    if (!place) return refuse('unknownLocation', `no EVSE ${wish.evseUid ?? '(any)'} with a station at location ${wish.locationId}`);
    const request: StartRequest = {
      id: wish.requestId,
      stationId: place.stationId,
      place: refOf(place),
      token: wish.token,
      remoteStartId: newNumber(),
      ...(wish.authorizationReference === undefined ? {} : { authorizationReference: wish.authorizationReference }),
      requestedAt: clock.now(),
      deadline: deadline(),
      state: { phase: 'asked' },
    };
    const { uid, type } = wish.token;
    const command: StationCommand = {
      requestId: request.id,
      stationId: place.stationId,
      deadline: request.deadline.toISOString(),
      command: { kind: 'start', connectorNumber: place.connectorNumber, token: { uid, type }, remoteStartId: request.remoteStartId },
    };
    await transact(async (tx) => {
      await store.saveStartRequest(tx, operatorId, request);
      await emit(tx, operatorId, [{ consumer: consumers.stationCommand, key: request.id, body: command }]);
    });
    return { accepted: true, timeoutMs: COMMAND_TIMEOUT_MS };
  }

  /** Ask our own station to stop. Only the party that pays for the session may, and its operator (no party given). */
  async function requestStop(
    operatorId: OperatorId,
    sessionId: string,
    by: PartyId | undefined,
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownSession'>> {
    const found = await store.session(operatorId, sessionId);
    if (!found || found.state.phase === 'ended' || (by !== undefined && found.state.facts.token.issuer !== by)) {
      return refuse('unknownSession', `no running session ${sessionId}${by === undefined ? '' : ` of ${by}`}`);
    }
    const command: StationCommand = {
      requestId,
      stationId: found.state.facts.stationId,
      deadline: deadline().toISOString(),
      command: { kind: 'stop', transactionKey: found.transactionKey },
    };
    await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.stationCommand, key: requestId, body: command }]));
    return { accepted: true, timeoutMs: COMMAND_TIMEOUT_MS };
  }

  /** What became of a remote start or stop. Hearing it again changes nothing. */
  async function heardStartOrStop(
    operatorId: OperatorId,
    { requestId, kind, outcome }: HeardOutcome & { kind: 'start' | 'stop' },
  ): Promise<void> {
    await transact(async (tx) => {
      if (kind === 'start') {
        const request = await store.lockStartRequest(tx, operatorId, requestId);
        if (!request) return;
        const next = moved(request, startEventOf(outcome));
        await store.saveStartRequest(tx, operatorId, next);
        if (next.state.phase === 'rejected' || next.state.phase === 'unknown') await emit(tx, operatorId, [lapsed(next)]);
      }
      const told: CommandOutcome = { requestId, kind, outcome: outcome === 'notSupported' ? 'rejected' : outcome };
      await emit(tx, operatorId, [{ consumer: consumers.commandOutcome, key: requestId, body: told }]);
    });
  }

  /** Requests whose moment passed: without an answer the outcome is unknown and is told as such; after one, nobody came. */
  async function sweepStarts(): Promise<number> {
    const due = await store.dueStartRequests(clock.now());
    for (const { operatorId, requestId } of due) {
      const unanswered = await transact(async (tx) => {
        const request = await store.lockStartRequest(tx, operatorId, requestId);
        if (request?.state.phase !== 'accepted') return request?.state.phase === 'asked';
        await store.saveStartRequest(tx, operatorId, { ...request, state: applyStart(request.state, { kind: 'deadlinePassed' }) });
        await emit(tx, operatorId, [lapsed(request)]);
        return false;
      });
      if (unanswered) await heardStartOrStop(operatorId, { requestId, kind: 'start', outcome: 'unknown' });
    }
    return due.length;
  }

  return { requestStart, requestStop, heardStartOrStop, sweepStarts, startRequest: store.startRequest };
}

function lapsed({ id, place }: StartRequest) {
  const body: StartLapsed = { requestId: id, place };
  return { consumer: consumers.startLapsed as string, key: id, body };
}

/** An accepted start waits for the driver from now on. */
function moved(request: StartRequest, event: StartEvent): StartRequest {
  const state = applyStart(request.state, event);
  const waits = state.phase === 'accepted' ? { deadline: new Date(request.requestedAt.getTime() + START_WINDOW_MS) } : {};
  return { ...request, ...waits, state };
}

function startEventOf(outcome: HeardOutcome['outcome']): StartEvent {
  switch (outcome) {
    case 'accepted':
      return { kind: 'answered', accepted: true };
    case 'rejected':
      return { kind: 'answered', accepted: false };
    case 'stationOffline':
    case 'notSupported':
      return { kind: 'answered', accepted: false, reason: outcome };
    case 'unknown':
      return { kind: 'deadlinePassed' };
  }
}
