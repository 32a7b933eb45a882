import {
  type ConnectorStatusInfo,
  type Infer,
  LIMITS,
  queryStationStatus,
  queryStationsInfo,
  type TcecClient,
  TcecError,
  timeText,
} from '@evroam/gbt-adapter/tcec102';
import type { Clock } from '../../../kernel/clock.js';
import type { Emit } from '../../../kernel/events.js';
import type { OperatorId } from '../../../kernel/ids.js';
import type { Transact } from '../../../kernel/transact.js';
import type { EvseStatus, Location } from '../../../model/location.js';
import type { PartyId } from '../../../model/party.js';
import { consumers } from '../../events.js';
import { beginImport, type Import, type ImportMode } from '../../import.js';
import type { Partner } from '../../partner.js';
import type { StationsPort } from '../../ports.js';
import type { RoamingStore } from '../../store.js';
import type { Gun, TcecPeer } from '../../tcec.js';
import { type Station, toEvseStatus, toLocation } from './locations.js';
import type { Prices } from './prices.js';

type Told = Infer<typeof ConnectorStatusInfo>;

export interface ImportingNeeds {
  store: RoamingStore;
  stations: StationsPort;
  prices: Prices;
  transact: Transact;
  emit: Emit;
  clock: Clock;
}

export type Importing = ReturnType<typeof createImporting>;

/** Stations in a page where the partner says nothing else: their status is asked for in one question. T/CEC 102.2-2016 */
const PAGE = LIMITS.stationIds;

/** Reads what a partner has: stations page by page with their prices, and the status of its guns. */
export function createImporting({ store, stations, prices, transact, emit, clock }: ImportingNeeds) {
  const cpoOf = ({ parties }: Partner): PartyId | undefined => parties.find(({ role }) => role === 'cpo')?.party;

  /** How far it is stands in the store after each page, so that a break goes on where it was. */
  async function importStations(
    partner: Partner,
    { peer, client }: { peer: TcecPeer; client: TcecClient },
    mode: ImportMode,
  ): Promise<{ kept: number; refused: number; failure?: unknown }> {
    const owner = cpoOf(partner);
    const { operatorId, id: partnerId } = partner;
    if (owner === undefined) return { kept: 0, refused: 0 };
    let one = beginImport(
      await store.importOf(operatorId, partnerId, 'locations'),
      { operatorId, partnerId, module: 'locations', mode },
      clock.now(),
    );
    await store.saveImport(one);
    try {
      for (let page = Number(one.next ?? 1), pages = page; page <= pages; page += 1) {
        const said = await client.call(queryStationsInfo, {
          ...(one.since ? { LastQueryTime: timeText(one.since) } : {}),
          ...{ PageNo: page, PageSize: Math.min(partner.quirks?.pageLimit ?? PAGE, PAGE) },
        });
        pages = said.PageCount;
        const done = await keepPage(partner, owner, { peer, client }, said.StationInfos);
        one = { ...one, ...added(one, done), next: String(page + 1), total: said.ItemSize, updatedAt: clock.now() };
        await store.saveImport(one);
      }
      const { next: _, ...rest } = one;
      one = { ...rest, state: 'done', updatedAt: clock.now(), completeAt: one.startedAt };
      await store.saveImport(one);
      return one;
    } catch (error) {
      if (!(error instanceof TcecError)) throw error;
      await store.saveImport({ ...one, state: 'failed', error: `${error.code}: ${error.message}`, updatedAt: clock.now() });
      return { ...one, failure: error };
    }
  }

  const added = (one: Import, done: { kept: number; refused: number }) => ({
    ...{ pages: one.pages + 1, kept: one.kept + done.kept, refused: one.refused + done.refused },
  });

  async function keepPage(
    partner: Partner,
    owner: PartyId,
    wire: { peer: TcecPeer; client: TcecClient },
    infos: readonly Station[],
  ): Promise<{ kept: number; refused: number }> {
    const { operatorId, id: partnerId } = partner;
    const statuses = await statusesOf(
      wire.client,
      infos.map(({ StationID }) => StationID),
    );
    let kept = 0;
    for (const station of infos) {
      const guns = station.EquipmentInfos.flatMap(({ ConnectorInfos }) => ConnectorInfos.map(({ ConnectorID }) => ConnectorID));
      const tariffs = new Map<string, readonly string[]>();
      for (const gun of guns) {
        const tariff = await prices.ofGun(owner, wire, gun);
        tariffs.set(gun, tariff ? [tariff.id] : []);
      }
      const { location, lost } = toLocation(station, {
        ...{ owner, at: clock.now(), statuses, tariffIds: (gun) => tariffs.get(gun) ?? [] },
      });
      const recorded = await stations.recordPartnerLocation(operatorId, location);
      if (!recorded.accepted || location.evses.length === 0) {
        const reason = recorded.accepted
          ? `none of its guns has a name here: ${lost.map(({ field, detail }) => `${field} ${detail}`).join(', ')}`
          : recorded.reason;
        await store.quarantine(operatorId, {
          partnerId,
          module: 'locations',
          reason,
          item: { ...station, id: station.StationID },
          seenAt: clock.now(),
        });
        continue;
      }
      await store.tcec.saveGuns(
        operatorId,
        partnerId,
        location.evses.map(({ uid }) => gunOf(location, uid)),
      );
      await store.release(operatorId, partnerId, 'locations', station.StationID);
      await changed(operatorId, location);
      kept += 1;
    }
    return { kept, refused: infos.length - kept };
  }

  const gunOf = ({ owner, id }: Location, uid: string): Gun => ({ connectorId: uid, stationId: id, owner, locationId: id, evseUid: uid });

  async function changed(operatorId: OperatorId, { owner, id }: Location): Promise<void> {
    await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.location, key: `${owner}/${id}`, body: { owner, id } }]));
  }

  async function statusesOf(client: TcecClient, stationIds: readonly string[]): Promise<Map<string, EvseStatus>> {
    const found = new Map<string, EvseStatus>();
    for (let i = 0; i < stationIds.length; i += LIMITS.stationIds) {
      const { StationStatusInfos } = await client.call(queryStationStatus, { StationIDs: stationIds.slice(i, i + LIMITS.stationIds) });
      for (const { ConnectorStatusInfos } of StationStatusInfos)
        for (const { ConnectorID, Status } of ConnectorStatusInfos) found.set(ConnectorID, toEvseStatus(Status));
    }
    return found;
  }

  /** What a partner says of its guns, pushed or asked for. False if one of them is not known here. */
  async function heardStatuses(peer: TcecPeer, partner: Partner, told: readonly Told[]): Promise<boolean> {
    const { operatorId } = partner;
    const byStation = new Map<string, { gun: Gun; status: EvseStatus }[]>();
    let isKnown = true;
    for (const { ConnectorID, Status } of told) {
      const [gun] = await store.tcec.guns(operatorId, peer.partnerId, { connectorId: ConnectorID });
      if (gun) byStation.set(gun.locationId, [...(byStation.get(gun.locationId) ?? []), { gun, status: toEvseStatus(Status) }]);
      else isKnown = false;
    }
    for (const [locationId, heard] of byStation)
      await oneAfterAnother(`${operatorId}/${locationId}`, () => keepStatuses(operatorId, heard));
    return isKnown;
  }

  async function keepStatuses(operatorId: OperatorId, heard: readonly { gun: Gun; status: EvseStatus }[]): Promise<void> {
    const [first] = heard;
    const location = first && (await stations.location(operatorId, first.gun.owner, first.gun.locationId));
    if (!location) return;
    const at = clock.now();
    const statuses = new Map(heard.map(({ gun, status }) => [gun.evseUid, status]));
    const differs = location.evses.some(({ uid, status }) => (statuses.get(uid) ?? status) !== status);
    const evses = location.evses.map((evse) => {
      const status = statuses.get(evse.uid);
      return status === undefined ? evse : { ...evse, status, statusAt: at, ...(status === evse.status ? {} : { updatedAt: at }) };
    });
    await stations.recordPartnerLocation(operatorId, { ...location, evses, updatedAt: at });
    if (differs) await changed(operatorId, location);
  }

  // A location is read and written whole: two statuses of it at once would lose one until it is asked for again.
  const running = new Map<string, Promise<void>>();
  async function oneAfterAnother(key: string, work: () => Promise<void>): Promise<void> {
    const mine = (running.get(key) ?? Promise.resolve()).catch(() => undefined).then(work);
    running.set(key, mine);
    try {
      await mine;
    } finally {
      if (running.get(key) === mine) running.delete(key);
    }
  }

  /** Asks for the status of every gun of a partner that is known here. */
  async function pollStatuses(partner: Partner, { peer, client }: { peer: TcecPeer; client: TcecClient }): Promise<void> {
    const owner = cpoOf(partner);
    if (owner === undefined) return;
    for (let after: string | undefined; ; ) {
      const page = await stations.locations(partner.operatorId, {
        owners: [owner],
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      if (page.items.length > 0) {
        const { StationStatusInfos } = await client.call(queryStationStatus, { StationIDs: page.items.map(({ id }) => id) });
        await heardStatuses(
          peer,
          partner,
          StationStatusInfos.flatMap(({ ConnectorStatusInfos }) => ConnectorStatusInfos),
        );
      }
      after = page.next;
      if (after === undefined) return;
    }
  }

  return { importStations, heardStatuses, pollStatuses };
}
