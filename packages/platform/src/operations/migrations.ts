/** Tables of the operations module. A tariff version is never changed: history is not overwritten. */
export const migrations = [
  {
    name: 'operations-001-tariffs',
    up: [
      `CREATE TABLE operations_tariff_version (
        operator_id text NOT NULL,
        owner text NOT NULL,
        id text NOT NULL,
        version integer NOT NULL,
        is_own boolean NOT NULL,
        valid_from timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, owner, id, version)
      )`,
      'CREATE INDEX operations_tariff_changed ON operations_tariff_version (operator_id, updated_at, id)',
    ],
  },
  {
    // Lists go by owner as well: two may have released one id at one moment.
    name: 'operations-002-changed',
    up: [
      'CREATE INDEX operations_tariff_changed_by ON operations_tariff_version (operator_id, updated_at, owner, id)',
      'DROP INDEX operations_tariff_changed',
    ],
  },
] as const;
