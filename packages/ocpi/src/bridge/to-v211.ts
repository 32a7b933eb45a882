import { sameText } from '../check.js';
import type { BridgeContext } from './context.js';
import { change, each, type Fields, isFields, type Notes, rename, within, without } from './loss.js';

// 2.2.1 -> 2.1.1. What 2.1.1 has no field for is dropped and listed by `fit`; here stands what needs a thought.

type Step = (fields: Fields, n: Notes, context: BridgeContext) => Fields;

/** In 2.1.1 the owner stands in the URL; only another one than that would be lost. */
function disowned(fields: Fields, n: Notes, { owner }: BridgeContext): Fields {
  for (const name of ['country_code', 'party_id'] as const) {
    const value = fields[name];
    if (typeof value === 'string' && !sameText(value, owner[name])) n.dropped(name, `${value} is not the owner that the URL names`);
  }
  return without(fields, 'country_code', 'party_id');
}

const LOCATION_TYPE: Readonly<Record<string, string>> = {
  ON_STREET: 'ON_STREET',
  PARKING_GARAGE: 'PARKING_GARAGE',
  UNDERGROUND_GARAGE: 'UNDERGROUND_GARAGE',
  PARKING_LOT: 'PARKING_LOT',
  ALONG_MOTORWAY: 'OTHER',
  ON_DRIVEWAY: 'OTHER',
};

export const location: Step = (fields, n, context) => {
  if (fields.publish === false) {
    n.impossible('publish', 'a platform of 2.1.1 would show a location that is not to be published');
  }
  return embeddable(fields, n, context);
};

/** As a location, but in a Session or CDR, which the driver's own eMSP may see in any case. */
function embeddable(fields: Fields, n: Notes, context: BridgeContext): Fields {
  const { parking_type: parking, publish: _publish, ...rest } = disowned(fields, n, context);
  let out: Fields = rest;
  if (typeof parking === 'string') {
    const type = LOCATION_TYPE[parking] ?? 'OTHER';
    if (type === 'OTHER') n.replaced('parking_type', `${parking} is told as OTHER`);
    out = { ...out, type };
  } else if (!context.partial) out = { ...out, type: 'UNKNOWN' };
  if (out.postal_code === undefined && !context.partial) {
    n.invented('postal_code', '#NA: 2.1.1 requires one');
    out = { ...out, postal_code: '#NA' };
  }
  out = change(out, 'evses', (value) => each(value, n.at('evses'), (f, m) => evse(f, m, context)));
  return change(out, 'energy_mix', (value) => within(value, n.at('energy_mix'), (f) => mix(f)));
}

function mix(fields: Fields): Fields {
  return change(fields, 'environ_impact', (value) =>
    Array.isArray(value) ? value.map((item: unknown) => (isFields(item) ? rename(item, 'category', 'source') : item)) : value,
  );
}

export const evse: Step = (fields, n, context) =>
  change(fields, 'connectors', (value) => each(value, n.at('connectors'), (f, m) => connector(f, m, context)));

export const connector: Step = (fields, n) => {
  let out = rename(rename(fields, 'max_voltage', 'voltage'), 'max_amperage', 'amperage');
  if (out.power_type === 'AC_2_PHASE' || out.power_type === 'AC_2_PHASE_SPLIT') {
    n.replaced('power_type', `${out.power_type} is told as AC_1_PHASE, which promises less`);
    out = { ...out, power_type: 'AC_1_PHASE' };
  }
  const { tariff_ids: ids, ...rest } = out;
  if (!Array.isArray(ids)) return out;
  ids.slice(1).forEach((id, i) => {
    n.at('tariff_ids').dropped(String(i + 1), `${String(id)}: 2.1.1 names one tariff`);
  });
  return ids.length === 0 ? rest : { ...rest, tariff_id: ids[0] };
};

/** Restrictions that 2.1.1 cannot tell; without them an element would hold where it must not. */
const UNTOLD = ['min_current', 'max_current', 'reservation'];

export const tariff: Step = (fields, n, context) => {
  const out = change(disowned(fields, n, context), 'elements', (value) =>
    each(value, n.at('elements'), (element, m) => {
      const { restrictions } = element;
      const untold = isFields(restrictions) ? UNTOLD.filter((name) => restrictions[name] !== undefined) : [];
      if (untold.length === 0) return element;
      m.dropped('', `holds only under ${untold.join(' and ')}, which 2.1.1 cannot say: without that it would hold too often`);
      return undefined;
    }),
  );
  return change(out, 'energy_mix', (value) => within(value, n.at('energy_mix'), (f) => mix(f)));
};

export const token: Step = (fields, n, context) => {
  const out = rename(disowned(fields, n, context), 'contract_id', 'auth_id');
  if (out.type !== 'APP_USER' && out.type !== 'AD_HOC_USER') return out;
  n.replaced('type', `${out.type} is told as OTHER`);
  return { ...out, type: 'OTHER' };
};

function withAuthId(fields: Fields, n: Notes): Fields {
  const { cdr_token: token, ...rest } = fields;
  if (!isFields(token)) return fields;
  for (const name of Object.keys(token)) if (name !== 'contract_id') n.at('cdr_token').dropped(name, '2.1.1 tells the contract only');
  return { ...rest, auth_id: token.contract_id };
}

/** Cost without VAT, which is all that 2.1.1 tells. */
function netOnly(value: unknown, n: Notes): unknown {
  if (!isFields(value)) return value;
  if (value.incl_vat !== undefined) n.dropped('incl_vat', '2.1.1 tells costs without VAT');
  return value.excl_vat;
}

function authMethod(value: unknown, n: Notes): unknown {
  if (value !== 'COMMAND') return value;
  n.replaced('auth_method', 'COMMAND is told as AUTH_REQUEST');
  return 'AUTH_REQUEST';
}

/** The location of a Session or CDR, with the one EVSE and connector that were used. */
function embed(id: unknown, evseUid: unknown, connectorId: unknown, n: Notes, field: string, context: BridgeContext): Fields | undefined {
  const found = typeof id === 'string' ? context.lookup?.location?.(id) : undefined;
  const used = found?.evses?.find(({ uid }) => typeof evseUid === 'string' && sameText(uid, evseUid));
  const plug = used?.connectors.find((c) => typeof connectorId === 'string' && sameText(c.id, connectorId));
  if (found && used && plug) {
    n.invented('location', 'what is not told of the location comes from the location as it is known');
    return { ...found, evses: [{ ...used, connectors: [plug] }] };
  }
  const what = !found ? `location ${String(id)}` : !used ? `EVSE ${String(evseUid)}` : `connector ${String(connectorId)}`;
  n.impossible(field, `${what} is not known, and 2.1.1 embeds the whole location`);
  return undefined;
}

export const session: Step = (fields, n, context) => {
  const { location_id: id, evse_uid: evseUid, connector_id: connectorId, ...rest } = disowned(fields, n, context);
  let out = rename(rename(rest, 'start_date_time', 'start_datetime'), 'end_date_time', 'end_datetime');
  out = change(withAuthId(out, n), 'total_cost', (cost) => netOnly(cost, n.at('total_cost')));
  out = change(out, 'auth_method', (method) => authMethod(method, n));
  if (out.status === 'RESERVATION') {
    n.replaced('status', 'RESERVATION is told as PENDING');
    out = { ...out, status: 'PENDING' };
  }
  if (id === undefined) return out;
  const found = embed(id, evseUid, connectorId, n, 'location_id', context);
  return found ? { ...out, location: embeddable(found, n.at('location'), context) } : out;
};

export const cdr: Step = (fields, n, context) => {
  if (fields.credit === true) n.impossible('credit', 'a credit cannot be told apart from a CDR in 2.1.1: settle it on the statement');
  const { cdr_location: told, ...rest } = disowned(fields, n, context);
  let out = change(withAuthId(rename(rest, 'end_date_time', 'stop_date_time'), n), 'total_cost', (cost) =>
    netOnly(cost, n.at('total_cost')),
  );
  out = change(out, 'auth_method', (method) => authMethod(method, n));
  out = change(out, 'tariffs', (value) => each(value, n.at('tariffs'), (f, m) => tariff(f, m, context)));
  if (!isFields(told)) return out;
  const found = embed(told.id, told.evse_uid, told.connector_id, n, 'cdr_location', context);
  return found ? { ...out, location: embeddable(asCharged(found, told), n.at('location'), context) } : out;
};

/** The location as it is known, but where the CDR tells how it was when the session began, that counts. */
function asCharged(known: Fields, told: Fields): Fields {
  const [evse] = known.evses as readonly [Fields];
  const [connector] = evse.connectors as readonly [Fields];
  const { name, address, city, postal_code, state, country, coordinates } = told;
  const then = Object.fromEntries(
    Object.entries({ name, address, city, postal_code, state, country, coordinates }).filter(([, value]) => value !== undefined),
  );
  const plug = { ...connector, standard: told.connector_standard, format: told.connector_format, power_type: told.connector_power_type };
  const id = told.evse_id === '#NA' ? {} : { evse_id: told.evse_id };
  return {
    ...without(known, 'name', 'postal_code', 'state'),
    ...then,
    evses: [{ ...without(evse, 'evse_id'), ...id, connectors: [plug] }],
  };
}

const command: Step = (fields, n, context) =>
  change(fields, 'token', (value) => within(value, n.at('token'), (f, m) => token(f, m, context)));
export const startSession = command;

export const reserveNow: Step = (fields, n, context) =>
  change(command(fields, n, context), 'reservation_id', (id) => {
    if (typeof id === 'string' && /^(0|[1-9]\d{0,8})$/.test(id)) return Number(id);
    const number = typeof id === 'string' ? context.lookup?.reservationNumber?.(id) : undefined;
    if (number === undefined) n.impossible('reservation_id', `${String(id)} is no whole number, as 2.1.1 demands`);
    else n.replaced('reservation_id', `is told as ${number}`);
    return number;
  });

const RESULTS = ['ACCEPTED', 'NOT_SUPPORTED', 'REJECTED', 'TIMEOUT'];

/** A result goes to a 2.1.1 platform as a second CommandResponse. */
export const commandResult: Step = (fields, n) => {
  if (typeof fields.result !== 'string' || RESULTS.includes(fields.result)) return fields;
  n.replaced('result', `${fields.result} is told as REJECTED`);
  return { ...fields, result: 'REJECTED' };
};

export const credentials: Step = (fields, n, { owner }) => {
  const { roles, ...rest } = fields;
  if (!Array.isArray(roles)) return fields;
  const parties: readonly unknown[] = roles;
  const own = parties.findIndex(
    (r) => isFields(r) && sameText(String(r.party_id), owner.party_id) && sameText(String(r.country_code), owner.country_code),
  );
  const chosen = parties[Math.max(own, 0)];
  parties.forEach((role, i) => {
    if (role !== chosen) n.at('roles').dropped(String(i), '2.1.1 credentials tell one party');
  });
  if (!isFields(chosen)) return rest;
  const { role, ...party } = chosen;
  n.at('roles')
    .at(Math.max(own, 0))
    .dropped('role', `${String(role)}: 2.1.1 does not say it`);
  return { ...rest, ...party };
};
