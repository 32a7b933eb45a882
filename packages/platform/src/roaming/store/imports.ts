import { createHash } from 'node:crypto';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { type Page, type PageRequest, pageOf } from '../../kernel/page.js';
import type { PartyId } from '../../model/party.js';
import type { Import, ImportedModule, Quarantined } from '../import.js';

interface ImportRow {
  operator_id: OperatorId;
  partner_id: PartnerId;
  module: ImportedModule;
  mode: Import['mode'];
  state: Import['state'];
  next: string | null;
  since: Date | null;
  started_at: Date;
  updated_at: Date;
  complete_at: Date | null;
  pages: number;
  kept: number;
  unchanged: number;
  refused: number;
  total: number | null;
  error: string | null;
}

interface QuarantineRow {
  key: string;
  partner_id: PartnerId;
  module: ImportedModule;
  digest: string;
  object_id: string;
  reason: string;
  item: unknown;
  seen_at: Date;
}

export function imports(sql: Sql) {
  return {
    async importOf(operatorId: OperatorId, partnerId: PartnerId, module: ImportedModule): Promise<Import | undefined> {
      const [row] = await sql<ImportRow>(
        undefined,
        'SELECT * FROM roaming_import WHERE operator_id = $1 AND partner_id = $2 AND module = $3',
        [operatorId, partnerId, module],
      );
      return row && toImport(row);
    },

    async imports(operatorId: OperatorId, partnerId: PartnerId): Promise<Import[]> {
      const rows = await sql<ImportRow>(
        undefined,
        'SELECT * FROM roaming_import WHERE operator_id = $1 AND partner_id = $2 ORDER BY module',
        [operatorId, partnerId],
      );
      return rows.map(toImport);
    },

    async saveImport(one: Import): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_import (operator_id, partner_id, module, mode, state, next, since, started_at, updated_at, complete_at, pages, kept,
           unchanged, refused, total, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT (operator_id, partner_id, module) DO UPDATE SET mode = EXCLUDED.mode, state = EXCLUDED.state, next = EXCLUDED.next,
           since = EXCLUDED.since, started_at = EXCLUDED.started_at, updated_at = EXCLUDED.updated_at, complete_at = EXCLUDED.complete_at,
           pages = EXCLUDED.pages, kept = EXCLUDED.kept, unchanged = EXCLUDED.unchanged, refused = EXCLUDED.refused, total = EXCLUDED.total,
           error = EXCLUDED.error`,
        [
          one.operatorId,
          one.partnerId,
          one.module,
          one.mode,
          one.state,
          one.next ?? null,
          one.since ?? null,
          one.startedAt,
          one.updatedAt,
          one.completeAt ?? null,
          one.pages,
          one.kept,
          one.unchanged,
          one.refused,
          one.total ?? null,
          one.error ?? null,
        ],
      );
    },

    /** The same object again is one row, with the newest reason. */
    async quarantine(
      operatorId: OperatorId,
      { partnerId, module, reason, item, seenAt }: Omit<Quarantined, 'digest' | 'objectId'>,
    ): Promise<void> {
      const text = JSON.stringify(item) ?? 'null';
      await sql(
        undefined,
        `INSERT INTO roaming_quarantine (operator_id, partner_id, module, digest, object_id, reason, item, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8)
         ON CONFLICT (operator_id, partner_id, module, digest) DO UPDATE SET reason = EXCLUDED.reason, seen_at = EXCLUDED.seen_at`,
        [operatorId, partnerId, module, createHash('sha256').update(text).digest('hex'), idOf(item), reason, text, seenAt],
      );
    },

    /** What was refused before and is whole now. */
    async release(operatorId: OperatorId, partnerId: PartnerId, module: ImportedModule, objectId: string): Promise<void> {
      await sql(
        undefined,
        'DELETE FROM roaming_quarantine WHERE operator_id = $1 AND partner_id = $2 AND module = $3 AND object_id = $4 AND object_id <> $5',
        [operatorId, partnerId, module, objectId, ''],
      );
    },

    async quarantined(operatorId: OperatorId, query: PageRequest & { partnerId?: PartnerId }): Promise<Page<Quarantined>> {
      const rows = await sql<QuarantineRow>(
        undefined,
        `SELECT partner_id || '/' || module || '/' || digest AS key, * FROM roaming_quarantine
          WHERE operator_id = $1 AND ($2::text IS NULL OR partner_id = $2) AND ($3::text IS NULL OR partner_id || '/' || module || '/' || digest > $3)
          ORDER BY 1 LIMIT $4`,
        [operatorId, query.partnerId ?? null, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ partner_id, module, digest, object_id, reason, item, seen_at }) => ({
          ...{ partnerId: partner_id, module, digest, objectId: object_id, reason, item, seenAt: seen_at },
        }),
        ({ key }) => key,
      );
    },

    /** CDRs whose id was known with other content: they wait for a credit and a new one. */
    async cdrConflicts(
      operatorId: OperatorId,
    ): Promise<{ owner: PartyId; id: string; party: PartyId; digest: string; receivedAt: Date }[]> {
      return sql(
        undefined,
        `SELECT owner, id, party, digest, received_at AS "receivedAt" FROM roaming_cdr_conflict WHERE operator_id = $1
          ORDER BY received_at DESC LIMIT 500`,
        [operatorId],
      );
    },
  };
}

/** What an object calls itself: a token has a uid. */
export function idOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return '';
  const { id, uid } = item as { id?: unknown; uid?: unknown };
  return typeof id === 'string' ? id.slice(0, 64) : typeof uid === 'string' ? uid.slice(0, 64) : '';
}

function toImport(row: ImportRow): Import {
  const { operator_id, partner_id, module, mode, state, next, since, started_at, updated_at, complete_at, total, error } = row;
  const { pages, kept, unchanged, refused } = row;
  return {
    ...{ operatorId: operator_id, partnerId: partner_id, module, mode, state, startedAt: started_at, updatedAt: updated_at },
    ...{ pages, kept, unchanged, refused },
    ...(next === null ? {} : { next }),
    ...(since === null ? {} : { since }),
    ...(complete_at === null ? {} : { completeAt: complete_at }),
    ...(total === null ? {} : { total }),
    ...(error === null ? {} : { error }),
  };
}
