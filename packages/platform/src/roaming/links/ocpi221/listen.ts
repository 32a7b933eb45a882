import {
  applyPatch,
  OcpiError,
  type Page as OcpiPage,
  Payload,
  type Routing,
  type Schema,
  violation,
  type Window,
  withConnector,
  withEvse,
} from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import type { Page } from '../../../kernel/page.js';
import { type PartyId, partyId, type TradeRole } from '../../../model/party.js';
import { connectionStatus } from '../../client-info.js';
import type { Reply } from '../../message.js';
import { type Partner, senderOf } from '../../partner.js';
import type { StationsPort } from '../../ports.js';
import { createDirectory } from '../../store/directory.js';
import type { ReachableParty } from '../../store.js';
import { type Side, side } from '../bridged/serve.js';
import { wireRoles } from '../roles.js';
import { fromAuthorization, toAskedPlace } from './authorization.js';
import { toCdr } from './cdrs.js';
import { commandSides } from './commanding.js';
import { type Asked, createInbound, done, type ListenNeeds, type OcpiCaller } from './inbound.js';
import { fromConnector, fromEvse, fromLocation, toLocation } from './locations.js';
import { fromVerdict, toPreferences } from './profiles.js';
import { profileSides } from './profiling.js';
import { fromSession, toSession } from './sessions.js';
import { fromTariff, toTariff } from './tariffs.js';
import { fromToken, ownerFields, toToken } from './tokens.js';
import { fromTime, toTokenType } from './values.js';

/** Both interfaces of OCPI 2.2.1 as our partners see them: we are CPO to eMSPs and eMSP to CPOs, and the hub between them. */
export function ocpi221Sides(needs: ListenNeeds): Side[] {
  const { charging, stations, users, tariffs, store } = needs;
  const inbound = createInbound(needs);
  const { push, authorize } = inbound;
  // Every CDR asks for the zone of its location, which hardly ever changes: remembered as briefly as partners are.
  const zones = createDirectory();

  async function pushLocation(ask: Asked, whole: v221.Location, whose: PartyId): Promise<'updated'> {
    const pushed = written(await push('location', 'cpo', ask, () => toLocation(whole), { owner: whose, id: whole.id }));
    const known = zones.peek(zoneKey(ask.partner.partner, whose, whole.id));
    if (known !== undefined && known !== whole.time_zone) zones.forget();
    return pushed;
  }

  /** A CDR cannot be priced without the zone of its location; a CPO that sent the CDR before the location is asked to send that first. */
  async function zoneOf(partner: Partner, from: PartyId, locationId: string): Promise<string> {
    const zone = await zones.get(
      zoneKey(partner, from, locationId),
      async () => (await stations.location(partner.operatorId, from, locationId))?.timeZone,
    );
    if (zone === undefined)
      throw new OcpiError(
        'unknown-location',
        `location ${locationId} is not known here: push it first, or serve it in your locations module`,
      );
    return zone;
  }

  /** A change of a part of a location goes on as the whole location: whoever gets it has no need to have the rest. */
  async function changeLocation(
    ask: Asked & { params: { country_code: string; party_id: string; location_id: string } },
    change: (location: v221.Location) => v221.Location | undefined,
  ): Promise<'updated'> {
    const whose = owner(ask.params);
    const known = found(await stations.location(ask.partner.partner.operatorId, whose, ask.params.location_id));
    const whole = mustFit(v221.Location, found(change(fromLocation(known))));
    return pushLocation({ ...ask, payload: Payload.of(whole) }, whole, whose);
  }

  return [
    side(v221.locations.sender, {
      list: async ({ partner: { partner }, window, routing }) => {
        const owners = await ownersFor(needs, partner, routing, 'cpo');
        return paged(window, (query) => stations.locations(partner.operatorId, { ...query, owners }), fromLocation);
      },
      get: async ({ partner, params }) => fromLocation(await ownLocation(needs, partner, params.location_id)),
      getEvse: async ({ partner, params }) =>
        fromEvse(found((await ownLocation(needs, partner, params.location_id)).evses.find((e) => e.uid === params.evse_uid))),
      getConnector: async ({ partner, params }) => {
        const evse = found((await ownLocation(needs, partner, params.location_id)).evses.find((e) => e.uid === params.evse_uid));
        return fromConnector(found(evse.connectors.find((c) => c.id === params.connector_id)));
      },
    }),
    side(v221.locations.receiver, {
      put: (ask) => pushLocation(ask, ask.body, owner(ask.params)),
      patch: (ask) => changeLocation(ask, (location) => applyPatch(location, ask.body)),
      putEvse: (ask) => changeLocation(ask, (location) => withEvse(location, ask.params.evse_uid, ask.body, 'put')),
      patchEvse: (ask) => changeLocation(ask, (location) => withEvse(location, ask.params.evse_uid, ask.body, 'patch')),
      putConnector: (ask) =>
        changeLocation(ask, (location) => withConnector(location, ask.params.evse_uid, ask.params.connector_id, ask.body, 'put')),
      patchConnector: (ask) =>
        changeLocation(ask, (location) => withConnector(location, ask.params.evse_uid, ask.params.connector_id, ask.body, 'patch')),
      get: async ({ partner, params }) =>
        fromLocation(found(await stations.location(partner.partner.operatorId, owner(params), params.location_id))),
    }),
    side(v221.tariffs.sender, {
      list: async ({ partner: { partner }, window, routing }) => {
        const owners = await ownersFor(needs, partner, routing, 'cpo');
        const buyers = partner.parties.filter(({ role }) => role === 'emsp').map(({ party }) => party);
        const read = async (query: ListQuery) => {
          const page = await tariffs.tariffs(partner.operatorId, { ...query, owners });
          const told = await Promise.all(page.items.map((tariff) => needs.net.tariff(partner.operatorId, tariff, buyers)));
          return { ...page, items: told.filter((tariff) => tariff !== undefined) };
        };
        return paged(window, read, fromTariff);
      },
    }),
    side(v221.tariffs.receiver, {
      put: async (ask) =>
        written(await push('tariff', 'cpo', ask, () => toTariff(ask.body), { owner: owner(ask.params), id: ask.body.id })),
    }),
    side(v221.tokens.sender, {
      list: async ({ partner: { partner }, window, routing }) => {
        const issuers = await ownersFor(needs, partner, routing, 'emsp');
        return paged(window, (query) => users.tokens(partner.operatorId, { ...query, issuers }), fromToken);
      },
      authorize: async (ask) =>
        fromAuthorization(await authorize(ask, ask.params.token_uid, toTokenType(ask.query.type ?? 'RFID'), toAskedPlace(ask.body))),
    }),
    side(v221.tokens.receiver, {
      put: async (ask) =>
        written(await push('token', 'emsp', ask, () => toToken(ask.body), { owner: owner(ask.params), id: ask.body.uid })),
      get: async ({ partner, params }) => fromToken(found(await users.token(partner.partner.operatorId, owner(params), params.token_uid))),
    }),
    side(v221.sessions.sender, {
      list: async ({ partner, window }) => {
        const issuer = senderOf(partner.partner, undefined, 'emsp');
        if (!issuer) return { items: [], total: 0 };
        return paged(window, (query) => charging.sessions(partner.partner.operatorId, { ...query, issuer }), fromSession);
      },
      setPreferences: async (ask) => {
        const { session_id: sessionId } = ask.params;
        const reply = await push('chargingPreferences', 'emsp', ask, () => ({ sessionId, wish: toPreferences(ask.body) }));
        if (!reply.accepted && reply.reason === 'unknownSession') throw new OcpiError('not-found', reply.detail);
        done(reply);
        if (!reply.accepted || !reply.verdict) throw new OcpiError('bad-answer', 'the CPO did not say whether it can do as asked');
        return fromVerdict(reply.verdict);
      },
    }),
    side(v221.sessions.receiver, {
      put: async (ask) =>
        written(await push('session', 'cpo', ask, () => toSession(ask.body), { owner: owner(ask.params), id: ask.body.id })),
      patch: async (ask) => {
        const { operatorId } = ask.partner.partner;
        const known = found(await store.partnerSession(operatorId, owner(ask.params), { sessionId: ask.params.session_id }));
        const whole = mustFit(v221.Session, applyPatch(JSON.parse(known.raw.toString('utf8')) as v221.Session, ask.body));
        return written(
          await push('session', 'cpo', { ...ask, payload: Payload.of(whole) }, () => toSession(whole), {
            owner: owner(ask.params),
            id: whole.id,
          }),
        );
      },
      get: async ({ partner, params }) =>
        fromSession(found(await store.partnerSession(partner.partner.operatorId, owner(params), { sessionId: params.session_id })).session),
    }),
    side(v221.cdrs.receiver, {
      post: async (ask) => {
        const from = partyId(ask.body.country_code, ask.body.party_id);
        const zone = await zoneOf(ask.partner.partner, from, ask.body.cdr_location.id);
        const reply = await push('cdr', 'cpo', ask, () => toCdr(ask.body, zone), { owner: from, id: ask.body.id });
        done(reply);
        return { created: `${baseOf(ask.request.url)}/${encodeURIComponent(ask.body.id)}` };
      },
      get: async ({ partner, params }) => {
        const { operatorId, parties } = partner.partner;
        const [kept] = await store.receivedCdrs(
          operatorId,
          parties.map(({ party }) => ({ owner: party, id: params.id })),
        );
        if (kept) return JSON.parse(kept.exchange.bytes.toString('utf8')) as v221.CDR;
        throw new OcpiError('not-found', 'no such CDR');
      },
    }),
    side(v221.hubClientInfo.sender, {
      list: async ({ partner: { partner }, window }) => {
        const all = (await store.parties(partner.operatorId))
          .filter(({ role }) => role !== 'hub')
          .map((one) => fromReachable(one, needs.clock.now()));
        return { items: all.slice(window.offset, window.offset + window.limit), total: all.length };
      },
    }),
    ...commandSides(inbound),
    ...profileSides(inbound),
  ];
}

/**
 * Whose objects a partner sees in a list: those of our own party in that role, and, when it asks the hub for everybody's, those of every
 * party with which one of its own has an agreement. With 2.1.1 one can only ask for everybody's. OCPI 2.2.1, 4.2.4
 */
async function ownersFor(needs: ListenNeeds, partner: Partner, { to }: Routing, role: TradeRole): Promise<PartyId[]> {
  const { operatorId, connection } = partner;
  const own = await needs.defaultReceiver(partner, role);
  const owners = own ? [own] : [];
  const asksHub = to === undefined ? connection?.version === '2.1.1' : await needs.isHub(operatorId, partyId(to.country, to.party));
  if (!asksHub) return owners;
  const mine = partner.parties.map(({ party }) => party);
  const agreed = await needs.store.agreedWith(operatorId, mine, role === 'cpo' ? 'seller' : 'buyer', needs.clock.now());
  return [...new Set([...owners, ...agreed])];
}

/** A PATCH may fit its own schema and still leave an object that does not. */
function mustFit<T>(schema: Schema<T>, value: T): T {
  const wrong = violation(schema, value);
  if (wrong) throw new OcpiError('invalid', `the object would be invalid: ${wrong.path} ${wrong.message}`, { path: wrong.path });
  return value;
}

function written(reply: Reply): 'updated' {
  done(reply);
  return 'updated';
}

export function fromReachable({ party, role, status, offlineSince, updatedAt }: ReachableParty, now: Date): v221.ClientInfo {
  const changed = [offlineSince, updatedAt].filter((time) => time !== null).sort((a, b) => b.getTime() - a.getTime())[0] ?? now;
  return {
    ...ownerFields(party),
    role: wireRoles[role],
    status: connectionStatus({ status, offlineSince }),
    last_updated: fromTime(changed),
  };
}

const zoneKey = ({ operatorId }: Partner, whose: PartyId, id: string): string => `${operatorId} ${whose} ${id.toUpperCase()}`;

const owner = ({ country_code, party_id }: { country_code: string; party_id: string }): PartyId => partyId(country_code, party_id);

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new OcpiError('not-found');
  return value;
}

async function ownLocation({ stations, defaultReceiver }: ListenNeeds, { partner }: OcpiCaller, id: string) {
  const party = await defaultReceiver(partner, 'cpo');
  return found(party && (await stations.location(partner.operatorId, party, id)));
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
