import type { Logger } from './log.js';

export interface Sweep {
  /** Waits for the run that is under way. */
  stop(): Promise<void>;
}

/** Looks again and again, never twice at once. A look that fails is logged and is not the last. Wall time, with jitter so that nodes do not march in step. */
export function sweepEvery(milliseconds: number, name: string, log: Logger, look: () => Promise<unknown>): Sweep {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const plan = () => {
    timer = setTimeout(
      () => {
        running = look()
          .then(
            () => undefined,
            (err: unknown) => log.error({ err, sweep: name }, 'a regular look failed'),
          )
          .finally(() => {
            if (!stopped) plan();
          });
      },
      milliseconds * (0.75 + Math.random() / 2),
    );
  };
  plan();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
