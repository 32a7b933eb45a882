import { answeredBy, codeOf, type HubCaller, isRegistered, OcpiError, type OcpiRequest, type Payload, type Routing } from '@evroam/ocpi';
import type { Clock } from '../../../kernel/clock.js';
import type { ActiveProfile } from '../../../model/charging-wish.js';
import { type PartyId, partyId, type TradeRole } from '../../../model/party.js';
import type { TokenType } from '../../../model/token.js';
import type {
  AskedPlace,
  Authorization,
  Bodies,
  Command,
  CommandKind,
  CommandResult,
  Kind,
  Message,
  ProfileKind,
  Refusal,
  Reply,
} from '../../message.js';
import { type Partner, senderOf, speaksFor } from '../../partner.js';
import type { ChargingPort, StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import type { RoamingStore } from '../../store.js';
import { relate } from '../../trace/related.js';
import type { Net } from '../bridged/net.js';
import { cameAs } from '../bridged/versions.js';
import { toParty } from './tokens.js';
import { Untranslatable } from './values.js';

/** Who calls over OCPI: a partner, or one that has only been invited yet. */
export interface OcpiCaller extends HubCaller {
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
  heardResult(
    operatorId: Partner['operatorId'],
    commandId: string,
    result: CommandResult,
    from: PartyId,
    active?: ActiveProfile,
  ): Promise<boolean>;
  isHub(operatorId: Partner['operatorId'], party: PartyId): Promise<boolean>;
  /** The hosted party that a partner means when it names none. */
  defaultReceiver(partner: Partner, role: TradeRole): Promise<PartyId | undefined>;
  net: Net;
  clock: Clock;
}

export interface Asked {
  partner: OcpiCaller;
  routing: Routing;
  correlationId: string;
  payload: Payload;
  request: OcpiRequest;
}

/** What may be addressed to the hub and so to everybody. Never sessions and CDRs: they are nobody else's business. OCPI 2.2.1, 4.2.2 */
const BROADCAST: ReadonlySet<Kind> = new Set<Kind>(['location', 'tariff', 'token']);

const OWN_SIDE = { cpo: 'emsp', emsp: 'cpo' } as const satisfies Record<TradeRole, TradeRole>;

export type Inbound = ReturnType<typeof createInbound>;

/** What comes in from partners: who says it, for whom it is, and the way into the hub. */
export function createInbound(needs: ListenNeeds) {
  const { store } = needs;

  /** What a partner in that role pushes: translated, checked against who it may speak for, and sent on. */
  async function push<K extends Kind>(
    kind: K,
    as: TradeRole,
    asked: Asked,
    make: () => Bodies[K],
    about?: { owner: PartyId; id: string },
  ): Promise<Reply> {
    const typed = once(() => translated(make));
    const { from, to } = await parties(
      asked,
      as,
      about?.owner,
      (sender) => addressee(asked.partner.partner, sender, kind, typed),
      BROADCAST.has(kind),
    );
    const message: Message<K> = {
      kind,
      operatorId: asked.partner.partner.operatorId,
      from,
      to,
      correlation: asked.correlationId,
      // As the sender wrote it, in the version that it speaks.
      raw: cameAs(asked.payload),
      ...(about ? { about } : {}),
      typed,
    };
    return needs.route(message as unknown as Message);
  }

  async function parties(
    { partner: { partner }, routing, request }: Asked,
    as: TradeRole,
    owner: PartyId | undefined,
    open: (from: PartyId) => Promise<PartyId | undefined>,
    isForEverybody: boolean,
  ): Promise<{ from: PartyId; to: PartyId }> {
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
    const named = routing.to && partyId(routing.to.country, routing.to.party);
    // What is addressed to the hub itself finds its receiver as if it had no address. OCPI 2.2.1, 4.2.2
    const isForHub = named !== undefined && (await needs.isHub(partner.operatorId, named));
    if (isForHub && isForEverybody) return { from, to: named };
    const to = (isForHub ? undefined : named) ?? (await open(from)) ?? (await needs.defaultReceiver(partner, OWN_SIDE[as]));
    if (!to) throw new OcpiError('unknown-receiver');
    if (named === undefined) answeredBy(request, toParty(to));
    return { from, to };
  }

  /** Open routing: the receiver follows from the owner of token, location or session. OCPI 2.2.1, 4.2.3 */
  async function addressee<K extends Kind>(
    { operatorId }: Partner,
    from: PartyId,
    kind: K,
    typed: () => Bodies[K],
  ): Promise<PartyId | undefined> {
    switch (kind) {
      case 'session':
      case 'cdr':
        return knownParty(operatorId, (typed() as Bodies['session' | 'cdr']).token.issuer);
      case 'startSession':
      case 'reserveNow':
      case 'unlockConnector': {
        const { locationId, evseUid } = typed() as Bodies['startSession' | 'reserveNow' | 'unlockConnector'];
        return needs.stations.ownerOf(operatorId, locationId, evseUid);
      }
      case 'stopSession':
      case 'chargingPreferences':
      case 'setChargingProfile':
      case 'clearChargingProfile':
      case 'getActiveProfile':
        return store.sessionOwner(operatorId, (typed() as Bodies['stopSession' | 'chargingPreferences' | ProfileKind]).sessionId);
      case 'activeProfile': {
        const { sessionId } = typed() as Bodies['activeProfile'];
        return (await store.partnerSession(operatorId, from, { sessionId }))?.session.token.issuer;
      }
      case 'cancelReservation':
        return store.reservedAt(operatorId, from, (typed() as Bodies['cancelReservation']).reservationId);
      default:
        return undefined;
    }
  }

  async function knownParty(operatorId: Partner['operatorId'], party: PartyId): Promise<PartyId | undefined> {
    return (await store.homeOf(operatorId, party)) === undefined ? undefined : party;
  }

  /** A command on its way, or why not. What says that nobody heard it is an error of its sender's call. */
  async function ask<K extends CommandKind>(kind: K, asked: Asked & { responseUrl: string }, make: () => Bodies[K]): Promise<Reply> {
    mustBeRegistered(asked.partner.partner, asked.responseUrl);
    const reply = await push(kind, 'emsp', asked, make);
    if (reply.accepted) return reply;
    if (reply.said) done(reply);
    if (NOT_HEARD.has(reply.reason)) throw new OcpiError(codes[reply.reason], reply.detail);
    return reply;
  }

  async function command<K extends CommandKind>(kind: K, asked: Asked & { responseUrl: string }, make: () => Bodies[K]) {
    const reply = await ask(kind, asked, make);
    if (reply.accepted) return { result: 'ACCEPTED' as const, timeout: Math.ceil((reply.timeoutMs ?? 0) / 1000) };
    switch (reply.reason) {
      case 'unknownSession':
        return { result: 'UNKNOWN_SESSION' as const, timeout: 0 };
      case 'notSupported':
        return { result: 'NOT_SUPPORTED' as const, timeout: 0 };
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
    kind: Command,
    commandId: string,
    asked: Asked,
    result: CommandResult,
    active?: ActiveProfile,
  ): Promise<'updated'> {
    const { partner } = asked.partner;
    const known = await store.command(partner.operatorId, commandId);
    const mayAnswer = known?.kind === kind && speaksFor(partner, known.asked);
    if (mayAnswer) relate(asked.request, known.correlation);
    if (!mayAnswer || !(await needs.heardResult(partner.operatorId, commandId, result, known.asked, active))) {
      throw new OcpiError('not-found', 'no command waits for this result');
    }
    return 'updated';
  }

  /**
   * A CPO asks whether a card may charge. The uid goes to nobody but its issuer, and only where the two have an agreement: to everybody
   * else it would tell who charges where. OCPI 2.2.1, 12.2.2
   */
  async function authorize(asked: Asked, uid: string, type: TokenType, place: AskedPlace | undefined): Promise<Authorization> {
    const { operatorId } = asked.partner.partner;
    const tokens = await needs.users.tokensByUid(operatorId, uid);
    const mayAsk = async (from: PartyId, issuer: PartyId) =>
      (await store.homeOf(operatorId, issuer)) === 'hosted' ||
      (await store.agreedWith(operatorId, [from], 'buyer', needs.clock.now())).includes(issuer);
    const issuerFor = async (from: PartyId) => {
      for (const { issuer } of [...tokens].sort((a, b) => Number(b.valid) - Number(a.valid))) if (await mayAsk(from, issuer)) return issuer;
      return undefined;
    };
    const { from, to } = await parties(asked, 'cpo', undefined, issuerFor, false);
    const token = tokens.find(({ issuer }) => issuer === to);
    if ((tokens.length > 0 && !token) || !(await mayAsk(from, to))) throw new OcpiError('unknown-token');
    const body = { uid, type, ...(token ? { token } : {}), ...(place ? { place } : {}) };
    const message: Message<'authorize'> = {
      ...{ kind: 'authorize', operatorId, from, to, correlation: asked.correlationId },
      typed: () => body,
    };
    const reply = await needs.route(message);
    done(reply);
    if (!reply.accepted || !reply.authorization) throw new OcpiError('bad-answer', 'the issuer did not say whether the card may charge');
    return reply.authorization;
  }

  return { push, ask, command, commandResult, authorize };
}

const NOT_HEARD: ReadonlySet<Refusal> = new Set<Refusal>(['unknownLocation', 'unknownReceiver', 'notConnected', 'timeout']);

const codes = {
  unknownReceiver: 'unknown-receiver',
  notConnected: 'not-connected',
  timeout: 'hub-timeout',
  unknownLocation: 'unknown-location',
  unknownSession: 'generic',
  unknownReservation: 'generic',
  tooOften: 'generic',
  unknownToken: 'unknown-token',
  notSupported: 'generic',
  conflict: 'invalid',
  invalid: 'invalid',
  refusedByReceiver: 'generic',
} as const satisfies Record<Refusal, string>;

export function done(reply: Reply): void {
  if (reply.accepted) return;
  const { said } = reply;
  if (said) throw new OcpiError(codeOf(200, said.statusCode), said.message, { statusCode: said.statusCode });
  throw new OcpiError(codes[reply.reason], reply.detail);
}

/** What cannot be taken over exactly is its sender's fault. */
function translated<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Untranslatable) throw new OcpiError('invalid', error.message, { path: error.pointer, cause: error });
    throw error;
  }
}

/** Made when it is first asked for. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A response_url is on a host that the partner registered with: otherwise it would make us call whomever it likes. */
function mustBeRegistered({ connection }: Partner, responseUrl: string): void {
  const hosts = [connection?.versionsUrl, ...(connection?.endpoints ?? []).map(({ url }) => url)].flatMap((url) =>
    url === undefined ? [] : [new URL(url).host],
  );
  if (!URL.canParse(responseUrl) || !isRegistered(new URL(responseUrl), hosts)) {
    throw new OcpiError('invalid', 'response_url is on none of the hosts that you registered with', { path: '/response_url' });
  }
}
