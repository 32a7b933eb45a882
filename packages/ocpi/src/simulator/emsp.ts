// A simulated eMSP: it keeps locations, tariffs, sessions and CDRs that it is sent or pulls, serves its tokens, and sends commands.
import { randomUUID } from 'node:crypto';
import type { ListMethod } from '../crawl.js';
import { crawl } from '../crawl.js';
import { OcpiError } from '../envelope.js';
import type { Routing } from '../headers.js';
import type { WindowRequest } from '../paging.js';
import { serve } from '../server.js';
import { type CDR, cdrs } from '../v221/cdrs.js';
import { type CommandResponse, type CommandResult, commands } from '../v221/commands.js';
import { type Location, locations } from '../v221/locations.js';
import type { Session } from '../v221/sessions.js';
import { type Tariff, tariffs } from '../v221/tariffs.js';
import { type AuthorizationInfo, type LocationReferences, type Token, tokens } from '../v221/tokens.js';
import { copiesOf, found, served } from './copies.js';
import { type Link, openLink, type SimulatorOptions } from './link.js';
import { seedTokens } from './seed.js';
import { openStore, type Store } from './store.js';

/** Settings of a simulated eMSP. */
export interface SimulatedEmspOptions extends SimulatorOptions {
  readonly port?: number;
  /** How many tokens it issues, and from which seed; or the tokens themselves. */
  readonly tokens?: number | readonly Token[];
  readonly seed?: number;
  /** Decides on real-time authorization; the default allows what is valid. */
  readonly authorize?: (token: Token, at: LocationReferences | undefined) => AuthorizationInfo['allowed'];
  /** Decides on a CDR before it is kept: throw OcpiError to refuse it. */
  readonly onCdr?: (received: ReceivedCdr) => void | Promise<void>;
}

/** A CDR as it arrived, byte for byte, with the URL under which it can be read again. */
export interface ReceivedCdr {
  readonly cdr: CDR;
  readonly raw: Buffer;
  readonly url: string;
  readonly at: Date;
}

/** A command that was sent: the answer at once, the result when it arrives. */
export interface SentCommand {
  readonly response: CommandResponse;
  readonly result: Promise<CommandResult>;
  readonly uid: string;
}

/** What a start needs to know. */
export interface StartOptions {
  readonly token: Token;
  readonly location_id: string;
  readonly evse_uid?: string;
  readonly connector_id?: string;
  readonly authorization_reference?: string;
}

/** A simulated eMSP that listens. */
export interface SimulatedEmsp extends Omit<Link, 'record'> {
  readonly tokens: Store<Token>;
  readonly locations: Store<Location>;
  readonly tariffs: Store<Tariff>;
  readonly sessions: Store<Session>;
  readonly cdrs: readonly ReceivedCdr[];
  /** Reads all locations and tariffs of the partner, page by page. */
  pull(window?: WindowRequest): Promise<{ readonly locations: number; readonly tariffs: number }>;
  /** Reads the partner's CDRs: for those that never came. */
  pullCdrs(window?: WindowRequest): Promise<readonly CDR[]>;
  startSession(options: StartOptions, routing?: Routing): Promise<SentCommand>;
  stopSession(sessionId: string, routing?: Routing): Promise<SentCommand>;
  /** Pushes a token to the partner: a new one, or one that changed. */
  pushToken(token: Token): Promise<void>;
}

const COMMAND_MS = 120_000;

/** Opens a simulated eMSP; it listens on a free port of loopback unless told another. */
export async function openSimulatedEmsp(options: SimulatedEmspOptions): Promise<SimulatedEmsp> {
  const clock = options.clock ?? { now: () => new Date() };
  const issued =
    typeof options.tokens === 'object'
      ? options.tokens
      : seedTokens({
          party: options.party,
          count: options.tokens ?? 5,
          at: clock.now(),
          ...(options.seed === undefined ? {} : { seed: options.seed }),
        });
  const store = {
    tokens: openStore<Token>((token) => `${token.type}/${token.uid}`, issued),
    locations: openStore<Location>((location) => location.id),
    tariffs: openStore<Tariff>((tariff) => tariff.id),
    sessions: openStore<Session>((session) => session.id),
  };
  const received: ReceivedCdr[] = [];
  const awaited = new Map<string, (result: CommandResult) => void>();

  const link = await openLink(
    'EMSP',
    options,
    (open) => [
      ...copiesOf(open, store),
      serve(cdrs.receiver, cdrHandlers(open, received, options), served(open)),
      serve(tokens.sender, tokenHandlers(open, store.tokens, options), served(open)),
      serve(
        commands.sender,
        {
          result: ({ params, body, correlationId }) => {
            const hear = awaited.get(params.uid);
            if (!hear) throw new OcpiError('not-found', 'no command waits for this result');
            awaited.delete(params.uid);
            open.record({ direction: 'in', what: 'commands.result', id: params.uid, value: body, correlationId });
            hear(body);
            return 'updated';
          },
        },
        served(open),
      ),
    ],
    () => ({
      location: (id) => store.locations.all().find((one) => one.id === id),
      token: (contractId) => store.tokens.all().find(({ contract_id }) => contract_id === contractId),
    }),
  );

  /** A result that never comes is TIMEOUT, as the standard's own result says. */
  const awaitResult = (uid: string): Promise<CommandResult> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        awaited.delete(uid);
        resolve({ result: 'TIMEOUT' });
      }, COMMAND_MS);
      timer.unref();
      awaited.set(uid, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
    });
  const responseUrl = (command: string, uid: string): string => `${link.endpoint('commands', 'SENDER')}/${command}/${uid}`;

  async function send(command: string, post: (response_url: string) => Promise<{ readonly data: CommandResponse }>): Promise<SentCommand> {
    const uid = randomUUID();
    const result = awaitResult(uid);
    const { data: response } = await post(responseUrl(command, uid));
    link.record({ direction: 'out', what: `commands.${command}`, id: uid, value: response });
    if (response.result !== 'ACCEPTED') awaited.delete(uid);
    return { response, result: response.result === 'ACCEPTED' ? result : Promise.resolve({ result: 'REJECTED' }), uid };
  }

  return Object.assign(link, store, {
    cdrs: received,
    async pull(window: WindowRequest = {}) {
      const found = { locations: 0, tariffs: 0 };
      found.locations = await keep(link.partner(locations.sender, 'SENDER').list, store.locations, window);
      found.tariffs = await keep(link.partner(tariffs.sender, 'SENDER').list, store.tariffs, window);
      return found;
    },
    async pullCdrs(window: WindowRequest = {}) {
      const found: CDR[] = [];
      for await (const { items } of crawl(link.partner(cdrs.sender, 'SENDER').list, { window })) found.push(...items);
      return found;
    },
    startSession: (start: StartOptions, routing?: Routing) =>
      send('START_SESSION', (response_url) =>
        link.partner(commands.receiver, 'RECEIVER', routing).startSession({ body: { response_url, ...start } }),
      ),
    stopSession: (session_id: string, routing?: Routing) =>
      send('STOP_SESSION', (response_url) =>
        link.partner(commands.receiver, 'RECEIVER', routing).stopSession({ body: { response_url, session_id } }),
      ),
    async pushToken(token: Token) {
      store.tokens.put(token);
      const params = { country_code: token.country_code, party_id: token.party_id, token_uid: token.uid };
      await link.partner(tokens.receiver, 'RECEIVER').put({ params, query: { type: token.type }, body: token });
    },
  });
}

async function keep<T>(list: ListMethod<T>, store: Store<T>, window: WindowRequest): Promise<number> {
  let count = 0;
  for await (const { items } of crawl(list, { window }))
    for (const item of items) {
      store.put(item);
      count += 1;
    }
  return count;
}

function cdrHandlers(open: Link, received: ReceivedCdr[], options: SimulatedEmspOptions) {
  const same = (a: CDR, b: CDR): boolean =>
    a.country_code === b.country_code && a.party_id === b.party_id && a.id.toUpperCase() === b.id.toUpperCase();
  return {
    get: ({ params }: { params: { readonly id: string } }) =>
      found(received.find(({ url }) => url.endsWith(`/${encodeURIComponent(params.id)}`))).cdr,
    post: async ({ body, payload, correlationId }: { body: CDR; payload: { readonly raw: Buffer }; correlationId: string }) => {
      if (open.faults.has('refuse-cdr')) throw new OcpiError('generic', 'no CDR is taken today');
      const known = received.find(({ cdr }) => same(cdr, body));
      if (known && !known.raw.equals(payload.raw)) throw new OcpiError('generic', `another CDR has the id ${body.id}`);
      if (known) return { created: known.url };
      const url = `${open.endpoint('cdrs', 'RECEIVER')}/${encodeURIComponent(`${body.country_code}-${body.party_id}-${body.id}`)}`;
      const arrived: ReceivedCdr = { cdr: body, raw: payload.raw, url, at: open.clock.now() };
      await options.onCdr?.(arrived);
      received.push(arrived);
      open.record({ direction: 'in', what: 'cdrs.post', id: body.id, value: body, raw: payload.raw, correlationId });
      return { created: url };
    },
  };
}

function tokenHandlers(open: Link, store: Store<Token>, options: SimulatedEmspOptions) {
  return {
    list: ({ window }: { window: Parameters<Store<Token>['page']>[0] }) => store.page(window),
    authorize: ({
      params,
      query,
      body,
    }: {
      params: { readonly token_uid: string };
      query: { readonly type?: Token['type'] };
      body: LocationReferences | undefined;
    }): AuthorizationInfo => {
      const type = query.type ?? 'RFID';
      const token = store.find((one) => one.type === type && one.uid.toUpperCase() === params.token_uid.toUpperCase());
      if (!token || open.faults.has('unknown-token')) throw new OcpiError('unknown-token');
      const allowed = options.authorize?.(token, body) ?? (token.valid ? 'ALLOWED' : 'BLOCKED');
      return { allowed, token, ...(body ? { location: body } : {}), authorization_reference: randomUUID() };
    },
  };
}
