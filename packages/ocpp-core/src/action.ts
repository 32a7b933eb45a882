import type { Infer, Schema } from './schema.js';

/** The versions of OCPP that the package speaks. */
export type Version = '1.6' | '2.0.1' | '2.1';

/** The two ends of a connection. */
export type Role = 'station' | 'csms';

/** The other end. */
export type Peer<Self extends Role> = Self extends 'station' ? 'csms' : 'station';

/** Who may send a message. */
export type Sender = Role | 'either';

const brand = Symbol.for('evroam.ocpp.action');

/** A message of one version: its name, who sends it, and the schemas of both payloads. */
export interface Action<
  V extends Version = Version,
  N extends string = string,
  F extends Sender = Sender,
  Req extends Schema = Schema,
  Res extends Schema | undefined = Schema | undefined,
> {
  readonly version: V;
  readonly name: N;
  readonly from: F;
  readonly request: Req;
  /** Absent for a message that is never answered (SEND, OCPP 2.1 part 4, 4.1.4). */
  readonly response: Res;
  readonly [brand]: true;
}

/** Any action whatever. */
export type AnyAction = Action;

/** The payload of the CALL or SEND. */
export type RequestOf<A extends AnyAction> = Infer<A['request']>;

/** The payload of the answer; nothing for a message that is never answered. */
export type ResponseOf<A extends AnyAction> = A['response'] extends Schema ? Infer<A['response']> : undefined;

/** A namespace of actions, `import * as v16`; it may hold data types as well. */
export type Registry = Readonly<Record<string, unknown>>;

/** Gives the two words of a version: `call` defines an answered message, `send` an unanswered one. */
export function actionsOf<const V extends Version>(version: V) {
  return {
    /** Defines a message that is answered. */
    call: <const N extends string, const F extends Sender, Req extends Schema, Res extends Schema>(definition: {
      name: N;
      from: F;
      request: Req;
      response: Res;
    }): Action<V, N, F, Req, Res> => ({ version, ...definition, [brand]: true }),
    /** Defines a message that is never answered. */
    send: <const N extends string, const F extends Sender, Req extends Schema>(definition: {
      name: N;
      from: F;
      request: Req;
    }): Action<V, N, F, Req, undefined> => ({ version, ...definition, response: undefined, [brand]: true }),
  };
}

/** Tells actions from the data types beside them. */
export const isAction = (value: unknown): value is AnyAction => typeof value === 'object' && value !== null && brand in value;

const tables = new WeakMap<object, ReadonlyMap<string, AnyAction>>();

/** The actions of a namespace by their wire name; made once per namespace. */
export function tableOf(actions: Registry): ReadonlyMap<string, AnyAction> {
  let table = tables.get(actions);
  if (!table) {
    table = new Map(
      Object.values(actions)
        .filter(isAction)
        .map((action) => [action.name, action]),
    );
    tables.set(actions, table);
  }
  return table;
}

const versionsOf = new WeakMap<object, Version>();

/** The version that a namespace speaks. Throws when it holds no action. */
export function versionOf(actions: Registry): Version {
  let version = versionsOf.get(actions);
  if (version === undefined) {
    version = tableOf(actions).values().next().value?.version;
    if (version === undefined) throw new Error('the namespace holds no action');
    versionsOf.set(actions, version);
  }
  return version;
}
