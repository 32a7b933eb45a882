import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { PartyId } from '../../model/party.js';

/** Something that a CDR could not say in the version of its receiver. */
export interface CdrLoss {
  kind: string;
  pointer: string;
  message: string;
}

/** Of one CDR on its way to one party. */
export interface LossList {
  owner: PartyId;
  id: string;
  party: PartyId;
  version: string;
  losses: readonly CdrLoss[];
}

export function losses(sql: Sql) {
  return {
    /** Beside the bytes that the party gets, in the transaction that fixes them. */
    async insertLosses(tx: Tx, operatorId: OperatorId, all: readonly LossList[]): Promise<void> {
      if (all.length === 0) return;
      await sql(
        tx,
        `INSERT INTO roaming_cdr_loss (operator_id, owner, id, party, version, losses)
         SELECT $1, owner, upper(id), party, version, losses FROM jsonb_to_recordset($2::jsonb)
             AS given(owner text, id text, party text, version text, losses jsonb)
         ON CONFLICT (operator_id, owner, id, party) DO NOTHING`,
        [operatorId, JSON.stringify(all)],
      );
    },

    async cdrLosses(operatorId: OperatorId, owner: PartyId, id: string): Promise<Omit<LossList, 'owner' | 'id'>[]> {
      return sql<Omit<LossList, 'owner' | 'id'>>(
        undefined,
        'SELECT party, version, losses FROM roaming_cdr_loss WHERE operator_id = $1 AND owner = $2 AND id = upper($3) ORDER BY party',
        [operatorId, owner, id],
      );
    },
  };
}
