import type { OperatorId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { Tx } from '../../kernel/transact.js';
import { priceBorders, rate } from '../../model/rating.js';
import { makeCdr } from '../cdr.js';
import { consumers } from '../events.js';
import { keptFree } from '../kept-free.js';
import { hasGap } from '../numbers.js';
import { eventsOf } from '../samples.js';
import { type ChargingState, energyMilliWh, flagged, isHeld, recount } from '../session.js';
import type { StoredSession } from '../store.js';
import type { ChargingNeeds } from './needs.js';

/** So long after its end a session waits for events that are still missing, ms of domain time: a station flushes in order, and soon. */
const LATE_MS = 10 * 60_000;
/** Disordered sessions that are counted again in one round. */
const ROUND = 50;

export function createRating({ transact, emit, store, clock, newId, changed }: ChargingNeeds) {
  /** Counts a session again from all that was heard of it. */
  async function counted(tx: Tx, found: StoredSession): Promise<ChargingState> {
    const { facts } = found.state;
    const messages = await store.messages(tx, found.no);
    const events = messages.flatMap(eventsOf);
    const borders = (from: Date, until: Date) => priceBorders(facts.tariffs, facts.timeZone, from, until);
    return recount(found.state, facts, events, borders);
  }

  /** A station whose clock was wrong cannot have charged in the future: the whole session moves back. */
  function broughtBack(found: StoredSession, now: Date): StoredSession {
    const { state } = found;
    if (state.phase !== 'ended' || state.facts.clockShiftMs === undefined || state.endedAt <= now) return found;
    const ahead = state.endedAt.getTime() - now.getTime();
    const facts = {
      ...state.facts,
      clockShiftMs: state.facts.clockShiftMs - ahead,
      startedAt: new Date(state.facts.startedAt.getTime() - ahead),
    };
    return { ...found, state: { ...state, facts, endedAt: new Date(state.endedAt.getTime() - ahead), disordered: true } };
  }

  /** A reservation that was used is part of what its session costs, where the tariff asks something for it. OCPI 2.2.1, 10.3.1 */
  async function withReservation(tx: Tx, operatorId: OperatorId, { facts, periods, endedAt }: ChargingState & { phase: 'ended' }) {
    const { tariffs, timeZone, startedAt } = facts;
    const alone = { startedAt, endedAt, periods };
    const asksForIt = tariffs.some(({ tariff }) => tariff.elements.some(({ restrictions }) => restrictions?.reservation !== undefined));
    const reserved = asksForIt ? await store.reservationOf(tx, operatorId, facts.id) : undefined;
    if (!reserved || reserved.requestedAt >= startedAt) return alone;
    const kept = keptFree(tariffs, timeZone, reserved.requestedAt, startedAt);
    return { startedAt: reserved.requestedAt, endedAt, periods: [...kept, ...periods] };
  }

  /**
   * Prices an ended session and makes its CDR, once. Runs inside the consumer's transaction. False: not yet, since events may be missing.
   * A session that a person has to look at waits for `release`.
   */
  async function rateEnded(tx: Tx, operatorId: OperatorId, sessionId: string): Promise<boolean> {
    const locked = await store.lockSession(tx, operatorId, sessionId);
    if (locked?.state.phase !== 'ended' || locked.state.rated) return true;
    const now = clock.now();
    const gap = hasGap(locked.state.heard);
    const waits = gap || locked.state.facts.provisional === true;
    if (waits && now.getTime() - locked.updatedAt.getTime() < LATE_MS) return false;
    const found = broughtBack(locked, now);
    const inOrder = found.state.disordered ? await counted(tx, found) : found.state;
    const state = gap ? flagged(inOrder, 'gap') : inOrder;
    if (state.phase !== 'ended') throw new Error(`session ${sessionId} is no longer ended after it was counted again`);
    if (isHeld(state)) {
      await store.saveState(tx, operatorId, found.no, state, now);
      return true;
    }
    const { facts } = state;
    const billed = await withReservation(tx, operatorId, state);
    const rated = rate(facts.tariffs, { ...facts, ...billed }, { timeZone: facts.timeZone });
    const cdr = makeCdr(state, billed, found.place, rated, newId(), now);
    if (!(await store.insertCdr(tx, operatorId, cdr))) return true;
    await store.saveState(tx, operatorId, found.no, { ...state, rated: true }, now);
    const body = { owner: cdr.owner, cdrId: cdr.id };
    await emit(tx, operatorId, [
      { consumer: consumers.cdrRepresent, key: cdr.id, body },
      { consumer: consumers.cdrRecord, key: cdr.id, body: { ...body, source: 'own' } },
    ]);
    return true;
  }

  /** Lets a held session be priced, with the energy that a person found to be right where the meter's is not. */
  async function release(
    operatorId: OperatorId,
    sessionId: string,
    { by, energyMilliWh: right }: { by: string; energyMilliWh?: number },
  ): Promise<Accepted | Refused<'unknownSession' | 'notHeld' | 'energyNegative'>> {
    return transact(async (tx) => {
      const found = await store.lockSession(tx, operatorId, sessionId);
      if (!found) return refuse('unknownSession', `there is no session ${sessionId}`);
      const { state } = found;
      if (state.phase !== 'ended' || !isHeld(state)) return refuse('notHeld', `session ${sessionId} is not held`);
      const last = state.periods.at(-1)!;
      const energy = last.energyMilliWh + (right === undefined ? 0 : right - energyMilliWh(state));
      if (energy < 0) return refuse('energyNegative', 'more was metered before the last price change than the session shall have in all');
      const now = clock.now();
      const periods = [...state.periods.slice(0, -1), { ...last, energyMilliWh: energy }];
      await store.saveState(tx, operatorId, found.no, { ...state, periods, released: { by, at: now } }, now);
      await emit(tx, operatorId, [{ consumer: consumers.sessionEnded, key: sessionId, body: { sessionId } }]);
      return { accepted: true };
    });
  }

  /** Running sessions are put in order as well, so that their progress and running cost are right. */
  async function sweepDisordered(): Promise<number> {
    const found = await store.disordered(ROUND);
    for (const { operatorId, id } of found) {
      await transact(async (tx) => {
        const session = await store.lockSession(tx, operatorId, id);
        if (session?.state.phase !== 'charging' || !session.state.disordered) return;
        await store.saveState(tx, operatorId, session.no, await counted(tx, session), clock.now());
      });
      changed(operatorId, id);
    }
    return found.length;
  }

  return { rateEnded, release, sweepDisordered };
}
