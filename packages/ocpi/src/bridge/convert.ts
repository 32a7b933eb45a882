import { type ObjectName, type ObjectOf, schemaOf } from '../registry.js';
import type { Schema } from '../schema.js';
import type { BridgeContext } from './context.js';
import { fit } from './fit.js';
import * as up211 from './from-v211.js';
import * as down230 from './from-v230.js';
import { type Bridged, type BridgeVersion, type Fields, isFields, type Loss, type Notes, notes } from './loss.js';
import * as down211 from './to-v211.js';
import * as up230 from './to-v230.js';
import * as v22 from './v22.js';

type Step = (fields: Fields, n: Notes, context: BridgeContext) => Fields;

/** From one version to its neighbour: the steps that more than `fit` is needed for. */
const STEPS: Readonly<Record<string, Readonly<Record<string, Step>>>> = {
  '2.1.1 2.2.1': {
    Location: up211.location,
    EVSE: up211.evse,
    Connector: up211.connector,
    Session: up211.session,
    CDR: up211.cdr,
    Tariff: up211.tariff,
    Token: up211.token,
    AuthorizationInfo: up211.authorizationInfo,
    StartSession: up211.startSession,
    ReserveNow: up211.reserveNow,
    CommandResponse: up211.commandResponse,
    CommandResult: up211.commandResult,
    Credentials: up211.credentials,
  },
  '2.2.1 2.1.1': {
    Location: down211.location,
    EVSE: down211.evse,
    Connector: down211.connector,
    Session: down211.session,
    CDR: down211.cdr,
    Tariff: down211.tariff,
    Token: down211.token,
    StartSession: down211.startSession,
    ReserveNow: down211.reserveNow,
    CommandResult: down211.commandResult,
    Credentials: down211.credentials,
  },
  '2.2.1 2.3.0': {
    Session: up230.session,
    CDR: up230.cdr,
    Tariff: up230.tariff,
    Credentials: up230.credentials,
    ClientInfo: up230.clientInfo,
  },
  '2.3.0 2.2.1': {
    Location: down230.location,
    EVSE: down230.evse,
    Session: down230.session,
    CDR: down230.cdr,
    Tariff: down230.tariff,
    Token: down230.token,
    AuthorizationInfo: down230.withToken,
    StartSession: down230.withToken,
    ReserveNow: down230.withToken,
    Credentials: down230.credentials,
  },
  '2.2 2.2.1': { Session: v22.tokenWithOwner, CDR: v22.tokenWithOwner },
  '2.2.1 2.2': { CDR: v22.cdrLocation },
};

/** In 2.1.1 a command's result is a second CommandResponse. */
const ALIASES: Readonly<Record<string, string>> = { '2.1.1 CommandResult': 'CommandResponse' };

/** The objects that are bridged; those that a version does not have are impossible to or from it. */
export const bridgedObjects = [
  'Location',
  'EVSE',
  'Connector',
  'Session',
  'ChargingPreferences',
  'CDR',
  'Tariff',
  'Token',
  'AuthorizationInfo',
  'LocationReferences',
  'StartSession',
  'StopSession',
  'ReserveNow',
  'CancelReservation',
  'UnlockConnector',
  'CommandResponse',
  'CommandResult',
  'SetChargingProfile',
  'ChargingProfile',
  'ActiveChargingProfile',
  'ChargingProfileResponse',
  'ChargingProfileResult',
  'ActiveChargingProfileResult',
  'ClearProfileResult',
  'Credentials',
  'ClientInfo',
] as const;

/** An object that can be bridged, by its name in the standard. */
export type BridgedObject = (typeof bridgedObjects)[number];

/** The type of an object in a version; `CommandResult` of 2.1.1 is its CommandResponse. */
export type Versioned<V extends BridgeVersion, O extends BridgedObject> =
  O extends ObjectName<V> ? ObjectOf<V, O> : [V, O] extends ['2.1.1', 'CommandResult'] ? ObjectOf<'2.1.1', 'CommandResponse'> : never;

/**
 * An object of one version as another version says it, with all that was lost on the way. Pure: what it must know beyond the
 * object comes through `context.lookup`. The result is valid in its version, with no field that the version does not know.
 *
 *     const { result, losses } = bridge('2.1.1', '2.3.0', 'Tariff', tariff, { owner: { country_code: 'NL', party_id: 'CPO' } });
 */
export function bridge<From extends BridgeVersion, To extends BridgeVersion, O extends BridgedObject>(
  from: From,
  to: To,
  name: O,
  value: Versioned<From, O>,
  context: BridgeContext,
): Bridged<Versioned<To, O>> {
  return convert(from, to, name, value, context) as Bridged<Versioned<To, O>>;
}

/** As `bridge`, for a name and a value that are only known at run time: the command line, a hub that routes. */
export function convert(
  from: BridgeVersion,
  to: BridgeVersion,
  name: BridgedObject,
  value: unknown,
  context: BridgeContext,
): Bridged<unknown> {
  const losses: Loss[] = [];
  if (!isFields(value)) {
    losses.push({ kind: 'impossible', version: from, pointer: '', message: 'an object is expected' });
    return { result: undefined, losses };
  }
  let here: Fields = value;
  let at = from;
  // All ways lead through 2.2.1, which knows most of what either side knows.
  for (const next of route(from, to)) {
    const there = hop(at, next, name, here, context, losses);
    if (there === undefined) return { result: undefined, losses };
    here = there;
    at = next;
  }
  return { result: here, losses };
}

function route(from: BridgeVersion, to: BridgeVersion): readonly BridgeVersion[] {
  if (from === to) return [];
  return from === '2.2.1' || to === '2.2.1' ? [to] : ['2.2.1', to];
}

function hop(
  from: BridgeVersion,
  to: BridgeVersion,
  name: BridgedObject,
  value: Fields,
  context: BridgeContext,
  losses: Loss[],
): Fields | undefined {
  const known = schemaIn(from, name);
  const schema = schemaIn(to, name);
  if (!known || !schema) {
    const lacking = known ? to : from;
    losses.push({ kind: 'impossible', version: lacking, pointer: '', message: `${lacking} has no ${name}` });
    return undefined;
  }
  const before = losses.length;
  const draft = STEPS[`${from} ${to}`]?.[name]?.(value, notes(from, to, losses), context) ?? value;
  if (losses.slice(before).some(({ kind }) => kind === 'impossible')) return undefined;
  return fit<Fields>(schema as Schema<Fields>, draft, to, losses, context.partial ?? false);
}

function schemaIn(version: BridgeVersion, name: BridgedObject): Schema | undefined {
  return schemaOf(version, ALIASES[`${version} ${name}`] ?? name);
}
