import { lenient, type QuirkProfile } from '@evroam/ocpp-core';
import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';

/** The known deviations of a device, under a name that people give it. */
export interface KnownDevice extends QuirkProfile {
  name: string;
}

export const quirkMigrations = [
  {
    name: 'gateway-quirks-001',
    up: [
      `CREATE TABLE gateway_quirks (
        operator_id text NOT NULL,
        name text NOT NULL,
        profile jsonb NOT NULL,
        PRIMARY KEY (operator_id, name)
      )`,
    ],
  },
] as const;

export type KnownDevices = ReturnType<typeof createKnownDevices>;

/**
 * Known deviations by vendor, model and firmware, as an operator writes them down. Only what breaks its schema is mended, and each mend is
 * logged. They hold from a station's next connection.
 */
export function createKnownDevices(sql: Sql) {
  // Looked at for each connection of a storm, so it stands in memory; another node's changes come with the next look.
  let all = new Map<OperatorId, readonly KnownDevice[]>();

  async function refresh(): Promise<void> {
    const rows = await sql<{ operator_id: OperatorId; name: string; profile: QuirkProfile }>(
      undefined,
      'SELECT operator_id, name, profile FROM gateway_quirks ORDER BY name',
    );
    const next = new Map<OperatorId, KnownDevice[]>();
    for (const { operator_id, name, profile } of rows) next.set(operator_id, [...(next.get(operator_id) ?? []), { ...profile, name }]);
    all = next;
  }

  return {
    refresh,
    list: (operatorId: OperatorId): readonly KnownDevice[] => all.get(operatorId) ?? [],
    async put(operatorId: OperatorId, { name, ...profile }: KnownDevice): Promise<void> {
      await sql(
        undefined,
        `INSERT INTO gateway_quirks (operator_id, name, profile) VALUES ($1, $2, $3::jsonb)
         ON CONFLICT (operator_id, name) DO UPDATE SET profile = EXCLUDED.profile`,
        [operatorId, name, JSON.stringify(profile)],
      );
      await refresh();
    },
    /** False if there is none of that name. */
    async remove(operatorId: OperatorId, name: string): Promise<boolean> {
      const rows = await sql(undefined, 'DELETE FROM gateway_quirks WHERE operator_id = $1 AND name = $2 RETURNING name', [
        operatorId,
        name,
      ]);
      await refresh();
      return rows.length === 1;
    },
    /** The profiles of a station; an operator may let one deviate in the ways that real stations do. */
    profilesOf: (operatorId: OperatorId, isLenient: boolean): readonly QuirkProfile[] => {
      const known = all.get(operatorId) ?? [];
      return isLenient ? [...known, lenient] : known;
    },
  };
}
