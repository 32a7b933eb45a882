import type { OperatorId } from '../kernel/ids.js';

/** Who wants to hear at once that a session changed on this node. Another node's changes are seen by looking now and then. */
export function createWatchers() {
  const watching = new Map<string, Set<() => void>>();
  const key = (operatorId: OperatorId, sessionId: string) => `${operatorId}/${sessionId}`;
  return {
    changed(operatorId: OperatorId, sessionId: string): void {
      for (const look of watching.get(key(operatorId, sessionId)) ?? []) look();
    },
    /** Gives what ends it. */
    watch(operatorId: OperatorId, sessionId: string, look: () => void): () => void {
      const name = key(operatorId, sessionId);
      const lookers = watching.get(name) ?? new Set();
      watching.set(name, lookers.add(look));
      return () => {
        lookers.delete(look);
        if (lookers.size === 0) watching.delete(name);
      };
    },
  };
}
