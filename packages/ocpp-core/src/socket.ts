/** What an endpoint needs of a transport: five methods, so that another WebSocket engine can stand behind it. */
export interface Socket {
  /** Queues one text frame; does nothing once closed. What is urgent should not wait for what else the process does. */
  send(text: string, isUrgent?: boolean): void;
  /** Starts the closing handshake with a WebSocket status code. */
  close(code: number, reason: string): void;
  /** Stops reading, so that the peer feels back-pressure. What was read already may still be delivered. */
  pause(): void;
  resume(): void;
  /** Takes the one listener; nothing is delivered before. */
  listen(listener: SocketListener): void;
  /** Bytes that the peer has not taken yet. */
  readonly bufferedBytes: number;
}

/** Whoever hears a socket. */
export interface SocketListener {
  heard(text: string): void;
  ended(code: number, reason: string): void;
}

/** Two joined sockets without a network: what one sends the other hears, in a later turn of the event loop. */
export function socketPair(): [Socket, Socket] {
  const left = new MemorySocket();
  const right = new MemorySocket();
  left.peer = right;
  right.peer = left;
  return [left, right];
}

type Delivery = { text: string } | { code: number; reason: string };

class MemorySocket implements Socket {
  peer: MemorySocket | undefined;
  #listener: SocketListener | undefined;
  #paused = false;
  #closed = false;
  #scheduled = false;
  readonly #arrived: Delivery[] = [];

  get bufferedBytes(): number {
    return this.peer?.waitingBytes ?? 0;
  }

  get waitingBytes(): number {
    return this.#arrived.reduce((sum, delivery) => sum + ('text' in delivery ? delivery.text.length : 0), 0);
  }

  send(text: string): void {
    if (!this.#closed) this.peer?.arrive({ text });
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.peer?.arrive({ code, reason });
    queueMicrotask(() => this.#listener?.ended(code, reason));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  listen(listener: SocketListener): void {
    this.#listener = listener;
    this.#schedule();
  }

  arrive(delivery: Delivery): void {
    this.#arrived.push(delivery);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#listener && !this.#paused && !this.#closed) {
      const next = this.#arrived.shift();
      if (!next) return;
      if ('text' in next) this.#listener.heard(next.text);
      else {
        this.#closed = true;
        this.#listener.ended(next.code, next.reason);
      }
    }
  }
}
