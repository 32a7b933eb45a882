import type { Sql } from '../../edges/sql.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId, Role } from '../../model/party.js';
import type { PartnerStatus } from '../partner.js';

export interface HostedParty {
  operatorId: OperatorId;
  party: PartyId;
  role: Role;
  name: string;
}

/** A party that one reaches through this hub; without a partner it is hosted here. */
export interface ReachableParty extends HostedParty {
  partnerId: PartnerId | null;
  status: PartnerStatus | null;
  offlineSince: Date | null;
  updatedAt: Date | null;
}

export function parties(sql: Sql) {
  return {
    /** False if somebody, hosted or partner, has that party in that role already. */
    async insertParty(
      tx: Tx | undefined,
      party: { operatorId: OperatorId; party: PartyId; role: Role; name: string; partnerId?: PartnerId },
    ): Promise<boolean> {
      const rows = await sql(
        tx,
        'INSERT INTO roaming_party (operator_id, party, role, partner_id, name) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING party',
        [party.operatorId, party.party, party.role, party.partnerId ?? null, party.name],
      );
      return rows.length === 1;
    },

    /** Who hosts or reaches a party: a partner's id, or `hosted`. */
    async homeOf(operatorId: OperatorId, party: PartyId): Promise<PartnerId | 'hosted' | undefined> {
      const rows = await sql<{ partner_id: PartnerId | null }>(
        undefined,
        'SELECT partner_id FROM roaming_party WHERE operator_id = $1 AND party = $2 LIMIT 1',
        [operatorId, party],
      );
      return rows[0] && (rows[0].partner_id ?? 'hosted');
    },

    async hostedParties(operatorId: OperatorId): Promise<HostedParty[]> {
      const rows = await sql<{ party: PartyId; role: Role; name: string }>(
        undefined,
        'SELECT party, role, name FROM roaming_party WHERE operator_id = $1 AND partner_id IS NULL ORDER BY party, role',
        [operatorId],
      );
      return rows.map((row) => ({ operatorId, ...row }));
    },

    /** Every party that one reaches through this hub, hosted or a partner's. */
    async parties(operatorId: OperatorId): Promise<ReachableParty[]> {
      return sql(
        undefined,
        `SELECT y.operator_id AS "operatorId", party, role, y.name, partner_id AS "partnerId", p.status, p.offline_since AS "offlineSince",
                p.updated_at AS "updatedAt" FROM roaming_party y
           LEFT JOIN roaming_partner p ON p.operator_id = y.operator_id AND p.id = y.partner_id
          WHERE y.operator_id = $1 ORDER BY party, role`,
        [operatorId],
      );
    },
  };
}
