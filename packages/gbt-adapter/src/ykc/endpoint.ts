import { Calls } from './calls.js';
import { type CrcState, type DecodedFrame, encodeFrame } from './codec.js';
import { YkcError } from './errors.js';
import type { AnswerOf, BodyOf, Frame, From, Peer } from './frame.js';
import { LIMITS, type Limits, type Line } from './line.js';
import { type Profile, V1 } from './profile.js';
import { FrameReader, type StreamItem } from './reader.js';
import { Login, type LoginAck } from './registration.js';

/** What crosses a line, byte for byte, for a log or a capture. */
export type Seen =
  | { readonly kind: 'in' | 'out'; readonly bytes: Buffer; readonly frame: Frame; readonly crc: CrcState }
  | { readonly kind: 'refused'; readonly bytes: Buffer; readonly error: YkcError }
  | { readonly kind: 'garbage'; readonly bytes: Buffer }
  /** A frame that nobody handles. */
  | { readonly kind: 'unhandled'; readonly bytes: Buffer; readonly frame: Frame };

export interface EndpointOptions {
  readonly profile?: Profile;
  readonly limits?: Partial<Limits>;
  /** Hears all that comes and goes; `endpoint` is the one that saw it, where several share these options. */
  readonly watch?: (seen: Seen, endpoint: object) => void;
  /** A handler threw, or answered what does not fit its frame. The peer hears nothing and asks again. */
  readonly fault?: (error: unknown, frame: Frame) => void;
}

/** What a handler learns besides the body. */
export interface Context {
  readonly sequence: number;
  readonly crc: CrcState;
  /** The pile that logged in on this line. */
  readonly pileCode: string | undefined;
}

/** `never` when `Who` may send this frame, else the sentence that the compiler prints. */
type Wrong<D extends Frame, Who extends From> = D['from'] extends Who ? never : `this frame is sent by the ${D['from']}, not by the ${Who}`;
type Handler<D extends Frame> = (body: BodyOf<D>, context: Context) => Promise<AnswerOf<D> | undefined> | AnswerOf<D> | undefined;

/** One line, one pile: queues, correlates, times out, checks, answers. Both ends are this class; a platform also sees to the login. */
export class YkcEndpoint<Self extends From> {
  readonly self: Self;
  /** Resolves once with the reason when the line is over. */
  readonly closed: Promise<YkcError>;
  readonly #line: Line;
  readonly #profile: Profile;
  readonly #limits: Limits;
  readonly #options: EndpointOptions;
  readonly #reader: FrameReader;
  readonly #calls = new Calls();
  readonly #handlers = new Map<number, (body: unknown, context: Context) => unknown>();
  readonly #queue: { decoded: DecodedFrame; bytes: Buffer }[] = [];
  readonly #end: (reason: YkcError) => void;
  #isWorking = false;
  #isPaused = false;
  #reason: YkcError | undefined;
  #timer: NodeJS.Timeout;
  #sequence = 0;
  #garbage = 0;
  #refused = 0;
  #pileCode: string | undefined;

  constructor(self: Self, line: Line, options: EndpointOptions = {}) {
    this.self = self;
    this.#line = line;
    this.#options = options;
    this.#profile = options.profile ?? V1;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#reader = new FrameReader(this.#profile);
    let end: (reason: YkcError) => void = () => {};
    this.closed = new Promise((resolve) => {
      end = resolve;
    });
    this.#end = end;
    this.#timer = setTimeout(() => this.close(new YkcError('Timeout', 'nobody logged in')), this.#limits.loginTimeoutMs);
  }

  get isOpen(): boolean {
    return this.#reason === undefined;
  }

  /** The pile that logged in. */
  get pileCode(): string | undefined {
    return this.#pileCode;
  }

  /** Hears a frame of the other end; what it returns goes back as the frame's answer, under the same sequence. */
  handle<D extends Frame>(frame: D, handler: [Wrong<D, Peer<Self>>] extends [never] ? Handler<D> : Wrong<D, Peer<Self>>): this {
    this.#handlers.set(frame.type, handler as (body: unknown, context: Context) => unknown);
    return this;
  }

  /** Sends a frame and waits for nothing. Gives the sequence it went out under. */
  send<D extends Frame>(
    frame: D,
    body: [Wrong<D, Self>] extends [never] ? BodyOf<D> : Wrong<D, Self>,
    { sequence }: { sequence?: number } = {},
  ): number {
    const number = sequence ?? this.#next();
    this.#write(frame, body, number);
    return number;
  }

  /** Sends a frame and waits for the one that answers it. Rejects with YkcError: Timeout, Closed, Limit, Field. */
  async call<D extends Frame>(
    frame: D,
    body: [Wrong<D, Self>] extends [never] ? BodyOf<D> : Wrong<D, Self>,
    { timeoutMs = this.#limits.callTimeoutMs }: { timeoutMs?: number } = {},
  ): Promise<AnswerOf<D>> {
    const answer = frame.answer as Frame | undefined;
    if (!answer) throw new YkcError('Type', `nothing answers a ${frame.name}`);
    if (this.#calls.size >= this.#limits.pendingCalls) throw new YkcError('Limit', `${this.#calls.size} calls wait already`);
    const sequence = this.#next();
    const bytes = this.#encode(frame, body, sequence);
    // Waits before it writes: a line in memory may answer within the write.
    const waits = this.#calls.wait(answer, sequence, body, timeoutMs);
    this.#put(frame, bytes);
    const said = await waits;
    // The pile's side of the login: from here on the platform may be silent only as long as it would be towards a heartbeat.
    if (frame.type === Login.type) this.#loggedIn(body);
    return said as AnswerOf<D>;
  }

  /** Closes the line; waiting calls fail with Closed. */
  close(reason: YkcError = new YkcError('Closed', 'closed by this end')): void {
    if (this.#reason) return;
    this.#line.close();
    this.ended(reason);
  }

  /** The line's adapter hands on what came. */
  receive(chunk: Buffer): void {
    if (this.#reason) return;
    for (const item of this.#reader.push(chunk)) {
      if (this.#reason) return;
      this.#take(item);
    }
  }

  /** The line's adapter tells that it is over. */
  ended(reason: YkcError = new YkcError('Closed', 'closed by the other end')): void {
    if (this.#reason) return;
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#calls.fail(new YkcError('Closed', `the line is over: ${reason.message}`));
    this.#end(reason);
  }

  #next(): number {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    return sequence;
  }

  #write(frame: Frame, body: unknown, sequence: number): void {
    this.#put(frame, this.#encode(frame, body, sequence));
  }

  #encode(frame: Frame, body: unknown, sequence: number): Buffer {
    if (this.#reason) throw new YkcError('Closed', `the line is over: ${this.#reason.message}`);
    return encodeFrame(frame, body, { sequence, profile: this.#profile, encrypt: this.#profile.cipher !== undefined });
  }

  #put(frame: Frame, bytes: Buffer): void {
    this.#line.write(bytes);
    this.#options.watch?.({ kind: 'out', bytes, frame, crc: 'ok' }, this);
    if (this.#line.buffered > this.#limits.bufferedBytes) this.close(new YkcError('Limit', 'the other end does not read'));
  }

  #take(item: StreamItem): void {
    if (item.kind === 'garbage') {
      this.#options.watch?.(item, this);
      this.#garbage += item.bytes.length;
      if (this.#garbage > this.#limits.garbageBytes) this.close(new YkcError('Limit', `${this.#garbage} bytes that are no frame`));
      return;
    }
    if (item.kind === 'refused') {
      this.#refuse(item.error, item.bytes);
      return;
    }
    const { decoded, bytes } = item;
    const wrong = this.#whatIsWrong(decoded);
    if (wrong) {
      this.#refuse(wrong, bytes);
      return;
    }
    this.#garbage = 0;
    this.#refused = 0;
    this.#timer.refresh();
    this.#options.watch?.({ kind: 'in', bytes, frame: decoded.frame, crc: decoded.crc }, this);
    // A report that was asked for is a report all the same.
    if (this.#calls.settle(decoded) && !decoded.frame.isReport) return;
    if (!this.#handlers.has(decoded.frame.type)) {
      this.#options.watch?.({ kind: 'unhandled', bytes, frame: decoded.frame }, this);
      return;
    }
    this.#queue.push({ decoded, bytes });
    if (!this.#isPaused && this.#queue.length > this.#limits.waitingFrames) {
      this.#isPaused = true;
      this.#line.pause();
    }
    if (!this.#isWorking) void this.#work();
  }

  #refuse(error: YkcError, bytes: Buffer): void {
    this.#options.watch?.({ kind: 'refused', bytes, error }, this);
    this.#refused += 1;
    if (error.code === 'NotLoggedIn') this.close(error);
    else if (this.#refused > this.#limits.refusedFrames)
      this.close(new YkcError('Limit', `${this.#refused} refused frames in a row: ${error.message}`));
  }

  #whatIsWrong({ frame, body }: DecodedFrame): YkcError | undefined {
    if (frame.from === this.self) return new YkcError('Direction', `a ${frame.name} is sent by the ${frame.from}`);
    if (this.self === 'pile') return undefined;
    if (this.#pileCode === undefined && frame.type !== Login.type && !this.#isWorking)
      return new YkcError('NotLoggedIn', `a ${frame.name} before the login`);
    // One line speaks for one pile: a frame in another's name is nobody's.
    const named = (body as { pileCode?: unknown } | null)?.pileCode;
    if (this.#pileCode !== undefined && named !== undefined && named !== this.#pileCode) {
      return new YkcError('Field', `pile ${String(named)} on the line of pile ${this.#pileCode}`, { field: 'pileCode' });
    }
    return undefined;
  }

  /** One frame after the other, so that a session hears its events in order. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      if (this.#isPaused && this.#queue.length <= this.#limits.waitingFrames / 2) {
        this.#isPaused = false;
        this.#line.resume();
      }
      await this.#answer(next.decoded);
    }
    this.#isWorking = false;
  }

  async #answer({ frame, sequence, crc, body }: DecodedFrame): Promise<void> {
    const handler = this.#handlers.get(frame.type);
    if (!handler) return;
    try {
      if (frame.type !== Login.type && this.self === 'platform' && this.#pileCode === undefined) {
        return this.close(new YkcError('NotLoggedIn', `a ${frame.name} before the login was accepted`));
      }
      const answer = await handler(body, { sequence, crc, pileCode: this.#pileCode });
      if (answer === undefined || this.#reason) return;
      if (frame.answer === undefined) throw new TypeError(`nothing answers a ${frame.name}`);
      this.#write(frame.answer as Frame, answer, sequence);
      if (frame.type === Login.type) this.#welcome(body, answer as BodyOf<typeof LoginAck>);
    } catch (error) {
      if (this.#options.fault) this.#options.fault(error, frame);
      else this.close(error instanceof YkcError ? error : new YkcError('Closed', `a handler of ${frame.name} failed`, { cause: error }));
    }
  }

  #welcome(login: unknown, { result }: BodyOf<typeof LoginAck>): void {
    if (result === 0) this.#loggedIn(login);
    else this.close(new YkcError('NotLoggedIn', 'the login was refused'));
  }

  #loggedIn(login: unknown): void {
    this.#pileCode = (login as BodyOf<typeof Login>).pileCode;
    clearTimeout(this.#timer);
    const { idleTimeoutMs } = this.#limits;
    if (!this.#reason)
      this.#timer = setTimeout(() => this.close(new YkcError('Timeout', `no frame for ${idleTimeoutMs} ms`)), idleTimeoutMs);
  }
}

/** Opens one end of a line: `openEndpoint('platform', line).handle(Login, ...)`. */
export function openEndpoint<Self extends From>(self: Self, line: Line, options?: EndpointOptions): YkcEndpoint<Self> {
  return new YkcEndpoint(self, line, options);
}
