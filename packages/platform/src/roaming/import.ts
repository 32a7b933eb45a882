import type { OperatorId, PartnerId } from '../kernel/ids.js';

/** What is read from a partner, in this order: a CDR needs its location, and a session its token. */
export const importedModules = ['tariffs', 'locations', 'tokens', 'sessions', 'cdrs'] as const;
export type ImportedModule = (typeof importedModules)[number];

/** Everything, or what changed since the last import began. */
export type ImportMode = 'full' | 'delta';

/** How far the import of one module of one partner is. */
export interface Import {
  operatorId: OperatorId;
  partnerId: PartnerId;
  module: ImportedModule;
  mode: ImportMode;
  state: 'running' | 'done' | 'failed';
  /** Where it goes on after a break. */
  next?: string;
  /** What changed from here on was asked for. */
  since?: Date;
  startedAt: Date;
  updatedAt: Date;
  /** When the last import that came to its end began. */
  completeAt?: Date;
  pages: number;
  kept: number;
  unchanged: number;
  refused: number;
  total?: number;
  error?: string;
}

/** Clocks of partners differ, and what they write in this moment may be stamped a little earlier. */
const OVERLAP_MS = 5 * 60_000;

/** The import to run: one that broke off goes on where it was, else a new one begins. */
export function beginImport(
  before: Import | undefined,
  wish: Pick<Import, 'operatorId' | 'partnerId' | 'module' | 'mode'>,
  now: Date,
): Import {
  if (before && before.state !== 'done' && before.mode === wish.mode && before.next !== undefined) {
    const { error: _, ...rest } = before;
    return { ...rest, state: 'running', updatedAt: now };
  }
  const completeAt = before?.completeAt;
  const since = wish.mode === 'delta' && completeAt ? new Date(completeAt.getTime() - OVERLAP_MS) : undefined;
  return {
    ...wish,
    state: 'running',
    ...(since ? { since } : {}),
    ...(completeAt ? { completeAt } : {}),
    ...{ startedAt: now, updatedAt: now, pages: 0, kept: 0, unchanged: 0, refused: 0 },
  };
}

/** An object that a partner has and that we did not take, and why. */
export interface Quarantined {
  partnerId: PartnerId;
  module: ImportedModule;
  digest: string;
  /** As it says itself; empty where it has no id. */
  objectId: string;
  reason: string;
  item: unknown;
  seenAt: Date;
}
