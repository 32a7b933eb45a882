import { checkReceived, checkSent } from './check.js';
import { decrypt, isSame, type Keys } from './crypto.js';
import { type Dialect, normalise, STANDARD, spell, statusesOf } from './dialect.js';
import { dataOf, prove, type RequestEnvelope, type ResponseEnvelope, readRequest, refusal, sealResponse } from './envelope.js';
import { MSG, RET, TcecError } from './errors.js';
import type { Handle, TcecRequest } from './handle.js';
import type { Interface, RequestOf, ResponseOf } from './interface.js';
import * as interfaces from './interfaces.js';
import { memoryGuard, type ReplayGuard } from './replay.js';
import { memoryTokens, type Tokens } from './tokens.js';

/** Somebody who may call us: the keys that we gave, and how they spell. */
export interface Partner {
  readonly keys: Keys;
  readonly dialect?: Dialect;
  /** Our own operator id as this partner knows it; the server's where nothing is said. */
  readonly ownId?: string;
}

export interface ServeOptions {
  /** Our own operator id, which query_token answers with. */
  readonly operatorId: string;
  readonly partnerOf: (operatorId: string) => Partner | undefined | Promise<Partner | undefined>;
  readonly guard?: ReplayGuard;
  readonly tokens?: Tokens;
  readonly now?: () => Date;
  /** Why a call was refused, for our own log: the caller is told less. */
  readonly refused?: (why: { operatorId: string; interface: string; error: TcecError }) => void;
  /** A handler threw what is no TcecError. */
  readonly fault?: (error: unknown, name: string) => void;
}

export interface CallContext {
  readonly operatorId: string;
  /** What the partner sent, in its own spelling, with the fields that nobody defined. */
  readonly raw: unknown;
  /** Data as it was decrypted, byte for byte: what a digest is made of. */
  readonly text: string;
}
type Handler<D extends Interface> = (request: RequestOf<D>, context: CallContext) => Promise<ResponseOf<D>> | ResponseOf<D>;

/** One end that is called: `new TcecServer({...}).handle(queryStationsInfo, ...)`; `server.receive` is its Handle. query_token it answers itself. */
export class TcecServer {
  readonly #options: ServeOptions;
  readonly #guard: ReplayGuard;
  readonly #tokens: Tokens;
  readonly #now: () => Date;
  readonly #handlers = new Map<string, { definition: Interface; handler: (request: unknown, context: CallContext) => unknown }>();

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#guard = options.guard ?? memoryGuard();
    this.#tokens = options.tokens ?? memoryTokens();
    this.#now = options.now ?? (() => new Date());
    this.handle(interfaces.queryToken, (request, { operatorId }) => this.#token(request, operatorId));
  }

  /** Sets what answers an interface; the answer is checked against the closed definition before it goes out. */
  handle<D extends Interface>(definition: D, handler: Handler<D>): this {
    this.#handlers.set(definition.name, { definition, handler: handler as (request: unknown, context: CallContext) => unknown });
    return this;
  }

  /** Answers one call; never rejects. */
  readonly receive: Handle = async (request) => {
    const answer = await this.#answer(request);
    return { status: 200, body: JSON.stringify(answer) };
  };

  async #answer(request: TcecRequest): Promise<ResponseEnvelope> {
    let envelope: RequestEnvelope | undefined;
    let partner: Partner | undefined;
    let isProved = false;
    try {
      envelope = readRequest(parse(request.body));
      partner = await this.#options.partnerOf(envelope.OperatorID);
      await prove(envelope, { keys: partner?.keys, guard: this.#guard, now: this.#now() });
      isProved = true;
      return await this.#serve(request, envelope, partner!);
    } catch (error) {
      const operatorId = envelope?.OperatorID ?? '';
      const code = codeOf(error);
      if (error instanceof TcecError && code !== 'System') this.#options.refused?.({ operatorId, interface: request.interface, error });
      else this.#options.fault?.(error, request.interface);
      if (isProved && partner)
        return sealResponse(
          partner.keys,
          RET[code],
          code === 'Parameters' && error instanceof TcecError ? `${MSG[code]}: ${error.message}` : MSG[code],
        );
      return refusal(operatorId, partner?.keys, code === 'Envelope' || code === 'System' ? code : 'Signature');
    }
  }

  async #serve(
    { interface: name, authorization }: TcecRequest,
    { OperatorID, Data }: RequestEnvelope,
    { keys, dialect = STANDARD }: Partner,
  ): Promise<ResponseEnvelope> {
    const found = this.#handlers.get(name);
    if (name !== interfaces.queryToken.name) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
      if (token === undefined || !(await this.#tokens.isValid(OperatorID, token, this.#now())))
        throw new TcecError('Token', 'the token is missing, over or not theirs');
    }
    if (!found) throw new TcecError('Parameters', `${name} is not served here`);
    const { definition, handler } = found;
    const text = decrypt(keys, Data);
    const raw = dataOf(text);
    const requests = definition.name === interfaces.notificationStationStatus.name ? statusRequests(raw) : [raw];
    let answer: unknown;
    // The joint test pushes a list where the standard has one object; each is handled, the last answer stands for all.
    for (const one of requests) {
      const request = checkReceived(definition.request, normalise(definition.request, one), 'Parameters');
      answer = await handler(request, { operatorId: OperatorID, raw: one, text });
    }
    checkSent(definition.response, answer, 'Response');
    return sealResponse(keys, 0, '请求成功', JSON.stringify(spell(dialect, name, 'response', answer)));
  }

  async #token(
    { OperatorID, OperatorSecret }: RequestOf<typeof interfaces.queryToken>,
    operatorId: string,
  ): Promise<ResponseOf<typeof interfaces.queryToken>> {
    const partner = await this.#options.partnerOf(operatorId);
    const own = partner?.ownId ?? this.#options.operatorId;
    const failed = (FailReason: 1 | 2) => ({ OperatorID: own, SuccStat: 1, AccessToken: '', TokenAvailableTime: 0, FailReason });
    if (!partner || OperatorID !== operatorId) return failed(1);
    if (!isSame(partner.keys.operatorSecret, OperatorSecret)) return failed(2);
    const { token, seconds } = await this.#tokens.issue(operatorId, this.#now());
    return { OperatorID: own, SuccStat: 0, AccessToken: token, TokenAvailableTime: seconds, FailReason: 0 };
  }
}

/** Opens the end that is called: `serve({ operatorId, partnerOf }).handle(queryStationsInfo, ...)`. */
export const serve = (options: ServeOptions): TcecServer => new TcecServer(options);

/** The Ret that an error becomes; what is none of the standard's is our own fault. */
const codeOf = (error: unknown): keyof typeof RET =>
  error instanceof TcecError && error.code in RET ? (error.code as keyof typeof RET) : 'System';

const statusRequests = (raw: unknown): readonly unknown[] => {
  const list = statusesOf(raw).map((status) => ({ ConnectorStatusInfo: status }));
  return list.length > 0 ? list : [raw];
};

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new TcecError('Envelope', 'the body is not JSON', { cause });
  }
}
