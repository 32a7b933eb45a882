import { type Clock, clockFromSetting, clockSetting } from '@evroam/platform/client';
import { integer } from '../../command.js';
import type { Io } from '../../io.js';

/** How fast a simulator lives. */
export const rate = integer('n', { or: 1, min: 1, max: 600 }, { en: 'how much faster than the wall its time runs', zh: '时间加速倍数' });

/** EVROAM_CLOCK, which a hub may share, else the given rate from now on. */
export function clockOf(io: Io, speed: number): Clock {
  return clockFromSetting(io.environment.clock ?? (speed === 1 ? undefined : clockSetting(new Date(), speed)));
}

/** Waits domain time, or until Ctrl-C. */
export function pause(io: Io, clock: Clock, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      io.signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, (seconds * 1000) / clock.rate);
    io.signal.addEventListener('abort', done, { once: true });
  });
}
