import type { Violation } from './check.js';
import type { OcppError } from './errors.js';

/** What an endpoint tells beside the messages themselves. A union by `kind`. */
export type Observation =
  /** A text came or went, as it stood on the wire. */
  | { readonly kind: 'heard' | 'said'; readonly text: string }
  /** A text that is no message. */
  | { readonly kind: 'unreadable'; readonly error: OcppError }
  /** A message of the peer was refused before any handler saw it. */
  | { readonly kind: 'refused'; readonly action: string; readonly messageId: string; readonly error: OcppError }
  /** An answer that nobody waits for: late, doubled, or to a message that was never sent. */
  | { readonly kind: 'strayAnswer'; readonly messageId: string }
  /** The peer's answer breaks its schema. */
  | { readonly kind: 'badAnswer'; readonly action: string; readonly messageId: string; readonly error: OcppError }
  /** The peer says that an answer of ours was bad (CALLRESULTERROR). */
  | { readonly kind: 'answerRefused'; readonly messageId: string; readonly error: OcppError }
  /** A handler threw something else than an OcppError, answered wrongly or too late: a bug or an outage on this side. */
  | { readonly kind: 'handlerFailed'; readonly action: string; readonly messageId: string; readonly error: unknown }
  /** A known deviation of the peer was mended. */
  | { readonly kind: 'quirk'; readonly action: string; readonly messageId: string; readonly rule: string; readonly violation: Violation }
  /** A repeated message got its stored answer. */
  | { readonly kind: 'replayed'; readonly action: string; readonly messageId: string };

/** Hears observations; must not throw. */
export type Observer = (observation: Observation) => void;
