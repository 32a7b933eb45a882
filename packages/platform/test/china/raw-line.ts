import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type DecodedFrame, encodeFrame, type Frame, FrameReader, Login, V1 } from '@evroam/gbt-adapter/ykc';

const LOGIN = { pileType: 0, gunCount: 1, protocolVersionX10: 16, softwareVersion: 'raw 1.0', network: 0, sim: '0'.repeat(20), carrier: 4 };

/** A pile's side of a socket that sends what bytes a test gives it, and hears whole frames. */
export class RawLine {
  readonly heard: DecodedFrame[] = [];
  readonly closed: Promise<unknown>;
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new FrameReader(V1);
    socket.on('data', (chunk) => {
      for (const item of reader.push(chunk)) {
        if (item.kind !== 'frame') throw new Error(`the platform sent what is no frame: ${item.bytes.toString('hex')}`);
        this.heard.push(item.decoded);
      }
      for (const look of this.#waiting) look();
    });
    this.closed = once(socket, 'close');
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<RawLine> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawLine(socket);
  }

  /** Logs in; gives the platform's result. */
  async login(pileCode: string, more: Partial<typeof LOGIN> = {}): Promise<number> {
    this.write(loginOf(pileCode, more));
    return ((await this.answer(0x02, 1)).body as { result: number }).result;
  }

  write(...bytes: Uint8Array[]): void {
    this.#socket.write(Buffer.concat(bytes));
  }

  /** Byte by byte, each in a segment of its own. */
  async drip(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      this.#socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
  }

  /** The frame that came under that type and sequence, or will come. */
  answer(type: number, sequence: number): Promise<DecodedFrame> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.heard.find((each) => each.frame.type === type && each.sequence === sequence);
        if (!found) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  cut(): void {
    this.#socket.destroy();
  }
}

export const frameOf = <B>(frame: Frame<'pile', B>, body: B, sequence: number): Buffer =>
  Buffer.from(encodeFrame(frame as Frame, body, { sequence }));
export const loginOf = (pileCode: string, more: Partial<typeof LOGIN> = {}): Buffer =>
  frameOf(Login, { pileCode, ...LOGIN, ...more } as never, 1);
