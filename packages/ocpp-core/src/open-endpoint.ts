import { type AnyAction, type ResponseOf, type Role, tableOf, type Version, versionOf } from './action.js';
import { checkPayload, errorOf } from './check.js';
import type { Closed, Endpoint, EndpointOptions } from './endpoint.js';
import { codeFor, codeFrom, OcppError } from './errors.js';
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
import { replayed, replayKey } from './replay.js';
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
    this.#outbound ??= new Outbound((text) => this.#say(text), this.#limits.queuedCalls);
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

  idle(): void {
    this.#inbound = undefined;
  }

  #say(text: string): void {
    this.#options.observe?.({ kind: 'said', text });
    this.#socket.send(text);
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
    if (!this.#paused && (this.#inbound?.size ?? 0) > this.#limits.waitingMessages) {
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

  async work(request: Request): Promise<void> {
    try {
      const answer = await this.#handled(request);
      if (answer !== undefined) this.#reply(request, answer);
    } catch (error) {
      this.#replyError(request, error);
    }
    if (this.#paused && (this.#inbound?.size ?? 0) <= this.#limits.waitingMessages / 2) {
      this.#paused = false;
      this.#socket.resume();
    }
  }

  /** The text of the answer; undefined for a SEND. */
  async #handled({ type, id, action: given, payload: wrapped }: Request): Promise<string | undefined> {
    let name = given;
    let payload = wrapped;
    let signed: SignedPayload | undefined;
    if (this.version !== '1.6' && given.endsWith(SIGNED)) {
      name = given.slice(0, -SIGNED.length);
      ({ payload, signed } = unwrapSigned(wrapped));
    }
    const action = this.#known.get(name);
    if (!action) throw refused('NotImplemented', `${name.slice(0, 50)} is not an action of OCPP ${this.version}`);
    if (action.from === this.role) throw refused('NotSupported', `${name} is not sent by the ${this.role === 'csms' ? 'station' : 'csms'}`);
    if ((type === SEND) !== (action.response === undefined)) throw refused('ProtocolError', `${name} is sent as the other message type`);
    const checked = this.#check(action, 'request', id, payload);
    if (checked instanceof OcppError) throw new Refusal(checked);
    const barred = this.#options.gate?.admit(action);
    if (barred) throw new Refusal(barred);
    const handler = this.#own?.of(name) ?? this.#options.handlers?.of(name);
    if (!handler) throw refused('NotSupported', `${name} is not supported here`);
    const incoming = { endpoint: this, messageId: id, ...(signed ? { signed } : {}) };
    if (!action.response) {
      await handler(checked.payload, incoming);
      return undefined;
    }
    const key = this.#options.replay && replayed.has(name) ? replayKey(this.identity, name, id, checked.payload) : undefined;
    const stored = key && (await this.#options.replay?.recall(key));
    if (stored !== undefined) this.#tell({ kind: 'replayed', action: name, messageId: id });
    const answer = stored ?? (await handler(checked.payload, incoming));
    const verdict = checkPayload(this.version, action.response, answer);
    if (!verdict.ok) throw new Error(`our answer to ${errorOf(verdict, name).message}`);
    this.#options.gate?.answered(action, answer);
    if (key && stored === undefined) await this.#options.replay?.remember(key, answer);
    return writeResult(id, answer);
  }

  #reply(request: Request, text: string): void {
    if (!this.#closed && this.#inbound?.isCurrent(request)) this.#say(text);
  }

  #replyError(request: Request, error: unknown): void {
    const { type, id, action } = request;
    if (error instanceof Refusal) this.#tell({ kind: 'refused', action, messageId: id, error: error.error });
    else if (!(error instanceof OcppError)) this.#tell({ kind: 'handlerFailed', action, messageId: id, error });
    if (type === SEND) return;
    const said = error instanceof Refusal ? error.error : error instanceof OcppError ? error : internal;
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

/** A refusal of ours, as against an OcppError that a handler throws. */
class Refusal {
  readonly error: OcppError;
  constructor(error: OcppError) {
    this.error = error;
  }
}

const saidByPeer = ({ code, description, details }: Extract<Frame, { code: string }>): OcppError =>
  new OcppError(codeFrom(code), description, { details, fromPeer: true });
const refused = (code: 'NotImplemented' | 'NotSupported' | 'ProtocolError', message: string): Refusal =>
  new Refusal(new OcppError(code, message));
const closedError = new OcppError('ConnectionClosed', 'the connection is closed');
// What went wrong inside is no business of the peer's.
const internal = new OcppError('InternalError');
const unknownType = (id: string): Unreadable => ({
  type: 'unreadable',
  id,
  error: new OcppError('MessageTypeNotSupported', 'the message type is not known'),
  answerable: true,
});
