import type { AnyAction } from './action.js';
import type { Violation } from './check.js';

/** A known deviation that was mended: by which rule, and what was wrong. */
export interface QuirkHit {
  readonly rule: string;
  readonly violation: Violation;
}

/** A station's known deviations, applied only to payloads that break their schema. */
export interface Quirks {
  /** The payload made right with what was mended, or undefined when no rule helps. */
  mend(action: AnyAction, kind: 'request' | 'response', payload: unknown): { payload: unknown; hits: readonly QuirkHit[] } | undefined;
}
