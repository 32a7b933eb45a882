/** Tables of the users module. */
export const migrations = [
  {
    name: 'users-001-tokens',
    up: [
      `CREATE TABLE users_token (
        operator_id text NOT NULL,
        issuer text NOT NULL,
        uid text NOT NULL,
        is_own boolean NOT NULL,
        updated_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, issuer, uid)
      )`,
      'CREATE INDEX users_token_uid ON users_token (operator_id, uid)',
      `CREATE INDEX users_token_contract ON users_token (operator_id, upper(body->>'contractId'))`,
      'CREATE INDEX users_token_changed ON users_token (operator_id, updated_at, uid)',
    ],
  },
] as const;
