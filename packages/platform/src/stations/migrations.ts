/** Tables of the stations module. */
export const migrations = [
  {
    name: 'stations-001-locations',
    up: [
      `CREATE TABLE stations_location (
        operator_id text NOT NULL,
        owner text NOT NULL,
        id text NOT NULL,
        is_own boolean NOT NULL,
        updated_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, owner, id)
      )`,
      'CREATE INDEX stations_location_changed ON stations_location (operator_id, updated_at, owner, id)',
      // A station names itself before we know its operator, so its identity is unique in the whole installation.
      `CREATE TABLE stations_station (
        operator_id text NOT NULL,
        id text NOT NULL,
        owner text NOT NULL,
        location_id text NOT NULL,
        password_hash text NOT NULL,
        connectors jsonb NOT NULL,
        heard_at timestamptz,
        about jsonb,
        PRIMARY KEY (operator_id, id),
        UNIQUE (id),
        FOREIGN KEY (operator_id, owner, location_id) REFERENCES stations_location (operator_id, owner, id)
      )`,
      'CREATE INDEX stations_station_at ON stations_station (operator_id, location_id)',
    ],
  },
  {
    name: 'stations-002-registration',
    up: [
      `ALTER TABLE stations_station
        ADD COLUMN registration text NOT NULL DEFAULT 'accepted',
        ADD COLUMN booted_at timestamptz,
        ADD COLUMN security_profile integer NOT NULL DEFAULT 0,
        ADD COLUMN offered_password_hash text,
        ADD COLUMN lenient boolean NOT NULL DEFAULT false`,
      // What drivers search: one row a connector, kept in step with its location.
      `CREATE TABLE stations_connector (
        operator_id text NOT NULL,
        owner text NOT NULL,
        location_id text NOT NULL,
        evse_uid text NOT NULL,
        connector_id text NOT NULL,
        evse_id text,
        place point NOT NULL,
        standard text NOT NULL,
        power_watt integer NOT NULL,
        tariff_ids text[] NOT NULL,
        published boolean NOT NULL,
        status text NOT NULL,
        PRIMARY KEY (operator_id, owner, location_id, evse_uid, connector_id)
      )`,
      'CREATE INDEX stations_connector_place ON stations_connector USING gist (place)',
      'CREATE INDEX stations_connector_evse_id ON stations_connector (operator_id, upper(evse_id))',
    ],
  },
] as const;
