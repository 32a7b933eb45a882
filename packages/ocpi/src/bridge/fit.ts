import { violation } from '../check.js';
import { closed, type Schema } from '../schema.js';
import type { BridgeVersion, Fields, Loss } from './loss.js';
import { isFields } from './loss.js';

/** Texts for people, which may be cut; an id that is cut is another id. */
const SHORTENED: ReadonlySet<string> = new Set([
  'name',
  'address',
  'city',
  'state',
  'remark',
  'text',
  'floor_level',
  'physical_reference',
  'supplier_name',
  'energy_product_name',
  'issuer',
]);

class Misfit {
  readonly pointer: string;
  readonly message: string;

  constructor(pointer: string, message: string) {
    this.pointer = pointer;
    this.message = message;
  }
}

/**
 * Makes an object fit the schema of a version: drops what it does not know, cuts texts that are too long, and lists each. What cannot
 * be left out and does not fit takes its owner with it; where that is the object itself, there is no result.
 */
export function fit<T>(schema: Schema<T>, draft: Fields, version: BridgeVersion, losses: Loss[], partial: boolean): T | undefined {
  const target = partial ? { ...schema, required: [] } : schema;
  const fitted = fitValue(target, draft, '', version, losses);
  if (fitted instanceof Misfit) {
    losses.push({ kind: 'impossible', version, pointer: fitted.pointer, message: fitted.message });
    return undefined;
  }
  const wrong = violation(partial ? partOfClosed(schema) : closed(schema), fitted);
  if (wrong) {
    losses.push({ kind: 'impossible', version, pointer: wrong.path, message: wrong.message });
    return undefined;
  }
  return fitted as T;
}

/** Kept, since a check is compiled once for each schema value. */
const parts = new WeakMap<Schema, Schema>();

function partOfClosed(schema: Schema): Schema {
  const part = parts.get(schema) ?? { ...closed(schema), required: [] };
  parts.set(schema, part);
  return part;
}

function fitValue(schema: Schema, value: unknown, pointer: string, version: BridgeVersion, losses: Loss[]): unknown {
  if (isFields(schema.properties)) return fitObject(schema, value, pointer, version, losses);
  if (schema.type === 'array') return fitList(schema, value, pointer, version, losses);
  if (Array.isArray(schema.enum))
    return schema.enum.includes(value) ? value : new Misfit(pointer, `${String(value)} is not known in ${version}`);
  return typeof value === 'string' ? fitText(schema, value, pointer, version, losses) : value;
}

function fitObject(schema: Schema, value: unknown, pointer: string, version: BridgeVersion, losses: Loss[]): unknown {
  if (!isFields(value)) return new Misfit(pointer, 'an object is expected');
  const properties = schema.properties as Readonly<Record<string, Schema>>;
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined || field === null) continue;
    const at = `${pointer}/${name}`;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!property) {
      losses.push({ kind: 'dropped', version, pointer: at, message: `is not known in ${version}` });
      continue;
    }
    const fitted = fitValue(property, field, at, version, losses);
    if (!(fitted instanceof Misfit)) out[name] = fitted;
    else if (required.includes(name)) return fitted;
    else losses.push({ kind: 'dropped', version, pointer: at, message: because(fitted, at) });
  }
  const missing = required.find((name) => out[String(name)] === undefined);
  return missing === undefined ? out : new Misfit(`${pointer}/${String(missing)}`, 'is required and not known');
}

function fitList(schema: Schema, value: unknown, pointer: string, version: BridgeVersion, losses: Loss[]): unknown {
  if (!Array.isArray(value)) return new Misfit(pointer, 'a list is expected');
  const out: unknown[] = [];
  value.forEach((item: unknown, i) => {
    const fitted = fitValue(schema.items as Schema, item, `${pointer}/${i}`, version, losses);
    if (fitted instanceof Misfit)
      losses.push({ kind: 'dropped', version, pointer: `${pointer}/${i}`, message: because(fitted, `${pointer}/${i}`) });
    else out.push(fitted);
  });
  if (typeof schema.minItems === 'number' && out.length < schema.minItems) return new Misfit(pointer, 'nothing is left of the list');
  return out;
}

function fitText(schema: Schema, value: string, pointer: string, version: BridgeVersion, losses: Loss[]): unknown {
  const limit = typeof schema.maxLength === 'number' ? schema.maxLength : Infinity;
  const signs = value.length > limit ? [...value] : [];
  if (signs.length <= limit) return value;
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  if (!SHORTENED.has(name)) return new Misfit(pointer, `is longer than the ${limit} characters of ${version}`);
  losses.push({ kind: 'shortened', version, pointer, message: `is cut to the ${limit} characters of ${version}` });
  return signs.slice(0, limit).join('');
}

function because(misfit: Misfit, at: string): string {
  return misfit.pointer === at ? misfit.message : `${misfit.pointer.slice(at.length)} ${misfit.message}`;
}
