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
  {
    name: 'charging-002-journal',
    up: [
      // Sessions and connectors without one are the sources of samples; one sequence numbers both.
      'CREATE SEQUENCE charging_source_no',
      `ALTER TABLE charging_session
        ADD COLUMN no bigint NOT NULL DEFAULT nextval('charging_source_no'),
        ADD COLUMN transaction_key text,
        ADD COLUMN connector_number integer,
        ADD COLUMN token_uid text,
        ADD COLUMN facts jsonb,
        ADD COLUMN facts_rev integer NOT NULL DEFAULT 1,
        ADD COLUMN disordered boolean NOT NULL DEFAULT false,
        ADD COLUMN held boolean NOT NULL DEFAULT false,
        ADD COLUMN ended_at timestamptz,
        ADD COLUMN told_at timestamptz,
        ALTER COLUMN transaction_number DROP NOT NULL`,
      `UPDATE charging_session SET
        transaction_key = transaction_number::text,
        connector_number = 1,
        token_uid = upper(state->'facts'->'token'->>'uid'),
        facts = state->'facts',
        state = (state - 'facts') || jsonb_build_object('activity', 'charging', 'activitySince', state->'at', 'last', '[0,0,0,0]'::jsonb, 'heard', '[]'::jsonb),
        ended_at = (state->'endedAt'->>'$time')::timestamptz`,
      `ALTER TABLE charging_session
        ALTER COLUMN transaction_key SET NOT NULL,
        ALTER COLUMN connector_number SET NOT NULL,
        ALTER COLUMN token_uid SET NOT NULL,
        ALTER COLUMN facts SET NOT NULL`,
      'CREATE UNIQUE INDEX charging_session_no ON charging_session (no)',
      'CREATE UNIQUE INDEX charging_session_key ON charging_session (operator_id, station_id, transaction_key)',
      `CREATE INDEX charging_session_open ON charging_session (operator_id, station_id, connector_number) WHERE phase = 'charging'`,
      `CREATE INDEX charging_session_disordered ON charging_session (no) WHERE disordered`,
      'CREATE INDEX charging_session_held ON charging_session (operator_id, no) WHERE held',
      'CREATE INDEX charging_session_token ON charging_session (operator_id, token_uid, started_at)',
      `CREATE TABLE charging_source (
        no bigint PRIMARY KEY DEFAULT nextval('charging_source_no'),
        operator_id text NOT NULL,
        station_id text NOT NULL,
        connector_number integer NOT NULL,
        UNIQUE (operator_id, station_id, connector_number)
      )`,
      `ALTER TABLE charging_start_request ADD COLUMN remote_start_id integer`,
      'UPDATE charging_start_request SET remote_start_id = 0',
      'CREATE INDEX charging_start_request_number ON charging_start_request (operator_id, station_id, remote_start_id)',
      'DROP INDEX charging_start_request_due',
      `CREATE INDEX charging_start_request_due ON charging_start_request (deadline) WHERE phase IN ('asked', 'accepted')`,
      `CREATE TABLE charging_reservation (
        operator_id text NOT NULL,
        id text NOT NULL,
        station_id text NOT NULL,
        number integer NOT NULL,
        token_uid text NOT NULL,
        phase text NOT NULL,
        due_at timestamptz,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, id),
        UNIQUE (operator_id, station_id, number)
      )`,
      'CREATE INDEX charging_reservation_due ON charging_reservation (due_at) WHERE due_at IS NOT NULL',
      'DROP TABLE charging_reading',
      // One row a message; what a station measures is kept as it came, times included.
      `CREATE TABLE charging_sample (
        source bigint NOT NULL,
        at timestamptz NOT NULL,
        digest bytea NOT NULL,
        data bytea NOT NULL,
        PRIMARY KEY (source, at, digest)
      ) PARTITION BY RANGE (at)`,
      // A clock that is years off must not lose a reading.
      'CREATE TABLE charging_sample_other PARTITION OF charging_sample DEFAULT',
      `CREATE TABLE charging_signed (
        operator_id text NOT NULL,
        source bigint NOT NULL,
        at timestamptz NOT NULL,
        digest bytea NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (source, at, digest)
      )`,
    ],
  },
  {
    name: 'charging-003-in-place',
    up: [
      // A running session is written with each of its readings: half of each page is left for the next version of its rows.
      'ALTER TABLE charging_session SET (fillfactor = 50)',
    ],
  },
  {
    // A CDR without a session id is matched by what allowed its session.
    name: 'charging-004-matching',
    up: [
      `CREATE INDEX charging_session_reference ON charging_session (operator_id, (facts->>'authorizationReference'))
        WHERE facts->>'authorizationReference' IS NOT NULL`,
    ],
  },
  {
    name: 'charging-005-no-show',
    up: [
      'ALTER TABLE charging_cdr ALTER COLUMN session_id DROP NOT NULL',
      `CREATE INDEX charging_reservation_used ON charging_reservation (operator_id, (body #>> '{state,sessionId}')) WHERE phase = 'used'`,
    ],
  },
  {
    // Partners call a reservation by a name of their own, and ask more than once for the same.
    name: 'charging-006-named-reservations',
    up: [
      'ALTER TABLE charging_reservation ADD COLUMN request_id text, ADD COLUMN named_by text, ADD COLUMN named_as text',
      `UPDATE charging_reservation SET request_id = id, body = body || jsonb_build_object('requestId', id)`,
      'CREATE INDEX charging_reservation_request ON charging_reservation (operator_id, request_id)',
      'CREATE INDEX charging_reservation_name ON charging_reservation (operator_id, named_by, named_as) WHERE named_by IS NOT NULL',
      // Asked at each card that is held to a station.
      `CREATE INDEX charging_reservation_open ON charging_reservation (operator_id, station_id, token_uid) WHERE phase IN ('active', 'unknown')`,
    ],
  },
] as const;
