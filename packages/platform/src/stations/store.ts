import { type ChangedQuery, changedPage } from '../edges/changed-page.js';
import type { Sql } from '../edges/sql.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import { fromJson, toJson } from '../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../kernel/page.js';
import type { Tx } from '../kernel/transact.js';
import type { Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { Station } from './station.js';

export interface LocationQuery extends ChangedQuery {
  own?: boolean;
  owner?: PartyId;
  owners?: readonly PartyId[];
}

interface StationRow {
  id: string;
  owner: string;
  location_id: string;
  connectors: unknown;
  heard_at: Date | null;
  about: unknown;
}

export type StationsStore = ReturnType<typeof createStore>;

export function createStore(sql: Sql) {
  return {
    async lockLocation(
      tx: Tx,
      operatorId: OperatorId,
      owner: PartyId,
      id: string,
    ): Promise<{ location: Location; isOwn: boolean } | undefined> {
      const rows = await sql<{ body: unknown; is_own: boolean }>(
        tx,
        'SELECT body, is_own FROM stations_location WHERE operator_id = $1 AND owner = $2 AND id = $3 FOR UPDATE',
        [operatorId, owner, id],
      );
      return rows[0] && { location: fromJson(rows[0].body), isOwn: rows[0].is_own };
    },

    async saveLocation(tx: Tx, operatorId: OperatorId, location: Location, isOwn: boolean): Promise<void> {
      await sql(
        tx,
        `INSERT INTO stations_location (operator_id, owner, id, is_own, updated_at, body) VALUES ($1, $2, $3, $4, $5, $6::jsonb)
         ON CONFLICT (operator_id, owner, id) DO UPDATE SET updated_at = EXCLUDED.updated_at, body = EXCLUDED.body`,
        [operatorId, location.owner, location.id, isOwn, location.updatedAt, toJson(location)],
      );
    },

    async location(operatorId: OperatorId, owner: PartyId, id: string): Promise<Location | undefined> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM stations_location WHERE operator_id = $1 AND owner = $2 AND id = $3',
        [operatorId, owner, id],
      );
      return rows[0] && fromJson<Location>(rows[0].body);
    },

    async ownerOf(operatorId: OperatorId, id: string, evseUid: string | undefined): Promise<PartyId | undefined> {
      const rows = await sql<{ owner: PartyId }>(
        undefined,
        `SELECT owner FROM stations_location
          WHERE operator_id = $1 AND id = $2 AND ($3::text IS NULL OR body->'evses' @> jsonb_build_array(jsonb_build_object('uid', $3::text))) LIMIT 2`,
        [operatorId, id, evseUid ?? null],
      );
      return rows.length === 1 ? rows[0]?.owner : undefined;
    },

    locations(operatorId: OperatorId, query: LocationQuery): Promise<Page<Location>> {
      return changedPage<{ body: unknown }, Location>(
        sql,
        {
          from: 'stations_location',
          id: 'id',
          columns: 'body',
          where:
            'operator_id = $1 AND ($2::boolean IS NULL OR is_own = $2) AND ($3::text IS NULL OR owner = $3) AND ($4::text[] IS NULL OR owner = ANY($4))',
          values: [operatorId, query.own ?? null, query.owner ?? null, query.owners ?? null],
          item: ({ body }) => fromJson<Location>(body),
        },
        query,
      );
    },

    /** False if the identity is taken. */
    async insertStation(tx: Tx, operatorId: OperatorId, station: Station, owner: PartyId, passwordHash: string): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO stations_station (operator_id, id, owner, location_id, password_hash, connectors)
         VALUES ($1, $2, $3, $4, $5, $6::jsonb) ON CONFLICT DO NOTHING RETURNING id`,
        [operatorId, station.id, owner, station.locationId, passwordHash, toJson(station.connectors)],
      );
      return rows.length === 1;
    },

    async credential(identity: string): Promise<{ operatorId: OperatorId; stationId: StationId; passwordHash: string } | undefined> {
      const rows = await sql<{ operatorId: OperatorId; stationId: StationId; passwordHash: string }>(
        undefined,
        'SELECT operator_id AS "operatorId", id AS "stationId", password_hash AS "passwordHash" FROM stations_station WHERE id = $1',
        [identity],
      );
      return rows[0];
    },

    async station(operatorId: OperatorId, id: StationId): Promise<{ station: Station; owner: PartyId } | undefined> {
      const rows = await sql<StationRow>(undefined, 'SELECT * FROM stations_station WHERE operator_id = $1 AND id = $2', [operatorId, id]);
      return rows[0] && { station: read(rows[0]), owner: rows[0].owner as PartyId };
    },

    async stationsAt(operatorId: OperatorId, locationId: string): Promise<{ station: Station; owner: PartyId }[]> {
      const rows = await sql<StationRow>(
        undefined,
        'SELECT * FROM stations_station WHERE operator_id = $1 AND location_id = $2 ORDER BY id',
        [operatorId, locationId],
      );
      return rows.map((row) => ({ station: read(row), owner: row.owner as PartyId }));
    },

    async stations(operatorId: OperatorId, query: PageRequest) {
      const rows = await sql<StationRow>(
        undefined,
        'SELECT * FROM stations_station WHERE operator_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
        [operatorId, query.after ?? null, query.limit + 1],
      );
      const item = (row: StationRow) => ({
        ...read(row),
        owner: row.owner as PartyId,
        heardAt: row.heard_at ?? undefined,
        about: row.about ?? undefined,
      });
      return pageOf(rows, query.limit, item, ({ id }) => id);
    },

    async heardFrom(operatorId: OperatorId, id: StationId, at: Date, about?: object): Promise<void> {
      await sql(
        undefined,
        'UPDATE stations_station SET heard_at = $3, about = COALESCE($4::jsonb, about) WHERE operator_id = $1 AND id = $2',
        [operatorId, id, at, about ? toJson(about) : null],
      );
    },
  };
}

function read(row: StationRow): Station {
  return { id: row.id as StationId, locationId: row.location_id, connectors: fromJson(row.connectors) };
}
