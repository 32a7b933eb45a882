import type { Logger } from '../../edges/log.js';
import type { CapturedFrame } from '../../kernel/captured.js';
import type { Clock } from '../../kernel/clock.js';
import type { NewId, OperatorId, StationId } from '../../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import { maskFrame, maskPileFrame } from './mask.js';
import type { Capture, CaptureStore } from './store.js';

export interface CaptureNeeds {
  store: CaptureStore;
  clock: Clock;
  newId: NewId;
  log: Logger;
}

/** A frame as a driver saw it, secrets and all. */
export type Seen = Pick<CapturedFrame, 'protocol' | 'way'> & ({ text: string } | { bytes: Buffer });
export type Follower = (frame: CapturedFrame) => void;

/** Frames of one capture; what comes after is counted as lost. */
export const MOST_FRAMES = 1_000_000;
/** Frames that wait for the database; more are lost, and counted, before a slow disk takes the memory of the hub. */
const MOST_WAITING = 20_000;
/** Frames of one statement. */
const BATCH = 1_000;
/** So long an ended capture is kept. */
const KEPT_MS = 30 * 86_400_000;

interface Running {
  operatorId: OperatorId;
  capture: Capture;
  waiting: CapturedFrame[];
  lost: number;
  writing: Promise<void> | undefined;
  /** Hears no more. */
  leave(): void;
}

export type Captures = ReturnType<typeof createCaptures>;

/**
 * What stations say and hear, kept for those that somebody asked for, and shown live. Beside the business: a frame that cannot be kept is
 * counted as lost, and the station notices nothing.
 */
export function createCaptures({ store, clock, newId, log }: CaptureNeeds) {
  const running = new Map<string, Running>();
  // One look per frame tells whether anybody is interested in its station.
  const byStation = new Map<string, Set<(seen: CapturedFrame) => void>>();
  const keyOf = (operatorId: OperatorId, stationId: string) => `${operatorId} ${stationId}`;

  function listen(operatorId: OperatorId, stationId: string, hear: (seen: CapturedFrame) => void): () => void {
    const key = keyOf(operatorId, stationId);
    const all = byStation.get(key) ?? new Set();
    byStation.set(key, all.add(hear));
    return () => {
      all.delete(hear);
      if (all.size === 0) byStation.delete(key);
    };
  }

  function run(operatorId: OperatorId, capture: Capture): void {
    const keep = (frame: CapturedFrame) => {
      if (one.waiting.length >= MOST_WAITING || one.capture.frames + one.waiting.length >= MOST_FRAMES) one.lost += 1;
      else one.waiting.push(frame);
    };
    const leaving = capture.stations.map((stationId) => listen(operatorId, stationId, keep));
    const leave = () => {
      for (const each of leaving) each();
    };
    const one: Running = { operatorId, capture, waiting: [], lost: 0, writing: undefined, leave };
    running.set(capture.id, one);
  }

  /** Writes what waits, one statement after the other. A failure keeps the frames for the next time. */
  function flush(one: Running): Promise<void> {
    one.writing ??= writeAll(one).finally(() => {
      one.writing = undefined;
    });
    return one.writing;
  }

  async function writeAll(one: Running): Promise<void> {
    while (one.waiting.length > 0 || one.lost > 0) {
      const batch = one.waiting.slice(0, BATCH);
      const { lost } = one;
      await store.write(one.operatorId, one.capture, batch, lost);
      one.waiting.splice(0, batch.length);
      one.lost -= lost;
      one.capture = { ...one.capture, frames: one.capture.frames + batch.length, lost: one.capture.lost + lost };
    }
  }

  async function end(one: Running, at: Date): Promise<void> {
    one.leave();
    await flush(one);
    await store.end(one.operatorId, one.capture.id, at);
    running.delete(one.capture.id);
  }

  return {
    /** Hears a frame of a station's connection. */
    seen(operatorId: OperatorId, stationId: string, frame: Seen): void {
      if (byStation.size === 0) return;
      const interested = byStation.get(keyOf(operatorId, stationId));
      if (!interested) return;
      const { protocol, way } = frame;
      const body = 'text' in frame ? { text: maskFrame(frame.text) } : { hex: maskPileFrame(frame.bytes) };
      const captured: CapturedFrame = { at: clock.now().toISOString(), protocol, peer: stationId, way, ...body };
      for (const hear of interested) hear(captured);
    },

    async start(
      operatorId: OperatorId,
      { stations, minutes, note }: { stations: readonly StationId[]; minutes: number; note?: string },
    ): Promise<Capture> {
      const startedAt = clock.now();
      const until = new Date(startedAt.getTime() + minutes * 60_000);
      const capture: Capture = { id: newId(), stations, startedAt, until, frames: 0, lost: 0, ...(note === undefined ? {} : { note }) };
      await store.add(operatorId, capture);
      run(operatorId, capture);
      return capture;
    },

    async stop(operatorId: OperatorId, id: string): Promise<Capture | undefined> {
      const one = running.get(id);
      if (one?.operatorId === operatorId) await end(one, clock.now());
      return store.one(operatorId, id);
    },

    /** What one station says and hears from now on, until the function given back is called. */
    follow: listen,

    /** Only an ended capture: what runs is stopped first. */
    async remove(operatorId: OperatorId, id: string): Promise<Accepted | Refused<'unknownCapture' | 'captureRuns'>> {
      if (running.get(id)?.operatorId === operatorId) return refuse('captureRuns', 'the capture runs: stop it first');
      return (await store.remove(operatorId, id)) ? { accepted: true } : refuse('unknownCapture', `there is no capture ${id}`);
    },

    one: store.one,
    page: store.page,
    frames: store.frames,

    /** Goes on with what ran when the node went down. */
    async resume(): Promise<void> {
      for (const { operatorId, capture } of await store.open()) if (!running.has(capture.id)) run(operatorId, capture);
    },

    /** Writes what waits, ends what has had its time, forgets what is old. */
    async sweep(): Promise<void> {
      const now = clock.now();
      for (const one of [...running.values()]) await (one.capture.until <= now ? end(one, one.capture.until) : flush(one));
      const forgotten = await store.forget(new Date(now.getTime() - KEPT_MS));
      if (forgotten > 0) log.info({ forgotten }, 'old captures were deleted');
    },

    /** Nothing that was heard is left behind at an orderly end. */
    async close(): Promise<void> {
      await Promise.all([...running.values()].map(flush));
    },
  };
}
