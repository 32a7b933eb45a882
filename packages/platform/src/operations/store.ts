import { type ChangedQuery, changedPage } from '../edges/changed-page.js';
import type { Sql } from '../edges/sql.js';
import type { OperatorId } from '../kernel/ids.js';
import { fromJson, toJson } from '../kernel/json.js';
import type { Page } from '../kernel/page.js';
import type { Tx } from '../kernel/transact.js';
import type { PartyId } from '../model/party.js';
import type { TariffVersion } from '../model/tariff.js';

export interface TariffQuery extends ChangedQuery {
  owner?: PartyId;
  owners?: readonly PartyId[];
}

export type OperationsStore = ReturnType<typeof createStore>;

export function createStore(sql: Sql) {
  return {
    /** All versions, newest first; on a transaction the tariff is locked against a second release. */
    async versions(tx: Tx | undefined, operatorId: OperatorId, owner: PartyId, id: string): Promise<TariffVersion[]> {
      const rows = await sql<{ body: unknown }>(
        tx,
        `SELECT body FROM operations_tariff_version WHERE operator_id = $1 AND owner = $2 AND id = $3 ORDER BY version DESC${tx ? ' FOR UPDATE' : ''}`,
        [operatorId, owner, id],
      );
      return rows.map(({ body }) => fromJson<TariffVersion>(body));
    },

    /** All versions of several tariffs of anybody, in no order. */
    async versionsOfMany(operatorId: OperatorId, which: readonly { owner: PartyId; id: string }[]): Promise<TariffVersion[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        `SELECT body FROM operations_tariff_version
          WHERE operator_id = $1 AND (owner, id) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
        [operatorId, which.map(({ owner }) => owner), which.map(({ id }) => id)],
      );
      return rows.map(({ body }) => fromJson<TariffVersion>(body));
    },

    /** False if that version exists. */
    async insertVersion(tx: Tx, operatorId: OperatorId, tariff: TariffVersion, isOwn: boolean): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO operations_tariff_version (operator_id, owner, id, version, is_own, valid_from, updated_at, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb) ON CONFLICT DO NOTHING RETURNING id`,
        [operatorId, tariff.owner, tariff.id, tariff.version, isOwn, tariff.validFrom, tariff.updatedAt, toJson(tariff)],
      );
      return rows.length === 1;
    },

    /** Versions of several own tariffs: partners may use the same ids. */
    async versionsOf(operatorId: OperatorId, ids: readonly string[]): Promise<TariffVersion[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM operations_tariff_version WHERE operator_id = $1 AND is_own AND id = ANY($2::text[]) ORDER BY id, version',
        [operatorId, ids],
      );
      return rows.map(({ body }) => fromJson<TariffVersion>(body));
    },

    /** The newest version of each tariff, oldest change first. */
    newest(operatorId: OperatorId, query: TariffQuery): Promise<Page<TariffVersion>> {
      return changedPage<{ body: unknown }, TariffVersion>(
        sql,
        {
          from: 'operations_tariff_version t',
          key: ['owner', 'id'],
          columns: 'body',
          where: `operator_id = $1 AND ($2::text IS NULL OR owner = $2) AND ($3::text[] IS NULL OR owner = ANY($3))
            AND NOT EXISTS (SELECT FROM operations_tariff_version n
                             WHERE n.operator_id = t.operator_id AND n.owner = t.owner AND n.id = t.id AND n.version > t.version)`,
          values: [operatorId, query.owner ?? null, query.owners ?? null],
          item: ({ body }) => fromJson<TariffVersion>(body),
        },
        query,
      );
    },
  };
}
