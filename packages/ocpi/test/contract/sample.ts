// A valid value for any of our schemas: whole, or with the required fields only.
import type { Schema } from '@evroam/ocpi';

const texts: Readonly<Record<string, string>> = {
  'ocpi-date-time': '2026-03-01T10:00:00Z',
  uri: 'https://partner.example/x',
  degrees: '52.1',
  'time-of-day': '08:00',
  'local-date': '2026-03-01',
  'ci-string': 'NL-ABC-1',
  printable: 'Straße 1, 上海',
};

/** A value that fits the schema; 'whole' has every field. */
export function sample(schema: Schema, how: 'whole' | 'least'): unknown {
  const values = (schema.enum ?? schema.known) as readonly string[] | undefined;
  if (values) return values[0];
  switch (schema.type) {
    case 'string': {
      const text = texts[String(schema.format)] ?? 'x';
      return typeof schema.maxLength === 'number' && text.length > schema.maxLength ? text.slice(0, schema.maxLength) : text;
    }
    case 'integer':
      return 1;
    case 'number':
      return 12.3456;
    case 'boolean':
      return true;
    case 'array':
      return [sample(schema.items as Schema, how)];
    case 'object': {
      const shape = schema.properties as Readonly<Record<string, Schema>>;
      const required = (schema.required ?? []) as readonly string[];
      const names = how === 'whole' ? Object.keys(shape) : required;
      return Object.fromEntries(names.map((name) => [name, sample(shape[name] as Schema, how)]));
    }
    default:
      return { anything: 'goes' };
  }
}
