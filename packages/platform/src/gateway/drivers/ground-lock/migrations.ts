/** Tables of ground locks and barriers. */
export const lockMigrations = [
  {
    name: 'gateway-lock-001',
    up: [
      `CREATE TABLE gateway_ground_lock (
        operator_id text NOT NULL,
        station_id text NOT NULL,
        connector_number integer NOT NULL,
        location_id text NOT NULL,
        evse_uid text NOT NULL,
        driver jsonb NOT NULL,
        sealed_token text,
        state jsonb NOT NULL,
        try_at timestamptz,
        heard_at timestamptz,
        PRIMARY KEY (operator_id, station_id, connector_number)
      )`,
      'CREATE INDEX gateway_ground_lock_due ON gateway_ground_lock (try_at) WHERE try_at IS NOT NULL',
      'CREATE INDEX gateway_ground_lock_evse ON gateway_ground_lock (operator_id, location_id, evse_uid)',
    ],
  },
] as const;
