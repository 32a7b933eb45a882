import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { OutboxNote } from './outbox/delivery.js';

/** What this node counts, in Prometheus' words. Modules add their own to `registry`. */
export interface Metrics {
  registry: Registry;
  /** For the outbox's `note`. */
  outbox(note: OutboxNote): void;
  /** For `createProbes`: what the last look at the outbox found. */
  outboxLag(lag: readonly { consumer: string; dueKeys: number; parkedKeys: number; oldestDueMs: number }[]): void;
  /** What is missing in the traces, by what it was. */
  traceLost(what: 'line' | 'body' | 'stranger', count: number): void;
  request(route: string, method: string, status: number, seconds: number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const handled = new Counter({ name: 'evroam_outbox_handled_total', help: 'Events handled', labelNames: ['consumer'], registers });
  const troubles = new Counter({
    name: 'evroam_outbox_troubles_total',
    help: 'Events that were not handled at an attempt, by what became of them',
    labelNames: ['consumer', 'outcome'],
    registers,
  });
  const due = new Gauge({ name: 'evroam_outbox_due_keys', help: 'Keys with an event that is due', labelNames: ['consumer'], registers });
  const parked = new Gauge({ name: 'evroam_outbox_parked_keys', help: 'Keys that wait for a person', labelNames: ['consumer'], registers });
  const oldest = new Gauge({
    name: 'evroam_outbox_oldest_due_seconds',
    help: 'Age of the oldest due event',
    labelNames: ['consumer'],
    registers,
  });
  const traceLost = new Counter({
    name: 'evroam_trace_lost_total',
    help: 'Messages over OCPI (line) or their bodies (body) that were not kept for want of room, and requests of unknown callers (stranger)',
    labelNames: ['what'],
    registers,
  });
  const requests = new Histogram({
    name: 'evroam_http_request_seconds',
    help: 'Requests answered, by route pattern',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  return {
    registry,
    outbox: (note) => {
      if (note.kind === 'handled') handled.inc({ consumer: note.consumer }, note.count);
      else troubles.inc({ consumer: note.kind === 'sweep-failed' ? '' : note.consumer, outcome: note.kind });
    },
    outboxLag: (lag) => {
      for (const gauge of [due, parked, oldest]) gauge.reset();
      for (const { consumer, dueKeys, parkedKeys, oldestDueMs } of lag) {
        due.set({ consumer }, dueKeys);
        parked.set({ consumer }, parkedKeys);
        oldest.set({ consumer }, oldestDueMs / 1000);
      }
    },
    traceLost: (what, count) => traceLost.inc({ what }, count),
    request: (route, method, status, seconds) => requests.observe({ route, method, status: String(status) }, seconds),
  };
}
