import {
  type ConnectorStatusInfo,
  type Infer,
  LIMITS,
  queryEquipAuth,
  queryEquipBusinessPolicy,
  queryEquipChargeStatus,
  queryStartCharge,
  queryStationStatus,
  queryStationsInfo,
  queryStopCharge,
  TcecError,
  type TcecServer,
  timeOf,
} from '@evroam/gbt-adapter/tcec102';
import { agreedTariff } from '../../../model/agreed-tariff.js';
import type { Evse, Location } from '../../../model/location.js';
import type { PartyId } from '../../../model/party.js';
import type { Session } from '../../../model/session.js';
import { inForceAt } from '../../agreement.js';
import type { Message, Refusal } from '../../message.js';
import { mayPass } from '../../rules.js';
import { SHOWN } from '../../store/tcec.js';
import type { Gun, TcecOrder } from '../../tcec.js';
import { type AnswerNeeds, type Caller, type CallerOf, partyOf } from './caller.js';
import { fromEvseStatus, fromLocation } from './locations.js';
import { named, tokenOf } from './names.js';
import { fromSession } from './sessions.js';
import { fromTariff } from './tariffs.js';

const PAGE = 10;
/** The standard gives no number for the stations' service; a hub has none. */
const PHONE = '-';

/** We own the piles (I): a partner's drivers find and use own stations and those of the networks that agreed with the partner. */
export function answerAsOperator(server: TcecServer, callerOf: CallerOf, needs: AnswerNeeds): void {
  const { store, stations, charging, users, prices, clock, newId } = needs;

  /** Whose stations a partner sees: ours, and those of whoever has an agreement with it, but for what a rule forbids. */
  async function sellersFor({ partner }: Caller, buyer: PartyId): Promise<PartyId[]> {
    const { operatorId } = partner;
    const own = (await store.hostedParties(operatorId)).filter(({ role }) => role === 'cpo').map(({ party }) => party);
    const agreed = await store.agreedWith(operatorId, [buyer], 'seller', clock.now());
    const sellers = [...new Set([...own, ...agreed])].filter((party) => !partner.parties.some((mine) => mine.party === party));
    const rules = await store.rules(operatorId, [...sellers, buyer]);
    return sellers.filter((from) => mayPass(rules, { from, to: buyer, module: 'locations', isBroadcast: false }));
  }

  /** A gun that this partner may know of, and what it is; undefined alike for one that it may not know and one that is not there. */
  async function gunOf(caller: Caller, connectorId: string): Promise<{ gun: Gun; location: Location; evse: Evse } | undefined> {
    const { operatorId } = caller.partner;
    const [gun] = await store.tcec.guns(operatorId, SHOWN, { connectorId });
    if (!gun || !(await sellersFor(caller, partyOf(caller, 'emsp'))).includes(gun.owner)) return undefined;
    const location = await stations.location(operatorId, gun.owner, gun.locationId);
    const evse = location?.evses.find(({ uid }) => uid === gun.evseUid);
    return location?.publish && evse ? { gun, location, evse } : undefined;
  }

  async function tariffOf(caller: Caller, { gun, evse }: { gun: Gun; evse: Evse }) {
    const { operatorId } = caller.partner;
    const now = clock.now();
    const [tariff] = await prices.onSale(operatorId, gun.owner, evse.connectors[0]?.tariffIds ?? [], now);
    if (!tariff) return undefined;
    const agreement = inForceAt(await store.agreementVersions(operatorId, gun.owner, partyOf(caller, 'emsp')), now);
    return agreement ? agreedTariff(tariff, agreement) : tariff;
  }

  async function sessionOf({ operatorId, gun, sessionId }: TcecOrder): Promise<Session | undefined> {
    if (sessionId === undefined) return undefined;
    return (await store.homeOf(operatorId, gun.owner)) === 'hosted'
      ? charging.session(operatorId, sessionId)
      : (await store.partnerSession(operatorId, gun.owner, { sessionId }))?.session;
  }

  const taken = async (caller: Caller, seq: string): Promise<TcecOrder | undefined> => {
    const order = await store.tcec.order(caller.partner.operatorId, caller.partner.id, seq);
    return order?.side === 'taken' ? order : undefined;
  };

  /** The same sequence again is the same start: nothing happens twice. */
  async function start(caller: Caller, seq: string, connectorId: string): Promise<{ state: number; reason: number }> {
    const { partner, peer } = caller;
    const buyer = partyOf(caller, 'emsp');
    const known = await taken(caller, seq);
    if (known) return { state: known.state, reason: known.startCommand === undefined ? 3 : 0 };
    const found = await gunOf(caller, connectorId);
    if (!found) return { state: 4, reason: 1 };
    const tariff = await tariffOf(caller, found);
    // Its bill could not be sent: the standard knows one currency.
    if (tariff && tariff.tariff.currency !== 'CNY') return { state: 4, reason: 3 };
    const { gun, evse } = found;
    const { operatorId } = partner;
    const token = tokenOf(buyer, partner.name, seq, clock.now());
    const order: TcecOrder = {
      ...{ operatorId, partnerId: partner.id, seq, side: 'taken', gun, token, buyer, authorizationReference: seq, state: 1 },
      startedAt: clock.now(),
    };
    if (!(await store.tcec.insertOrder(order, clock.now()))) return start(caller, seq, connectorId);
    await users.recordPartnerToken(operatorId, token);
    const connectorOf = evse.connectors[0];
    const message: Message<'startSession'> = {
      ...{ kind: 'startSession', operatorId, from: buyer, to: gun.owner, correlation: newId() },
      typed: () => ({
        ...{ token, locationId: gun.locationId, evseUid: gun.evseUid, authorizationReference: seq, replyTo: { commandId: seq } },
        ...(connectorOf ? { connectorId: connectorOf.id } : {}),
      }),
    };
    const reply = await needs.route(message as unknown as Message);
    if (reply.accepted) {
      await store.tcec.updateOrder(order, { ...(reply.commandId === undefined ? {} : { startCommand: reply.commandId }) }, clock.now());
      return { state: 1, reason: 0 };
    }
    needs.log.info(
      { order: seq, partner: peer.partnerId, reason: reply.reason, detail: reply.detail },
      'a start of a T/CEC partner was refused',
    );
    if (reply.reason === 'timeout') return { state: 5, reason: 0 };
    await store.tcec.updateOrder(order, { state: 4 }, clock.now(), { closed: true });
    return { state: 4, reason: FAILED[reply.reason] };
  }

  async function stop(caller: Caller, seq: string): Promise<{ state: number; reason: number }> {
    const order = await taken(caller, seq);
    if (!order) return { state: 5, reason: 1 };
    if (order.state === 4) return { state: 4, reason: 3 };
    const { sessionId, operatorId, buyer, gun } = order;
    if (sessionId === undefined) return { state: order.state, reason: 4 };
    const message: Message<'stopSession'> = {
      ...{ kind: 'stopSession', operatorId, from: buyer, to: gun.owner, correlation: newId() },
      typed: () => ({ sessionId, replyTo: { commandId: seq } }),
    };
    const reply = await needs.route(message as unknown as Message);
    if (!reply.accepted) return { state: order.state, reason: reply.reason === 'unknownSession' ? 3 : FAILED[reply.reason] };
    await store.tcec.updateOrder(order, { ...(reply.commandId === undefined ? {} : { stopCommand: reply.commandId }) }, clock.now());
    return { state: 3, reason: 0 };
  }

  server
    .handle(queryStationsInfo, async ({ LastQueryTime, PageNo = 1, PageSize = PAGE }, { operatorId: theirId }) => {
      const caller = await callerOf(theirId);
      const { operatorId } = caller.partner;
      const since = LastQueryTime === undefined ? undefined : timeOf(LastQueryTime);
      if (PageNo < 1 || PageSize < 1 || PageSize > LIMITS.stationsPerPage)
        throw new TcecError('Parameters', 'PageNo and PageSize are from 1 on');
      const owners = await sellersFor(caller, partyOf(caller, 'emsp'));
      const page = await stations.locations(operatorId, {
        ...{ owners, limit: PageSize, offset: (PageNo - 1) * PageSize, counted: true },
        ...(since ? { updatedFrom: since } : {}),
      });
      const shown = page.items.filter(({ publish }) => publish).map(named);
      await store.tcec.saveGuns(
        operatorId,
        SHOWN,
        shown.flatMap(({ guns }) => guns),
      );
      const StationInfos = shown.flatMap(({ location }) => {
        const told = fromLocation(location, { operatorId: caller.peer.ourId, phone: PHONE });
        return told.accepted ? [told.station] : [];
      });
      const total = page.total ?? page.items.length;
      return { PageNo, PageCount: Math.ceil(total / PageSize), ItemSize: total, StationInfos };
    })
    .handle(queryStationStatus, async ({ StationIDs }, { operatorId: theirId }) => {
      const caller = await callerOf(theirId);
      const StationStatusInfos = await Promise.all(StationIDs.map((stationId) => statusOf(caller, stationId)));
      const known = StationStatusInfos.filter((one) => one !== undefined);
      return { Total: known.length, StationStatusInfos: known };
    })
    .handle(queryEquipAuth, async ({ EquipAuthSeq, ConnectorID }, { operatorId: theirId }) => {
      const found = await gunOf(await callerOf(theirId), ConnectorID);
      const isReady = found?.evse.status === 'available' || found?.evse.status === 'blocked';
      return { EquipAuthSeq, ConnectorID, SuccStat: isReady ? 0 : 1, FailReason: isReady ? 0 : 2 };
    })
    .handle(queryEquipBusinessPolicy, async ({ EquipBizSeq, ConnectorID }, { operatorId: theirId }) => {
      const caller = await callerOf(theirId);
      const found = await gunOf(caller, ConnectorID);
      const tariff = found && (await tariffOf(caller, found));
      const said = tariff && fromTariff(tariff, found.location.timeZone);
      if (!said?.accepted) return { EquipBizSeq, ConnectorID, SuccStat: 1, FailReason: 1, SumPeriod: 0, PolicyInfos: [] };
      return { EquipBizSeq, ConnectorID, SuccStat: 0, FailReason: 0, SumPeriod: said.policies.length, PolicyInfos: said.policies };
    })
    .handle(queryStartCharge, async ({ StartChargeSeq, ConnectorID }, { operatorId: theirId }) => {
      const { state, reason } = await start(await callerOf(theirId), StartChargeSeq, ConnectorID);
      return { StartChargeSeq, StartChargeSeqStat: state, ConnectorID, SuccStat: reason === 0 ? 0 : 1, FailReason: reason };
    })
    .handle(queryEquipChargeStatus, async ({ StartChargeSeq }, { operatorId: theirId }) => {
      const order = await taken(await callerOf(theirId), StartChargeSeq);
      if (!order) throw new TcecError('Parameters', `no order ${StartChargeSeq}`);
      return fromSession(order, await sessionOf(order), clock.now());
    })
    .handle(queryStopCharge, async ({ StartChargeSeq }, { operatorId: theirId }) => {
      const { state, reason } = await stop(await callerOf(theirId), StartChargeSeq);
      return { StartChargeSeq, StartChargeSeqStat: state, SuccStat: reason === 0 ? 0 : 1, FailReason: reason };
    });

  async function statusOf(caller: Caller, StationID: string) {
    const [first] = await store.tcec.guns(caller.partner.operatorId, SHOWN, { stationId: StationID });
    const found = first && (await gunOf(caller, first.connectorId));
    if (!found) return undefined;
    const told = fromLocation(named(found.location).location, { operatorId: caller.peer.ourId, phone: PHONE });
    if (!told.accepted) return undefined;
    const shown = new Set(
      told.station.EquipmentInfos.flatMap(({ ConnectorInfos }) => ConnectorInfos.map(({ ConnectorID }) => ConnectorID)),
    );
    const ConnectorStatusInfos = named(found.location)
      .location.evses.filter(({ uid }) => shown.has(uid))
      .map(({ uid, status }): Infer<typeof ConnectorStatusInfo> => ({ ConnectorID: uid, Status: fromEvseStatus(status) }));
    return { StationID, ConnectorStatusInfos };
  }
}

/** 1 no such device, 2 device offline, the rest is ours to number. T/CEC 102.3-2016, 请求启动充电 */
const FAILED: Readonly<Record<Refusal, number>> = {
  unknownLocation: 1,
  unknownReceiver: 1,
  notConnected: 2,
  timeout: 2,
  unknownSession: 3,
  unknownReservation: 3,
  tooOften: 7,
  unknownToken: 4,
  notSupported: 5,
  conflict: 6,
  invalid: 6,
  refusedByReceiver: 7,
};
