import { type Period, type PricedSession, period } from '@evroam/ocpi/pricing';

/** Version 1 holds numbers of 32 bits, version 2 doubles, for the rare session that needs more. */
const WIDE = 2;
const NARROW = 1;
const NARROW_LIMIT = 2 ** 32;
const HEAD = 1 + 2 + 8;
/** Numbers of a period: length in ms, energy in mWh, charging and parking time in ms. */
const NUMBERS = 4;
const NO_TARIFF = 255;

/**
 * A session in as few bytes as a settlement run needs: start, and for each period its length, energy, times and tariff. Undefined for one
 * that holds more than that (a reservation, limits of current or power): it is priced from its CDR.
 */
export function pack({ start, periods, reservation }: PricedSession, tariffIds: readonly string[]): Buffer | undefined {
  if (reservation !== undefined || periods.length > 0xffff || tariffIds.length >= NO_TARIFF) return undefined;
  const numbers: number[] = [];
  const tariffs: number[] = [];
  let until = start;
  for (const p of periods) {
    const plain = p.reservationMs === 0 && p.minCurrentMicroA < 0 && p.maxCurrentMicroA < 0 && p.minPowerMilliW < 0 && p.maxPowerMilliW < 0;
    if (!plain || p.start !== until) return undefined;
    numbers.push(p.end - p.start, p.energyMilliWh, p.timeMs, p.parkingMs);
    const place = p.tariffId === undefined ? NO_TARIFF : tariffIds.indexOf(p.tariffId);
    if (place < 0) return undefined;
    tariffs.push(place);
    until = p.end;
  }
  const wide = numbers.some((n) => n >= NARROW_LIMIT);
  const size = wide ? 8 : 4;
  const packed = Buffer.alloc(HEAD + numbers.length * size + tariffs.length);
  packed.writeUInt8(wide ? WIDE : NARROW, 0);
  packed.writeUInt16LE(periods.length, 1);
  packed.writeDoubleLE(start, 3);
  numbers.forEach((n, i) => {
    if (wide) packed.writeDoubleLE(n, HEAD + i * size);
    else packed.writeUInt32LE(n, HEAD + i * size);
  });
  tariffs.forEach((place, i) => {
    packed.writeUInt8(place, HEAD + numbers.length * size + i);
  });
  return packed;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Makes a reader of packed sessions; it throws for a version that is not known. A run reads millions of periods: the reader fills the same
 * objects again and again, so what it gives is good until it is called the next time.
 */
export function createUnpack(): (packed: Buffer, tariffIds: readonly string[], currency: string) => PricedSession {
  const pool: Mutable<Period>[] = [];
  const periods: Mutable<Period>[] = [];
  return (packed, tariffIds, currency) => {
    const version = packed.readUInt8(0);
    if (version !== NARROW && version !== WIDE) throw new RangeError(`a packed session of version ${version} cannot be read`);
    const count = packed.readUInt16LE(1);
    const start = packed.readDoubleLE(3);
    const wide = version === WIDE;
    const size = wide ? 8 : 4;
    const places = HEAD + count * NUMBERS * size;
    while (pool.length < count) pool.push({ ...period({ start: 0, end: 0 }) });
    periods.length = 0;
    let from = start;
    for (let i = 0, at = HEAD; i < count; i += 1, at += NUMBERS * size) {
      const one = pool[i]!;
      one.start = from;
      from += wide ? packed.readDoubleLE(at) : packed.readUInt32LE(at);
      one.end = from;
      one.energyMilliWh = wide ? packed.readDoubleLE(at + 8) : packed.readUInt32LE(at + 4);
      one.timeMs = wide ? packed.readDoubleLE(at + 16) : packed.readUInt32LE(at + 8);
      one.parkingMs = wide ? packed.readDoubleLE(at + 24) : packed.readUInt32LE(at + 12);
      const place = packed[places + i];
      one.tariffId = place === undefined || place === NO_TARIFF ? undefined : tariffIds[place];
      periods.push(one);
    }
    return { start, end: from, currency, periods };
  };
}
