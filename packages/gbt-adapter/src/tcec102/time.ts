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

/** The instant of a TimeStamp; undefined for what is none. */
export function stampOf(text: string): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  return match ? timeOf(`${match[1]}-${match[2]}-${match[3]} ${match[4]}:${match[5]}:${match[6]}`) : undefined;
}
