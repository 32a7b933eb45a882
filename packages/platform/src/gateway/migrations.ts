/** Tables of the gateway module. */
export const migrations = [
  {
    name: 'gateway-001-commands',
    up: [
      `CREATE TABLE gateway_command (
        operator_id text NOT NULL,
        id text NOT NULL,
        station_id text NOT NULL,
        kind text NOT NULL,
        state text NOT NULL,
        body jsonb NOT NULL,
        deadline timestamptz NOT NULL,
        asked_at timestamptz NOT NULL,
        sent_at timestamptz,
        answered_at timestamptz,
        answer jsonb,
        PRIMARY KEY (operator_id, id)
      )`,
      `CREATE INDEX gateway_command_due ON gateway_command (deadline) WHERE state IN ('asked', 'sent')`,
      'CREATE INDEX gateway_command_station ON gateway_command (operator_id, station_id, asked_at)',
      `CREATE TABLE gateway_security_event (
        operator_id text NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        station_id text NOT NULL,
        type text NOT NULL,
        at timestamptz NOT NULL,
        heard_at timestamptz NOT NULL,
        details text,
        PRIMARY KEY (operator_id, id)
      )`,
      `CREATE TABLE gateway_inventory (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        heard_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, station_id)
      )`,
      `CREATE TABLE gateway_progress (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        kind text NOT NULL,
        request_id integer NOT NULL,
        status text NOT NULL,
        heard_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, station_id, kind, request_id)
      )`,
      `CREATE TABLE gateway_certificate (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        serial_number text NOT NULL,
        use text NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        warned_days integer,
        revoked_at timestamptz,
        PRIMARY KEY (operator_id, station_id, serial_number)
      )`,
      'CREATE INDEX gateway_certificate_expiry ON gateway_certificate (expires_at) WHERE revoked_at IS NULL',
    ],
  },
  {
    name: 'gateway-002-revocations',
    up: [
      `CREATE TABLE gateway_revocation (
        operator_id text NOT NULL,
        uid text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, uid)
      )`,
    ],
  },
] as const;
