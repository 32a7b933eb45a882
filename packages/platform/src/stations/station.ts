import type { StationId } from '../kernel/ids.js';
import type { Connector, Evse, EvseStatus, Location } from '../model/location.js';

/** The physical device which speaks OCPP or 云快充, and which of its connectors is which. */
export interface Station {
  id: StationId;
  locationId: string;
  connectors: readonly StationConnector[];
}

export interface StationConnector {
  /** The station's own number: OCPP 1.6 connectorId, 2.x evse.id, 云快充 gun number. */
  number: number;
  evseUid: string;
  connectorId: string;
}

/** Whether its operator lets it work: a pending station may be set up, a rejected one is not heard. OCPP 2.0.1, B01 to B03 */
export type Registration = 'accepted' | 'pending' | 'rejected';

/** What a connector can give, W: as it is said, or what voltage and current allow. */
export function powerOf({ maxPowerWatt, maxVoltage, maxAmperage, powerType }: Connector): number {
  if (maxPowerWatt !== undefined) return maxPowerWatt;
  const phases = powerType === 'ac3Phase' ? 3 : powerType === 'ac2Phase' || powerType === 'ac2PhaseSplit' ? 2 : 1;
  return maxVoltage * maxAmperage * phases;
}

/** The location with another status of one EVSE; the same object when nothing changed or an older word came late. */
export function withStatus(location: Location, evseUid: string, status: EvseStatus, source: Evse['statusSource'], at: Date): Location {
  const evse = location.evses.find(({ uid }) => uid === evseUid);
  // What was lost when the line failed gives way to any news, whatever the station's clock shows.
  const isOlder = evse !== undefined && evse.statusSource !== 'offline' && at < evse.statusAt;
  if (!evse || evse.status === 'removed' || isOlder || (evse.status === status && evse.statusSource === source)) return location;
  const changed: Evse = { ...evse, status, statusSource: source, statusAt: at, updatedAt: at };
  return { ...location, evses: location.evses.map((e) => (e === evse ? changed : e)), updatedAt: at };
}

export interface LocationFault {
  pointer: string;
  message: string;
}

/** What must be true of a location of ours before anybody sees it. */
export function locationFaults(location: Location): LocationFault[] {
  const faults: LocationFault[] = [];
  const uids = new Set<string>();
  for (const [index, evse] of location.evses.entries()) {
    const uid = evse.uid.toUpperCase();
    if (uids.has(uid)) faults.push({ pointer: `/evses/${index}/uid`, message: `EVSE uid ${evse.uid} stands twice` });
    uids.add(uid);
    if (evse.connectors.length === 0) faults.push({ pointer: `/evses/${index}/connectors`, message: 'an EVSE has at least one connector' });
  }
  if (!isTimeZone(location.timeZone)) faults.push({ pointer: '/timeZone', message: `"${location.timeZone}" is no IANA time zone` });
  return faults;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
