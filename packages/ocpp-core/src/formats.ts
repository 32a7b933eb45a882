const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * RFC 3339, 5.6, calendar days checked. A leap second is one only at the end of a UTC day. Read by character, since a
 * regular expression costs as much as the rest of a message's check.
 */
export function isDateTime(value: string): boolean {
  const month = digits(value, 5);
  const day = digits(value, 8);
  const hour = digits(value, 11);
  const minute = digits(value, 14);
  const second = digits(value, 17);
  const year = digits(value, 0) * 100 + digits(value, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return false;
  if (value[4] !== '-' || value[7] !== '-' || (value[10] !== 'T' && value[10] !== 't') || value[13] !== ':' || value[16] !== ':')
    return false;
  if (day > (days[month - 1] ?? 0) && !(month === 2 && day === 29 && isLeap(year))) return false;
  const offset = offsetMinutes(value, endOfFraction(value));
  if (offset === undefined) return false;
  return second < 60 || (((hour * 60 + minute - offset) % 1440) + 1440) % 1440 === 1439;
}

/** Two digits as a number; a large negative one where there are none. */
function digits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -100_000;
}

/** Where the offset begins; a point must have a digit behind it. */
function endOfFraction(text: string): number {
  if (text[19] !== '.') return 19;
  let at = 20;
  while (text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at += 1;
  return at === 20 ? -1 : at;
}

function offsetMinutes(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : undefined;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return undefined;
  const hours = digits(text, at + 1);
  const minutes = digits(text, at + 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;

/** A URI with a scheme and only the characters that RFC 3986 allows; `ftp:` and unknown schemes pass. */
export const isUri = (value: string): boolean => scheme.test(value);
