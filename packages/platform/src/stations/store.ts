import { type ChangedQuery, changedPage } from '../edges/changed-page.js';
import type { Sql } from '../edges/sql.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import { fromJson, toJson } from '../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../kernel/page.js';
import type { Tx } from '../kernel/transact.js';
import type { Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { Registration, Station } from './station.js';
import { type Boot, createArrivals, read, type StationRow } from './store/arrivals.js';
import { createSearchStore, saveConnectors } from './store/search.js';

export interface LocationQuery extends ChangedQuery {
  own?: boolean;
  owner?: PartyId;
  owners?: readonly PartyId[];
}

interface ListedRow extends StationRow {
  heard_at: Date | null;
  about: unknown;
  registration: Registration;
  lenient: boolean;
}

export type StationsStore = ReturnType<typeof createStore>;

export function createStore(sql: Sql) {
  const { credential, station, lostConnectors, booted } = createArrivals(sql);
  return {
    ...createSearchStore(sql),

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
      await saveConnectors(sql, tx, operatorId, location);
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
          key: ['owner', 'id'],
          columns: 'body',
          where:
            'operator_id = $1 AND ($2::boolean IS NULL OR is_own = $2) AND ($3::text IS NULL OR owner = $3) AND ($4::text[] IS NULL OR owner = ANY($4))',
          values: [operatorId, query.own ?? null, query.owner ?? null, query.owners ?? null],
          item: ({ body }) => fromJson<Location>(body),
        },
        query,
      );
    },

    async evseById(operatorId: OperatorId, evseId: string): Promise<{ locationId: string; evseUid: string } | undefined> {
      const rows = await sql<{ locationId: string; evseUid: string }>(
        undefined,
        `SELECT location_id AS "locationId", evse_uid AS "evseUid" FROM stations_connector
          WHERE operator_id = $1 AND upper(evse_id) = upper($2) AND status <> 'removed' ORDER BY location_id LIMIT 1`,
        [operatorId, evseId],
      );
      return rows[0];
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

    credential,

    /** A station that used a higher profile once is not let in with a lower one again. OCPP 2.0.1, A05.FR.07 */
    async raiseProfile(identity: string, profile: number): Promise<void> {
      await sql(undefined, 'UPDATE stations_station SET security_profile = $2 WHERE id = $1 AND security_profile < $2', [
        identity,
        profile,
      ]);
    },

    async offerPassword(operatorId: OperatorId, id: StationId, hash: string): Promise<boolean> {
      const rows = await sql(
        undefined,
        'UPDATE stations_station SET offered_password_hash = $3 WHERE operator_id = $1 AND id = $2 RETURNING id',
        [operatorId, id, hash],
      );
      return rows.length === 1;
    },

    /** The offered password takes the place of the old one, or is forgotten. */
    async settlePassword(id: StationId, taken: boolean): Promise<void> {
      await sql(
        undefined,
        `UPDATE stations_station SET password_hash = CASE WHEN $2 THEN COALESCE(offered_password_hash, password_hash) ELSE password_hash END,
            offered_password_hash = NULL WHERE id = $1`,
        [id, taken],
      );
    },

    /** What is not said stays as it is. */
    async setStation(
      operatorId: OperatorId,
      id: StationId,
      { registration, lenient }: { registration?: Registration; lenient?: boolean },
    ): Promise<boolean> {
      const rows = await sql(
        undefined,
        `UPDATE stations_station SET registration = COALESCE($3, registration), lenient = COALESCE($4, lenient)
          WHERE operator_id = $1 AND id = $2 RETURNING id`,
        [operatorId, id, registration ?? null, lenient ?? null],
      );
      return rows.length === 1;
    },

    station: (operatorId: OperatorId, id: StationId) => station({ operatorId, id }),

    /** A station's connectors whose status was lost when it went offline, by the station's own numbers. */
    lostConnectors: (operatorId: OperatorId, id: StationId) => lostConnectors({ operatorId, id }),

    async stationsAt(operatorId: OperatorId, locationId: string): Promise<{ station: Station; owner: PartyId }[]> {
      const rows = await sql<StationRow>(
        undefined,
        'SELECT * FROM stations_station WHERE operator_id = $1 AND location_id = $2 ORDER BY id',
        [operatorId, locationId],
      );
      return rows.map((row) => ({ station: read(row), owner: row.owner as PartyId }));
    },

    async stations(operatorId: OperatorId, query: PageRequest) {
      const rows = await sql<ListedRow>(
        undefined,
        'SELECT * FROM stations_station WHERE operator_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3',
        [operatorId, query.after ?? null, query.limit + 1],
      );
      const item = (row: ListedRow) => ({
        ...read(row),
        owner: row.owner as PartyId,
        heardAt: row.heard_at ?? undefined,
        about: row.about ?? undefined,
        registration: row.registration,
        lenient: row.lenient,
      });
      return pageOf(rows, query.limit, item, ({ id }) => id);
    },

    /** Stations that have ever booted, of all operators. */
    async everBooted(): Promise<{ operatorId: OperatorId; stationId: StationId }[]> {
      return sql(
        undefined,
        'SELECT operator_id AS "operatorId", id AS "stationId" FROM stations_station WHERE booted_at IS NOT NULL ORDER BY id',
      );
    },

    booted: (boot: Boot) => booted(boot),

    async heardFrom(heard: readonly { operatorId: OperatorId; stationId: StationId; at: Date }[]): Promise<void> {
      await sql(
        undefined,
        `UPDATE stations_station s SET heard_at = u.at FROM unnest($1::text[], $2::text[], $3::timestamptz[]) u(operator_id, id, at)
          WHERE s.operator_id = u.operator_id AND s.id = u.id AND (s.heard_at IS NULL OR s.heard_at < u.at)`,
        [heard.map(({ operatorId }) => operatorId), heard.map(({ stationId }) => stationId), heard.map(({ at }) => at)],
      );
    },
  };
}
