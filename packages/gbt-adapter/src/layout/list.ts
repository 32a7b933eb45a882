import { type Field, FieldError } from './field.js';

/** `count` entries of a fixed-size field, one after the other. */
function entries<T>(
  item: Field<T>,
  most: number,
): Pick<Field<readonly T[]>, 'sizeOf' | 'write' | 'print' | 'parse'> & { readMany(bytes: Uint8Array, at: number, count: number): T[] } {
  const { size } = item;
  return {
    sizeOf: (value) => (Array.isArray(value) ? value.length * size : 0),
    readMany: (bytes, at, count) => Array.from({ length: count }, (_, i) => item.read(bytes, at + i * size, at + (i + 1) * size)),
    write: (bytes, at, value) => {
      if (!Array.isArray(value) || value.length > most) throw new FieldError(`not a list of at most ${most} entries`);
      for (let i = 0; i < value.length; i += 1) item.write(bytes, at + i * size, value[i]);
    },
    print: (value) => value.map((entry) => (item.print ? item.print(entry) : entry)),
    parse: (printed) => (Array.isArray(printed) ? printed.map((entry) => (item.parse ? item.parse(entry) : entry)) : printed),
  };
}

/** A list with its count in one byte before it: the last field of a message. */
export function counted<T>(item: Field<T>, most: number): Field<readonly T[]> {
  const { readMany, write, ...rest } = entries(item, most);
  return {
    ...rest,
    size: 1,
    says: `BIN 1 count (at most ${most}), then as many of ${item.size} bytes (${item.says})`,
    read: (bytes, at, end) => {
      const count = bytes[at]!;
      if (count > most || end - at - 1 !== count * item.size) {
        throw new FieldError(`${count} entries of ${item.size} bytes (at most ${most}) do not fill ${end - at - 1} bytes`);
      }
      return readMany(bytes, at + 1, count);
    },
    write: (bytes, at, value) => {
      write(bytes, at + 1, value);
      bytes[at] = value.length;
    },
  };
}

/** A list that runs to the end of the message: its last field. */
export function filling<T>(item: Field<T>, most: number): Field<readonly T[]> {
  const { readMany, ...rest } = entries(item, most);
  return {
    ...rest,
    size: 0,
    says: `up to ${most} of ${item.size} bytes (${item.says})`,
    read: (bytes, at, end) => {
      const count = (end - at) / item.size;
      if (!Number.isInteger(count) || count > most)
        throw new FieldError(`${end - at} bytes are not at most ${most} entries of ${item.size}`);
      return readMany(bytes, at, count);
    },
  };
}

/** A fixed number of single bytes, as a list of numbers; printed as hexadecimal text. */
export function octets(count: number, says: string): Field<readonly number[]> {
  return {
    size: count,
    says,
    read: (bytes, at) => Array.from(bytes.subarray(at, at + count)),
    write: (bytes, at, value) => {
      if (!Array.isArray(value) || value.length !== count) throw new FieldError(`not a list of ${count} bytes`);
      for (let i = 0; i < count; i += 1) {
        const byte: unknown = value[i];
        if (typeof byte !== 'number' || !Number.isInteger(byte) || byte < 0 || byte > 255) throw new FieldError(`entry ${i} is not a byte`);
        bytes[at + i] = byte;
      }
    },
    print: (value) => Buffer.from(value).toString('hex').toUpperCase(),
    parse: (printed) => (typeof printed === 'string' && /^([0-9a-f]{2})*$/i.test(printed) ? [...Buffer.from(printed, 'hex')] : printed),
  };
}
