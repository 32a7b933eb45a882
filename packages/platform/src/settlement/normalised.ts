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
export function createUnpack(): (packed: DataView, at: number, tariffIds: readonly string[], currency: string) => PricedSession {
  const pool: Mutable<Period>[] = [];
  const periods: Mutable<Period>[] = [];
  return (packed, at, tariffIds, currency) => {
    const version = packed.getUint8(at);
    if (version !== NARROW && version !== WIDE) throw new RangeError(`a packed session of version ${version} cannot be read`);
    const count = packed.getUint16(at + 1, true);
    const start = packed.getFloat64(at + 3, true);
    const wide = version === WIDE;
    const size = wide ? 8 : 4;
    const places = at + HEAD + count * NUMBERS * size;
    while (pool.length < count) pool.push({ ...period({ start: 0, end: 0 }) });
    // Kept as long as they are, where they are: a list that is emptied and filled again is made anew.
    while (periods.length > count) periods.pop();
    while (periods.length < count) periods.push(pool[periods.length]!);
    let from = start;
    for (let i = 0, next = at + HEAD; i < count; i += 1, next += NUMBERS * size) {
      const one = periods[i]!;
      one.start = from;
      from += wide ? packed.getFloat64(next, true) : packed.getUint32(next, true);
      one.end = from;
      one.energyMilliWh = wide ? packed.getFloat64(next + 8, true) : packed.getUint32(next + 4, true);
      one.timeMs = wide ? packed.getFloat64(next + 16, true) : packed.getUint32(next + 8, true);
      one.parkingMs = wide ? packed.getFloat64(next + 24, true) : packed.getUint32(next + 12, true);
      const place = packed.getUint8(places + i);
      one.tariffId = place === NO_TARIFF ? undefined : tariffIds[place];
    }
    return { start, end: from, currency, periods };
  };
}

/** What stands before the rows of a binary COPY, if no extension does, and the count of columns that ends them. */
const COPY_HEAD = 19;
const COPY_END = -1;
/** Places in a row, each column behind its length of four bytes: plan, sign, net, gross, energy, then the key. */
const COLUMNS = 7;
const PLAN = 2 + 4;
const SIGN = PLAN + 4 + 4;
const NET = SIGN + 2 + 4;
const GROSS = NET + 8 + 4;
const ENERGY = GROSS + 8 + 4;
const KEY = ENERGY + 8 + 4;

/** The CDRs of a settlement run as PostgreSQL sends them (`pricedIn` of the store), read one by one; what it shows is good until `next`. */
export class PricedFrame {
  readonly view: DataView;
  readonly #bytes: Buffer;
  #next = COPY_HEAD;
  #key = 0;
  #keyEnd = 0;
  plan = 0;
  sign = 0;
  net = 0n;
  gross = 0n;
  energyMilliWh = 0;
  /** Where in the view its session begins; undefined for one that does not pack and is priced from its CDR. */
  session: number | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Moves on to the next CDR; false where there is none. */
  next(): boolean {
    const { view } = this;
    const row = this.#next;
    const columns = view.getInt16(row);
    if (columns === COPY_END) return false;
    if (columns !== COLUMNS) throw new RangeError(`a row of ${columns} columns is none of a settlement run`);
    this.plan = view.getInt32(row + PLAN);
    this.sign = view.getInt16(row + SIGN);
    this.net = view.getBigInt64(row + NET);
    this.gross = view.getBigInt64(row + GROSS);
    this.energyMilliWh = Number(view.getBigInt64(row + ENERGY));
    this.#key = row + KEY;
    this.#keyEnd = this.#key + view.getInt32(this.#key - 4);
    const length = view.getInt32(this.#keyEnd);
    this.session = length < 0 ? undefined : this.#keyEnd + 4;
    this.#next = this.#keyEnd + 4 + Math.max(length, 0);
    return true;
  }

  /** How many there are, and the key of the last one. */
  measure(): { count: number; last: string } {
    let count = 0;
    let last = 0;
    for (let row = COPY_HEAD; this.view.getInt16(row) !== COPY_END; count += 1) {
      last = row;
      const keyEnd = row + KEY + this.view.getInt32(row + KEY - 4);
      row = keyEnd + 4 + Math.max(this.view.getInt32(keyEnd), 0);
    }
    const key = last + KEY;
    return { count, last: count === 0 ? '' : this.#bytes.toString('utf8', key, key + this.view.getInt32(key - 4)) };
  }

  /** Made only when asked for: a sound run names none of its CDRs. */
  get key(): string {
    return this.#bytes.toString('utf8', this.#key, this.#keyEnd);
  }
}
