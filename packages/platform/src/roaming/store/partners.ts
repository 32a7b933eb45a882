import type { Sql } from '../../edges/sql.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId, Role } from '../../model/party.js';
import type { Connection, Partner, PartnerStatus, Quirks } from '../partner.js';

export interface PartnerRow {
  operator_id: string;
  id: string;
  name: string;
  status: string;
  connection: unknown;
  quirks: Quirks | null;
  updated_at: Date;
  parties: { party: string; role: string }[];
}

export const partnerColumns = `p.*, (SELECT coalesce(json_agg(json_build_object('party', party, 'role', role) ORDER BY party, role), '[]')
  FROM roaming_party y WHERE y.operator_id = p.operator_id AND y.partner_id = p.id) AS parties`;

export function partners(sql: Sql) {
  return {
    async insertPartner(tx: Tx, partner: Partner): Promise<boolean> {
      const rows = await sql(
        tx,
        'INSERT INTO roaming_partner (operator_id, id, name, status, updated_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id',
        [partner.operatorId, partner.id, partner.name, partner.status, partner.updatedAt],
      );
      return rows.length === 1;
    },

    async savePartner(tx: Tx, partner: Partner): Promise<void> {
      await sql(tx, 'UPDATE roaming_partner SET status = $3, connection = $4::jsonb, updated_at = $5 WHERE operator_id = $1 AND id = $2', [
        partner.operatorId,
        partner.id,
        partner.status,
        partner.connection ? toJson(partner.connection) : null,
        partner.updatedAt,
      ]);
    },

    async saveQuirks(operatorId: OperatorId, id: PartnerId, quirks: Quirks, now: Date): Promise<boolean> {
      const rows = await sql(
        undefined,
        'UPDATE roaming_partner SET quirks = $3::jsonb, updated_at = $4 WHERE operator_id = $1 AND id = $2 RETURNING id',
        [operatorId, id, JSON.stringify(quirks), now],
      );
      return rows.length === 1;
    },

    async lockPartner(tx: Tx, operatorId: OperatorId, id: PartnerId): Promise<Partner | undefined> {
      const rows = await sql<PartnerRow>(
        tx,
        `SELECT ${partnerColumns} FROM roaming_partner p WHERE operator_id = $1 AND id = $2 FOR UPDATE OF p`,
        [operatorId, id],
      );
      return rows[0] && toPartner(rows[0]);
    },

    async partner(operatorId: OperatorId, id: PartnerId): Promise<Partner | undefined> {
      const rows = await sql<PartnerRow>(undefined, `SELECT ${partnerColumns} FROM roaming_partner p WHERE operator_id = $1 AND id = $2`, [
        operatorId,
        id,
      ]);
      return rows[0] && toPartner(rows[0]);
    },

    /** For what comes back on a rewritten URL: ids of partners are unique in the installation. */
    async partnerById(id: PartnerId): Promise<Partner | undefined> {
      const rows = await sql<PartnerRow>(undefined, `SELECT ${partnerColumns} FROM roaming_partner p WHERE id = $1`, [id]);
      return rows[0] && toPartner(rows[0]);
    },

    async partners(operatorId: OperatorId, query: PageRequest): Promise<Page<Partner>> {
      const rows = await sql<PartnerRow>(
        undefined,
        `SELECT ${partnerColumns} FROM roaming_partner p WHERE operator_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, toPartner, ({ id }) => id);
    },
  };
}

export function toPartner(row: PartnerRow): Partner {
  return {
    operatorId: row.operator_id as OperatorId,
    id: row.id as PartnerId,
    name: row.name,
    status: row.status as PartnerStatus,
    parties: row.parties.map(({ party, role }) => ({ party: party as PartyId, role: role as Role })),
    ...(row.connection === null ? {} : { connection: asItIs(fromJson<Connection>(row.connection), row.quirks) }),
    ...(row.quirks === null ? {} : { quirks: row.quirks }),
    updatedAt: row.updated_at,
  };
}

const asItIs = (connection: Connection, quirks: Quirks | null): Connection =>
  quirks?.coding === undefined ? connection : { ...connection, coding: quirks.coding };
