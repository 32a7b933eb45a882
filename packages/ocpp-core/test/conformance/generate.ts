import type { Official } from './official.js';

/** Makes payloads from published schemas: most of them right, or wrong in one or two places. */
export class Generator {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  payload(schema: Official): unknown {
    return this.#value(schema, schema, this.#random() < 0.4 ? 0 : 0.02 + this.#random() * 0.06, 0);
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.#random() * from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  #value(given: Official, root: Official, wrong: number, depth: number): unknown {
    const name = given.$ref?.split('/').pop();
    const schema = name === undefined ? given : (root.definitions?.[name] ?? {});
    if (this.#random() < wrong) {
      const strange = this.#strange(schema);
      if (strange !== undefined) return strange;
    }
    if (schema.enum) return this.#pick(schema.enum);
    switch (schema.type) {
      case 'string':
        return this.#text(schema);
      case 'integer':
        return this.#number(schema, 0);
      case 'number':
        return this.#number(schema, this.#pick([0, 1, 1, 2]));
      case 'boolean':
        return this.#random() < 0.5;
      case 'array': {
        const least = schema.minItems ?? 0;
        const length = Math.min(least + Math.floor(this.#random() * 3), schema.maxItems ?? 5);
        return Array.from({ length }, () => this.#value(schema.items ?? {}, root, wrong, depth + 1));
      }
      case 'object':
        return this.#object(schema, root, wrong, depth);
      default:
        return this.#pick<unknown>([null, 1, 'x', [1], { a: 1 }, true]);
    }
  }

  #object(schema: Official, root: Official, wrong: number, depth: number): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    const required = new Set(schema.required);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const present = required.has(name) ? this.#random() >= wrong : this.#random() < (depth > 2 ? 0.15 : 0.5);
      if (present) made[name] = this.#value(property, root, wrong, depth + 1);
    }
    if (this.#random() < wrong / 2) made[this.#pick(['extra', 'constructor', 'toString', ''])] = 1;
    return made;
  }

  #text({ maxLength = 40, format }: Official): string {
    if (format === 'date-time') return this.#pick(['2026-01-15T10:00:00Z', '2024-02-29T23:59:59.123+02:00', '1970-01-01T00:00:00-11:30']);
    if (format === 'uri') return this.#pick(['ftp://host/path', 'https://example.com/a?b=c', 'http://[::1]:80/']);
    const length = this.#pick([0, 1, maxLength, Math.floor(this.#random() * maxLength)]);
    return this.#pick(['x', 'ü', '🔌'])
      .repeat(length)
      .slice(0, length * 2);
  }

  #number({ minimum, maximum }: Official, places: number): number {
    const low = minimum ?? -1_000;
    const high = maximum ?? 1_000_000;
    const raw = this.#random() < 0.2 ? this.#pick([low, high]) : low + this.#random() * (high - low);
    return Number(raw.toFixed(places));
  }

  /** Something that the schema may refuse. */
  #strange(schema: Official): unknown {
    const candidates: unknown[] = [null, 7, 7.5, 'seven', true, [], {}];
    if (schema.enum) candidates.push('Nonsense', (schema.enum[0] ?? '').toLowerCase());
    if (schema.maxLength !== undefined) candidates.push('x'.repeat(schema.maxLength + 1), '🔌'.repeat(schema.maxLength + 1));
    if (schema.format) candidates.push('2026-02-30T10:00:00Z', '2026-01-15 10:00', '2026-01-15T10:00:00', 'no uri', '/relative', 'a b:c');
    if (schema.minimum !== undefined) candidates.push(schema.minimum - 1, schema.minimum - 0.5);
    if (schema.maximum !== undefined) candidates.push(schema.maximum + 1, schema.maximum + 0.5);
    if (schema.maxItems !== undefined) candidates.push(Array.from({ length: schema.maxItems + 1 }, () => ({})));
    return this.#pick(candidates);
  }
}
