import { type Infer, lint, normalise, StationInfo } from '@evroam/gbt-adapter/tcec102';
import type { Location as WireLocation } from '@evroam/ocpi/v221';
import type { PartyId } from '../../../model/party.js';
import { fromLocation as toWire } from '../ocpi221/locations.js';
import { toLocation } from './locations.js';
import type { Lost } from './values.js';

export type Converted =
  | { ok: true; result: WireLocation[]; losses: (Lost & { station: string })[] }
  /** Why it is no answer to query_stations_info. */
  | { ok: false; faults: readonly string[] };

/**
 * The stations of a decrypted `query_stations_info` as OCPI 2.2.1 locations of this owner, by the very translation that the hub uses, with
 * what OCPI has no words for. Statuses are unknown: this message does not carry them.
 */
export function convertStations(payload: unknown, { owner, at }: { owner: PartyId; at: Date }): Converted {
  const faults = lint('query_stations_info', 'response', payload).filter(({ level }) => level === 'error');
  if (faults.length > 0) return { ok: false, faults: faults.map(({ message }) => message) };
  const { StationInfos } = payload as { StationInfos: readonly unknown[] };
  const converted = StationInfos.map((given) => {
    const station = normalise(StationInfo, given) as Infer<typeof StationInfo>;
    const { location, lost } = toLocation(station, { owner, at, statuses: new Map(), tariffIds: () => [] });
    return { location: toWire(location), losses: lost.map((each) => ({ station: station.StationID, ...each })) };
  });
  return { ok: true, result: converted.map(({ location }) => location), losses: converted.flatMap(({ losses }) => losses) };
}
