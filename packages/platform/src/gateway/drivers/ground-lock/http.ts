import type { Handle } from '@evroam/ocpi';
import { fits, integer, OcpiError, object, oneOf, optional, Payload } from '@evroam/ocpi';
import type { Report } from './lock.js';
import type { Driver, GroundLock } from './ports.js';

/** Wall time that a lock's cloud has to answer. */
const ANSWER_MS = 15_000;

const State = object({
  position: oneOf('raised', 'lowered', 'between', 'unknown'),
  bay: oneOf('empty', 'occupied', 'unknown'),
  batteryPercent: optional(integer),
  alarm: optional(oneOf('armDamaged', 'armNotInPosition')),
});

/**
 * A lock behind any HTTP service: `GET url` gives `{ position, bay, batteryPercent?, alarm? }`, `POST url` takes `{ "to": "lowered" }` and
 * answers 2xx once the arm has moved, 409 if it does not move. `handle` keeps away from inside addresses.
 */
export function httpLock({ url, token }: Driver & { kind: 'http' }, handle: Handle): GroundLock {
  const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const call = async (method: 'GET' | 'POST', body?: object) => {
    try {
      return await handle({
        ...{ method, url, timeoutMs: ANSWER_MS },
        headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: Payload.of(body) } : {}),
      });
    } catch (error) {
      if (error instanceof OcpiError) return undefined;
      throw error;
    }
  };
  return {
    async move(to) {
      const answer = await call('POST', { to });
      if (!answer || answer.status >= 500) return 'unreachable';
      return answer.status < 300 ? 'moved' : 'refused';
    },
    async read() {
      const answer = await call('GET');
      if (answer?.status !== 200) return undefined;
      const said = jsonOf(answer.body);
      return fits(State, said) ? toReport(said) : undefined;
    },
  };
}

function jsonOf(body: Payload | undefined): unknown {
  try {
    return body?.value;
  } catch (error) {
    if (error instanceof OcpiError) return undefined;
    throw error;
  }
}

const toReport = ({ position, bay, batteryPercent, alarm }: Report): Report => ({
  ...{ position, bay },
  ...(batteryPercent === undefined ? {} : { batteryPercent }),
  ...(alarm === undefined ? {} : { alarm }),
});
