import type { Clock } from '../../kernel/clock.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import type { StationCommand } from '../../model/station-command.js';
import type { Connections } from '../connections.js';
import type { GatewayStore } from '../store.js';

export interface RevocationNeeds {
  connections: Connections;
  store: GatewayStore;
  clock: Clock;
  ask(operatorId: OperatorId, stationId: StationId, command: StationCommand): Promise<unknown>;
}

/** A card that may not charge any more has to be forgotten by the stations too: they let in what they remember. OCPP 1.6, 3.5 */
export function createRevocations({ connections, store, clock, ask }: RevocationNeeds) {
  /** Tells every station that is connected; one that is not is told when it is back. */
  async function tokenRevoked(operatorId: OperatorId, uid: string): Promise<void> {
    await store.saveRevocation(operatorId, uid, clock.now());
    for (const { operatorId: whose, stationId } of connections.list()) if (whose === operatorId) await catchUp(operatorId, stationId);
  }

  /** What was revoked since the station last forgot everything: off its list, and out of its cache. */
  async function catchUp(operatorId: OperatorId, stationId: StationId): Promise<void> {
    const uids = await store.untoldRevocations(operatorId, stationId);
    if (uids.length === 0) return;
    const list = await store.localList(operatorId, stationId);
    const listed = list?.tokens.filter((token) => !token.removed && uids.includes(token.uid.toUpperCase())) ?? [];
    if (list && listed.length > 0) {
      const tokens = listed.map(({ uid, type }) => ({ uid, type, removed: true }));
      await ask(operatorId, stationId, { kind: 'sendLocalList', version: list.version + 1, full: false, tokens });
    }
    await ask(operatorId, stationId, { kind: 'clearCache' });
  }

  return { tokenRevoked, catchUp };
}
