import type { Clock } from '../kernel/clock.js';
import type { Emit } from '../kernel/events.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import { hashSecret, matchesHash, newSecret } from '../kernel/secret.js';
import type { Transact } from '../kernel/transact.js';
import type { CdrPlace } from '../model/cdr.js';
import type { Connector, EvseRef, EvseStatus, Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import { consumers } from './events.js';
import { locationFaults, type Station, type StationConnector, withStatus } from './station.js';
import type { StationsStore } from './store.js';

export interface StationsNeeds {
  transact: Transact;
  emit: Emit;
  store: StationsStore;
  clock: Clock;
  serverKey: Buffer;
}

export interface Place {
  stationId: StationId;
  connectorNumber: number;
  place: EvseRef & CdrPlace;
  tariffIds: readonly string[];
}

export type StationsService = ReturnType<typeof createService>;

export function createService({ transact, emit, store, clock, serverKey }: StationsNeeds) {
  /** Creates or replaces an own location. EVSEs that are no longer named stay, as removed: ids are never reused. */
  async function putLocation(
    operatorId: OperatorId,
    location: Location,
  ): Promise<Accepted | Refused<'invalidLocation' | 'ownedByPartner'>> {
    const faults = locationFaults(location);
    if (faults.length > 0) return refuse('invalidLocation', faults.map(({ pointer, message }) => `${pointer}: ${message}`).join('; '));
    return transact(async (tx) => {
      const known = await store.lockLocation(tx, operatorId, location.owner, location.id);
      if (known && !known.isOwn) return refuse('ownedByPartner', `location ${location.id} belongs to a partner`);
      const now = clock.now();
      const gone = (known?.location.evses ?? []).filter(({ uid }) => !location.evses.some((evse) => evse.uid === uid));
      const evses = [...location.evses, ...gone.map((evse) => ({ ...evse, status: 'removed' as const, updatedAt: now }))];
      await store.saveLocation(tx, operatorId, { ...location, evses, updatedAt: now }, true);
      await emit(tx, operatorId, [locationChanged(location)]);
      return { accepted: true };
    });
  }

  /** Keeps a partner's location as it is, without re-dating it; older news than we have is passed over. */
  async function recordPartnerLocation(operatorId: OperatorId, location: Location): Promise<Accepted | Refused<'ownLocation'>> {
    return transact(async (tx) => {
      const known = await store.lockLocation(tx, operatorId, location.owner, location.id);
      if (known?.isOwn) return refuse('ownLocation', `location ${location.owner}/${location.id} is our own`);
      if (!known || known.location.updatedAt <= location.updatedAt) await store.saveLocation(tx, operatorId, location, false);
      return { accepted: true };
    });
  }

  /** Registers a station and gives its password, once: only its hash is kept. */
  async function addStation(
    operatorId: OperatorId,
    station: { id: string; owner: PartyId; locationId: string; connectors: readonly StationConnector[] },
  ): Promise<Accepted<{ password: string }> | Refused<'unknownLocation' | 'unknownConnector' | 'stationExists'>> {
    const known = await store.location(operatorId, station.owner, station.locationId);
    if (!known) return refuse('unknownLocation', `no location ${station.locationId} of ${station.owner}`);
    const missing = station.connectors.find(({ evseUid, connectorId }) => !connectorOf(known, evseUid, connectorId));
    if (missing)
      return refuse(
        'unknownConnector',
        `location ${station.locationId} has no EVSE ${missing.evseUid} with connector ${missing.connectorId}`,
      );
    const password = newSecret();
    const saved = await transact((tx) =>
      store.insertStation(tx, operatorId, { ...station, id: station.id as StationId }, station.owner, hashSecret(serverKey, password)),
    );
    return saved ? { accepted: true, password } : refuse('stationExists', `a station ${station.id} exists already`);
  }

  /** The same answer in the same time for an unknown station and a wrong password. */
  async function authenticate(
    identity: string,
    password: Buffer | undefined,
  ): Promise<{ operatorId: OperatorId; stationId: StationId } | undefined> {
    const known = await store.credential(identity);
    const right = matchesHash(serverKey, password ?? '', known?.passwordHash);
    return known && right ? { operatorId: known.operatorId, stationId: known.stationId } : undefined;
  }

  async function placeOf(operatorId: OperatorId, stationId: StationId, connectorNumber: number): Promise<Place | undefined> {
    const found = await store.station(operatorId, stationId);
    const connector = found?.station.connectors.find(({ number }) => number === connectorNumber);
    if (!found || !connector) return undefined;
    const location = await store.location(operatorId, found.owner, found.station.locationId);
    return location && toPlace(location, found.station, connector);
  }

  async function placeAt(operatorId: OperatorId, locationId: string, evseUid?: string, connectorId?: string): Promise<Place | undefined> {
    for (const { station, owner } of await store.stationsAt(operatorId, locationId)) {
      const connector = station.connectors.find(
        (c) => (evseUid === undefined || c.evseUid === evseUid) && (connectorId === undefined || c.connectorId === connectorId),
      );
      const location = connector && (await store.location(operatorId, owner, locationId));
      if (connector && location) return toPlace(location, station, connector);
    }
    return undefined;
  }

  /** What a station says of one connector, or of all (number 0). Order is by the time of the news. */
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
    await transact(async (tx) => {
      const known = await store.lockLocation(tx, operatorId, found.owner, found.station.locationId);
      if (!known) return;
      const meant = found.station.connectors.filter(({ number }) => connectorNumber === 0 || number === connectorNumber);
      const changed = meant.reduce((location, { evseUid }) => withStatus(location, evseUid, status, source, at), known.location);
      if (changed === known.location) return;
      await store.saveLocation(tx, operatorId, changed, true);
      await emit(tx, operatorId, [locationChanged(changed)]);
    });
  }

  return {
    putLocation,
    recordPartnerLocation,
    addStation,
    authenticate,
    placeOf,
    placeAt,
    heardStatus,
    location: store.location,
    locations: store.locations,
    ownerOf: store.ownerOf,
    stations: store.stations,
    heardFrom: store.heardFrom,
  };
}

const locationChanged = ({ owner, id }: Location) => ({ consumer: consumers.locationChanged, key: `${owner}/${id}`, body: { owner, id } });

function connectorOf(location: Location, evseUid: string, connectorId: string): Connector | undefined {
  return location.evses.find(({ uid }) => uid === evseUid)?.connectors.find(({ id }) => id === connectorId);
}

function toPlace(location: Location, station: Station, { number, evseUid, connectorId }: StationConnector): Place | undefined {
  const evse = location.evses.find(({ uid }) => uid === evseUid);
  const connector = connectorOf(location, evseUid, connectorId);
  if (!evse || !connector) return undefined;
  const { owner, name, address, city, postalCode, country, coordinates, timeZone } = location;
  return {
    stationId: station.id,
    connectorNumber: number,
    place: {
      owner,
      locationId: location.id,
      evseUid,
      connectorId,
      ...(name === undefined ? {} : { name }),
      address,
      city,
      ...(postalCode === undefined ? {} : { postalCode }),
      country,
      coordinates,
      ...(evse.evseId === undefined ? {} : { evseId: evse.evseId }),
      standard: connector.standard,
      format: connector.format,
      powerType: connector.powerType,
      timeZone,
    },
    tariffIds: connector.tariffIds,
  };
}
