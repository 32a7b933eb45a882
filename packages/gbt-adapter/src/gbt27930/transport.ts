import { BMS, type CanFrame, CHARGER, joinId, type Sender, senderOf, splitId } from './can.js';

// SAE J1939-21, 5.10, connection mode; GB/T 27930 refers to it for messages of 9 to 1785 bytes.
export const TP_CM = 0xec00;
export const TP_DT = 0xeb00;
export const MOST_BYTES = 1785;
const PRIORITY = 7;
const PER_PACKET = 7;

/** How long a silence ends a transfer, by who waits for what. SAE J1939-21, 5.10.2.4 */
export const TIMERS = {
  /** The receiver, between two packets. */
  T1: 750,
  /** The receiver, for the first packet after its clear-to-send. */
  T2: 1250,
  /** The sender, for an answer to its request or to its last packet. */
  T3: 1250,
  /** The sender, after it was told to hold. */
  T4: 1050,
} as const;
export type Timer = keyof typeof TIMERS;

export const ABORT = { busy: 1, resources: 2, timeout: 3, notGiven: 0xff } as const;

/** A transport frame, taken apart. */
export type TransportFrame =
  | { readonly kind: 'rts'; readonly size: number; readonly packets: number; readonly perCts: number; readonly pgn: number }
  | { readonly kind: 'cts'; readonly packets: number; readonly next: number; readonly pgn: number }
  | { readonly kind: 'end'; readonly size: number; readonly packets: number; readonly pgn: number }
  | { readonly kind: 'abort'; readonly reason: number; readonly pgn: number }
  | { readonly kind: 'data'; readonly sequence: number; readonly bytes: Uint8Array };

export type Heard = TransportFrame & { readonly sender: Sender };

/** Reads a transport frame between charger and vehicle; undefined for any other frame, and for a control byte that nobody defines. */
export function readTransport({ id, data }: CanFrame): Heard | undefined {
  const address = splitId(id);
  const sender = senderOf(address);
  if (!sender || data.length !== 8) return undefined;
  if (address.pgn === TP_DT) return { kind: 'data', sequence: data[0]!, bytes: data.subarray(1), sender };
  if (address.pgn !== TP_CM) return undefined;
  const pgn = data[5]! | (data[6]! << 8) | (data[7]! << 16);
  const size = data[1]! | (data[2]! << 8);
  switch (data[0]) {
    case 0x10:
      return { kind: 'rts', size, packets: data[3]!, perCts: data[4]!, pgn, sender };
    case 0x11:
      return { kind: 'cts', packets: data[1]!, next: data[2]!, pgn, sender };
    case 0x13:
      return { kind: 'end', size, packets: data[3]!, pgn, sender };
    case 0xff:
      return { kind: 'abort', reason: data[1]!, pgn, sender };
    default:
      return undefined;
  }
}

/** Writes a transport frame. */
export function writeTransport(sender: Sender, frame: TransportFrame): CanFrame {
  const [source, destination] = sender === 'charger' ? [CHARGER, BMS] : [BMS, CHARGER];
  const id = joinId({ priority: PRIORITY, pgn: frame.kind === 'data' ? TP_DT : TP_CM, source, destination });
  const data = Buffer.alloc(8, 0xff);
  if (frame.kind === 'data') {
    data[0] = frame.sequence;
    data.set(frame.bytes, 1);
    return { id, data };
  }
  data.writeUIntLE(frame.pgn, 5, 3);
  if (frame.kind === 'rts' || frame.kind === 'end') {
    data[0] = frame.kind === 'rts' ? 0x10 : 0x13;
    data.writeUInt16LE(frame.size, 1);
    data[3] = frame.packets;
    if (frame.kind === 'rts') data[4] = frame.perCts;
  } else if (frame.kind === 'cts') {
    data[0] = 0x11;
    data[1] = frame.packets;
    data[2] = frame.next;
  } else data[1] = frame.reason;
  return { id, data };
}

export const packetsFor = (size: number): number => Math.ceil(size / PER_PACKET);

/** The data frame of one packet, from 1; the last is filled up with ones. */
export function packet(payload: Uint8Array, sequence: number): TransportFrame {
  const bytes = Buffer.alloc(PER_PACKET, 0xff);
  bytes.set(payload.subarray((sequence - 1) * PER_PACKET, sequence * PER_PACKET));
  return { kind: 'data', sequence, bytes };
}

/** A transfer as it fills up. */
export class Assembly {
  readonly pgn: number;
  readonly size: number;
  readonly packets: number;
  readonly #bytes: Buffer;
  readonly #have = new Set<number>();

  constructor({ pgn, size, packets }: { pgn: number; size: number; packets: number }) {
    this.pgn = pgn;
    this.size = size;
    this.packets = packets;
    this.#bytes = Buffer.alloc(packets * PER_PACKET);
  }

  /** Whether a request can be a message at all. */
  static isPossible({ size, packets }: { size: number; packets: number }): boolean {
    return size > 8 && size <= MOST_BYTES && packets === packetsFor(size);
  }

  /** Takes one packet; a number outside the transfer is refused. */
  take(sequence: number, bytes: Uint8Array): boolean {
    if (sequence < 1 || sequence > this.packets) return false;
    this.#bytes.set(bytes, (sequence - 1) * PER_PACKET);
    this.#have.add(sequence);
    return true;
  }

  /** The first packet that is missing; undefined when all are there. */
  get missing(): number | undefined {
    for (let sequence = 1; sequence <= this.packets; sequence += 1) if (!this.#have.has(sequence)) return sequence;
    return undefined;
  }

  get payload(): Buffer {
    return this.#bytes.subarray(0, this.size);
  }
}
