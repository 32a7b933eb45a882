import { type Interface, type InterfaceRole, isModule, type Module, Payload, type Schema } from '@evroam/ocpi';
import { type BridgedObject, type BridgeVersion, bridgedObjects } from '@evroam/ocpi/bridge';
import * as v22 from '@evroam/ocpi/v22';
import * as v211 from '@evroam/ocpi/v211';
import * as v221 from '@evroam/ocpi/v221';
import * as v230 from '@evroam/ocpi/v230';

/** The version whose words stand between the wire and the model; the others are bridged to it. */
export const HOME = '2.2.1';
/** What we speak, in the order in which we would rather: what is nearest to the model loses least. */
export const SPOKEN: readonly BridgeVersion[] = ['2.2.1', '2.3.0', '2.2', '2.1.1'];

const namespaces: Readonly<Record<BridgeVersion, object>> = { '2.1.1': v211, '2.2': v22, '2.2.1': v221, '2.3.0': v230 };

export const isSpoken = (version: string): version is BridgeVersion => SPOKEN.some((one) => one === version);

/** A version's own side of a module; undefined where the version has none. */
export function faceIn(version: BridgeVersion, module: string, role: InterfaceRole): Interface | undefined {
  const found = Object.values(namespaces[version]).find((one): one is Module => isModule(one) && one.id === module);
  return found && (role === 'SENDER' ? found.sender : found.receiver);
}

const names = new Map<Schema, BridgedObject>();
for (const namespace of Object.values(namespaces)) {
  for (const [name, schema] of Object.entries(namespace)) {
    const object = bridgedObjects.find((one) => one === name);
    if (object) names.set(schema as Schema, object);
  }
}

/** Which object a route carries, by the schema that it says; undefined for parts of an object (PATCH) and for what is no object. */
export const objectOf = (schema: Schema | undefined): BridgedObject | undefined => schema && names.get(schema);

/** The object that a PATCH is a part of, by the module and where the route leads. */
export function patchedObject(module: string, route: string): BridgedObject | undefined {
  switch (module) {
    case 'locations':
      return route === 'patchEvse' ? 'EVSE' : route === 'patchConnector' ? 'Connector' : 'Location';
    case 'sessions':
      return 'Session';
    case 'tokens':
      return 'Token';
    case 'tariffs':
      return 'Tariff';
    default:
      return undefined;
  }
}

/** What came over the wire and the version it is in: who sends it on in the same one finds it parsed and checked. */
class Came {
  readonly version: BridgeVersion;
  readonly payload: Payload;

  constructor(version: BridgeVersion, payload: Payload) {
    this.version = version;
    this.payload = payload;
  }

  get bytes(): Buffer {
    return this.payload.raw;
  }
}

// Of bodies in other versions than HOME only: what a map remembers of every message, though weakly, lives until the next great collection.
const forms = new WeakMap<Payload, Came>();

/** A body in the words of HOME, which came in another version. */
export function bridgedFrom(version: BridgeVersion, original: Payload, payload: Payload): Payload {
  forms.set(payload, new Came(version, original));
  return payload;
}

/** As a body came over the wire, though it may have been bridged since. */
export const cameAs = (payload: Payload): Came => forms.get(payload) ?? new Came(HOME, payload);

/** The body of a message that passes as it came. */
export function payloadOf(raw: { version: string; bytes: Buffer }, version: BridgeVersion): Payload {
  const came = raw instanceof Came ? raw : new Came(version, Payload.raw(raw.bytes));
  return version === HOME ? came.payload : bridgedFrom(version, came.payload, came.payload);
}

/** The version in which a payload was marked as being; undefined where nobody said. */
export const markedForm = (payload: unknown): BridgeVersion | undefined =>
  typeof payload === 'object' && payload !== null ? forms.get(payload as Payload)?.version : undefined;
