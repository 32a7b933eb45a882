import type { Connector, Evse, Location } from '../model/location.js';

/** The columns of the table that locations are written to and read from: a row a connector. */
export const COLUMNS = [
  'location',
  'name',
  'address',
  'city',
  'postalCode',
  'country',
  'latitude',
  'longitude',
  'timeZone',
  'publish',
  'evse',
  'evseId',
  'connector',
  'standard',
  'format',
  'powerType',
  'maxVoltage',
  'maxAmperage',
  'maxPowerWatt',
  'tariffs',
] as const;

type Row = Record<(typeof COLUMNS)[number], string>;

export function toRows(locations: readonly Location[]): string[][] {
  return locations.flatMap((location) =>
    location.evses
      .filter(({ status }) => status !== 'removed')
      .flatMap((evse) => evse.connectors.map((connector) => COLUMNS.map((column) => rowOf(location, evse, connector)[column]))),
  );
}

function rowOf(location: Location, evse: Evse, connector: Connector): Row {
  return {
    location: location.id,
    name: location.name ?? '',
    address: location.address,
    city: location.city,
    postalCode: location.postalCode ?? '',
    country: location.country,
    latitude: location.coordinates.latitude,
    longitude: location.coordinates.longitude,
    timeZone: location.timeZone,
    publish: String(location.publish),
    evse: evse.uid,
    evseId: evse.evseId ?? '',
    connector: connector.id,
    standard: connector.standard,
    format: connector.format,
    powerType: connector.powerType,
    maxVoltage: String(connector.maxVoltage),
    maxAmperage: String(connector.maxAmperage),
    maxPowerWatt: connector.maxPowerWatt === undefined ? '' : String(connector.maxPowerWatt),
    tariffs: connector.tariffIds.join(' '),
  };
}

/** A location as it is written to the API, from the rows of its connectors; not checked yet. */
export interface TableLocation {
  id: string;
  /** Of its first row in the table, for messages. */
  line: number;
  input: Record<string, unknown> & { evses: (Record<string, unknown> & { uid: string; connectors: object[] })[] };
}

/** Throws a RangeError that names the line and the column that is wrong. */
export function fromRows(rows: readonly (readonly string[])[]): TableLocation[] {
  const [head = [], ...body] = rows;
  const missing = COLUMNS.find((column) => !head.includes(column));
  if (missing) throw new RangeError(`line 1: there is no column "${missing}"`);
  const locations = new Map<string, TableLocation>();
  for (const [index, cells] of body.entries()) {
    const line = index + 2;
    const value = (column: (typeof COLUMNS)[number]) => cells[head.indexOf(column)] ?? '';
    const optional = (column: (typeof COLUMNS)[number]) => (value(column) === '' ? {} : { [column]: value(column) });
    const whole = (column: 'maxVoltage' | 'maxAmperage' | 'maxPowerWatt') => {
      const number = Number(value(column));
      if (!Number.isInteger(number) || value(column) === '')
        throw new RangeError(`line ${line}, ${column}: "${value(column)}" is no whole number`);
      return number;
    };
    const id = value('location');
    if (id === '') throw new RangeError(`line ${line}, location: it is empty`);
    const location = locations.get(id) ?? {
      id,
      line,
      input: {
        ...optional('name'),
        address: value('address'),
        city: value('city'),
        ...optional('postalCode'),
        country: value('country'),
        coordinates: { latitude: value('latitude'), longitude: value('longitude') },
        timeZone: value('timeZone'),
        publish: value('publish') !== 'false',
        evses: [],
      },
    };
    locations.set(id, location);
    let evse = location.input.evses.find(({ uid }) => uid === value('evse'));
    if (!evse) {
      evse = { uid: value('evse'), ...optional('evseId'), connectors: [] };
      location.input.evses.push(evse);
    }
    evse.connectors.push({
      id: value('connector'),
      standard: value('standard'),
      format: value('format'),
      powerType: value('powerType'),
      maxVoltage: whole('maxVoltage'),
      maxAmperage: whole('maxAmperage'),
      ...(value('maxPowerWatt') === '' ? {} : { maxPowerWatt: whole('maxPowerWatt') }),
      tariffIds: value('tariffs').split(' ').filter(Boolean),
    });
  }
  return [...locations.values()];
}
