import { createHash } from 'node:crypto';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { ChargingPreferences, ChargingProfile, PreferencesVerdict } from '../../model/charging-wish.js';
import type { PartyId } from '../../model/party.js';
import { type CommandOutcome, consumers, type StationCommand } from '../events.js';
import { weigh } from '../preferences.js';
import type { StoredSession } from '../store.js';
import { type ChargingNeeds, COMMAND_TIMEOUT_MS } from './needs.js';

/** What a party may ask of a station about a session of its own, beside starting and stopping it. */
export function createSteering({ transact, emit, store, stations, clock }: ChargingNeeds) {
  async function ask(
    operatorId: OperatorId,
    stationId: StationId,
    requestId: string,
    command: StationCommand['command'],
  ): Promise<Accepted<{ timeoutMs: number }>> {
    const deadline = new Date(clock.now().getTime() + COMMAND_TIMEOUT_MS * clock.rate).toISOString();
    const body: StationCommand = { requestId, stationId, deadline, command };
    await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.stationCommand, key: requestId, body }]));
    return { accepted: true, timeoutMs: COMMAND_TIMEOUT_MS };
  }

  /** Sets a cable free: for whose token has the session there, or had the last one. */
  async function requestUnlock(
    operatorId: OperatorId,
    at: { locationId: string; evseUid: string; connectorId: string },
    by: PartyId,
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownLocation' | 'notYourSession'>> {
    const place = await stations.placeAt(operatorId, at.locationId, at.evseUid, at.connectorId);
    if (!place) return refuse('unknownLocation', `no connector ${at.connectorId} of EVSE ${at.evseUid} at location ${at.locationId}`);
    const { stationId, connectorNumber } = place;
    const last = await store.lastAt(operatorId, stationId, connectorNumber);
    if (last?.state.facts.token.issuer !== by) return refuse('notYourSession', `${by} has no session at this connector`);
    return ask(operatorId, stationId, requestId, { kind: 'unlock', connectorNumber });
  }

  /** Only whose token has a session says how it is charged. */
  async function running(operatorId: OperatorId, sessionId: string, by: PartyId): Promise<StoredSession | Refused<'unknownSession'>> {
    const found = await store.session(operatorId, sessionId);
    const isTheirs = found?.state.phase === 'charging' && found.state.facts.token.issuer === by;
    return isTheirs ? found : refuse('unknownSession', `no running session ${sessionId} of ${by}`);
  }

  /** Limits of a running session: sets them, takes them away, or asks what holds. */
  async function requestProfile(
    operatorId: OperatorId,
    sessionId: string,
    by: PartyId,
    wish: { set: ChargingProfile } | { clear: true } | { read: { seconds: number } },
    requestId: string,
  ): Promise<Accepted<{ timeoutMs: number }> | Refused<'unknownSession' | 'limitsNothing'>> {
    const found = await running(operatorId, sessionId, by);
    if ('accepted' in found) return found;
    const { connectorNumber, transactionKey, state } = found;
    const command = (asked: StationCommand['command']) => ask(operatorId, state.facts.stationId, requestId, asked);
    // One number a session: a new profile takes the place of the last one, and what is taken away is nobody else's.
    const id = profileNumber(sessionId);
    if ('clear' in wish) return command({ kind: 'clearProfile', profileId: id });
    if ('read' in wish) return command({ kind: 'compositeSchedule', connectorNumber, seconds: wish.read.seconds });
    const { startAt, periods, ...limits } = wish.set;
    if (periods.length === 0) return refuse('limitsNothing', 'a charging profile without periods limits nothing: clear it instead');
    const profile = { id, stackLevel: 0, purpose: 'transaction' as const, ...limits, periods };
    return command({
      ...{ kind: 'setProfile', connectorNumber, transactionKey },
      profile: startAt === undefined ? profile : { ...profile, startAt: startAt.toISOString() },
    });
  }

  /** Whether we can do as a driver would like. Nothing changes: what we promise is what we do anyway. */
  async function weighPreferences(
    operatorId: OperatorId,
    sessionId: string,
    by: PartyId,
    wish: ChargingPreferences,
  ): Promise<Accepted<{ verdict: PreferencesVerdict }> | Refused<'unknownSession'>> {
    const found = await running(operatorId, sessionId, by);
    return 'accepted' in found ? found : { accepted: true, verdict: weigh(found.state, wish, clock.now()) };
  }

  /** What the station made of it. Hearing it again changes nothing. */
  async function heardSteered(operatorId: OperatorId, { requestId, kind, outcome, schedule }: CommandOutcome): Promise<void> {
    const body: CommandOutcome = { requestId, kind, outcome, ...(schedule ? { schedule } : {}) };
    await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.commandOutcome, key: requestId, body }]));
  }

  return { requestUnlock, requestProfile, weighPreferences, heardSteered };
}

/** Positive, and within what every station reads as a number. */
function profileNumber(sessionId: string): number {
  return (createHash('sha256').update(sessionId).digest().readUInt32BE(0) % (2 ** 31 - 1)) + 1;
}
