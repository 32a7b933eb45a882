import type { SettlementService } from './service.js';

export interface SettlementJobs {
  /** One round: what waits is looked at again, entries are sealed, CDRs made ready for a run, statements that were drafts are issued. */
  round(): Promise<void>;
  /** Ends after the round at work. */
  stop(): Promise<void>;
}

/** What settlement does by itself, every `everyMs` of wall time. Several nodes may run it: each step is safe beside itself. */
export function startJobs(
  settlement: Pick<SettlementService, 'sweep' | 'seal' | 'normalise' | 'issueAllDrafts'>,
  { everyMs, failed }: { everyMs: number; failed: (error: Error) => void },
): SettlementJobs {
  let atWork: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async (): Promise<void> => {
    await settlement.sweep();
    await settlement.seal();
    await settlement.normalise();
    await settlement.issueAllDrafts();
  };
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      atWork = round()
        .catch((error: unknown) => failed(error instanceof Error ? error : new Error(String(error))))
        .then(next);
    }, everyMs);
    timer.unref();
  };
  next();
  return {
    round,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await atWork;
    },
  };
}
