/** Tables of the 云快充 driver. */
export const ykcMigrations = [
  {
    name: 'gateway-ykc-001',
    up: [
      // A pile has no credential: its code counts only from its networks and with its SIM card. A code names one pile in the whole installation.
      `CREATE TABLE gateway_ykc_pile (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        pile_code text NOT NULL UNIQUE,
        iccid text,
        networks text[] NOT NULL,
        PRIMARY KEY (operator_id, station_id)
      )`,
      // Never changed: a session keeps the model that it began with.
      `CREATE TABLE gateway_ykc_model (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        number text NOT NULL,
        model jsonb NOT NULL,
        tariffs jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, station_id, number)
      )`,
      `CREATE TABLE gateway_ykc_trade (
        operator_id text NOT NULL,
        trade_no text NOT NULL,
        station_id text NOT NULL,
        model_number text,
        token jsonb,
        remote_start_id integer,
        begun_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, trade_no)
      )`,
      `CREATE TABLE gateway_ykc_bill (
        operator_id text NOT NULL,
        trade_no text NOT NULL,
        digest text NOT NULL,
        station_id text NOT NULL,
        heard_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        checked jsonb NOT NULL,
        session_id text,
        is_done boolean NOT NULL DEFAULT false,
        PRIMARY KEY (operator_id, trade_no)
      )`,
      // The first content of a trade number is its bill; any other one is kept for a person.
      `CREATE TABLE gateway_ykc_bill_conflict (
        operator_id text NOT NULL,
        trade_no text NOT NULL,
        digest text NOT NULL,
        heard_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, trade_no, digest)
      )`,
    ],
  },
] as const;
