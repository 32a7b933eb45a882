import { Ajv, type ValidateFunction } from 'ajv';
import { readJson } from './data.js';

/** A JSON Schema as the standard publishes it. */
export interface Official {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Official;
  readonly properties?: Readonly<Record<string, Official>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly definitions?: Readonly<Record<string, Official>>;
}

// Another way to the same verdict than ours: what the engine's own parser makes of it must say the same day.
function isMoment(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return false;
  const local = new Date(`${text.slice(0, 19)}Z`);
  return !Number.isNaN(local.getTime()) && local.toISOString().startsWith(text.slice(0, 19)) && !Number.isNaN(Date.parse(text));
}

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  multipleOfPrecision: 6,
  code: { optimize: false },
  formats: { 'date-time': isMoment, uri: (text: string) => URL.canParse(text) && !/[\s"<>\\^`{|}]/.test(text) },
});

/** A published schema and its check, which lists every error. */
export function official(...path: string[]): { schema: Official; check: ValidateFunction } {
  const { $id: _1, id: _2, $schema: _3, ...schema } = readJson(...path) as Record<string, unknown>;
  return { schema, check: ajv.compile(schema) };
}
