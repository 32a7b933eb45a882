import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson } from '../../kernel/json.js';
import { type ChargingState, energyMilliWh, type SessionFacts } from '../session.js';

/** What a CDR says of its session. */
export interface SessionClue {
  sessionId?: string;
  authorizationReference?: string;
}

interface Row {
  state: unknown;
  facts: unknown;
}

export function createMatchingStore(sql: Sql) {
  const read = async (condition: string, values: readonly unknown[]): Promise<ChargingState[]> => {
    const rows = await sql<Row>(undefined, `SELECT state, facts FROM charging_session WHERE operator_id = $1 AND ${condition}`, values);
    return rows.map(({ state, facts }) => ({ ...fromJson<ChargingState>(state), facts: fromJson<SessionFacts>(facts) }));
  };

  return {
    /** Own sessions by their ids, else by the authorisations that allowed them if those name one, at the indexes of what was asked. */
    async findSessions(operatorId: OperatorId, wanted: readonly SessionClue[]) {
      const ids = wanted.flatMap(({ sessionId }) => sessionId ?? []);
      const references = wanted.flatMap((one) => (one.sessionId === undefined ? (one.authorizationReference ?? []) : []));
      const byId = ids.length === 0 ? [] : await read('id = ANY($2::text[])', [operatorId, ids]);
      const byReference =
        references.length === 0 ? [] : await read(`facts->>'authorizationReference' = ANY($2::text[])`, [operatorId, references]);
      return wanted.map(({ sessionId, authorizationReference }) => {
        const found =
          sessionId === undefined
            ? byReference.filter(({ facts }) => facts.authorizationReference === authorizationReference)
            : byId.filter(({ facts }) => facts.id === sessionId);
        return found.length === 1 && found[0] ? toKnown(found[0]) : undefined;
      });
    },
  };
}

function toKnown(state: ChargingState) {
  return {
    id: state.facts.id as string,
    energyMilliWh: energyMilliWh(state),
    startedAt: state.facts.startedAt,
    ...(state.phase === 'ended' ? { endedAt: state.endedAt } : {}),
  };
}
