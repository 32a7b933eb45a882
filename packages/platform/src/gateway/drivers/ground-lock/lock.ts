/** Where the arm of a ground lock (地锁) or barrier is. */
export type Position = 'raised' | 'lowered' | 'between' | 'unknown';

/** What a lock says of itself. */
export interface Report {
  position: Position;
  bay: 'empty' | 'occupied' | 'unknown';
  batteryPercent?: number;
  alarm?: 'armDamaged' | 'armNotInPosition';
}

/** One lock: what is wanted of it and why, what it says, and how often it was tried. */
export interface LockState extends Report {
  wanted: 'raised' | 'lowered';
  /** The session or start for which it is down. */
  holder?: string;
  tries: number;
  tryAt?: Date;
  /** Tried in vain: a person has to look. Nothing is tried again until something new is wanted. */
  failed: boolean;
}

export type LockEvent =
  | { kind: 'needed'; holder: string }
  /** The session is over, or the start came to nothing. */
  | { kind: 'released'; holder?: string }
  | { kind: 'ordered'; to: 'raised' | 'lowered' }
  | { kind: 'reported'; report: Report }
  | { kind: 'tried'; outcome: Outcome };

/** What became of a movement; `unreachable`: nobody heard whether it moved. */
export type Outcome = 'moved' | 'refused' | 'unreachable';

/** So often an arm is moved in vain before somebody is called: each try costs battery, and a driver waits. */
const MOST_TRIES = 3;
/** Domain time between two tries. */
const RETRY_MS = 10_000;

export const FRESH: LockState = { wanted: 'raised', position: 'unknown', bay: 'unknown', tries: 0, failed: false };

/** `alarm`: it has just been given up. */
export function applyLock(state: LockState, event: LockEvent, now: Date): { state: LockState; alarm: boolean } {
  switch (event.kind) {
    case 'needed':
      // The session takes over from the start that asked for it: the arm is down already, or on its way. One that was given up is tried anew.
      return still(
        state.wanted === 'lowered' && !state.failed ? { ...state, holder: event.holder } : want(state, 'lowered', now, event.holder),
      );
    case 'released':
      // A later session holds it by now.
      if (event.holder !== undefined && state.holder !== undefined && state.holder !== event.holder) return still(state);
      return still(want(state, 'raised', now));
    case 'ordered':
      return still(want(state, event.to, now, event.to === 'lowered' ? state.holder : undefined));
    case 'reported': {
      const { batteryPercent: _, alarm: __, ...before } = state;
      const next: LockState = { ...before, ...event.report };
      return still(next.position === next.wanted ? settled(next) : next);
    }
    case 'tried': {
      if (event.outcome === 'moved') return still(settled({ ...state, position: state.wanted }));
      const tries = state.tries + 1;
      if (tries < MOST_TRIES) return still({ ...state, tries, tryAt: new Date(now.getTime() + RETRY_MS * tries) });
      const { tryAt: _, ...rest } = state;
      return { state: { ...rest, tries, failed: true }, alarm: true };
    }
  }
}

/** When the arm is to be moved next. It is never raised under a vehicle; what nobody here wanted is left as it is, but a session keeps it down. */
export function nextTry({ wanted, position, bay, failed, tryAt }: LockState, now: Date): Date | undefined {
  if (failed || position === wanted || (wanted === 'raised' && bay === 'occupied')) return undefined;
  return tryAt ?? (wanted === 'lowered' && position === 'raised' ? now : undefined);
}

export function isDue(state: LockState, now: Date): boolean {
  const at = nextTry(state, now);
  return at !== undefined && at <= now;
}

const still = (state: LockState) => ({ state, alarm: false });

function want(state: LockState, wanted: LockState['wanted'], now: Date, holder?: string): LockState {
  const { holder: _, ...rest } = state;
  return { ...rest, wanted, ...(holder === undefined ? {} : { holder }), tries: 0, tryAt: now, failed: false };
}

function settled(state: LockState): LockState {
  const { tryAt: _, ...rest } = state;
  return { ...rest, tries: 0, failed: false };
}
