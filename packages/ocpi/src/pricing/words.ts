import type { LineDimension } from './amounts.js';
import { decimal } from './exact.js';
import type { Dimension, FeeType, Restrictions } from './tariff.js';

/** The languages of explanations. */
export type Language = 'en' | 'zh';

/** The phrases of one language; each sentence stands whole in it, so that word order is its own. */
export interface Words {
  readonly and: string;
  readonly dimension: Readonly<Record<LineDimension, string>>;
  readonly fee: Readonly<Record<FeeType, string>>;
  readonly taxIncluded: Readonly<Record<'yes' | 'no' | 'notApplicable', string>>;
  rate(dimension: Dimension, reserved: boolean, price: string): string;
  step(dimension: Dimension, size: number): string;
  tax(name: string, percent: string): string;
  when(r: Restrictions): string[];
  limit(kind: 'min' | 'max', amount: string, taxes: 'before' | 'after'): string;
  first: string;
  volume(dimension: LineDimension, volume: number): string;
  billedAs(volume: string): string;
  total(after: string | undefined, before: string | undefined, taxes: string): string;
}

const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const date = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
const kilo = (milli: number) => decimal(BigInt(milli), 6, 0);
const ampere = (micro: number) => decimal(BigInt(micro), 6, 0);

const EN_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function enDuration(ms: number): string {
  const seconds = ms / 1000;
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = seconds % 60;
  const parts = [h > 0 ? `${h} h` : '', m > 0 ? `${m} min` : '', s > 0 ? `${s} s` : ''].filter((p) => p !== '');
  return parts.length > 0 ? parts.join(' ') : '0 min';
}

const en: Words = {
  and: ' and ',
  dimension: {
    FLAT: 'start fee',
    ENERGY: 'energy',
    TIME: 'charging time',
    PARKING_TIME: 'parking without charging',
    RESERVATION_FLAT: 'reservation fee',
    RESERVATION_TIME: 'reservation time',
    MIN_PRICE: 'raised to the minimum price',
    MAX_PRICE: 'lowered to the maximum price',
  },
  fee: { electricity: 'electricity', service: 'service', start: 'start', idle: 'idling', reservation: 'reservation' },
  taxIncluded: { yes: 'Prices include taxes.', no: 'Prices exclude taxes.', notApplicable: 'No taxes apply.' },
  rate(dimension, reserved, price) {
    const of = {
      FLAT: `${price} once per session`,
      ENERGY: `${price} per kWh`,
      TIME: `${price} per hour of charging`,
      PARKING_TIME: `${price} per hour of parking without charging`,
    };
    const reservation = { ...of, FLAT: `${price} once per reservation`, TIME: `${price} per hour of reservation` };
    return (reserved ? reservation : of)[dimension];
  },
  step: (dimension, size) =>
    dimension === 'ENERGY'
      ? `the total is rounded up to steps of ${size} Wh`
      : `the total is rounded up to steps of ${enDuration(size * 1000)}`,
  tax: (name, percent) => `${name} ${percent} %`,
  when(r) {
    const out: string[] = [];
    if (r.weekdays) out.push(`on ${r.weekdays.map((d) => EN_DAYS[d - 1]).join(', ')}`);
    if (r.startMinute !== undefined || r.endMinute !== undefined)
      out.push(`from ${clock(r.startMinute ?? 0)} to ${clock(r.endMinute || 1440)}`);
    if (r.startDay !== undefined) out.push(`from ${date(r.startDay)}`);
    if (r.endDay !== undefined) out.push(`before ${date(r.endDay)}`);
    if (r.minEnergyMilliWh !== undefined) out.push(`once ${kilo(r.minEnergyMilliWh)} kWh are charged`);
    if (r.maxEnergyMilliWh !== undefined) out.push(`for the first ${kilo(r.maxEnergyMilliWh)} kWh`);
    if (r.minDurationMs !== undefined) out.push(`after ${enDuration(r.minDurationMs)}`);
    if (r.maxDurationMs !== undefined) out.push(`during the first ${enDuration(r.maxDurationMs)}`);
    if (r.minPowerMilliW !== undefined) out.push(`at ${kilo(r.minPowerMilliW)} kW or more`);
    if (r.maxPowerMilliW !== undefined) out.push(`below ${kilo(r.maxPowerMilliW)} kW`);
    if (r.minCurrentMicroA !== undefined) out.push(`at ${ampere(r.minCurrentMicroA)} A or more`);
    if (r.maxCurrentMicroA !== undefined) out.push(`below ${ampere(r.maxCurrentMicroA)} A`);
    if (r.reservation === 'expires') out.push('when a reservation expires unused');
    return out;
  },
  limit: (kind, amount, taxes) => `A session costs at ${kind === 'min' ? 'least' : 'most'} ${amount} ${taxes} taxes.`,
  first: 'Where several lines price the same thing, the first whose conditions hold counts.',
  volume: (dimension, volume) => (dimension === 'ENERGY' ? `${kilo(volume)} kWh` : isTime(dimension) ? enDuration(volume) : ''),
  billedAs: (volume) => `billed as ${volume}`,
  total: (after, before, taxes) =>
    after === undefined
      ? `Total ${before ?? 'unknown'} before taxes.`
      : before === undefined
        ? `Total ${after} including taxes.`
        : `Total ${after}: ${before} before taxes${taxes === '' ? '' : `, ${taxes}`}.`,
};

const ZH_DAYS = ['周一', '周二', '周三', '周四', '周五', '周六', '周日'];

function zhDuration(ms: number): string {
  const seconds = ms / 1000;
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = seconds % 60;
  return `${h > 0 ? `${h}小时` : ''}${m > 0 ? `${m}分钟` : ''}${s > 0 ? `${s}秒` : ''}` || '0分钟';
}

const zh: Words = {
  and: '，',
  dimension: {
    FLAT: '启动费',
    ENERGY: '电量',
    TIME: '充电时长',
    PARKING_TIME: '占位时长',
    RESERVATION_FLAT: '预约费',
    RESERVATION_TIME: '预约时长',
    MIN_PRICE: '补足最低消费',
    MAX_PRICE: '减至封顶价',
  },
  fee: { electricity: '电费', service: '服务费', start: '启动费', idle: '占位费', reservation: '预约费' },
  taxIncluded: { yes: '价格含税。', no: '价格不含税。', notApplicable: '不适用税费。' },
  rate(dimension, reserved, price) {
    const of = {
      FLAT: `每次充电${price}`,
      ENERGY: `每度电（kWh）${price}`,
      TIME: `充电每小时${price}`,
      PARKING_TIME: `占位（未充电）每小时${price}`,
    };
    const reservation = { ...of, FLAT: `每次预约${price}`, TIME: `预约每小时${price}` };
    return (reserved ? reservation : of)[dimension];
  },
  step: (dimension, size) => (dimension === 'ENERGY' ? `总电量按${size}瓦时向上取整` : `总时长按${zhDuration(size * 1000)}向上取整`),
  tax: (name, percent) => `${name} ${percent}%`,
  when(r) {
    const out: string[] = [];
    if (r.weekdays) out.push(r.weekdays.map((d) => ZH_DAYS[d - 1]).join('、'));
    if (r.startMinute !== undefined || r.endMinute !== undefined) out.push(`${clock(r.startMinute ?? 0)}至${clock(r.endMinute || 1440)}`);
    if (r.startDay !== undefined) out.push(`自${date(r.startDay)}起`);
    if (r.endDay !== undefined) out.push(`${date(r.endDay)}之前`);
    if (r.minEnergyMilliWh !== undefined) out.push(`充满${kilo(r.minEnergyMilliWh)}度之后`);
    if (r.maxEnergyMilliWh !== undefined) out.push(`前${kilo(r.maxEnergyMilliWh)}度`);
    if (r.minDurationMs !== undefined) out.push(`${zhDuration(r.minDurationMs)}之后`);
    if (r.maxDurationMs !== undefined) out.push(`前${zhDuration(r.maxDurationMs)}`);
    if (r.minPowerMilliW !== undefined) out.push(`功率不低于${kilo(r.minPowerMilliW)}千瓦`);
    if (r.maxPowerMilliW !== undefined) out.push(`功率低于${kilo(r.maxPowerMilliW)}千瓦`);
    if (r.minCurrentMicroA !== undefined) out.push(`电流不低于${ampere(r.minCurrentMicroA)}安`);
    if (r.maxCurrentMicroA !== undefined) out.push(`电流低于${ampere(r.maxCurrentMicroA)}安`);
    if (r.reservation === 'expires') out.push('预约过期未用时');
    return out;
  },
  limit: (kind, amount, taxes) => `每次充电${kind === 'min' ? '最低' : '最高'}${amount}${taxes === 'before' ? '（税前）' : '（含税）'}。`,
  first: '同一项目有多行价格时，以条件成立的第一行为准。',
  volume: (dimension, volume) => (dimension === 'ENERGY' ? `${kilo(volume)}度` : isTime(dimension) ? zhDuration(volume) : ''),
  billedAs: (volume) => `按${volume}计费`,
  total: (after, before, taxes) =>
    after === undefined
      ? `合计${before ?? '未知'}（税前）。`
      : before === undefined
        ? `合计${after}（含税）。`
        : `合计${after}：税前${before}${taxes === '' ? '' : `，${taxes}`}。`,
};

function isTime(dimension: LineDimension): boolean {
  return dimension === 'TIME' || dimension === 'PARKING_TIME' || dimension === 'RESERVATION_TIME';
}

/** The phrases of a language. */
export const words: Readonly<Record<Language, Words>> = { en, zh };
