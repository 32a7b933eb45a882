import type { StationId } from '../../../kernel/ids.js';
import type { Outcome, Report } from './lock.js';

/** One ground lock or barrier, whatever moves it. */
export interface GroundLock {
  /** Never rejects because of the lock. */
  move(to: 'raised' | 'lowered'): Promise<Outcome>;
  /** Where it can be asked; others report by themselves. */
  read?(): Promise<Report | undefined>;
}

/** How a lock is reached: over the line of its pile, or over HTTP. */
export type Driver = { kind: 'ykc' } | { kind: 'http'; url: string; token?: string };

export interface LockId {
  stationId: StationId;
  connectorNumber: number;
}
