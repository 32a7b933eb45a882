import type { Clock } from '../kernel/clock.js';
import type { Emit } from '../kernel/events.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import { type Accepted, type Refused, refuse } from '../kernel/refusal.js';
import { hashSecret, matchesHashes, newSecret, newSecretBytes } from '../kernel/secret.js';
import type { Transact } from '../kernel/transact.js';
import type { CdrPlace } from '../model/cdr.js';
import type { Connector, EvseRef, Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import { metresBetween, type SearchQuery } from './search.js';
import { createStatuses, locationChanged } from './service/statuses.js';
import { locationFaults, powerOf, type Registration, type Station, type StationConnector } from './station.js';
import type { Found } from './store/search.js';
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
  maxPowerWatt?: number;
}

/** What the handshake of a station showed. */
export interface Shown {
  password?: Buffer;
  securityProfile: 0 | 1 | 2 | 3;
  certificate?: object;
}

/** A station that is let in. */
export interface Admitted {
  operatorId: OperatorId;
  stationId: StationId;
  registration: Registration;
  /** It has booted here before: a station that reconnects need not boot again. */
  hasBooted: boolean;
  /** Its messages may break their schema in the ways that real stations do. */
  lenient: boolean;
  about?: { vendor?: string; model?: string; firmware?: string; serialNumber?: string };
}

export type StationsService = ReturnType<typeof createService>;

export function createService({ transact, emit, store, clock, serverKey }: StationsNeeds) {
  const heardStatus = createStatuses({ transact, emit, store, clock });

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
  async function authenticate(identity: string, shown: Shown): Promise<Admitted | undefined> {
    const known = await store.credential(identity);
    const [current, offered] = matchesHashes(serverKey, shown.password ?? '', [known?.passwordHash, known?.offeredHash ?? undefined]);
    if (!known || shown.securityProfile < known.securityProfile) return undefined;
    // The chain of a certificate was verified when the connection was made; whose it is, is compared when the station boots.
    const byCertificate = shown.certificate !== undefined && shown.securityProfile === 3;
    if (!current && !offered && !byCertificate) return undefined;
    // The station uses the new password: the old one is worth nothing from now on.
    if (offered && !current) await store.settlePassword(known.stationId, true);
    if (shown.securityProfile > known.securityProfile) await store.raiseProfile(identity, shown.securityProfile);
    const { operatorId, stationId, registration, hasBooted, lenient, about } = known;
    return { operatorId, stationId, registration, hasBooted, lenient, ...(about === undefined ? {} : { about }) };
  }

  /** A new password beside the old one: random bytes for OCPP 1.6, which carries them as hex digits, text for 2.x. */
  async function offerPassword(operatorId: OperatorId, stationId: StationId, form: 'bytes' | 'text'): Promise<Buffer | undefined> {
    const secret = form === 'text' ? Buffer.from(newSecret()) : newSecretBytes();
    return (await store.offerPassword(operatorId, stationId, hashSecret(serverKey, secret))) ? secret : undefined;
  }

  /** Notes what a station says of itself. `isNew`: this hardware or firmware was not seen before. */
  async function booted(
    operatorId: OperatorId,
    stationId: StationId,
    at: Date,
    about: object,
  ): Promise<{ registration: Registration; isNew: boolean }> {
    return (await store.booted({ operatorId, id: stationId, at, about })) ?? { registration: 'rejected', isNew: false };
  }

  /** Signs of life are written down together, now and then: a heartbeat costs no write of its own. */
  const signsOfLife = new Map<StationId, { operatorId: OperatorId; stationId: StationId; at: Date }>();
  async function writeSignsOfLife(): Promise<void> {
    const heard = [...signsOfLife.values()];
    signsOfLife.clear();
    if (heard.length > 0) await store.heardFrom(heard);
  }

  /** After a start: what was heard before it of stations that have not come back is no longer heard. */
  async function markAbsent(present: ReadonlySet<string>): Promise<void> {
    for (const { operatorId, stationId } of await store.everBooted()) {
      if (!present.has(stationId)) await heardStatus(operatorId, stationId, 0, 'unknown', clock.now(), 'offline');
    }
  }

  async function placeOf(operatorId: OperatorId, stationId: StationId, connectorNumber?: number): Promise<Place | undefined> {
    const found = await store.station(operatorId, stationId);
    const connector = found?.station.connectors.find(({ number }) => connectorNumber === undefined || number === connectorNumber);
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

  /** The EVSE that an eMI3 id names: what stands on it, and in its QR code. */
  async function placeByEvseId(operatorId: OperatorId, evseId: string): Promise<Place | undefined> {
    const found = await store.evseById(operatorId, evseId);
    return found && placeAt(operatorId, found.locationId, found.evseUid);
  }

  /** Places to charge, the nearest first, within the radius where there is one. */
  async function searchPlaces(operatorId: OperatorId, query: SearchQuery): Promise<(Found & { metres?: number })[]> {
    const { around } = query;
    const found = await store.search(operatorId, query);
    if (!around) return found;
    const far = found.map((each) => ({ ...each, metres: Math.round(metresBetween(around, each)) }));
    return far.filter(({ metres }) => metres <= (around.radiusMetres ?? Number.POSITIVE_INFINITY)).sort((a, b) => a.metres - b.metres);
  }

  return {
    putLocation,
    recordPartnerLocation,
    addStation,
    authenticate,
    placeOf,
    placeAt,
    placeByEvseId,
    heardStatus,
    offerPassword,
    async settlePassword(_: OperatorId, stationId: StationId, taken: boolean): Promise<void> {
      await store.settlePassword(stationId, taken);
    },
    booted,
    online: store.lostConnectors,
    alive(operatorId: OperatorId, stationId: StationId, at: Date): void {
      const known = signsOfLife.get(stationId);
      if (known) known.at = at;
      else signsOfLife.set(stationId, { operatorId, stationId, at });
    },
    writeSignsOfLife,
    markAbsent,
    setStation: store.setStation,
    station: store.station,
    search: searchPlaces,
    location: store.location,
    locations: store.locations,
    ownerOf: store.ownerOf,
    stations: store.stations,
  };
}

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
    maxPowerWatt: powerOf(connector),
  };
}
