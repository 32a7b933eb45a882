import { type Registry, tableOf } from './action.js';
import { checkPayload, type Kind, schemaOf, type Violation } from './check.js';
import { codeFor, OcppError, type WireCode } from './errors.js';

/** What checking found: the value, or what is wrong with the code that the version's CALLERROR carries. */
export type Validation =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: WireCode; readonly violations: readonly Violation[] };

/**
 * Checks a payload of a message by its name: `validate(v16, 'Heartbeat', 'request', {})`. An unknown action, or a kind
 * that the message does not have, is a violation of the keyword `action`.
 */
export function validate(actions: Registry, action: string, kind: Kind, payload: unknown): Validation {
  const table = tableOf(actions);
  const found = table.get(action);
  const version = [...table.values()][0]?.version ?? '1.6';
  if (!found) return unknown(codeFor(version, 'NotImplemented'), `${action.slice(0, 50)} is not an action of OCPP ${version}`);
  try {
    const verdict = checkPayload(version, schemaOf(found, kind), payload);
    return verdict.ok ? { ok: true, value: payload } : verdict;
  } catch (error) {
    if (error instanceof OcppError) return unknown('NotSupported', error.message);
    throw error;
  }
}

const unknown = (code: WireCode, message: string): Validation => ({
  ok: false,
  code,
  violations: [{ path: '/', keyword: 'action', message }],
});
