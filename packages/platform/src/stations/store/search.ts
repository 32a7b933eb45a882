import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { EvseStatus, Location } from '../../model/location.js';
import type { PartyId } from '../../model/party.js';
import type { SearchQuery } from '../search.js';
import { powerOf } from '../station.js';

/** A connector as a search finds it. */
export interface Found {
  owner: PartyId;
  locationId: string;
  evseUid: string;
  connectorId: string;
  evseId?: string;
  longitude: number;
  latitude: number;
  standard: string;
  powerWatt: number;
  tariffIds: readonly string[];
  status: EvseStatus;
}

interface Row extends Omit<Found, 'evseId' | 'longitude' | 'latitude'> {
  evseId: string | null;
  /** pg gives points as x and y. */
  place: { x: number; y: number };
}

export function createSearchStore(sql: Sql) {
  return {
    /** Published connectors in a box, the nearest first; an index over the places finds them. */
    async search(operatorId: OperatorId, { box, around, standard, minPowerWatt, free, limit }: SearchQuery): Promise<Found[]> {
      const [west, south, east, north] = box;
      const middle = around ?? { longitude: (west + east) / 2, latitude: (south + north) / 2 };
      const rows = await sql<Row>(
        undefined,
        `SELECT owner, location_id AS "locationId", evse_uid AS "evseUid", connector_id AS "connectorId", evse_id AS "evseId", place, standard,
            power_watt AS "powerWatt", tariff_ids AS "tariffIds", status
           FROM stations_connector
          WHERE place <@ box(point($2, $3), point($4, $5)) AND operator_id = $1 AND published AND status <> 'removed'
            AND ($6::text IS NULL OR standard = $6) AND power_watt >= $7 AND ($8 IS NOT TRUE OR status = 'available')
          ORDER BY place <-> point($9, $10), location_id, evse_uid, connector_id LIMIT $11`,
        [
          operatorId,
          west,
          south,
          east,
          north,
          standard ?? null,
          minPowerWatt ?? 0,
          free ?? false,
          middle.longitude,
          middle.latitude,
          limit,
        ],
      );
      return rows.map(({ place, evseId, ...row }) => ({
        ...row,
        ...(evseId === null ? {} : { evseId }),
        longitude: place.x,
        latitude: place.y,
      }));
    },
  };
}

/** The rows that a search looks at say what the location says. */
export async function saveConnectors(sql: Sql, tx: Tx, operatorId: OperatorId, location: Location): Promise<void> {
  const rows = location.evses.flatMap((evse) => evse.connectors.map((connector) => ({ evse, connector })));
  const keys = rows.map(({ evse, connector }) => `${evse.uid}/${connector.id}`);
  await sql(
    tx,
    `DELETE FROM stations_connector WHERE operator_id = $1 AND owner = $2 AND location_id = $3 AND NOT (evse_uid || '/' || connector_id = ANY($4))`,
    [operatorId, location.owner, location.id, keys],
  );
  await sql(
    tx,
    `INSERT INTO stations_connector (operator_id, owner, location_id, evse_uid, connector_id, evse_id, place, standard, power_watt, tariff_ids, published, status)
     SELECT $1, $2, $3, e, c, i, point($4, $5), s, w, COALESCE(string_to_array(NULLIF(t, ''), ' '), '{}'), $6, st
       FROM unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::integer[], $12::text[], $13::text[]) u(e, c, i, s, w, t, st)
     ON CONFLICT (operator_id, owner, location_id, evse_uid, connector_id) DO UPDATE SET evse_id = EXCLUDED.evse_id, place = EXCLUDED.place,
       standard = EXCLUDED.standard, power_watt = EXCLUDED.power_watt, tariff_ids = EXCLUDED.tariff_ids, published = EXCLUDED.published,
       status = EXCLUDED.status`,
    [
      operatorId,
      location.owner,
      location.id,
      Number(location.coordinates.longitude),
      Number(location.coordinates.latitude),
      location.publish,
      rows.map(({ evse }) => evse.uid),
      rows.map(({ connector }) => connector.id),
      rows.map(({ evse }) => evse.evseId ?? null),
      rows.map(({ connector }) => connector.standard),
      rows.map(({ connector }) => powerOf(connector)),
      rows.map(({ connector }) => connector.tariffIds.join(' ')),
      rows.map(({ evse }) => evse.status),
    ],
  );
}
