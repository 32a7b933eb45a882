/** Tables of the charging module. A meter reading's natural key decides alone whether it was heard before. */
export const migrations = [
  {
    name: 'charging-001-sessions',
    up: [
      `CREATE TABLE charging_session (
        operator_id text NOT NULL,
        id text NOT NULL,
        station_id text NOT NULL,
        transaction_number integer NOT NULL,
        start_key text NOT NULL,
        owner text NOT NULL,
        issuer text NOT NULL,
        phase text NOT NULL,
        started_at timestamptz NOT NULL,
        place jsonb NOT NULL,
        state jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, id),
        UNIQUE (operator_id, station_id, transaction_number),
        UNIQUE (operator_id, start_key)
      )`,
      'CREATE INDEX charging_session_changed ON charging_session (operator_id, updated_at, id)',
      `CREATE TABLE charging_reading (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        connector_number integer NOT NULL,
        session_id text NOT NULL,
        at timestamptz NOT NULL,
        register_milli_wh bigint NOT NULL,
        PRIMARY KEY (operator_id, station_id, connector_number, session_id, at, register_milli_wh)
      )`,
      `CREATE TABLE charging_start_request (
        operator_id text NOT NULL,
        id text NOT NULL,
        station_id text NOT NULL,
        token_uid text NOT NULL,
        phase text NOT NULL,
        deadline timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, id)
      )`,
      `CREATE INDEX charging_start_request_open ON charging_start_request (operator_id, station_id, upper(token_uid))
        WHERE phase IN ('asked', 'accepted', 'unknown')`,
      `CREATE INDEX charging_start_request_due ON charging_start_request (deadline) WHERE phase = 'asked'`,
      `CREATE TABLE charging_unmatched_stop (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        transaction_number bigint NOT NULL,
        at timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, station_id, transaction_number, at)
      )`,
      `CREATE TABLE charging_cdr (
        operator_id text NOT NULL,
        owner text NOT NULL,
        id text NOT NULL,
        session_id text NOT NULL,
        updated_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, owner, id),
        UNIQUE (operator_id, session_id)
      )`,
      'CREATE INDEX charging_cdr_changed ON charging_cdr (operator_id, updated_at, id)',
    ],
  },
] as const;
