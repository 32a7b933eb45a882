import type { Logger } from '../../../edges/log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId } from '../../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../../kernel/refusal.js';
import type { Transact } from '../../../kernel/transact.js';
import type { Session } from '../../../model/session.js';
import { applyLock, FRESH, isDue, type LockEvent, type LockState, type Report } from './lock.js';
import type { Driver, GroundLock, LockId } from './ports.js';
import type { KeptLock, LockStore } from './store.js';

export interface LockNeeds {
  store: LockStore;
  transact: Transact;
  clock: Clock;
  log: Logger;
  /** How a lock is reached now; undefined while it cannot be. */
  reach(lock: KeptLock): GroundLock | undefined;
  /** An alarm for people, and for the driver who waits in front of it. */
  alarm(lock: KeptLock, details: string): Promise<void>;
  placeOf(operatorId: OperatorId, id: LockId): Promise<{ locationId: string; evseUid: string } | undefined>;
}

export type LockService = ReturnType<typeof createLocks>;

export function createLocks({ store, transact, clock, log, reach, alarm, placeOf }: LockNeeds) {
  async function hear(operatorId: OperatorId, id: LockId, event: LockEvent): Promise<LockState | undefined> {
    const now = clock.now();
    const changed = await transact(async (tx) => {
      const kept = await store.lock(tx, operatorId, id);
      if (!kept) return undefined;
      const { state, alarm: isNew } = applyLock(kept.state, event, now);
      await store.save(tx, { ...kept, state }, now, event.kind === 'reported' ? now : undefined);
      return { kept: { ...kept, state }, isNew };
    });
    if (changed?.isNew) {
      log.error({ operatorId, ...id, wanted: changed.kept.state.wanted }, 'a ground lock does not move: a person has to look');
      await alarm(changed.kept, `wanted ${changed.kept.state.wanted}, is ${changed.kept.state.position}`);
    }
    return changed?.kept.state;
  }

  async function move(lock: KeptLock): Promise<void> {
    const { operatorId, stationId, connectorNumber } = lock;
    if (!isDue(lock.state, clock.now())) return;
    const { wanted } = lock.state;
    const outcome = (await reach(lock)?.move(wanted)) ?? 'unreachable';
    const now = await store.lock(undefined, operatorId, { stationId, connectorNumber });
    // Something else is wanted by now: what was tried says nothing about that.
    if (now?.state.wanted === wanted) await hear(operatorId, { stationId, connectorNumber }, { kind: 'tried', outcome });
  }

  async function hearAt(operatorId: OperatorId, locationId: string, evseUid: string, event: LockEvent): Promise<void> {
    for (const { stationId, connectorNumber } of await store.atEvse(operatorId, locationId, evseUid))
      await hear(operatorId, { stationId, connectorNumber }, event);
  }

  return {
    /** Puts a lock at a connector, or another driver behind one. */
    async put(operatorId: OperatorId, id: LockId, driver: Driver): Promise<Accepted | Refused<'unknownConnector'>> {
      const place = await placeOf(operatorId, id);
      if (!place) return refuse('unknownConnector', `station ${id.stationId} has no connector ${id.connectorNumber}`);
      await store.put({ operatorId, ...id, ...place, driver, state: FRESH });
      return { accepted: true };
    },
    reported: (operatorId: OperatorId, id: LockId, report: Report) => hear(operatorId, id, { kind: 'reported', report }),
    /** A driver is on the way to this connector. */
    needed: (operatorId: OperatorId, id: LockId, holder: string) => hear(operatorId, id, { kind: 'needed', holder }),
    /** The start for which the arm went down came to nothing. */
    startLapsed: (operatorId: OperatorId, { locationId, evseUid }: { locationId: string; evseUid: string }, requestId: string) =>
      hearAt(operatorId, locationId, evseUid, { kind: 'released', holder: requestId }),
    /** The lock follows the session: down while it runs, up when it has ended and the bay is free. */
    async sessionChanged(operatorId: OperatorId, { id, status, place }: Pick<Session, 'id' | 'status' | 'place'>): Promise<void> {
      const event: LockEvent = status === 'active' ? { kind: 'needed', holder: id } : { kind: 'released', holder: id };
      await hearAt(operatorId, place.locationId, place.evseUid, event);
    },
    /** Moves it now on a person's word, and gives what came of it. */
    async order(operatorId: OperatorId, id: LockId, to: 'raised' | 'lowered'): Promise<LockState | undefined> {
      await hear(operatorId, id, { kind: 'ordered', to });
      const kept = await store.lock(undefined, operatorId, id);
      if (kept) await move(kept);
      return (await store.lock(undefined, operatorId, id))?.state;
    },
    /** What the lock says now, where it can be asked; else what it said last. */
    async state(operatorId: OperatorId, id: LockId): Promise<KeptLock | undefined> {
      const kept = await store.lock(undefined, operatorId, id);
      const report = kept && (await reach(kept)?.read?.());
      if (report) await hear(operatorId, id, { kind: 'reported', report });
      return report ? store.lock(undefined, operatorId, id) : kept;
    },
    locks: store.locks,
    async sweep(): Promise<void> {
      for (const lock of await store.due(clock.now())) await move(lock);
    },
  };
}
