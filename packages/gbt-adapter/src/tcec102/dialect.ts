import type { Schema } from './schema.js';

/** How one partner spells what the standard spells otherwise. Data only: a new partner is a new value. */
export interface Dialect {
  readonly name: string;
  /** Standard name to theirs, in everything we send. */
  readonly rename?: Readonly<Record<string, string>>;
  /** The same for one message alone: `query_equip_charge_status response`. */
  readonly renameIn?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** notification_stationStatus carries a list under `ConnectorStatusInfos`. */
  readonly statusAsList?: true;
  /** Numbers of these names go out as texts. */
  readonly numbersAsText?: readonly string[];
  /** Fields that they require and we fill alike in every object that has the first key. */
  readonly always?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The spelling of the 2016 text. */
export const STANDARD: Dialect = { name: 'standard' };
/** 小桔 1.4.0 */
export const XIAOJU: Dialect = {
  name: 'xiaoju',
  rename: {
    SevicePrice: 'ServicePrice',
    SeviceMoney: 'ServiceMoney',
    DetailSeviceMoney: 'DetailServiceMoney',
    TotalSeviceMoney: 'TotalServiceMoney',
  },
  renameIn: { 'query_equip_charge_status response': { ElecMoney: 'ElectMoney' } },
  numbersAsText: ['Total'],
};
/** The joint test of the standard's own body. */
export const JOINT_TEST: Dialect = { name: 'joint-test', statusAsList: true };
export const DIALECTS: readonly Dialect[] = [STANDARD, XIAOJU, JOINT_TEST];

/** Every other spelling that is taken from anybody: the other names of a standard name. */
const SYNONYMS: ReadonlyMap<string, readonly string[]> = (() => {
  const map = new Map<string, string[]>([['StartChargeSeqStat', ['startChargeSeqStat']]]);
  for (const { rename = {}, renameIn = {} } of DIALECTS) {
    for (const table of [rename, ...Object.values(renameIn)]) {
      for (const [ours, theirs] of Object.entries(table)) map.set(ours, [...(map.get(ours) ?? []), theirs]);
    }
  }
  return map;
})();

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const NUMERIC = /^-?\d+(\.\d+)?$/;

/**
 * What a partner sent, in the standard's spelling: other names, numbers as texts and texts as numbers, null for absent, one object where
 * the text has it and a list where the joint test has one. Follows the definition, so that fields nobody defined stay as they came.
 */
export function normalise(schema: Schema, value: unknown): unknown {
  const { type, properties, items } = schema as { type?: string; properties?: Readonly<Record<string, Schema>>; items?: Schema };
  if (type === 'number' || type === 'integer') return typeof value === 'string' && NUMERIC.test(value) ? Number(value) : value;
  if (type === 'string') return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (type === 'array' && items) return Array.isArray(value) ? value.map((item) => normalise(items, item)) : value;
  if (!properties || !isRecord(value)) return value;
  const result: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, field] of Object.entries(properties)) {
    const found = [name, ...(SYNONYMS.get(name) ?? [])].find((spelling) => value[spelling] !== undefined && value[spelling] !== null);
    for (const spelling of [name, ...(SYNONYMS.get(name) ?? [])]) known.add(spelling);
    if (found !== undefined) result[name] = normalise(field, value[found]);
  }
  // A key of this name would become the prototype and lend its fields to the checks.
  known.add('__proto__');
  for (const [name, other] of Object.entries(value)) if (!known.has(name)) result[name] = other;
  return result;
}

/** The joint test's list of statuses, one by one; whoever sends one object gives a list of one. */
export function statusesOf(request: unknown): readonly unknown[] {
  if (!isRecord(request)) return [];
  const { ConnectorStatusInfo: one, ConnectorStatusInfos: many } = request;
  if (Array.isArray(many)) return many;
  return Array.isArray(one) ? one : one === undefined ? [] : [one];
}

/** What we send, in a partner's spelling. `side` is `request` or `response`. */
export function spell(dialect: Dialect, name: string, side: 'request' | 'response', value: unknown): unknown {
  const { rename, renameIn, statusAsList, numbersAsText, always } = dialect;
  const table = { ...rename, ...renameIn?.[`${name} ${side}`] };
  const texts = new Set(numbersAsText);
  const listed =
    statusAsList && name === 'notification_stationStatus' && side === 'request' && isRecord(value)
      ? { ConnectorStatusInfos: [value.ConnectorStatusInfo] }
      : value;
  if (Object.keys(table).length === 0 && texts.size === 0 && !always) return listed;
  const walk = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(walk);
    if (!isRecord(item)) return item;
    const entries = Object.entries(item).map(([key, inner]) => [
      table[key] ?? key,
      texts.has(key) && typeof inner === 'number' ? String(inner) : walk(inner),
    ]);
    const added = Object.entries(always ?? {}).flatMap(([key, extra]) => (key in item ? Object.entries(extra) : []));
    return Object.fromEntries([...added, ...entries]);
  };
  return walk(listed);
}
