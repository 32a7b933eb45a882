import type { Profile } from '../smart-charging/index.js';
import type { Charging } from './charging.js';
import type { ChargingLimits } from './charging-limits.js';
import type { Connector } from './connector.js';
import type { Line } from './line.js';
import type { Settings } from './settings.js';
import type { Body, ConnectorState, StationFacts, StopReason, TriggerableMessage } from './voice.js';

/** The parts of a station that commands reach. */
export interface CommandParts {
  readonly facts: StationFacts;
  readonly settings: Settings;
  readonly connectors: readonly Connector[];
  readonly charging: Charging;
  readonly limits: ChargingLimits;
  /** Made after the commands, since it hands them to the voices. */
  readonly line: () => Line;
  readonly now: () => Date;
  readonly stateOf: (connectorId: number) => ConnectorState;
  readonly acknowledged: Body['acknowledged'];
  readonly queuedOf: (transactionKey: string | undefined) => boolean;
  readonly reset: (reason: StopReason) => void;
  readonly report: (connectorId: number) => void;
}

/** What the central system's commands do. Each is answered first and carried out in the next turn of the event loop. */
export function commandsOf(parts: CommandParts): Body {
  const { connectors, charging, settings, limits } = parts;
  const later = (work: () => void) => setImmediate(work);
  const at = (connectorId: number | undefined) => connectors.filter(({ id }) => (connectorId ?? id) === id);
  return {
    connectorIds: connectors.map(({ id }) => id),
    facts: parts.facts,
    settings,
    limits,
    now: parts.now,
    stateOf: parts.stateOf,
    acknowledged: parts.acknowledged,
    queuedOf: parts.queuedOf,
    ongoing: (key) => connectors.some(({ transaction }) => transaction?.key === key),
    remoteStart({ idToken, connectorId, remoteStartId, profile }) {
      const free = at(connectorId).filter(({ transaction, operative }) => !transaction && operative);
      const connector = free.find(({ vehicle }) => vehicle) ?? free[0];
      if (!connector || !parts.line().isAccepted) return false;
      const start = {
        idToken,
        trigger: 'remoteStart',
        authorize: settings.authorizeRemoteStart,
        ...(remoteStartId === undefined ? {} : { remoteStartId }),
      } as const;
      later(() => {
        charging
          .start(connector, start)
          .then((started) => {
            if (started.accepted && profile) limits.set(forTransaction(profile(connector.id), started.transaction.key));
          })
          .catch((error: unknown) => parts.line().fail(error));
      });
      return true;
    },
    remoteStop(names) {
      const connector = connectors.find(({ transaction }) => transaction && names(transaction));
      if (!connector) return false;
      const { transaction } = connector;
      later(() => charging.end(connector, 'Remote', 'remoteStop', transaction));
      return true;
    },
    reset() {
      later(() => parts.reset('Reset'));
      return true;
    },
    setOperative(connectorId, operative) {
      const meant = at(connectorId);
      if (meant.length === 0) return 'Rejected';
      for (const connector of meant) connector.operative = operative;
      later(() => {
        for (const { id } of meant) parts.report(id);
      });
      return !operative && meant.some(({ transaction }) => transaction) ? 'Scheduled' : 'Accepted';
    },
    unlock(connectorId) {
      const connector = connectors[connectorId - 1];
      if (!connector) return false;
      later(() => charging.end(connector, 'Remote', 'remoteStop'));
      return true;
    },
    trigger: (message, connectorId) => trigger(parts, message, connectorId),
  };
}

// The CSMS cannot know the transaction that its start leads to.
const forTransaction = (profile: Profile, key: string): Profile => ({ ...profile, transactionId: profile.transactionId ?? key });

function trigger(
  { connectors, charging, line, report }: CommandParts,
  message: TriggerableMessage,
  connectorId: number | undefined,
): boolean {
  const meant = connectors.filter(({ id }) => (connectorId ?? id) === id);
  if (meant.length === 0 && connectorId !== 0) return false;
  switch (message) {
    case 'BootNotification':
      setImmediate(() => line().background(async (voice) => void (await voice.boot('Triggered'))));
      return true;
    case 'Heartbeat':
      setImmediate(() => line().background((voice) => voice.heartbeat()));
      return true;
    case 'StatusNotification':
      setImmediate(() => {
        for (const { id } of meant) report(id);
      });
      return true;
    case 'MeterValues': {
      const connector = meant.find(({ transaction }) => transaction);
      if (!connector) return false;
      setImmediate(() => charging.sample(connector));
      return true;
    }
  }
}
