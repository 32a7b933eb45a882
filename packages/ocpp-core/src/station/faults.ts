import type { Socket, SocketListener } from '../socket.js';

/** What may be wrong with a station, by name. */
export type Fault =
  /** Every transaction message is sent twice. */
  | { readonly name: 'duplicateSends' }
  /** The answers to the next so many transaction messages are not heard; the station sends those again. */
  | { readonly name: 'lostAnswers'; readonly count: number }
  /** Message ids count from 1 on every connection. */
  | { readonly name: 'restartedMessageIds' }
  /** Before every message goes the same one, cut short. */
  | { readonly name: 'badJson' }
  /** The network fails without a word: the old socket stays open, the station connects anew. */
  | { readonly name: 'halfOpen' }
  /** Answers to the central system take so long, ms of wall time. */
  | { readonly name: 'slowAnswers'; readonly ms: number }
  /** Every timestamp is off by so many ms. */
  | { readonly name: 'clockSkew'; readonly ms: number }
  /** The register of a connector shows another value, mWh. */
  | { readonly name: 'meterJump'; readonly connectorId: number; readonly milliWh: number };

/** The faults that last until they are healed. */
export type LastingFault = Exclude<Fault['name'], 'halfOpen' | 'meterJump'>;

/** What is wrong now. */
export class Faults {
  duplicateSends = false;
  restartedMessageIds = false;
  badJson = false;
  lostAnswers = 0;
  slowAnswersMs = 0;
  clockSkewMs = 0;

  heal(name: LastingFault): void {
    if (name === 'lostAnswers') this.lostAnswers = 0;
    else if (name === 'slowAnswers') this.slowAnswersMs = 0;
    else if (name === 'clockSkew') this.clockSkewMs = 0;
    else this[name] = false;
  }
}

const CALL = /^\[2,"([^"]+)","(\w+)"/;
const transactional: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent']);

/** A socket that behaves as badly as it is told. */
export class FaultySocket implements Socket {
  readonly #inner: Socket;
  readonly #faults: Faults;
  /** Ids as they went over the wire, to those that the endpoint knows. */
  readonly #renamed = new Map<string, string>();
  readonly #unheard = new Set<string>();
  #listener: SocketListener | undefined;
  #next = 1;
  #deaf = false;

  constructor(inner: Socket, faults: Faults) {
    this.#inner = inner;
    this.#faults = faults;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  listen(listener: SocketListener): void {
    this.#listener = listener;
    this.#inner.listen({
      heard: (text) => this.#hear(text),
      ended: (code, reason) => {
        if (!this.#deaf) listener.ended(code, reason);
      },
    });
  }

  send(given: string): void {
    if (this.#deaf) return;
    const [, id, action] = CALL.exec(given) ?? [];
    if (id === undefined || action === undefined) {
      if (this.#faults.slowAnswersMs > 0) setTimeout(() => this.#inner.send(given), this.#faults.slowAnswersMs);
      else this.#inner.send(given);
      return;
    }
    const text = this.#faults.restartedMessageIds ? this.#rename(given, id) : given;
    const own = transactional.has(action);
    if (own && this.#faults.lostAnswers > 0) {
      this.#faults.lostAnswers -= 1;
      this.#unheard.add(id);
    }
    if (this.#faults.badJson) this.#inner.send(text.slice(0, -2));
    this.#inner.send(text);
    if (own && this.#faults.duplicateSends) this.#inner.send(text);
  }

  /** Goes silent without closing; the endpoint believes the connection lost. */
  abandon(): void {
    if (this.#deaf) return;
    this.#deaf = true;
    this.#listener?.ended(1006, 'the network fails');
  }

  /** Closes what was abandoned as well. */
  close(code: number, reason: string): void {
    if (!this.#deaf) this.#inner.close(code, reason);
  }

  /** The real end of an abandoned socket. */
  end(): void {
    this.#inner.close(1001, 'the station is gone');
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  #rename(text: string, id: string): string {
    const short = String(this.#next);
    this.#next += 1;
    this.#renamed.set(short, id);
    return text.replace(id, short);
  }

  #hear(given: string): void {
    if (this.#deaf) return;
    const [, type, id] = /^\[([34]),"([^"]*)"/.exec(given) ?? [];
    if (type === undefined || id === undefined) {
      this.#listener?.heard(given);
      return;
    }
    const known = this.#renamed.get(id);
    this.#renamed.delete(id);
    if (this.#unheard.delete(known ?? id)) return;
    this.#listener?.heard(known === undefined ? given : given.replace(id, known));
  }
}
