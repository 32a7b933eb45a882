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
] as const;
