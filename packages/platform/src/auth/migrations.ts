/** Tables of the auth module. */
export const migrations = [
  {
    name: 'auth-001-keys',
    up: [
      `CREATE TABLE auth_operator (
        operator_id text PRIMARY KEY,
        name text NOT NULL
      )`,
      `CREATE TABLE auth_api_key (
        operator_id text NOT NULL REFERENCES auth_operator,
        id text NOT NULL,
        name text NOT NULL,
        role text NOT NULL,
        key_hash text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        last_used_at timestamptz,
        PRIMARY KEY (operator_id, id),
        UNIQUE (key_hash)
      )`,
      // Sealed under the server's key: a copy of the database signs nothing.
      `CREATE TABLE auth_signing_key (
        operator_id text NOT NULL REFERENCES auth_operator,
        party text NOT NULL,
        sealed_key text NOT NULL,
        PRIMARY KEY (operator_id, party)
      )`,
    ],
  },
] as const;
