import type { Clock } from '../../kernel/clock.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { ALL_PARTNERS, type TraceStore, type Watch } from '../store/traces.js';

/** Whose bodies are kept without being asked for: of what was refused or got no answer, of everything, or of nothing. */
export type TracedBodiesOf = 'failed' | 'all' | 'none';

/** Whose bodies are kept: by the setting of the installation, and for a time by what an operator asked for. */
export function createWatching({ store, clock, bodies }: { store: TraceStore; clock: Clock; bodies: TracedBodiesOf }) {
  let watched = new Map<string, number>();
  const keyOf = (operatorId: OperatorId, partner: string): string => `${operatorId} ${partner}`;

  /** Other nodes may have been asked. */
  async function refresh(): Promise<void> {
    watched = new Map((await store.watches()).map(({ operatorId, partner, until }) => [keyOf(operatorId, partner), until.getTime()]));
  }

  return {
    wants(operatorId: OperatorId, partnerId: PartnerId, isFailed: boolean): boolean {
      if (bodies === 'all' || (isFailed && bodies === 'failed')) return true;
      if (watched.size === 0) return false;
      const until = watched.get(keyOf(operatorId, partnerId)) ?? watched.get(keyOf(operatorId, ALL_PARTNERS));
      return until !== undefined && until > clock.now().getTime();
    },
    refresh,
    async watch(watch: Watch): Promise<void> {
      await store.watch(watch);
      await refresh();
    },
    async unwatch(operatorId: OperatorId, partner: string): Promise<boolean> {
      const was = await store.unwatch(operatorId, partner);
      await refresh();
      return was;
    },
    watches: async (operatorId: OperatorId): Promise<Watch[]> => (await store.watches()).filter((one) => one.operatorId === operatorId),
  };
}
