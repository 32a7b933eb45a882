import type { Clock } from '../kernel/clock.js';
import type { OperatorId } from '../kernel/ids.js';
import type { Connections } from './connections.js';
import type { Command } from './driver.js';
import type { ChargingPort, Outcome } from './ports.js';

export type GatewayService = ReturnType<typeof createService>;

export function createService({ connections, charging, clock }: { connections: Connections; charging: ChargingPort; clock: Clock }) {
  return {
    /** Carries a command to its station and tells charging what became of it. May run twice: a station answers a repeated start or stop as it sees fit. */
    async carry(operatorId: OperatorId, { requestId, stationId, deadline, command }: Command): Promise<void> {
      const outcome = clock.now() > deadline ? 'unknown' : await ask(stationId, command);
      await charging.heardOutcome(operatorId, { requestId, kind: command.kind, outcome });
    },
    connected: () => connections.list().map(({ stationId, protocol }) => ({ stationId, protocol })),
  };

  async function ask(stationId: Command['stationId'], command: Command['command']): Promise<Outcome> {
    const link = connections.get(stationId);
    if (!link) return 'stationOffline';
    return command.kind === 'start' ? link.start(command) : link.stop(command);
  }
}
