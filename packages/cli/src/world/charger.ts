// A charger of the demo world: our own OCPP 1.6 station end, in a process of its own, with a journal of all that the central system acknowledged.
import { join } from 'node:path';
import { type JournalEntry, type SimulatedStation, startStation, stationClock } from '@evroam/ocpp-core/station';
import { isRecord } from '../output/path.js';
import { worldClock } from './clock.js';
import { keepFile, openJournal, readKept } from './durable.js';
import { answerParent } from './part.js';

export interface ChargerConfig {
  /** Where the hub listens, without the identity. */
  readonly url: string;
  readonly identity: string;
  readonly password: string;
  readonly connectors: number;
  /** Its own disk. */
  readonly folder: string;
  readonly seed: number;
  /** Seconds of domain time. */
  readonly meterIntervalSeconds: number;
}

/** What it tells of itself as it goes. */
export type ChargerNews = {
  readonly kind: JournalEntry['kind'];
  readonly at: string;
  readonly action?: string;
  readonly connectorId?: number;
  readonly milliWh?: number;
  readonly code?: string;
};

export const journalOf = (folder: string): string => join(folder, 'journal.ndjson');

let station: SimulatedStation | undefined;
const running = (): SimulatedStation => {
  if (!station) throw new RangeError('the charger is not configured');
  return station;
};

const api = {
  /** Connects; resolves when the hub accepted it. */
  configure: async (config: ChargerConfig): Promise<void> => {
    if (station) throw new RangeError('the charger is configured already');
    const journal = openJournal(journalOf(config.folder));
    station = startStation({
      version: '1.6',
      url: config.url,
      identity: config.identity,
      password: config.password,
      connectors: config.connectors,
      clock: stationClock(worldClock()),
      seed: config.seed,
      meterIntervalSeconds: config.meterIntervalSeconds,
      facts: { vendor: 'evroam', model: 'demo charger' },
      // A register does not go back when the station is switched off.
      startMilliWh: lastRegister(config.folder),
      retry: { attempts: Number.POSITIVE_INFINITY, intervalSeconds: 30 },
      backOff: { minimumMs: 200, randomMs: 200, doublings: 4 },
      journal: (entry) => {
        if (entry.kind === 'acknowledged') journal.write(entry);
        if (entry.kind === 'ended') keepFile(config.folder, 'register.json', JSON.stringify({ milliWh: entry.milliWh }));
        tell(toNews(entry));
      },
    });
    await station.accepted;
  },
  plugIn: async ({ connectorId, powerW, needMilliWh }: { connectorId: number; powerW: number; needMilliWh?: number }): Promise<void> =>
    running().plugIn(connectorId, { powerW, ...(needMilliWh === undefined ? {} : { needMilliWh }) }),
  unplug: async ({ connectorId }: { connectorId: number }): Promise<void> => running().unplug(connectorId),
  /** Presents a card; tells whether charging started. */
  startLocal: async ({ connectorId, idToken }: { connectorId: number; idToken: string }): Promise<boolean> =>
    (await running().startLocal(connectorId, idToken)).accepted,
  stopLocal: async ({ connectorId }: { connectorId: number }): Promise<boolean> => running().stopLocal(connectorId),
  goOffline: async (): Promise<void> => running().goOffline(),
  goOnline: async (): Promise<void> => running().goOnline(),
  powerCycle: async (): Promise<void> => running().powerCycle(),
  /** Resolves when every transaction message was acknowledged. */
  drained: async (): Promise<void> => running().drained(),
  state: async ({ connectorId }: { connectorId: number }) => running().state(connectorId),
};
export type ChargerApi = typeof api;

const tell = answerParent(api);

function toNews(entry: JournalEntry): ChargerNews {
  return {
    kind: entry.kind,
    at: entry.at.toISOString(),
    ...('action' in entry ? { action: entry.action } : {}),
    ...('connectorId' in entry ? { connectorId: entry.connectorId } : {}),
    ...('milliWh' in entry ? { milliWh: entry.milliWh } : {}),
    ...('code' in entry ? { code: entry.code } : {}),
    ...('reason' in entry ? { code: entry.reason } : {}),
  };
}

/** What the meter showed at the end of its last transaction. */
function lastRegister(folder: string): number {
  const kept = readKept(folder, 'register.json');
  return isRecord(kept) && typeof kept.milliWh === 'number' ? kept.milliWh : 0;
}
