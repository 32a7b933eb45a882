// Every version with its namespace of objects and modules.
import { isModule, type Module } from './module.js';
import type { Schema } from './schema.js';
import * as v22 from './v22/index.js';
import * as v211 from './v211/index.js';
import * as v221 from './v221/index.js';
import * as bookings from './v230/bookings/index.js';
import * as v230 from './v230/index.js';
import * as payments from './v230/payments/index.js';

/** The versions, and the optional modules of 2.3.0, by the names that `validate` and the command line use. */
export const versions = {
  '2.1.1': v211,
  '2.2': v22,
  '2.2.1': v221,
  '2.3.0': v230,
  '2.3.0-payments': payments,
  '2.3.0-bookings': bookings,
} as const;

/** A version that this package knows. */
export type OcpiVersion = keyof typeof versions;

/** The names of all versions. */
export const ocpiVersions: readonly OcpiVersion[] = Object.keys(versions).filter(isVersion);

/** The names of the objects of a version. */
export type ObjectName<V extends OcpiVersion> = {
  [K in keyof (typeof versions)[V]]: (typeof versions)[V][K] extends Schema<infer T> ? (T extends object ? K : never) : never;
}[keyof (typeof versions)[V]] &
  string;

/** The type of a version's object. */
export type ObjectOf<V extends OcpiVersion, O extends ObjectName<V>> = (typeof versions)[V][O] extends Schema<infer T> ? T : never;

/** True for a version's name. */
export function isVersion(name: string): name is OcpiVersion {
  return Object.hasOwn(versions, name);
}

const isObjectSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && 'properties' in value;
const isEnumeration = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && ('enum' in value || 'known' in value);

/** The schema of a version's object; undefined when it has none of that name. */
export function schemaOf(version: OcpiVersion, object: string): Schema | undefined {
  const all: Readonly<Record<string, unknown>> = versions[version];
  const found = Object.hasOwn(all, object) ? all[object] : undefined;
  return isObjectSchema(found) ? found : undefined;
}

/** The objects of a version, by name. */
export const objectsOf = (version: OcpiVersion): ReadonlyMap<string, Schema> => ofKind(version, isObjectSchema);

/** The enumerations of a version, by name. */
export const enumerationsOf = (version: OcpiVersion): ReadonlyMap<string, Schema> => ofKind(version, isEnumeration);

/** The modules of a version, by id. */
export function modulesOf(version: OcpiVersion): ReadonlyMap<string, Module> {
  const all: readonly unknown[] = Object.values(versions[version]);
  return new Map(all.filter(isModule).map((module) => [module.id, module]));
}

function ofKind(version: OcpiVersion, is: (value: unknown) => value is Schema): ReadonlyMap<string, Schema> {
  const all: readonly (readonly [string, unknown])[] = Object.entries(versions[version]);
  return new Map(all.flatMap(([name, value]) => (is(value) ? [[name, value] as const] : [])));
}
