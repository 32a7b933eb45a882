// What a simulated platform remembers of what happened, and how a test waits for it.
import type { Clock } from './link.js';

/** Something that happened: what came in or went out, by module and action, with the bytes where there were any. */
export interface SimulatorEvent {
  readonly at: Date;
  readonly party: string;
  readonly direction: 'in' | 'out' | 'self';
  /** 'sessions.put', 'cdrs.post', 'commands.result', 'credentials.post', ... */
  readonly what: string;
  readonly id?: string;
  readonly value?: unknown;
  readonly raw?: Buffer;
  readonly correlationId?: string;
  readonly error?: string;
}

/** A journal. */
export interface Journal {
  record(event: Omit<SimulatorEvent, 'at' | 'party'>): void;
  /** Resolves with the next event that fits, or with one of the last thousand when `past` is set. */
  next(
    fits: (event: SimulatorEvent) => boolean,
    options?: { readonly past?: boolean; readonly withinMs?: number },
  ): Promise<SimulatorEvent>;
}

const KEPT_EVENTS = 1000;

/** Opens an empty journal. */
export function openJournal(party: string, clock: Clock, onEvent: ((event: SimulatorEvent) => void) | undefined): Journal {
  const kept: SimulatorEvent[] = [];
  const waiting = new Set<(event: SimulatorEvent) => void>();
  return {
    record(event: Omit<SimulatorEvent, 'at' | 'party'>): void {
      const whole: SimulatorEvent = { at: clock.now(), party, ...event };
      kept.push(whole);
      if (kept.length > KEPT_EVENTS) kept.shift();
      onEvent?.(whole);
      for (const hear of [...waiting]) hear(whole);
    },
    next(
      fits: (event: SimulatorEvent) => boolean,
      { past = false, withinMs = 10_000 }: { readonly past?: boolean; readonly withinMs?: number } = {},
    ): Promise<SimulatorEvent> {
      const already = past ? kept.find(fits) : undefined;
      if (already) return Promise.resolve(already);
      return new Promise((resolve, reject) => {
        const hear = (event: SimulatorEvent): void => {
          if (!fits(event)) return;
          clearTimeout(timer);
          waiting.delete(hear);
          resolve(event);
        };
        const timer = setTimeout(() => {
          waiting.delete(hear);
          reject(new Error(`${party}: the event did not come within ${withinMs} ms`));
        }, withinMs);
        waiting.add(hear);
      });
    },
  };
}
