// Texts of a machine-readable kind other than JSON: CSV and YAML.
import { isRecord } from './path.js';
import { safe, safeJson } from './safe.js';

/** One value as a cell; what has parts is shown as JSON. */
export function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? safeJson(value) : String(value);
}

/** RFC 4180, and a cell that a spreadsheet would run as a formula is made a text. */
export function toCsv(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]): string {
  const line = (cells: readonly string[]) => `${cells.map(quote).join(',')}\r\n`;
  return line(columns) + rows.map((row) => line(columns.map((column) => cell(row[column])))).join('');
}

function quote(text: string): string {
  const harmless = /^[=+\-@]/.test(text) && !/^[+-]?\d[\d.,]*$/.test(text) ? `'${text}` : text;
  const clean = harmless
    .split(/\r\n|\r|\n/)
    .map(safe)
    .join('\n');
  return /[",\n]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}

/** YAML 1.2 of JSON values; every text that is not a plain word is quoted as in JSON, which YAML reads. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `${indent}- ${nested(item, `${indent}  `).trimStart()}`).join('');
  }
  if (isRecord(value) && !(value instanceof Date)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined);
    if (entries.length > 0) {
      return entries
        .map(([key, part]) => `${indent}${scalar(key)}:${hasParts(part) ? `\n${toYaml(part, `${indent}  `)}` : ` ${scalar(part)}\n`}`)
        .join('');
    }
  }
  return `${indent}${scalar(value)}\n`;
}

const nested = (item: unknown, indent: string): string => (hasParts(item) ? toYaml(item, indent) : `${scalar(item)}\n`);
const hasParts = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isRecord(value) && !(value instanceof Date) && Object.values(value).some((part) => part !== undefined);

const PLAIN = /^[A-Za-z][A-Za-z0-9_ ./*-]*$/;
const WORDS = /^(true|false|null|yes|no|on|off|y|n|\.nan|\.inf)$/i;

function scalar(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (typeof value !== 'string') return safeJson(value ?? null);
  return PLAIN.test(value) && !WORDS.test(value) && !value.endsWith(' ') ? value : safeJson(value);
}
