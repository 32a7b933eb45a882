import type { Schema } from '@evroam/ocpi/schema';
import fc from 'fast-check';

const WORDS = ['a', 'Z', '0', '-', 'é', '中', ' '];
/** Ids are CiStrings since 2.2 and plain texts before; those of real platforms are printable ASCII. */
const ID = /(?:^|_)(?:u?ids?|type|party|code)$/;
const ASCII = ['a', 'Z', '0', '-', '*', '_'];

/** Values that fit a schema: required fields always, optional ones at times, lists short, numbers of four decimals as OCPI has them. */
export function arbitraryOf(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  if (typeof schema.properties === 'object' && schema.properties !== null) return objectOf(schema);
  if (schema.type === 'array') {
    return fc.array(arbitraryOf(schema.items as Schema, name), {
      minLength: typeof schema.minItems === 'number' ? schema.minItems : 0,
      maxLength: 2,
    });
  }
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as string[]));
  if (Array.isArray(schema.known))
    return fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...(schema.known as string[])) },
      { weight: 1, arbitrary: fc.constant('LATER_WORD') },
    );
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.integer({ min: 0, max: 100_000 });
  if (schema.type === 'number') return fc.integer({ min: -10_000, max: 10_000_000 }).map((n) => n / 10_000);
  if (schema.type === 'string') return textOf(schema, ID.test(name));
  return fc.jsonValue();
}

function objectOf(schema: Schema): fc.Arbitrary<unknown> {
  const properties = schema.properties as Readonly<Record<string, Schema>>;
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, arbitraryOf(field, name)]));
  return fc.record(fields, { requiredKeys: required, noNullPrototype: true });
}

function textOf(schema: Schema, isId: boolean): fc.Arbitrary<string> {
  const maxLength = Math.min(typeof schema.maxLength === 'number' ? schema.maxLength : 60, 60);
  switch (schema.format) {
    case 'ocpi-date-time':
      return fc
        .date({ min: new Date('2015-01-01T00:00:00Z'), max: new Date('2035-01-01T00:00:00Z'), noInvalidDate: true })
        .map((d) => d.toISOString());
    case 'uri':
      return fc.nat(999).map((n) => `https://example.com/${n}`);
    case 'time-of-day':
      return fc.nat(1439).map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
    case 'local-date':
      return fc.constantFrom('2026-03-29', '2026-12-31');
    case 'degrees':
      return fc.integer({ min: -900_000, max: 900_000 }).map((n) => (n / 10_000).toFixed(4));
    case 'ci-string':
      return fc.string({ unit: fc.constantFrom(...ASCII), minLength: 1, maxLength });
    default:
      if (isId) return fc.string({ unit: fc.constantFrom(...ASCII), minLength: 1, maxLength: Math.min(maxLength, 37) });
      return fc.string({ unit: fc.constantFrom(...WORDS), minLength: 1, maxLength });
  }
}
