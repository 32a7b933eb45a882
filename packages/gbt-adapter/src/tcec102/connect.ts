import { checkReceived, checkSent } from './check.js';
import type { Keys } from './crypto.js';
import { type Dialect, normalise, STANDARD, spell } from './dialect.js';
import { openResponse, sealRequest } from './envelope.js';
import { errorOfRet, TcecError } from './errors.js';
import type { Handle } from './handle.js';
import type { Interface, RequestOf, ResponseOf } from './interface.js';
import { queryStationsInfo } from './stations.js';
import { stampText } from './time.js';
import { queryToken } from './token.js';

/** Gives each call a TimeStamp and a Seq that this operator has not used; nodes that share an operator share one. */
export type Sequence = (now: Date) => { timeStamp: string; seq: string } | Promise<{ timeStamp: string; seq: string }>;

/** A sequence for one process: 0001 to 9999 within a second, then the next second; a clock that is set back stays at the latest. */
export function memorySequence(): Sequence {
  let second = 0;
  let count = 0;
  return (now) => {
    const current = Math.floor(now.getTime() / 1000);
    if (current > second) {
      second = current;
      count = 0;
    } else if (count === 9999) {
      second += 1;
      count = 0;
    }
    count += 1;
    return { timeStamp: stampText(new Date(second * 1000)), seq: String(count).padStart(4, '0') };
  };
}

export interface ConnectOptions {
  /** The keys that the partner gave us. */
  readonly keys: Keys;
  /** Where calls go: `overHttp(...)`, or the `receive` of a server in the same process. */
  readonly to: Handle;
  readonly dialect?: Dialect;
  readonly sequence?: Sequence;
  readonly now?: () => Date;
}

/** A token is renewed so long before it ends. */
const EARLY_MS = 60_000;
/** A partner whose pages never end is not read for ever. */
const MOST_PAGES = 1000;

/** One end that calls. Gets and renews the token by itself, and once more when the partner says that it is over. */
export class TcecClient {
  readonly #options: ConnectOptions;
  readonly #sequence: Sequence;
  readonly #now: () => Date;
  #token: { text: string; until: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#sequence = options.sequence ?? memorySequence();
    this.#now = options.now ?? (() => new Date());
  }

  /** Calls an interface. Rejects with TcecError; its code says whose fault it is. */
  async call<D extends Interface>(definition: D, request: RequestOf<D>): Promise<ResponseOf<D>> {
    if (definition.name === queryToken.name) return this.#post(definition, request, undefined);
    const token = await this.#tokenNow();
    try {
      return await this.#post(definition, request, token);
    } catch (error) {
      if (!(error instanceof TcecError) || error.code !== 'Token' || error.ret === undefined) throw error;
      if (this.#token?.text === token) this.#token = undefined;
      return this.#post(definition, request, await this.#tokenNow());
    }
  }

  async #tokenNow(): Promise<string> {
    if (this.#token && this.#token.until > this.#now().getTime()) return this.#token.text;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<string> {
    const { operatorId, operatorSecret } = this.#options.keys;
    const said = await this.#post(queryToken, { OperatorID: operatorId, OperatorSecret: operatorSecret }, undefined);
    if (said.SuccStat !== 0 || !said.AccessToken) throw new TcecError('Token', `the partner gives no token, reason ${said.FailReason}`);
    const seconds = said.TokenAvailableTime ?? 0;
    this.#token = { text: said.AccessToken, until: this.#now().getTime() + Math.max(seconds * 1000 - EARLY_MS, seconds * 500) };
    return said.AccessToken;
  }

  async #post<D extends Interface>(definition: D, request: RequestOf<D>, token: string | undefined): Promise<ResponseOf<D>> {
    const { keys, to, dialect = STANDARD } = this.#options;
    const { name } = definition;
    checkSent(definition.request, request, 'Parameters');
    const envelope = sealRequest(keys, JSON.stringify(spell(dialect, name, 'request', request)), await this.#sequence(this.#now()));
    const answer = await to({
      interface: name,
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      body: JSON.stringify(envelope),
    });
    if (answer.status !== 200) throw new TcecError('Transport', `${name}: HTTP ${answer.status}`);
    const { ret, msg, data } = openResponse(keys, parse(answer.body));
    if (ret !== 0) throw errorOfRet(ret, msg);
    const said = checkReceived(definition.response, normalise(definition.response, data), 'Response');
    for (const field of definition.echoes) {
      if (fieldOf(said, field) !== fieldOf(request, field))
        throw new TcecError('Response', `${name}: the answer is about another ${field}`);
    }
    return said as ResponseOf<D>;
  }

  /** Every station, page by page. */
  async *stations({
    since,
    pageSize = 50,
  }: {
    since?: string;
    pageSize?: number;
  } = {}): AsyncGenerator<ResponseOf<typeof queryStationsInfo>['StationInfos'][number]> {
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { PageCount, StationInfos } = await this.call(queryStationsInfo, {
        ...(since === undefined ? {} : { LastQueryTime: since }),
        PageNo: page,
        PageSize: pageSize,
      });
      yield* StationInfos;
      if (page >= PageCount) return;
    }
    throw new TcecError('Response', `more than ${MOST_PAGES} pages of stations`);
  }
}

/** Opens the end that calls: `connect({ keys, to: overHttp(url) }).call(queryStationsInfo, {})`. */
export const connect = (options: ConnectOptions): TcecClient => new TcecClient(options);

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new TcecError('Response', 'the answer is not JSON', { cause });
  }
}
