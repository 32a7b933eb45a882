import { OcpiError, type Page as OcpiPage, type Payload, type Routing, type Served, serve, type Window } from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import type { Clock } from '../../../kernel/clock.js';
import type { Page } from '../../../kernel/page.js';
import { type PartyId, partyId, type Role } from '../../../model/party.js';
import type { Bodies, CommandResult, Kind, Message, Refusal, Reply } from '../../message.js';
import { type Partner, senderOf, speaksFor } from '../../partner.js';
import type { ChargingPort, StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import type { RoamingStore } from '../../store.js';
import { toCdr } from './cdrs.js';
import { VERSION } from './link.js';
import { fromConnector, fromEvse, fromLocation, toLocation } from './locations.js';
import { fromSession, toSession } from './sessions.js';
import { fromTariff, toTariff } from './tariffs.js';
import { fromToken, toToken } from './tokens.js';
import { Untranslatable } from './values.js';

/** Who calls over OCPI: a partner, or one that has only been invited yet. */
export interface OcpiCaller {
  partner: Partner;
  registering: boolean;
}

export interface ListenNeeds {
  charging: ChargingPort;
  stations: StationsPort;
  users: UsersPort;
  tariffs: TariffsPort;
  store: RoamingStore;
  /** Sends a message on to the party that it is for. */
  route(message: Message): Promise<Reply>;
  heardResult(operatorId: Partner['operatorId'], commandId: string, result: CommandResult, from: PartyId): Promise<boolean>;
  /** The hosted party that a partner means when it names none. */
  defaultReceiver(partner: Partner, role: Role): Promise<PartyId | undefined>;
  clock: Clock;
}

interface Asked {
  partner: OcpiCaller;
  routing: Routing;
  correlationId: string;
  payload: Payload;
}

const OWN_SIDE = { cpo: 'emsp', emsp: 'cpo' } as const satisfies Record<Role, Role>;

/** Both interfaces of OCPI 2.2.1 as our partners see them: we are CPO to eMSPs and eMSP to CPOs. */
export function ocpi221Interfaces(needs: ListenNeeds): Served<OcpiCaller>[] {
  const { charging, stations, users, tariffs, store } = needs;
  const options = { clock: needs.clock, largestPage: LARGEST_PAGE };

  /** What a partner in that role pushes: translated, checked against who it may speak for, and sent on. */
  async function push<K extends Kind>(
    kind: K,
    as: Role,
    asked: Asked,
    make: () => Bodies[K] | Promise<Bodies[K]>,
    owner?: PartyId,
  ): Promise<Reply> {
    const { from, to } = await parties(asked, as, owner);
    const body = await translated(make);
    const message: Message<K> = {
      kind,
      operatorId: asked.partner.partner.operatorId,
      from,
      to,
      correlation: asked.correlationId,
      raw: { version: VERSION, bytes: asked.payload.raw },
      typed: () => body,
    };
    return needs.route(message as unknown as Message);
  }

  async function parties({ partner: { partner }, routing }: Asked, as: Role, owner?: PartyId): Promise<{ from: PartyId; to: PartyId }> {
    const said = routing.from && partyId(routing.from.country, routing.from.party);
    const from = senderOf(partner, said, as);
    if (!from) {
      throw said
        ? new OcpiError('forbidden', `your credentials do not speak for ${said} as ${as.toUpperCase()}`)
        : new OcpiError('invalid', 'you have several parties: say in OCPI-from-country-code and OCPI-from-party-id which one speaks');
    }
    if (owner !== undefined && owner !== from) {
      throw new OcpiError('forbidden', `the object belongs to ${owner}, and the message comes from ${from}: owner and sender must agree`);
    }
    const to = routing.to ? partyId(routing.to.country, routing.to.party) : await needs.defaultReceiver(partner, OWN_SIDE[as]);
    if (!to) throw new OcpiError('unknown-receiver');
    return { from, to };
  }

  async function command(kind: 'startSession' | 'stopSession', asked: Asked, make: () => Bodies['startSession'] | Bodies['stopSession']) {
    const reply = await push(kind, 'emsp', asked, make as () => Bodies[typeof kind]);
    if (reply.accepted) return { result: 'ACCEPTED' as const, timeout: Math.ceil((reply.timeoutMs ?? 0) / 1000) };
    switch (reply.reason) {
      case 'unknownSession':
        return { result: 'UNKNOWN_SESSION' as const, timeout: 0 };
      case 'notSupported':
        return { result: 'NOT_SUPPORTED' as const, timeout: 0 };
      case 'unknownLocation':
        throw new OcpiError('unknown-location', reply.detail);
      default:
        return {
          result: 'REJECTED' as const,
          timeout: 0,
          ...(reply.detail === undefined ? {} : { message: [{ language: 'en', text: reply.detail.slice(0, 512) }] }),
        };
    }
  }

  /** The result of a command. The id in the URL is the only correlation, it is used once, and only the asked party may use it. */
  async function commandResult(
    kind: 'start' | 'stop',
    commandId: string,
    asked: Asked,
    result: v221.CommandResultType,
  ): Promise<'updated'> {
    const { partner } = asked.partner;
    const known = await store.command(partner.operatorId, commandId);
    const mayAnswer = known?.kind === kind && speaksFor(partner, known.asked);
    if (!mayAnswer || !(await needs.heardResult(partner.operatorId, commandId, outcomes[result], known.asked))) {
      throw new OcpiError('not-found', 'no command waits for this result');
    }
    return 'updated';
  }

  return [
    serve(
      v221.locations.sender,
      {
        list: ({ partner, window }) =>
          paged(window, (query) => stations.locations(partner.partner.operatorId, { ...query, own: true }), fromLocation),
        get: async ({ partner, params }) => fromLocation(await ownLocation(needs, partner, params.location_id)),
        getEvse: async ({ partner, params }) =>
          fromEvse(found((await ownLocation(needs, partner, params.location_id)).evses.find((e) => e.uid === params.evse_uid))),
        getConnector: async ({ partner, params }) => {
          const evse = found((await ownLocation(needs, partner, params.location_id)).evses.find((e) => e.uid === params.evse_uid));
          return fromConnector(found(evse.connectors.find((c) => c.id === params.connector_id)));
        },
      },
      options,
    ),
    serve(
      v221.locations.receiver,
      {
        put: async (ask) => written(await push('location', 'cpo', ask, () => toLocation(ask.body), owner(ask.params))),
        get: async ({ partner, params }) =>
          fromLocation(found(await stations.location(partner.partner.operatorId, owner(params), params.location_id))),
      },
      options,
    ),
    serve(
      v221.tariffs.sender,
      {
        list: async ({ partner, window }) => {
          const party = await needs.defaultReceiver(partner.partner, 'cpo');
          if (!party) return { items: [], total: 0 };
          return paged(window, (query) => tariffs.tariffs(partner.partner.operatorId, { ...query, owner: party }), fromTariff);
        },
      },
      options,
    ),
    serve(
      v221.tariffs.receiver,
      { put: async (ask) => written(await push('tariff', 'cpo', ask, () => toTariff(ask.body), owner(ask.params))) },
      options,
    ),
    serve(
      v221.tokens.sender,
      {
        list: async ({ partner, window }) => {
          const party = await needs.defaultReceiver(partner.partner, 'emsp');
          if (!party) return { items: [], total: 0 };
          return paged(window, (query) => users.tokens(partner.partner.operatorId, { ...query, issuer: party }), fromToken);
        },
      },
      options,
    ),
    serve(
      v221.tokens.receiver,
      {
        put: async (ask) => written(await push('token', 'emsp', ask, () => toToken(ask.body), owner(ask.params))),
        get: async ({ partner, params }) =>
          fromToken(found(await users.token(partner.partner.operatorId, owner(params), params.token_uid))),
      },
      options,
    ),
    serve(
      v221.sessions.sender,
      {
        list: async ({ partner, window }) => {
          const issuer = senderOf(partner.partner, undefined, 'emsp');
          if (!issuer) return { items: [], total: 0 };
          return paged(window, (query) => charging.sessions(partner.partner.operatorId, { ...query, issuer }), fromSession);
        },
      },
      options,
    ),
    serve(
      v221.sessions.receiver,
      {
        put: async (ask) => written(await push('session', 'cpo', ask, () => toSession(ask.body), owner(ask.params))),
        get: async ({ partner, params }) =>
          fromSession(
            found(await store.partnerSession(partner.partner.operatorId, owner(params), { sessionId: params.session_id })).session,
          ),
      },
      options,
    ),
    serve(
      v221.cdrs.receiver,
      {
        post: async (ask) => {
          const from = partyId(ask.body.country_code, ask.body.party_id);
          const { operatorId } = ask.partner.partner;
          const reply = await push('cdr', 'cpo', ask, async () => toCdr(ask.body, await zoneOf(needs, operatorId, from, ask.body)), from);
          done(reply);
          return { created: `${baseOf(ask.request.url)}/${encodeURIComponent(ask.body.id)}` };
        },
        get: async ({ partner, params }) => {
          for (const { party } of partner.partner.parties) {
            const kept = await store.receivedCdr(partner.partner.operatorId, party, params.id);
            if (kept) return JSON.parse(kept.exchange.bytes.toString('utf8')) as v221.CDR;
          }
          throw new OcpiError('not-found', 'no such CDR');
        },
      },
      options,
    ),
    serve(
      v221.commands.receiver,
      {
        startSession: (ask) =>
          command('startSession', ask, () => {
            const { token, location_id, evse_uid, connector_id, authorization_reference, response_url } = ask.body;
            return {
              token: toToken(token),
              locationId: location_id,
              ...(evse_uid === undefined ? {} : { evseUid: evse_uid }),
              ...(connector_id === undefined ? {} : { connectorId: connector_id }),
              ...(authorization_reference === undefined ? {} : { authorizationReference: authorization_reference }),
              replyTo: { commandId: ask.requestId, url: response_url },
            };
          }),
        stopSession: (ask) =>
          command('stopSession', ask, () => ({
            sessionId: ask.body.session_id,
            replyTo: { commandId: ask.requestId, url: ask.body.response_url },
          })),
      },
      options,
    ),
    serve(
      v221.commands.sender,
      {
        result: async (ask) => {
          const kind = ask.params.command === 'START_SESSION' ? 'start' : ask.params.command === 'STOP_SESSION' ? 'stop' : undefined;
          if (!kind) throw new OcpiError('not-found', 'no command waits for this result');
          return commandResult(kind, ask.params.uid, ask, ask.body.result);
        },
      },
      options,
    ),
  ];
}

/** A page of an OCPI list is at most this long. */
const LARGEST_PAGE = 100;

const outcomes: Readonly<Record<v221.CommandResultType, Bodies['commandResult']['result']>> = {
  ACCEPTED: 'accepted',
  REJECTED: 'rejected',
  EVSE_OCCUPIED: 'rejected',
  EVSE_INOPERATIVE: 'rejected',
  NOT_SUPPORTED: 'rejected',
  CANCELED_RESERVATION: 'failed',
  UNKNOWN_RESERVATION: 'failed',
  FAILED: 'failed',
  TIMEOUT: 'timeout',
};

const codes = {
  unknownReceiver: 'unknown-receiver',
  notConnected: 'not-connected',
  timeout: 'hub-timeout',
  unknownLocation: 'unknown-location',
  unknownSession: 'generic',
  unknownToken: 'unknown-token',
  notSupported: 'generic',
  conflict: 'invalid',
  invalid: 'invalid',
  refusedByReceiver: 'generic',
} as const satisfies Record<Refusal, string>;

function done(reply: Reply): void {
  if (!reply.accepted) throw new OcpiError(codes[reply.reason], reply.detail);
}

function written(reply: Reply): 'updated' {
  done(reply);
  return 'updated';
}

async function translated<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Untranslatable) throw new OcpiError('invalid', error.message, { path: error.pointer, cause: error });
    throw error;
  }
}

const owner = ({ country_code, party_id }: { country_code: string; party_id: string }): PartyId => partyId(country_code, party_id);

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new OcpiError('not-found');
  return value;
}

async function ownLocation({ stations, defaultReceiver }: ListenNeeds, { partner }: OcpiCaller, id: string) {
  const party = await defaultReceiver(partner, 'cpo');
  return found(party && (await stations.location(partner.operatorId, party, id)));
}

/** A CDR cannot be priced without the zone of its location; a CPO that sent the CDR before the location is asked to send that first. */
async function zoneOf({ stations }: ListenNeeds, operatorId: Partner['operatorId'], from: PartyId, cdr: v221.CDR): Promise<string> {
  const location = await stations.location(operatorId, from, cdr.cdr_location.id);
  if (!location)
    throw new OcpiError(
      'unknown-location',
      `location ${cdr.cdr_location.id} is not known here: push it first, or serve it in your locations module`,
    );
  return location.timeZone;
}

type ListQuery = Parameters<StationsPort['locations']>[1];

async function paged<T, W>(window: Window, read: (query: ListQuery) => Promise<Page<T>>, write: (item: T) => W): Promise<OcpiPage<W>> {
  const page = await read({
    limit: window.limit,
    offset: window.offset,
    counted: true,
    ...(window.cursor === undefined ? {} : { after: window.cursor }),
    ...(window.dateFrom ? { updatedFrom: window.dateFrom } : {}),
    ...(window.dateTo ? { updatedUntil: window.dateTo } : {}),
  });
  return {
    items: page.items.map(write),
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(page.next === undefined ? {} : { next: page.next }),
  };
}

const baseOf = (url: string): string => url.split('?', 1)[0]!.replace(/\/+$/, '');
