import { createGather } from '../../edges/gather.js';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import type { PartyId } from '../../model/party.js';
import type { Registration, Station } from '../station.js';

export interface StationRow {
  operator_id: OperatorId;
  id: string;
  owner: string;
  location_id: string;
  connectors: unknown;
}

/** What is known of a station before it is let in. */
export interface Credential {
  operatorId: OperatorId;
  stationId: StationId;
  passwordHash: string;
  offeredHash: string | null;
  registration: Registration;
  hasBooted: boolean;
  lenient: boolean;
  securityProfile: number;
  about?: { vendor?: string; model?: string; firmware?: string; serialNumber?: string };
}

interface Named {
  operatorId: OperatorId;
  id: StationId;
}

export interface Boot extends Named {
  at: Date;
  about: object;
}

export function read(row: StationRow): Station {
  return { id: row.id as StationId, locationId: row.location_id, connectors: fromJson(row.connectors) };
}

/** What is asked for each station that comes or goes. A whole fleet may do so at once: each question is one statement for all who ask it. */
export function createArrivals(sql: Sql) {
  const credential = createGather<string, Credential | undefined>({
    key: (identity) => identity,
    async run(identities) {
      const rows = await sql.prepared<Credential & { bootedAt: Date | null; about: Credential['about'] | null }>(
        'stations-credential',
        `SELECT operator_id AS "operatorId", id AS "stationId", password_hash AS "passwordHash", offered_password_hash AS "offeredHash",
            registration, lenient, booted_at AS "bootedAt", security_profile AS "securityProfile", about
           FROM stations_station WHERE id = ANY($1::text[])`,
        [identities],
      );
      const found = new Map<string, Credential>();
      for (const { bootedAt, about, ...rest } of rows) {
        const known = about === null ? {} : { about: fromJson<NonNullable<Credential['about']>>(about) };
        found.set(rest.stationId, { ...rest, hasBooted: bootedAt !== null, ...known });
      }
      return identities.map((identity) => found.get(identity));
    },
  });

  const station = createGather<Named, { station: Station; owner: PartyId } | undefined>({
    key: ({ id }) => id,
    async run(asks) {
      // Its columns by name: a plan that is kept must not change with a column that a migration adds.
      const rows = await sql.prepared<StationRow>(
        'stations-station',
        'SELECT operator_id, id, owner, location_id, connectors FROM stations_station WHERE id = ANY($1::text[])',
        [ids(asks)],
      );
      const found = new Map(rows.map((row) => [row.id, row]));
      return asks.map(({ operatorId, id }) => {
        const row = found.get(id);
        return row?.operator_id === operatorId ? { station: read(row), owner: row.owner as PartyId } : undefined;
      });
    },
  });

  const lostConnectors = createGather<Named, readonly number[]>({
    key: ({ id }) => id,
    async run(asks) {
      const rows = await sql.prepared<{ id: string; numbers: number[] }>(
        'stations-lost',
        `SELECT s.id, array_agg((c->>'number')::integer ORDER BY (c->>'number')::integer) AS numbers
           FROM unnest($1::text[], $2::text[]) u(operator_id, id)
           JOIN stations_station s ON s.operator_id = u.operator_id AND s.id = u.id
           JOIN stations_location l ON l.operator_id = s.operator_id AND l.owner = s.owner AND l.id = s.location_id
           CROSS JOIN jsonb_array_elements(s.connectors) c
          WHERE l.body->'evses' @> jsonb_build_array(jsonb_build_object('uid', c->>'evseUid', 'statusSource', 'offline')) GROUP BY s.id`,
        [operators(asks), ids(asks)],
      );
      const found = new Map(rows.map(({ id, numbers }) => [id, numbers]));
      return asks.map(({ id }) => found.get(id) ?? []);
    },
  });

  /** `isNew`: another device or firmware than at the last boot, or the first boot at all. Undefined if there is no such station. */
  const booted = createGather<Boot, { registration: Registration; isNew: boolean } | undefined>({
    key: ({ id }) => id,
    async run(boots) {
      const rows = await sql.prepared<{ id: string; registration: Registration; isNew: boolean }>(
        'stations-booted',
        `WITH u AS (SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[]) u(operator_id, id, at, about)),
           old AS (SELECT s.operator_id, s.id, CASE WHEN s.booted_at IS NULL THEN NULL ELSE s.about END AS about FROM stations_station s
             WHERE (s.operator_id, s.id) IN (SELECT operator_id, id FROM u) ORDER BY s.id FOR UPDATE)
         UPDATE stations_station s SET heard_at = u.at, booted_at = u.at, about = u.about
           FROM u JOIN old ON old.operator_id = u.operator_id AND old.id = u.id
          WHERE s.operator_id = u.operator_id AND s.id = u.id
         RETURNING s.id, s.registration, old.about IS DISTINCT FROM u.about AS "isNew"`,
        [operators(boots), ids(boots), boots.map(({ at }) => at), boots.map(({ about }) => toJson(about))],
      );
      const found = new Map(rows.map((row) => [row.id, row]));
      return boots.map(({ id }) => found.get(id));
    },
  });

  return { credential, station, lostConnectors, booted };
}

const operators = (asks: readonly Named[]): readonly string[] => asks.map(({ operatorId }) => operatorId);
const ids = (asks: readonly Named[]): readonly string[] => asks.map(({ id }) => id);
