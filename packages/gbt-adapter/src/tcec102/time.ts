const OFFSET_MS = 8 * 3_600_000;
const china = (date: Date): string => new Date(date.getTime() + OFFSET_MS).toISOString();

/** An instant as it stands in Data: `2026-10-09 12:00:00`, China time. */
export const timeText = (date: Date): string => china(date).slice(0, 19).replace('T', ' ');

/** An instant as the envelope's TimeStamp: `20261009120000`, China time. */
export const stampText = (date: Date): string => china(date).slice(0, 19).replace(/\D/g, '');

/** The instant of a time in Data; 24:00:00 is the next day's midnight. Undefined for what is no time. */
export function timeOf(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text);
  if (!match) return undefined;
  const isMidnight = match[2] === '24:00:00';
  const date = new Date(`${match[1]}T${isMidnight ? '00:00:00' : match[2]}+08:00`);
  if (Number.isNaN(date.getTime()) || !china(date).startsWith(match[1]!)) return undefined;
  return isMidnight ? new Date(date.getTime() + 86_400_000) : date;
}

/** The instant of a TimeStamp; undefined for what is none. Numbers only: every call passes here before it is believed. */
export function stampOf(text: string): Date | undefined {
  if (!/^\d{14}$/.test(text)) return undefined;
  const [month, day, hour] = [Number(text.slice(4, 6)), Number(text.slice(6, 8)), Number(text.slice(8, 10))];
  const [minute, second] = [Number(text.slice(10, 12)), Number(text.slice(12, 14))];
  const local = new Date(Date.UTC(Number(text.slice(0, 4)), month - 1, day, hour, minute, second));
  const isReal = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isReal ? new Date(local.getTime() - OFFSET_MS) : undefined;
}
