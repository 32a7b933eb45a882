import { type Answered, type Handle, header, OcpiError, type OcpiRequest, type OcpiResponse, type Payload } from '@evroam/ocpi';
import type { BridgedObject, BridgeVersion, Loss } from '@evroam/ocpi/bridge';
import type { Clock } from '../../kernel/clock.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { type PartyId, partyId } from '../../model/party.js';
import type { About } from '../links/bridged/bridge.js';
import type { OcpiCaller } from '../links/ocpi221/inbound.js';
import { createPace } from '../pace.js';
import type { Partner } from '../partner.js';
import type { Journal } from './journal.js';
import { isFailed, type TracedExchange } from './line.js';
import { maskPath } from './mask.js';
import { relatedTo } from './related.js';

/** A partner as its trace needs it: before it has registered there is no connection. */
export type Called = Pick<Partner, 'operatorId' | 'id' | 'connection' | 'parties'>;
/** A Handle that knows whom it calls. */
export type Calling = (request: OcpiRequest, partner: Called) => Promise<OcpiResponse>;

export interface ObserveNeeds {
  journal: Pick<Journal, 'take' | 'miss'>;
  clock: Clock;
  /** Whether bodies of a partner are kept, of what failed or of everything. */
  wants(operatorId: OperatorId, partnerId: PartnerId, isFailed: boolean): boolean;
  /** Lines a second that are kept of what went well; of what is wanted with its bodies, and of what failed, all are. */
  linesASecond: number;
  /** Counts requests of callers that are nobody's partners: there is no operator who could see them. */
  stranger(): void;
}

/** Losses of one object that are kept. */
const MOST_LOSSES = 50;
/** Characters of an id or a path that somebody else chose. */
const LONGEST_TEXT = 512;

export type Trace = ReturnType<typeof createTrace>;

/** What hears of every message, at one point for each way. It reads what is at hand and hands on: nothing here waits, and nothing throws. */
export function createTrace({ journal, clock, wants, linesASecond, stranger }: ObserveNeeds) {
  const pace = createPace();

  function told(partner: Called, line: TracedExchange, request: Payload | undefined, answer: Payload | undefined): void {
    if (!wants(partner.operatorId, partner.id, isFailed(line))) {
      journal.take(partner.operatorId, line);
      return;
    }
    const bodies = { ...(request?.isEmpty === false ? { request } : {}), ...(answer?.isEmpty === false ? { answer } : {}) };
    journal.take(partner.operatorId, line, bodies, line.requestBytes + line.answerBytes);
  }

  /** A line costs about as much as a tenth of a message: a flood of messages that all went well is counted, not described. */
  function isLeftOut({ operatorId, id }: Called, status: number | undefined, statusCode: number | undefined): boolean {
    const failed = isFailed({ status, statusCode });
    if (failed || wants(operatorId, id, failed) || pace.admits(operatorId, linesASecond)) return false;
    journal.miss(operatorId);
    return true;
  }

  return {
    /** What a partner asked of us, and our answer. */
    received({ request, response, partner: caller, tookMs }: Answered<OcpiCaller>): void {
      if (!caller) {
        stranger();
        return;
      }
      const { partner } = caller;
      const statusCode = statusCodeOf(response.body);
      if (isLeftOut(partner, response.status, statusCode)) return;
      const { url, headers, body } = request;
      const at = AT.exec(url);
      const version = at?.[1] ?? partner.connection?.version;
      const role = at?.[2];
      const line: TracedExchange = {
        kind: 'exchange',
        at: startOf(clock, tookMs),
        ms: rounded(tookMs),
        way: 'in',
        partner: partner.id,
        protocol: version === undefined ? 'ocpi' : `ocpi${version}`,
        module: at?.[3] ?? (url.includes('/hub/') ? 'hub' : 'versions'),
        role: role === undefined ? undefined : role === 'sender' ? 'SENDER' : 'RECEIVER',
        method: request.method,
        path: shortPath(url),
        status: response.status,
        statusCode,
        from: fromOf(headers) ?? onlyParty(partner),
        // Where the request named nobody, the answer tells who it was for.
        to: toOf(headers) ?? fromOf(response.headers),
        correlation: shortHeader(headers, 'x-correlation-id'),
        related: request.method === 'POST' ? relatedTo(request) : undefined,
        request: shortHeader(headers, 'x-request-id'),
        requestBytes: sizeOf(body),
        answerBytes: sizeOf(response.body),
      };
      told(partner, line, body, response.body);
    },

    /** What we ask of a partner, and its answer. */
    calling(handle: Handle): Calling {
      const done = (partner: Called, request: OcpiRequest, since: number, response: OcpiResponse | undefined, error?: unknown): void => {
        const statusCode = statusCodeOf(response?.body);
        if (isLeftOut(partner, response?.status, statusCode)) return;
        const tookMs = performance.now() - since;
        const { url, headers, body } = request;
        const version = partner.connection?.version;
        const endpoint = endpointOf(partner, url);
        const line: TracedExchange = {
          kind: 'exchange',
          at: startOf(clock, tookMs),
          ms: rounded(tookMs),
          way: 'out',
          partner: partner.id,
          protocol: version === undefined ? 'ocpi' : `ocpi${version}`,
          module: endpoint?.identifier,
          role: endpoint?.role,
          method: request.method,
          path: shortPath(pathOf(url)),
          status: response?.status,
          statusCode,
          error: error === undefined ? undefined : error instanceof OcpiError ? error.code : 'fault',
          from: fromOf(headers),
          to: toOf(headers) ?? onlyParty(partner),
          correlation: shortHeader(headers, 'x-correlation-id'),
          request: shortHeader(headers, 'x-request-id'),
          requestBytes: sizeOf(body),
          answerBytes: sizeOf(response?.body),
        };
        told(partner, line, body, response?.body);
      };
      return (request, partner) => {
        const since = performance.now();
        return handle(request).then(
          (response) => {
            done(partner, request, since, response);
            return response;
          },
          (error: unknown) => {
            done(partner, request, since, undefined, error);
            throw error;
          },
        );
      };
    },

    /** What an object lost between two versions: found by the message that it came in, or by its id. */
    lost(about: About, object: BridgedObject, value: unknown, from: BridgeVersion, to: BridgeVersion, losses: readonly Loss[]): void {
      const { correlation, owner, operatorId } = about;
      journal.take(operatorId, {
        ...{ kind: 'loss', at: clock.now().getTime(), object, owner, fromVersion: from, toVersion: to },
        ...{ correlation: correlation?.slice(0, LONGEST_TEXT), id: idOf(value) },
        losses: losses.slice(0, MOST_LOSSES).map(({ kind, pointer, message }) => ({ kind, pointer, message })),
        ...(losses.length > MOST_LOSSES ? { more: losses.length - MOST_LOSSES } : {}),
      });
    },
  };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
const shortPath = (path: string): string => maskPath(path.length > LONGEST_TEXT ? path.slice(0, LONGEST_TEXT) : path);
const shortHeader = (headers: OcpiRequest['headers'], name: string): string | undefined => header(headers, name)?.slice(0, LONGEST_TEXT);

/** `/2.2.1/receiver/locations/...`, and `/2.1.1/locations/...` without a role. */
const AT = /\/(\d\.\d(?:\.\d)?)(?:\/(sender|receiver))?\/([a-z]+)/;

const startOf = (clock: Clock, tookMs: number): number => Math.round(clock.now().getTime() - tookMs * clock.rate);

function pathOf(url: string): string {
  const slash = url.indexOf('/', 8);
  return slash < 0 ? '/' : url.slice(slash);
}

/** The partner's endpoint with the longest address that the URL begins with: the module that is called. */
function endpointOf({ connection }: Called, url: string): Endpoint | undefined {
  let found: Endpoint | undefined;
  for (const endpoint of connection?.endpoints ?? [])
    if (endpoint.url.length > (found?.url.length ?? 0) && url.startsWith(endpoint.url)) found = endpoint;
  return found;
}
type Endpoint = NonNullable<Called['connection']>['endpoints'][number];

const fromOf = (headers: OcpiRequest['headers']): PartyId | undefined =>
  partyOf(header(headers, 'ocpi-from-country-code'), header(headers, 'ocpi-from-party-id'));
const toOf = (headers: OcpiRequest['headers']): PartyId | undefined =>
  partyOf(header(headers, 'ocpi-to-country-code'), header(headers, 'ocpi-to-party-id'));
const partyOf = (country: string | undefined, party: string | undefined): PartyId | undefined =>
  country?.length === 2 && party !== undefined && party.length <= 3 ? partyId(country, party) : undefined;

const onlyParty = ({ parties }: Called): PartyId | undefined => (parties.length === 1 ? parties[0]?.party : undefined);

function sizeOf(payload: Payload | undefined): number {
  return payload === undefined || payload.isEmpty ? 0 : payload.wire.length;
}

const STATUS_CODE = /"status_code"\s*:\s*"?(\d{4})\b/;
/** The code stands before or after the data: so far from either end. */
const ENVELOPE_EDGE = 200;

/** The envelope's status code, from its edges: a body that passes as bytes is not parsed for it. */
function statusCodeOf(payload: Payload | undefined): number | undefined {
  if (payload === undefined || payload.isEmpty) return undefined;
  const { wire } = payload;
  const edge = (from: number, to: number): string => (typeof wire === 'string' ? wire.slice(from, to) : wire.toString('latin1', from, to));
  const { length } = wire;
  const found =
    length <= 2 * ENVELOPE_EDGE
      ? STATUS_CODE.exec(edge(0, length))
      : (STATUS_CODE.exec(edge(length - ENVELOPE_EDGE, length)) ?? STATUS_CODE.exec(edge(0, ENVELOPE_EDGE)));
  return found ? Number(found[1]) : undefined;
}

/** The id of an object of OCPI; a token is known by its uid. */
function idOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, uid } = value as { id?: unknown; uid?: unknown };
  const found = id ?? uid;
  return typeof found === 'string' ? found.slice(0, LONGEST_TEXT) : undefined;
}
