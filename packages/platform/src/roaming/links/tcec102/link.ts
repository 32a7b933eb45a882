import {
  notificationChargeOrderInfo,
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStationStatus,
  notificationStopChargeResult,
  queryStartCharge,
  queryStopCharge,
  type TcecClient,
  timeText,
} from '@evroam/gbt-adapter/tcec102';
import type { Clock } from '../../../kernel/clock.js';
import { refuse } from '../../../kernel/refusal.js';
import type { PartyId } from '../../../model/party.js';
import type { Session } from '../../../model/session.js';
import type { PartyLink } from '../../link.js';
import type { Kind, Message, Reply } from '../../message.js';
import type { StationsPort } from '../../ports.js';
import type { RoamingStore } from '../../store.js';
import type { TcecOrder, TcecPeer } from '../../tcec.js';
import { orderIn } from './bill.js';
import { fromEvseStatus, fromLocation } from './locations.js';
import { named, seqOf } from './names.js';
import type { Prices } from './prices.js';
import { fromSession } from './sessions.js';
import { refusalOf } from './wire.js';

export interface LinkNeeds {
  peer: TcecPeer;
  client: TcecClient;
  store: RoamingStore;
  stations: StationsPort;
  prices: Prices;
  /** What the partner was told of each gun last: only what changed is pushed. */
  told: Map<string, number>;
  clock: Clock;
}

/** The result of a start or stop comes within this. T/CEC 102: about 50 s */
const RESULT_MS = 60_000;

const capabilities: ReadonlySet<Kind> = new Set<Kind>(['startSession', 'stopSession', 'commandResult', 'session', 'cdr', 'location']);

/** A party behind a partner that speaks T/CEC 102: its piles for our drivers, and its drivers at the stations that we show it. */
export function tcecLink(party: PartyId, needs: LinkNeeds): PartyLink {
  return {
    party,
    capabilities,
    async send(message: Message): Promise<Reply> {
      try {
        return await say(message, needs);
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

async function say(message: Message, needs: LinkNeeds): Promise<Reply> {
  switch (message.kind) {
    case 'startSession':
      return start(message as Message<'startSession'>, needs);
    case 'stopSession':
      return stop(message as Message<'stopSession'>, needs);
    case 'commandResult':
      return result(message as Message<'commandResult'>, needs);
    case 'session':
      return progress(message as Message<'session'>, needs);
    case 'cdr':
      return bill(message as Message<'cdr'>, needs);
    case 'location':
      return statuses(message as Message<'location'>, needs);
    case 'reserveNow':
    case 'cancelReservation':
    case 'unlockConnector':
    case 'setChargingProfile':
    case 'clearChargingProfile':
    case 'getActiveProfile':
    case 'activeProfile':
    case 'chargingPreferences':
    case 'tariff':
    case 'token':
    // Such a partner asks for its own drivers only, and before they start: there is nobody to ask at the pile.
    case 'authorize':
      return refuse('notSupported', `T/CEC 102 has no message for this: ${message.kind}`);
  }
}

/** The order is kept before the partner hears of it: whatever is cut, its sequence is known when its result comes. */
async function start(message: Message<'startSession'>, { peer, client, store, stations, prices, clock }: LinkNeeds): Promise<Reply> {
  const { operatorId, to } = message;
  const { token, locationId, evseUid, authorizationReference, replyTo } = message.typed();
  const location = await stations.location(operatorId, to, locationId);
  const evse = location?.evses.find(({ uid, status }) => (evseUid === undefined ? status === 'available' : uid === evseUid));
  const [gun] = evse ? await store.tcec.guns(operatorId, peer.partnerId, { connectorId: evse.uid }) : [];
  if (!gun) return refuse('unknownLocation', `${to} has no gun ${evseUid ?? '(free)'} at ${locationId}`);
  const tariff = await prices.ofGun(to, { peer, client }, gun.connectorId);
  const order: TcecOrder = {
    ...{ operatorId, partnerId: peer.partnerId, seq: seqOf(peer.ourId, replyTo.commandId), side: 'asked', gun, token },
    ...{ buyer: token.issuer, startCommand: replyTo.commandId, state: 1, startedAt: clock.now() },
    ...(authorizationReference === undefined ? {} : { authorizationReference }),
    ...(tariff ? { tariff } : {}),
  };
  await store.tcec.insertOrder(order, clock.now());
  const { seq } = order;
  const said = await client.call(queryStartCharge, { StartChargeSeq: seq, ConnectorID: gun.connectorId, QRCode: gun.connectorId });
  if (said.SuccStat === 0) return { accepted: true, timeoutMs: RESULT_MS };
  await store.tcec.updateOrder(order, { state: 4 }, clock.now(), { closed: true });
  return said.FailReason === 1
    ? refuse('unknownLocation', `the partner knows no gun ${gun.connectorId}`)
    : refuse('refusedByReceiver', said.FailReason === 2 ? 'the pile is offline' : `the partner's reason is ${said.FailReason}`);
}

async function stop(message: Message<'stopSession'>, { peer, client, store, clock }: LinkNeeds): Promise<Reply> {
  const { sessionId, replyTo } = message.typed();
  const order = await store.tcec.order(message.operatorId, peer.partnerId, sessionId);
  if (order?.side !== 'asked' || order.buyer !== message.from) return refuse('unknownSession', `${message.to} has no session ${sessionId}`);
  await store.tcec.updateOrder(order, { stopCommand: replyTo.commandId }, clock.now());
  const { seq, gun } = order;
  const said = await client.call(queryStopCharge, { StartChargeSeq: seq, ConnectorID: gun.connectorId });
  if (said.SuccStat === 0) return { accepted: true, timeoutMs: RESULT_MS };
  return said.FailReason === 3 || said.FailReason === 1
    ? refuse('unknownSession', `session ${sessionId} has ended`)
    : refuse('refusedByReceiver', said.FailReason === 2 ? 'the pile is offline' : `the partner's reason is ${said.FailReason}`);
}

/** What came of what the partner asked for. A start that worked is told by its session: only that proves it. */
async function result(message: Message<'commandResult'>, needs: LinkNeeds): Promise<Reply> {
  const { client, store, peer, clock } = needs;
  const { replyTo, command, result: outcome } = message.typed();
  const order = await store.tcec.order(message.operatorId, peer.partnerId, replyTo.commandId);
  if (!order) return refuse('invalid', `no order ${replyTo.commandId} waits for a result`);
  const { seq, gun } = order;
  if (command === 'stop') {
    const isDone = outcome === 'accepted';
    await client.call(notificationStopChargeResult, {
      ...{ StartChargeSeq: seq, StartChargeSeqStat: isDone ? 3 : outcome === 'timeout' ? 5 : 2, ConnectorID: gun.connectorId },
      ...{ SuccStat: isDone ? 0 : 1, FailReason: isDone ? 0 : outcome === 'rejected' ? 4 : 2 },
    });
    return { accepted: true };
  }
  if (outcome === 'accepted' || order.beginningTold) return { accepted: true };
  const state = outcome === 'timeout' ? 5 : 4;
  await tellBeginning(order, state, clock.now(), needs);
  await store.tcec.updateOrder(order, { state }, clock.now(), { closed: state === 4 });
  return { accepted: true };
}

async function tellBeginning({ seq, gun }: TcecOrder, state: number, at: Date, { client }: LinkNeeds): Promise<void> {
  const StartTime = timeText(at);
  await client.call(notificationStartChargeResult, {
    ...{ StartChargeSeq: seq, StartChargeSeqStat: state, ConnectorID: gun.connectorId, StartTime },
  });
}

async function progress(message: Message<'session'>, needs: LinkNeeds): Promise<Reply> {
  const { client, store, clock } = needs;
  const session = message.typed();
  const order = await orderOf(session, message, needs);
  if (!order) return refuse('unknownSession', `session ${session.id} is of no order of ${message.to}`);
  const now = clock.now();
  if (session.status !== 'pending' && session.status !== 'reservation' && !order.beginningTold) {
    await tellBeginning(order, session.status === 'invalid' ? 4 : 2, session.startedAt, needs);
  }
  const status = fromSession(order, session, now);
  if (session.status !== 'pending' && session.status !== 'reservation') await client.call(notificationEquipChargeStatus, status);
  const state = status.StartChargeSeqStat as TcecOrder['state'];
  const isTold = state === 2 || state === 3 || state === 4;
  await store.tcec.updateOrder(order, { state, sessionId: session.id, ...(isTold ? { beginningTold: true } : {}) }, now);
  return { accepted: true };
}

async function bill(message: Message<'cdr'>, needs: LinkNeeds): Promise<Reply> {
  const { raw } = message;
  const order = await orderOf(message.typed(), message, needs);
  if (!raw || !order) return refuse('invalid', 'a bill is sent in the form in which it was fixed, for an order of the partner');
  const said = await needs.client.call(notificationChargeOrderInfo, orderIn(raw.bytes));
  if (said.ConfirmResult !== 0) return refuse('refusedByReceiver', `the partner disputes the bill: ${said.ConfirmResult}`);
  await needs.store.tcec.updateOrder(order, { state: 4 }, needs.clock.now(), { closed: true });
  return { accepted: true };
}

/** By our reference where its CPO repeats it, else by the token that was made for this order. */
export async function orderOf(
  { authorizationReference, token }: Pick<Session, 'authorizationReference' | 'token'>,
  { operatorId }: Pick<Message, 'operatorId'>,
  { store, peer }: Pick<LinkNeeds, 'store' | 'peer'>,
): Promise<TcecOrder | undefined> {
  const named =
    authorizationReference === undefined ? undefined : await store.tcec.order(operatorId, peer.partnerId, authorizationReference);
  return named?.side === 'taken' ? named : store.tcec.orderOfToken(operatorId, peer.partnerId, token.uid);
}

/** Each gun whose status is another than the partner was told last. */
async function statuses(message: Message<'location'>, { client, peer, store, told }: LinkNeeds): Promise<Reply> {
  const { location, guns } = named(message.typed());
  const shown = fromLocation(location, { operatorId: peer.ourId, phone: '-' });
  if (!shown.accepted) return { accepted: true };
  await store.tcec.saveGuns(message.operatorId, '', guns);
  const known = new Set(shown.station.EquipmentInfos.flatMap(({ ConnectorInfos }) => ConnectorInfos.map(({ ConnectorID }) => ConnectorID)));
  for (const { uid, status } of location.evses) {
    const key = `${peer.partnerId} ${uid}`;
    const Status = fromEvseStatus(status);
    if (!known.has(uid) || told.get(key) === Status) continue;
    await client.call(notificationStationStatus, { ConnectorStatusInfo: { ConnectorID: uid, Status } });
    told.set(key, Status);
  }
  return { accepted: true };
}
