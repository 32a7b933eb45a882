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

/** What was packed; throws for a version that is not known. */
export function unpack(packed: Buffer, tariffIds: readonly string[], currency: string): PricedSession {
  const version = packed.readUInt8(0);
  if (version !== NARROW && version !== WIDE) throw new RangeError(`a packed session of version ${version} cannot be read`);
  const count = packed.readUInt16LE(1);
  const start = packed.readDoubleLE(3);
  const size = version === WIDE ? 8 : 4;
  const number = version === WIDE ? (at: number) => packed.readDoubleLE(at) : (at: number) => packed.readUInt32LE(at);
  const places = HEAD + count * NUMBERS * size;
  const periods: Period[] = [];
  let from = start;
  for (let i = 0; i < count; i += 1) {
    const at = HEAD + i * NUMBERS * size;
    const end = from + number(at);
    const place = packed[places + i];
    periods.push(
      period({
        start: from,
        end,
        energyMilliWh: number(at + size),
        timeMs: number(at + 2 * size),
        parkingMs: number(at + 3 * size),
        tariffId: place === undefined || place === NO_TARIFF ? undefined : tariffIds[place],
      }),
    );
    from = end;
  }
  return { start, end: from, currency, periods };
}
