import { type AnyAction, type ResponseOf, type Role, tableOf, type Version, versionOf } from './action.js';
import { checkPayload, errorOf } from './check.js';
import type { Closed, Endpoint, EndpointOptions } from './endpoint.js';
import { codeFor, OcppError } from './errors.js';
import {
  CALL,
  CALLERROR,
  CALLRESULT,
  CALLRESULTERROR,
  type Frame,
  NO_ID,
  readFrame,
  SEND,
  type Unreadable,
  writeCall,
  writeError,
  writeResult,
} from './frame.js';
import { type HandlerFor, Handlers } from './handlers.js';
import { Inbound, type InboundOwner } from './inbound.js';
import { defaultLimits, type Limits } from './limits.js';
import type { Observation } from './observation.js';
import { type CallOptions, Outbound } from './outbound.js';
import { closedError, internal, isOurs, Refusal, refused, saidByPeer, unknownType } from './refusal.js';
import { type ReplayStore, replayed, replayKey } from './replay.js';
import type { Schema } from './schema.js';
import { SIGNED, type SignedPayload, unwrapSigned } from './signed.js';
import type { Socket, SocketListener } from './socket.js';

type Request = Extract<Frame, { action: string }>;

/** The one implementation of both ends. Lean, since a server has one for each station: what is idle holds nothing. */
export class OpenEndpoint<Self extends Role, Actions> implements Endpoint<Self, Actions>, SocketListener, InboundOwner<Request> {
  readonly role: Self;
  readonly identity: string;
  readonly #socket: Socket;
  readonly #options: EndpointOptions<Self, Actions>;
  readonly #known: ReadonlyMap<string, AnyAction>;
  readonly #limits: Limits;
  readonly #onEnd: (() => void) | undefined;
  #outbound: Outbound | undefined;
  #inbound: Inbound<Request> | undefined;
  #own: Handlers<Self, Actions> | undefined;
  #paused = false;
  #closed: Closed | undefined;
  #whenClosed: Promise<Closed> | undefined;
  #tellClosed: ((closed: Closed) => void) | undefined;

  /** Options may be shared by connections, so that the identity and who hears the end stand beside them. */
  constructor(role: Self, socket: Socket, options: EndpointOptions<Self, Actions>, identity: string, onEnd?: () => void) {
    this.role = role;
    this.identity = identity;
    this.#socket = socket;
    this.#options = options;
    this.#known = tableOf(options.actions);
    this.#limits = limitsOf(options);
    this.#onEnd = onEnd;
    socket.listen(this);
  }

  get version(): Version {
    return versionOf(this.#options.actions);
  }

  get closed(): Promise<Closed> {
    this.#whenClosed ??= this.#closed
      ? Promise.resolve(this.#closed)
      : new Promise((resolve) => {
          this.#tellClosed = resolve;
        });
    return this.#whenClosed;
  }

  handle<A extends AnyAction>(action: A, handler: HandlerFor<Self, Actions, A>): this {
    this.#own ??= new Handlers<Self, Actions>(this.role, this.#options.actions);
    this.#own.handle(action, handler);
    return this;
  }

  async call<A extends AnyAction>(action: A, request: unknown, options: CallOptions = {}): Promise<ResponseOf<A>> {
    if (this.#known.get(action.name) !== action || (action.from !== 'either' && action.from !== this.role))
      throw new OcppError('NotSupported', `the ${this.role} of OCPP ${this.version} does not send this ${action.name}`);
    const verdict = checkPayload(this.version, action.request, request);
    if (!verdict.ok) throw errorOf(verdict, action.name);
    this.#options.gate?.asked(action, request);
    if (!action.response) {
      if (this.#closed) throw closedError;
      this.#say(writeCall(SEND, options.messageId ?? crypto.randomUUID(), action.name, request));
      return undefined as ResponseOf<A>;
    }
    const timeoutMs = options.timeoutMs ?? this.#limits.callTimeoutMs;
    if (this.#closed) throw closedError;
    // Somebody waits for it, and a turn that lets many stations in is long.
    this.#outbound ??= new Outbound((text) => this.#say(text, true), this.#limits.queuedCalls);
    // The answer was checked against the action's schema when it came.
    return (await this.#outbound.call(action, request, timeoutMs, options)) as ResponseOf<A>;
  }

  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason);
    this.ended(code, reason);
  }

  ended(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = { code, reason };
    this.#inbound?.close();
    this.#outbound?.close(closedError);
    this.#tellClosed?.(this.#closed);
    this.#onEnd?.();
  }

  #say(text: string, isUrgent = false): void {
    this.#options.observe?.({ kind: 'said', text });
    this.#socket.send(text, isUrgent);
    if (this.#socket.bufferedBytes > this.#limits.bufferedBytes) this.close(1008, 'the peer does not read');
  }

  #tell(observation: Observation): void {
    this.#options.observe?.(observation);
  }

  heard(text: string): void {
    if (this.#closed) return;
    this.#options.observe?.({ kind: 'heard', text });
    const frame = readFrame(text);
    if (frame.type === 'unreadable') this.#refuseText(frame);
    else if (frame.type === CALLRESULT) this.#hearResult(frame.id, frame.payload);
    else if (frame.type === CALLERROR) this.#hearError(frame.id, saidByPeer(frame));
    else if (frame.type !== CALL && this.version !== '2.1') this.#refuseText(unknownType(frame.id));
    else if ('code' in frame) this.#tell({ kind: 'answerRefused', messageId: frame.id, error: saidByPeer(frame) });
    else this.#hearRequest(frame);
  }

  #hearRequest(frame: Request): void {
    this.#inbound ??= new Inbound<Request>(this, this.#limits.answerTimeoutMs);
    this.#inbound.add(frame);
    if (!this.#paused && this.#inbound.size > this.#limits.waitingMessages) {
      this.#paused = true;
      this.#socket.pause();
    }
  }

  /** 2.x answers what it could not read, with the id -1 (part 4, 4.2.3); 1.6 only where there is an id, and no unknown types. */
  #refuseText({ id, error, answerable }: Unreadable): void {
    this.#tell({ kind: 'unreadable', error });
    if (!answerable) return;
    const foreign = error.code === 'MessageTypeNotSupported';
    if (this.version === '1.6' && (id === undefined || foreign)) return;
    const echo = this.version === '1.6' || foreign || (id !== undefined && id.length <= 36 && error.message.startsWith('a CALL'));
    this.#say(writeError(CALLERROR, echo && id !== undefined ? id : NO_ID, codeFor(this.version, error.code), error.message));
  }

  #hearResult(id: string, payload: unknown): void {
    const call = this.#outbound?.take(id);
    if (!call) {
      this.#tell({ kind: 'strayAnswer', messageId: id });
      return;
    }
    const { action } = call;
    const checked = this.#check(action, 'response', id, payload);
    if (checked instanceof OcppError) {
      this.#tell({ kind: 'badAnswer', action: action.name, messageId: id, error: checked });
      if (this.version === '2.1') this.#say(writeError(CALLRESULTERROR, id, codeFor('2.1', checked.code), checked.message));
      call.settle(checked);
    } else call.settle(undefined, checked.payload);
    this.#outbound?.next();
  }

  #hearError(id: string, error: OcppError): void {
    const call = this.#outbound?.take(id);
    if (call) {
      call.settle(error);
      this.#outbound?.next();
    } else this.#tell({ kind: 'strayAnswer', messageId: id });
  }

  #check(action: AnyAction, kind: 'request' | 'response', messageId: string, payload: unknown): { payload: unknown } | OcppError {
    // OCPP-J 1.6, 4.2.1: null may stand for an empty payload.
    const given = payload === null && this.version === '1.6' ? {} : payload;
    const schema = kind === 'request' ? action.request : action.response;
    if (!schema) return new OcppError('ProtocolError', `${action.name} has no ${kind}`);
    const verdict = checkPayload(this.version, schema, given);
    if (verdict.ok) return { payload: given };
    const mended = this.#options.quirks?.mend(action, kind, given);
    if (!mended) return errorOf(verdict, action.name);
    for (const { rule, violation } of mended.hits) this.#tell({ kind: 'quirk', action: action.name, messageId, rule, violation });
    return { payload: mended.payload };
  }

  /** One promise for a message, the handler's own: each more would cost a tenth of a small message. */
  work(request: Request): void {
    try {
      const { action, payload, signed } = this.#admitted(request);
      const handler = this.#own?.of(action.name) ?? this.#options.handlers?.of(action.name);
      if (!handler) throw refused('NotSupported', `${action.name} is not supported here`);
      const incoming = signed ? { endpoint: this, messageId: request.id, signed } : { endpoint: this, messageId: request.id };
      const answer =
        this.#options.replay && replayed.has(action.name)
          ? this.#firstAnswer(this.#options.replay, action, request.id, payload, () => handler(payload, incoming))
          : Promise.resolve(handler(payload, incoming));
      answer.then(
        (value) => this.#finish(request, action, value),
        (error: unknown) => this.#fail(request, error),
      );
    } catch (error) {
      this.#fail(request, error);
    }
  }

  /** The message with its action and checked payload; throws a Refusal when no handler may see it. */
  #admitted({ type, id, action: given, payload: wrapped }: Request): { action: AnyAction; payload: unknown; signed?: SignedPayload } {
    const isSigned = this.version !== '1.6' && given.endsWith(SIGNED);
    const name = isSigned ? given.slice(0, -SIGNED.length) : given;
    const action = this.#known.get(name);
    if (!action) throw refused('NotImplemented', `${name.slice(0, 50)} is not an action of OCPP ${this.version}`);
    if (action.from === this.role) throw refused('NotSupported', `${name} is not sent by the ${this.role === 'csms' ? 'station' : 'csms'}`);
    if ((type === SEND) !== (action.response === undefined)) throw refused('ProtocolError', `${name} is sent as the other message type`);
    const unwrapped = isSigned ? unwrapSigned(wrapped) : undefined;
    const checked = this.#check(action, 'request', id, unwrapped ? unwrapped.payload : wrapped);
    if (checked instanceof OcppError) throw new Refusal(checked);
    const barred = this.#options.gate?.admit(action);
    if (barred) throw new Refusal(barred);
    return unwrapped ? { action, payload: checked.payload, signed: unwrapped.signed } : { action, payload: checked.payload };
  }

  /** The stored answer of a repeated message, else the handler's, stored before it is sent. */
  async #firstAnswer(
    store: ReplayStore,
    action: AnyAction,
    id: string,
    payload: unknown,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    const key = replayKey(this.identity, action.name, id, payload);
    const stored = await store.recall(key);
    if (stored !== undefined) {
      this.#tell({ kind: 'replayed', action: action.name, messageId: id });
      return stored;
    }
    const answer = await handle();
    // A wrong answer is not worth remembering; it is refused below.
    if (action.response && checkPayload(this.version, action.response, answer).ok) await store.remember(key, answer);
    return answer;
  }

  #finish(request: Request, action: AnyAction, answer: unknown): void {
    try {
      if (action.response) this.#reply(request, this.#answerText(request.id, action, action.response, answer));
    } catch (error) {
      this.#replyError(request, error);
    }
    this.#done(request);
  }

  #answerText(id: string, action: AnyAction, schema: Schema, answer: unknown): string {
    const verdict = checkPayload(this.version, schema, answer);
    if (!verdict.ok) throw new Error(`our answer to ${errorOf(verdict, action.name).message}`);
    const text = writeResult(id, answer);
    this.#options.gate?.answered(action, answer);
    return text;
  }

  #fail(request: Request, error: unknown): void {
    this.#replyError(request, error);
    this.#done(request);
  }

  #done(request: Request): void {
    this.#inbound?.done(request);
    if (this.#paused && (this.#inbound?.size ?? 0) <= this.#limits.waitingMessages / 2) {
      this.#paused = false;
      this.#socket.resume();
    }
  }

  #reply(request: Request, text: string): void {
    if (!this.#closed && this.#inbound?.isCurrent(request)) this.#say(text);
  }

  #replyError(request: Request, error: unknown): void {
    const { type, id, action } = request;
    const said = error instanceof Refusal ? error.error : isOurs(error) ? error : internal;
    if (error instanceof Refusal) this.#tell({ kind: 'refused', action, messageId: id, error: error.error });
    else if (said === internal) this.#tell({ kind: 'handlerFailed', action, messageId: id, error });
    if (type === SEND) return;
    this.#reply(request, writeError(CALLERROR, id, codeFor(this.version, said.code), said.message, said.details));
  }

  late(request: Request): void {
    const error = new OcppError('InternalError', `${request.action} was not answered within ${this.#limits.answerTimeoutMs} ms`);
    this.#tell({ kind: 'handlerFailed', action: request.action, messageId: request.id, error });
    if (request.type !== SEND) this.#reply(request, writeError(CALLERROR, request.id, 'InternalError', ''));
  }
}

const limitsOf = ({ limits }: { readonly limits?: Partial<Limits> }): Limits => {
  if (!limits) return defaultLimits;
  let whole = wholeLimits.get(limits);
  if (!whole) {
    whole = { ...defaultLimits, ...limits };
    wholeLimits.set(limits, whole);
  }
  return whole;
};
const wholeLimits = new WeakMap<Partial<Limits>, Limits>();
