import type { OperatorId, SessionId } from '../../kernel/ids.js';
import type { Accepted, Refused } from '../../kernel/refusal.js';
import { clockShift } from '../../model/clock-shift.js';
import type { HeardBill } from '../../model/heard.js';
import type { ChargingPeriod } from '../../model/session.js';
import { consumers } from '../events.js';
import { begin, type ChargingState, type Flag, type SessionFacts } from '../session.js';
import { type createBeginning, sessionChanged } from './beginning.js';
import type { ChargingNeeds } from './needs.js';

/**
 * A station that bills its sessions itself: its bill takes the place of all that was counted from readings. The same bill again changes
 * nothing: a person may have looked at the session meanwhile.
 */
export function createBilling(
  { transact, emit, store, holds, clock }: ChargingNeeds,
  { heardOf, sessionOf }: ReturnType<typeof createBeginning>,
) {
  return async function heardBill(
    operatorId: OperatorId,
    bill: HeardBill,
  ): Promise<Accepted<{ sessionId?: SessionId }> | Refused<'unknownConnector'>> {
    const now = clock.now();
    const shift = clockShift(bill.endedAt, now) ?? 0;
    const onOurClock = (at: Date) => new Date(at.getTime() + shift);
    const { stationId, hold, transactionKey, connectorNumber, token, remoteStartId, tariffs } = bill;
    const at = onOurClock(bill.startedAt);
    // A start that failed is billed as well; where nothing was heard of it and nothing flowed, there is no session.
    const isNothing = bill.periods.every(({ energyMilliWh }) => energyMilliWh === 0);
    if (isNothing && !(await sessionOf(operatorId, stationId, transactionKey))) return { accepted: true };
    const known = await heardOf(operatorId, {
      ...{ stationId, hold, transactionKey, connectorNumber, kind: 'started', at },
      samples: [{ at, registerMilliWh: 0, values: [] }],
      ...(token === undefined ? {} : { token }),
      ...(remoteStartId === undefined ? {} : { remoteStartId }),
      ...(tariffs === undefined ? {} : { tariffs }),
    });
    if ('reason' in known) return known;
    return transact(async (tx) => {
      await holds(tx, hold);
      const found = await store.byTransaction(tx, operatorId, stationId, transactionKey);
      const locked = found && (await store.lockSession(tx, operatorId, found.state.facts.id));
      if (!locked) throw new Error(`session ${transactionKey} of ${stationId} is gone`);
      const { facts, phase } = locked.state;
      if (phase === 'ended') return { accepted: true, sessionId: facts.id };
      const endedAt = new Date(Math.max(onOurClock(bill.endedAt).getTime(), facts.startedAt.getTime()));
      const flags: Flag[] = [...(shift === 0 ? [] : ['clockCorrected' as const]), ...(bill.differs ? ['billDiffers' as const] : [])];
      const periods = toPeriods(bill, facts, onOurClock, endedAt);
      const state: ChargingState = {
        ...begin(facts),
        phase: 'ended',
        endedAt,
        stopReason: bill.reason,
        at: endedAt,
        registerMilliWh: periods.reduce((sum, { energyMilliWh }) => sum + energyMilliWh, 0),
        periods,
        flags,
        last: [endedAt.getTime(), 2, 0, 0],
        heard: locked.state.heard,
      };
      await store.saveState(tx, operatorId, locked.no, state, now);
      await emit(tx, operatorId, [
        sessionChanged(facts.id),
        { consumer: consumers.sessionEnded, key: facts.id, body: { sessionId: facts.id } },
      ]);
      return { accepted: true, sessionId: facts.id };
    });
  };
}

/** Whole seconds since the start, so that they sum to the length of the session. */
function toPeriods({ periods }: HeardBill, facts: SessionFacts, onOurClock: (at: Date) => Date, endedAt: Date): ChargingPeriod[] {
  const starts = periods.map(({ startedAt }, i) => (i === 0 ? facts.startedAt : onOurClock(startedAt)));
  const seconds = (at: Date) => Math.round((at.getTime() - facts.startedAt.getTime()) / 1000);
  return periods.map(({ energyMilliWh }, i) => ({
    startedAt: starts[i]!,
    ...(facts.tariffs[0] ? { tariffId: facts.tariffs[0].id } : {}),
    energyMilliWh,
    chargingSeconds: seconds(starts[i + 1] ?? endedAt) - seconds(starts[i]!),
    parkingSeconds: 0,
  }));
}
