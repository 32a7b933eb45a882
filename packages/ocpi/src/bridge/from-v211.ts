import type { BridgeContext } from './context.js';
import { change, each, type Fields, isFields, type Notes, rename, within, without } from './loss.js';
import { zoneOfCountry } from './zones.js';

// 2.1.1 -> 2.2.1. Each step takes the fields of an object and gives those of the newer one; `fit` sees to the rest.

type Step = (fields: Fields, n: Notes, context: BridgeContext) => Fields;

const PARKING: Readonly<Record<string, string>> = {
  ON_STREET: 'ON_STREET',
  PARKING_GARAGE: 'PARKING_GARAGE',
  UNDERGROUND_GARAGE: 'UNDERGROUND_GARAGE',
  PARKING_LOT: 'PARKING_LOT',
};

const owned = (fields: Fields, { owner }: BridgeContext): Fields => ({
  country_code: owner.country_code,
  party_id: owner.party_id,
  ...fields,
});

export const location: Step = (fields, n, context) => {
  const { type, postal_code: postalCode, ...rest } = fields;
  if (type === 'OTHER') n.replaced('type', 'OTHER is told by leaving parking_type out');
  const parking = typeof type === 'string' ? PARKING[type] : undefined;
  let out: Fields = { ...owned(rest, context), ...(parking === undefined ? {} : { parking_type: parking }) };
  // #NA is what stands where 2.1.1 required a postal code and there was none. OCPI 2.2.1, 4.1.4
  if (postalCode !== undefined && postalCode !== '#NA') out = { ...out, postal_code: postalCode };
  if (!context.partial) {
    out = { ...out, publish: true };
    n.invented('publish', '2.1.1 knows no unpublished locations');
    if (fields.time_zone === undefined) out = { ...out, ...zone(fields, n, context) };
  }
  out = change(out, 'evses', (value) => each(value, n.at('evses'), (f, m) => evse(f, m, context)));
  out = change(out, 'opening_times', (value) => within(value, n.at('opening_times'), (f, m) => hours(f, m)));
  return change(out, 'energy_mix', (value) => within(value, n.at('energy_mix'), (f) => mix(f)));
};

function zone(fields: Fields, n: Notes, context: BridgeContext): Fields {
  const found = context.lookup?.timeZone?.(fields) ?? zoneOfCountry(fields.country);
  if (found === undefined) return {};
  n.invented('time_zone', `${found}, since the location does not say its zone`);
  return { time_zone: found };
}

function hours(fields: Fields, n: Notes): Fields {
  if (fields.twentyfourseven !== undefined) return fields;
  n.invented('twentyfourseven', 'false, since regular hours or none are given');
  return { ...fields, twentyfourseven: false };
}

function mix(fields: Fields): Fields {
  return change(fields, 'environ_impact', (value) =>
    Array.isArray(value) ? value.map((item: unknown) => (isFields(item) ? rename(item, 'source', 'category') : item)) : value,
  );
}

export const evse: Step = (fields, n, context) =>
  change(fields, 'connectors', (value) => each(value, n.at('connectors'), (f, m) => connector(f, m, context)));

export const connector: Step = (fields) =>
  rename(rename(rename(fields, 'voltage', 'max_voltage'), 'amperage', 'max_amperage'), 'tariff_id', 'tariff_ids', (id) => [id]);

export const tariff: Step = (fields, _n, context) =>
  change(owned(fields, context), 'energy_mix', (value) => (isFields(value) ? mix(value) : value));

export const token: Step = (fields, _n, context) => rename(owned(fields, context), 'auth_id', 'contract_id');

/** The token that a Session or CDR was charged with, of which 2.1.1 tells but the contract. */
function cdrToken(authId: unknown, n: Notes, context: BridgeContext): Fields | undefined {
  if (typeof authId !== 'string') return undefined;
  const found = context.lookup?.token?.(authId);
  if (found) {
    const { country_code, party_id, uid, type, contract_id } = found;
    return { country_code, party_id, uid, type, contract_id };
  }
  n.impossible('auth_id', `no token with auth_id ${authId} is known, and a token's uid and owner cannot be guessed`);
  return undefined;
}

function withToken(fields: Fields, n: Notes, context: BridgeContext): Fields {
  if (fields.auth_id === undefined) return fields;
  const made = cdrToken(fields.auth_id, n, context);
  return { ...without(fields, 'auth_id'), ...(made ? { cdr_token: made } : {}) };
}

/** The one EVSE and connector of an embedded location: what a Session or CDR was charged at. OCPI 2.1.1, mod_sessions */
function place(value: unknown, n: Notes): { location: Fields; evse: Fields; connector: Fields } | undefined {
  const location = isFields(value) ? value : undefined;
  const evses: readonly unknown[] = Array.isArray(location?.evses) ? location.evses : [];
  const [evseFields] = evses;
  const connectors: readonly unknown[] = isFields(evseFields) && Array.isArray(evseFields.connectors) ? evseFields.connectors : [];
  const [connectorFields] = connectors;
  if (location && evses.length === 1 && connectors.length === 1 && isFields(evseFields) && isFields(connectorFields)) {
    return { location, evse: evseFields, connector: connectorFields };
  }
  n.impossible('location', `names ${evses.length} EVSEs and ${connectors.length} connectors: which one was used is not told`);
  return undefined;
}

export const session: Step = (fields, n, context) => {
  let out = rename(rename(owned(fields, context), 'start_datetime', 'start_date_time'), 'end_datetime', 'end_date_time');
  out = change(withToken(out, n, context), 'total_cost', (cost) => ({ excl_vat: cost }));
  if (fields.location === undefined) return out;
  const found = place(fields.location, n);
  const { location: _embedded, ...rest } = out;
  if (!found) return rest;
  n.dropped('location', 'only the ids of location, EVSE and connector are carried; the location itself is an object of its own');
  return { ...rest, location_id: found.location.id, evse_uid: found.evse.uid, connector_id: found.connector.id };
};

export const cdr: Step = (fields, n, context) => {
  let out = change(withToken(rename(owned(fields, context), 'stop_date_time', 'end_date_time'), n, context), 'total_cost', (cost) => ({
    excl_vat: cost,
  }));
  out = change(out, 'tariffs', (value) => each(value, n.at('tariffs'), (f, m) => tariff(f, m, context)));
  if (fields.location === undefined) return out;
  const found = place(fields.location, n);
  const { location: _embedded, ...rest } = out;
  return found ? { ...rest, cdr_location: cdrLocation(found, n) } : rest;
};

function cdrLocation({ location: place, evse, connector }: { location: Fields; evse: Fields; connector: Fields }, n: Notes): Fields {
  const there = n.at('location');
  const atEvse = there.at('evses').at(0);
  const carried = ['id', 'name', 'address', 'city', 'postal_code', 'country', 'coordinates', 'evses'];
  for (const name of Object.keys(place))
    if (!carried.includes(name)) there.dropped(name, 'a CDR of 2.2.1 tells of its location only where and what it was');
  for (const name of Object.keys(evse))
    if (!['uid', 'evse_id', 'connectors'].includes(name)) atEvse.dropped(name, 'is not part of a CdrLocation');
  const told = ['id', 'standard', 'format', 'power_type'];
  for (const name of Object.keys(connector))
    if (!told.includes(name)) atEvse.at('connectors').at(0).dropped(name, 'is not part of a CdrLocation');
  if (evse.evse_id === undefined) n.at('cdr_location').invented('evse_id', '#NA, since the EVSE has no id of its own and one is required');
  const { id, name, address, city, postal_code, country, coordinates } = place;
  return {
    ...{ id, name, address, city, country, coordinates },
    ...(postal_code === '#NA' ? {} : { postal_code }),
    evse_uid: evse.uid,
    evse_id: evse.evse_id ?? '#NA',
    connector_id: connector.id,
    connector_standard: connector.standard,
    connector_format: connector.format,
    connector_power_type: connector.power_type,
  };
}

export const authorizationInfo: Step = (fields, n, context) => {
  const token = context.lookup?.askedToken?.();
  if (token) n.invented('token', 'the token that was asked about: 2.1.1 does not repeat it');
  return { ...fields, ...(token ? { token } : {}) };
};

const command: Step = (fields, n, context) =>
  change(fields, 'token', (value) => within(value, n.at('token'), (f, m) => token(f, m, context)));
export const startSession = command;

export const reserveNow: Step = (fields, n, context) =>
  change(command(fields, n, context), 'reservation_id', (id) => (typeof id === 'number' ? String(id) : id));

export const commandResponse: Step = (fields, n, { commandTimeoutS = 30, partial }) => {
  let out = fields;
  if (fields.result === 'TIMEOUT') {
    n.replaced('result', 'TIMEOUT is told as REJECTED: since 2.2 it is a result, not a response');
    out = { ...out, result: 'REJECTED' };
  }
  if (partial) return out;
  n.invented('timeout', `${commandTimeoutS} s, which 2.1.1 does not say`);
  return { ...out, timeout: commandTimeoutS };
};

/** What 2.1.1 posts to the response_url is a second CommandResponse. */
export const commandResult: Step = (fields, n) => {
  if (fields.result !== 'UNKNOWN_SESSION') return fields;
  n.replaced('result', 'UNKNOWN_SESSION is told as REJECTED');
  return { ...fields, result: 'REJECTED' };
};

export const credentials: Step = (fields, n, context) => {
  const { business_details, party_id, country_code, ...rest } = fields;
  const role = context.lookup?.role?.();
  if (role === undefined) n.impossible('', 'whether this platform is a CPO or an eMSP is not known, and 2.1.1 does not say');
  else n.at('roles').at(0).invented('role', `${role}, which 2.1.1 does not say`);
  return { ...rest, ...(role === undefined ? {} : { roles: [{ role, business_details, party_id, country_code }] }) };
};
