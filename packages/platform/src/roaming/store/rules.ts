import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import type { Rule } from '../rules.js';

export function rules(sql: Sql) {
  return {
    async putRule(operatorId: OperatorId, rule: Rule): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO roaming_rule (operator_id, party, module, other, allow) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (operator_id, party, module, other) DO UPDATE SET allow = EXCLUDED.allow`,
        [operatorId, rule.party, rule.module, rule.other, rule.allow],
      );
    },

    async rules(operatorId: OperatorId, parties: readonly PartyId[]): Promise<Rule[]> {
      return sql(
        undefined,
        'SELECT party, module, other, allow FROM roaming_rule WHERE operator_id = $1 AND (party = ANY($2::text[]) OR other = ANY($2::text[]))',
        [operatorId, parties],
      );
    },
  };
}
