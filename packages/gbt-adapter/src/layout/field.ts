/**
 * A value that does not fit its field, or bytes that are no value of it. Carries no protocol's code: `ykc`, `gbt27930` turn it into
 * their own error. `field` is the path inside the message, '' while nobody has named it yet.
 */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly field: string;

  constructor(reason: string, field = '') {
    super(field === '' ? reason : `${field}: ${reason}`);
    this.field = field;
    this.reason = reason;
  }

  readonly reason: string;
}

/**
 * One value at a place in a byte layout. `size` is how far it moves on: 0 for a value that shares its bytes with the next one.
 * `write` throws FieldError and never rounds or cuts in silence, so that every value that was written reads back equal.
 */
export interface Field<T> {
  readonly size: number;
  /** What the documentation says of it: kind, scale, unit, meanings. */
  readonly says: string;
  /** Reserved bytes: written, never a property of what is read. */
  readonly isSilent?: true;
  // Methods, not properties: a Field<number> is then a Field<unknown>, as a shape needs it.
  read(bytes: Uint8Array, at: number, end: number): T;
  write(bytes: Uint8Array, at: number, value: T): void;
  /** Of variable length: the number of bytes for a value. Only the last field of a struct may have it. */
  sizeOf?(value: T): number;
  /** The value as it is printed in JSON where that differs: a scaled number as a decimal text with all its places. */
  print?(value: T): unknown;
  /** The inverse of `print`; gives back what it does not understand, for `write` to refuse. */
  parse?(printed: unknown): unknown;
}

/** 00..FF as two upper-case digits. */
export const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

const fail = (value: unknown, wants: string): never => {
  throw new FieldError(`${typeof value === 'string' ? JSON.stringify(value) : String(value)} is not ${wants}`);
};

/** Little-endian unsigned integer at `at`; up to 6 bytes stay exact. */
function readUint(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + bytes[at + i]!;
  return value;
}

function writeUint(bytes: Uint8Array, at: number, size: number, value: number): void {
  let rest = value;
  for (let i = 0; i < size; i += 1) {
    bytes[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

const readers: readonly ((bytes: Uint8Array, at: number) => number)[] = [
  () => 0,
  (bytes, at) => bytes[at]!,
  (bytes, at) => bytes[at]! | (bytes[at + 1]! << 8),
  (bytes, at) => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16),
  (bytes, at) => (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) + bytes[at + 3]! * 0x1000000,
];

// The widths that every frame is full of have a reader of their own: straight-line code is twice as fast as the loop.
const reader = (size: number): ((bytes: Uint8Array, at: number) => number) => readers[size] ?? ((bytes, at) => readUint(bytes, at, size));

function writer(size: number): (bytes: Uint8Array, at: number, value: number) => void {
  if (size === 1) {
    return (bytes, at, value) => {
      bytes[at] = value;
    };
  }
  if (size === 2) {
    return (bytes, at, value) => {
      bytes[at] = value;
      bytes[at + 1] = value >>> 8;
    };
  }
  if (size === 4) {
    return (bytes, at, value) => {
      bytes[at] = value;
      bytes[at + 1] = value >>> 8;
      bytes[at + 2] = value >>> 16;
      bytes[at + 3] = value >>> 24;
    };
  }
  return (bytes, at, value) => writeUint(bytes, at, size, value);
}

/** Unsigned little-endian integer of `size` bytes, `less` subtracted when read: `uint(1, 50)` is a temperature from -50. */
export function uint(size: number, less = 0, says = ''): Field<number> {
  const read = reader(size);
  const write = writer(size);
  const most = 2 ** (8 * size) - 1;
  return {
    size,
    says: says === '' ? `BIN ${size}${less === 0 ? '' : `, offset ${-less}`}` : says,
    read: less === 0 ? read : (bytes, at) => read(bytes, at) - less,
    write: (bytes, at, value) => {
      const raw = value + less;
      if (!Number.isInteger(value) || raw < 0 || raw > most) fail(value, `an integer from ${-less} to ${most - less}`);
      write(bytes, at, raw);
    },
  };
}

/** A scaled integer: a decimal of at most `places` places. The number is the double next to it, so it reads and writes exactly. */
export function decimal(size: number, places: number, unit: string, less = 0): Field<number> {
  const read = reader(size);
  const write = writer(size);
  const scale = 10 ** places;
  const most = 2 ** (8 * size) - 1;
  return {
    size,
    says: `BIN ${size}, ${places} decimals, ${unit}${less === 0 ? '' : `, offset ${-less / scale}`}`,
    read: less === 0 ? (bytes, at) => read(bytes, at) / scale : (bytes, at) => (read(bytes, at) - less) / scale,
    write: (bytes, at, value) => {
      const units = Math.round(value * scale);
      const raw = units + less;
      if (units / scale !== value || raw < 0 || raw > most) {
        fail(value, `a decimal from ${-less / scale} to ${(most - less) / scale} of at most ${places} places`);
      }
      write(bytes, at, raw);
    },
    print: (value) => value.toFixed(places),
    parse: (printed) => (typeof printed === 'string' && /^-?\d+(\.\d+)?$/.test(printed) ? Number(printed) : printed),
  };
}

/** An unsigned byte whose values have names; a value without one is kept, for real devices send such. */
export function code(meanings: Readonly<Record<number, string>>): Field<number> {
  const list = Object.entries(meanings).map(([value, meaning]) => `${value} ${meaning}`);
  return uint(1, 0, `BIN 1: ${list.join(', ')}`);
}

/** BCD of `size` bytes: as many text digits as twice that. Bytes with a digit above 9 are refused. */
export function bcd(size: number): Field<string> {
  return {
    size,
    says: `BCD ${size}`,
    read: (bytes, at) => {
      let text = '';
      for (let i = at; i < at + size; i += 1) {
        const byte = bytes[i]!;
        if (byte > 0x99 || (byte & 15) > 9) throw new FieldError(`the byte ${HEX[byte]} is not two decimal digits`);
        text += HEX[byte];
      }
      return text;
    },
    write: (bytes, at, value) => {
      if (typeof value !== 'string' || value.length !== size * 2) fail(value, `${size * 2} digits`);
      for (let i = 0; i < size; i += 1) {
        const high = value.charCodeAt(i * 2) - 48;
        const low = value.charCodeAt(i * 2 + 1) - 48;
        if (high < 0 || high > 9 || low < 0 || low > 9) fail(value, `${size * 2} digits`);
        bytes[at + i] = (high << 4) | low;
      }
    },
  };
}

const nibble = (char: number): number => {
  if (char >= 48 && char <= 57) return char - 48;
  if (char >= 65 && char <= 70) return char - 55;
  return char >= 97 && char <= 102 ? char - 87 : -1;
};

/** Raw bytes as upper-case hexadecimal text, in the order of the wire. */
export function hex(size: number, says = `hex ${size}`): Field<string> {
  return {
    size,
    says,
    read: (bytes, at) => {
      let text = '';
      for (let i = at; i < at + size; i += 1) text += HEX[bytes[i]!];
      return text;
    },
    write: (bytes, at, value) => {
      if (typeof value !== 'string' || value.length !== size * 2) fail(value, `${size * 2} hexadecimal digits`);
      for (let i = 0; i < size; i += 1) {
        const high = nibble(value.charCodeAt(i * 2));
        const low = nibble(value.charCodeAt(i * 2 + 1));
        if (high < 0 || low < 0) fail(value, `${size * 2} hexadecimal digits`);
        bytes[at + i] = (high << 4) | low;
      }
    },
  };
}

/** Text padded with zero bytes. A byte above 127 is kept as the Latin-1 character of its number: such bytes do come, and must survive. */
export function ascii(size: number): Field<string> {
  return {
    size,
    says: `ASCII ${size}`,
    read: (bytes, at) => {
      let last = at + size;
      while (last > at && bytes[last - 1] === 0) last -= 1;
      let text = '';
      for (let i = at; i < last; i += 1) text += String.fromCharCode(bytes[i]!);
      return text;
    },
    write: (bytes, at, value) => {
      if (typeof value !== 'string' || value.length > size || value.endsWith('\0')) fail(value, `a text of at most ${size} characters`);
      for (let i = 0; i < size; i += 1) {
        const char = i < value.length ? value.charCodeAt(i) : 0;
        if (char > 255) fail(value, 'a text of single-byte characters');
        bytes[at + i] = char;
      }
    },
  };
}

/** Text that stands backwards on the wire, as the VIN of a 0x31 frame does. */
export function reversedAscii(size: number): Field<string> {
  const forwards = ascii(size);
  const reverse = (text: string): string => [...text].reverse().join('');
  return {
    size,
    says: `ASCII ${size}, last character first`,
    read: (bytes, at, end) => reverse(forwards.read(bytes, at, end)),
    write: (bytes, at, value) => {
      if (typeof value !== 'string') fail(value, 'a text');
      forwards.write(bytes, at, reverse(value));
    },
  };
}

/** The value, or null where the sender filled the bytes with ones: it does not know it (GB/T 27930-2015, 7.9). */
export function known<T>(field: Field<T>): Field<T | null> {
  const { size, print, parse } = field;
  return {
    size,
    says: `${field.says}, or absent`,
    read: (bytes, at, end) => {
      for (let i = at; i < at + size; i += 1) if (bytes[i] !== 0xff) return field.read(bytes, at, end);
      return null;
    },
    write: (bytes, at, value) => {
      if (value === null) bytes.fill(0xff, at, at + size);
      else field.write(bytes, at, value);
    },
    ...(print ? { print: (value: T | null) => (value === null ? null : print(value)) } : {}),
    ...(parse ? { parse } : {}),
  };
}

/** Bytes that mean nothing: `filler` is written, whatever comes is passed over. */
export function reserved(size: number, filler: number): Field<undefined> {
  return {
    size,
    says: `reserved ${size}`,
    isSilent: true,
    read: () => undefined,
    write: (bytes, at) => void bytes.fill(filler, at, at + size),
  };
}
