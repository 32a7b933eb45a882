import type { Sql } from '../../edges/sql.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { Partner } from '../partner.js';
import { type PartnerRow, partnerColumns, toPartner } from './partners.js';

/** `expected`: offered in a renewal that has not been answered yet; it opens everything, and ends no other. */
export type TokenKind = 'invitation' | 'access' | 'expected';

export function tokens(sql: Sql) {
  return {
    async insertToken(tx: Tx, operatorId: OperatorId, partnerId: PartnerId, hash: string, kind: TokenKind, now: Date): Promise<void> {
      await sql(
        tx,
        'INSERT INTO roaming_partner_token (operator_id, partner_id, token_hash, kind, created_at) VALUES ($1, $2, $3, $4, $5)',
        [operatorId, partnerId, hash, kind, now],
      );
    },

    /** Token A dies with the registration; an earlier access token lives on until the newest one has been used. */
    async retireInvitations(tx: Tx, operatorId: OperatorId, partnerId: PartnerId): Promise<void> {
      await sql(tx, `DELETE FROM roaming_partner_token WHERE operator_id = $1 AND partner_id = $2 AND kind <> 'access'`, [
        operatorId,
        partnerId,
      ]);
    },

    async removeTokens(tx: Tx, operatorId: OperatorId, partnerId: PartnerId): Promise<void> {
      await sql(tx, 'DELETE FROM roaming_partner_token WHERE operator_id = $1 AND partner_id = $2', [operatorId, partnerId]);
    },

    /** The partner of a token. The first use of an access token ends those before it. */
    async partnerByToken(hash: string, now: Date): Promise<{ partner: Partner; kind: TokenKind } | undefined> {
      const rows = await sql<PartnerRow & { kind: TokenKind; used_at: Date | null; created_at: Date }>(
        undefined,
        `SELECT ${partnerColumns}, t.kind, t.used_at, t.created_at FROM roaming_partner_token t
           JOIN roaming_partner p ON p.operator_id = t.operator_id AND p.id = t.partner_id WHERE t.token_hash = $1`,
        [hash],
      );
      const row = rows[0];
      if (!row) return undefined;
      if (row.used_at === null) {
        await sql(
          undefined,
          `WITH used AS (UPDATE roaming_partner_token SET used_at = $2 WHERE token_hash = $1)
           DELETE FROM roaming_partner_token WHERE operator_id = $3 AND partner_id = $4 AND kind = 'access' AND created_at < $5 AND $6 = 'access'`,
          [hash, now, row.operator_id, row.id, row.created_at, row.kind],
        );
      }
      return { partner: toPartner(row), kind: row.kind };
    },
  };
}
