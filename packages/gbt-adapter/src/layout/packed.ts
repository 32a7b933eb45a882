import { type Field, FieldError } from './field.js';

/** Where a value stands inside shared bytes: byte and bit numbered from 1 as the standards do (bit 1 is the lowest), `bits` wide. */
export interface Part {
  readonly byte: number;
  readonly bit: number;
  readonly bits: number;
  /** Decimal places of a scaled part. */
  readonly places?: number;
  readonly unit?: string;
}

/** Fields that share `size` bytes, to be spread into a shape: `fields({ ...packed(1, { ready: part(1, 1, 2) }) })`. */
export function packed<N extends string>(size: number, parts: Readonly<Record<N, Part>>): Readonly<Record<N, Field<number>>> {
  const names = Object.keys(parts) as N[];
  return Object.fromEntries(names.map((name, i) => [name, bits(parts[name], i === names.length - 1 ? size : 0)])) as Record<
    N,
    Field<number>
  >;
}

/** Two-bit flags of BMS messages: 0 normal or no, 1 yes or fault, 2 untrusted (GB/T 27930-2015, clause 10). */
export const flag = (byte: number, bit: number): Part => ({ byte, bit, bits: 2 });

/** A part of any width up to 16 bits; a wide one is little-endian over two bytes. */
export const part = (byte: number, bit: number, bits: number, places = 0, unit = ''): Part => ({ byte, bit, bits, places, unit });

// All but the last part of a group have size 0, so that each finds the group's first byte at its own place.
function bits({ byte, bit, bits: width, places = 0, unit = '' }: Part, size: number): Field<number> {
  const offset = byte - 1;
  const shift = bit - 1;
  const mask = 2 ** width - 1;
  const isWide = shift + width > 8;
  const scale = 10 ** places;
  return {
    size,
    says: `byte ${byte} bit ${bit}, ${width} bits${places > 0 ? `, ${places} decimals, ${unit}` : ''}`,
    read: (bytes, at) => {
      const raw = isWide ? bytes[at + offset]! | (bytes[at + offset + 1]! << 8) : bytes[at + offset]!;
      return places === 0 ? (raw >>> shift) & mask : ((raw >>> shift) & mask) / scale;
    },
    write: (bytes, at, value) => {
      const units = Math.round(value * scale);
      if (units / scale !== value || units < 0 || units > mask) {
        throw new FieldError(`${value} is not a number from 0 to ${mask / scale}${places > 0 ? ` of at most ${places} places` : ''}`);
      }
      const i = at + offset;
      bytes[i] = (bytes[i]! & ~(mask << shift)) | (units << shift);
      if (isWide) bytes[i + 1] = (bytes[i + 1]! & ~((mask << shift) >>> 8)) | ((units << shift) >>> 8);
    },
    ...(places > 0
      ? {
          print: (value: number) => value.toFixed(places),
          parse: (printed: unknown) => (typeof printed === 'string' ? Number(printed) : printed),
        }
      : {}),
  };
}
