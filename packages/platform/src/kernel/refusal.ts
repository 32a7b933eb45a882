/** The domain says no, and why: the reason is a literal union, so the compiler finds the case a caller forgot. */
export interface Refused<Reason extends string> {
  accepted: false;
  reason: Reason;
  /** For a person: what was wrong and what to do next. */
  detail?: string;
}

export type Accepted<T extends object = object> = { accepted: true } & T;

export function refuse<const Reason extends string>(reason: Reason, detail?: string): Refused<Reason> {
  return detail === undefined ? { accepted: false, reason } : { accepted: false, reason, detail };
}
