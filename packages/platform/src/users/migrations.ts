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
  {
    name: 'users-002-vehicles',
    up: [
      'ALTER TABLE users_token ADD COLUMN contract text',
      `UPDATE users_token SET contract = upper(replace(body->>'contractId', '-', ''))`,
      'CREATE INDEX users_token_by_contract ON users_token (operator_id, contract)',
      `CREATE TABLE users_vehicle (
        operator_id text NOT NULL,
        name text NOT NULL,
        issuer text NOT NULL,
        token_uid text NOT NULL,
        PRIMARY KEY (operator_id, name),
        FOREIGN KEY (operator_id, issuer, token_uid) REFERENCES users_token (operator_id, issuer, uid)
      )`,
    ],
  },
  {
    // Lists go by issuer as well: two may have given out one uid at one moment.
    name: 'users-003-changed',
    up: ['CREATE INDEX users_token_changed_by ON users_token (operator_id, updated_at, issuer, uid)', 'DROP INDEX users_token_changed'],
  },
] as const;
