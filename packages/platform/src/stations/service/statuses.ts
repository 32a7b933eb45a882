import type { OperatorId, StationId } from '../../kernel/ids.js';
import type { EvseStatus, Location } from '../../model/location.js';
import type { PartyId } from '../../model/party.js';
import { consumers } from '../events.js';
import type { StationsNeeds } from '../service.js';
import { type StationConnector, withStatus } from '../station.js';

interface News {
  connectors: readonly StationConnector[];
  status: EvseStatus;
  source: 'station' | 'offline';
  at: Date;
}

export const locationChanged = ({ owner, id }: Location) => ({
  consumer: consumers.locationChanged,
  key: `${owner}/${id}`,
  body: { owner, id },
});

/** Statuses as stations say them; those of one location are saved together, since they are one object to whoever reads it. */
export function createStatuses({ transact, emit, store, clock }: Pick<StationsNeeds, 'transact' | 'emit' | 'store' | 'clock'>) {
  /** What was heard of a location while it was being saved: all of it is saved together. */
  const waiting = new Map<string, { news: News[]; saved: Promise<void> }>();
  const saving = new Map<string, Promise<void>>();

  /** What a station says of one connector, or of all (number 0). Order is by the time of the news. Resolves when it is saved. */
  async function heardStatus(
    operatorId: OperatorId,
    stationId: StationId,
    connectorNumber: number,
    status: EvseStatus,
    at: Date,
    source: 'station' | 'offline' = 'station',
  ): Promise<void> {
    const found = await store.station(operatorId, stationId);
    if (!found) return;
    const now = clock.now();
    const connectors = found.station.connectors.filter(({ number }) => connectorNumber === 0 || number === connectorNumber);
    // A clock that is ahead must not silence what comes after it is set right.
    const news: News = { connectors, status, source, at: at > now ? now : at };
    const { locationId } = found.station;
    const key = `${operatorId}/${found.owner}/${locationId}`;
    const queued = waiting.get(key);
    if (queued) {
      queued.news.push(news);
      return queued.saved;
    }
    const list = [news];
    const before = saving.get(key) ?? Promise.resolve();
    const saved = before
      .catch(() => undefined)
      .then(() => {
        waiting.delete(key);
        return saveNews(operatorId, found.owner, locationId, list);
      });
    waiting.set(key, { news: list, saved });
    saving.set(key, saved);
    try {
      await saved;
    } finally {
      if (saving.get(key) === saved) saving.delete(key);
    }
  }

  async function saveNews(operatorId: OperatorId, owner: PartyId, locationId: string, list: readonly News[]): Promise<void> {
    await transact(async (tx) => {
      const known = await store.lockLocation(tx, operatorId, owner, locationId);
      if (!known) return;
      const changed = list.reduce(
        (location, { connectors, status, source, at }) =>
          connectors.reduce((next, { evseUid }) => withStatus(next, evseUid, status, source, at), location),
        known.location,
      );
      if (changed === known.location) return;
      await store.saveLocation(tx, operatorId, changed, true);
      await emit(tx, operatorId, [locationChanged(changed)]);
    });
  }

  return heardStatus;
}
