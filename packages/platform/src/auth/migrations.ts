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
  {
    name: 'auth-002-approvals',
    up: [
      `CREATE TABLE auth_approval (
        operator_id text NOT NULL REFERENCES auth_operator,
        id text NOT NULL,
        subject text NOT NULL,
        action text NOT NULL,
        digest text NOT NULL,
        asked_by text NOT NULL,
        asked_at timestamptz NOT NULL,
        reason text NOT NULL,
        state text NOT NULL,
        decided_by text,
        decided_at timestamptz,
        decision_reason text,
        PRIMARY KEY (operator_id, id),
        CHECK (state <> 'approved' OR decided_by <> asked_by)
      )`,
      // One question is open once: two who ask for the same thing at a time ask for one approval.
      `CREATE UNIQUE INDEX auth_approval_open ON auth_approval (operator_id, subject, action, digest) WHERE state = 'open'`,
      // Lines are added and never changed.
      `CREATE TABLE auth_audit (
        operator_id text NOT NULL REFERENCES auth_operator,
        id text NOT NULL,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (operator_id, id)
      )`,
      'CREATE INDEX auth_audit_subject ON auth_audit (operator_id, subject, id)',
    ],
  },
] as const;
