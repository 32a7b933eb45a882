const moment = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/;
const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** RFC 3339, 5.6, calendar days checked. A leap second is one only at the end of a UTC day. */
export function isDateTime(value: string): boolean {
  const part = moment.exec(value);
  if (!part) return false;
  const year = Number(part[1]);
  const month = Number(part[2]);
  const day = Number(part[3]);
  if (month < 1 || month > 12 || day < 1) return false;
  if (day > (days[month - 1] ?? 0) && !(month === 2 && day === 29 && isLeap(year))) return false;
  const hour = Number(part[4]);
  const minute = Number(part[5]);
  const second = Number(part[6]);
  if (part[7] !== undefined && (Number(part[7]) > 23 || Number(part[8]) > 59)) return false;
  if (hour > 23 || minute > 59) return false;
  return second < 60 || (second === 60 && isEndOfUtcDay(value, hour, minute, part[7], part[8]));
}

function isEndOfUtcDay(value: string, hour: number, minute: number, offsetHour?: string, offsetMinute?: string): boolean {
  const sign = value.charAt(value.length - 6) === '-' ? 1 : -1;
  const offset = offsetHour === undefined ? 0 : sign * (Number(offsetHour) * 60 + Number(offsetMinute));
  return (((hour * 60 + minute + offset) % 1440) + 1440) % 1440 === 1439;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;

/** A URI with a scheme and only the characters that RFC 3986 allows; `ftp:` and unknown schemes pass. */
export const isUri = (value: string): boolean => scheme.test(value);
