import { createHash } from 'node:crypto';
import { queryEquipChargeStatus, TcecError } from '@evroam/gbt-adapter/tcec102';
import type { Emit } from '../../../kernel/events.js';
import type { OperatorId, PartnerId } from '../../../kernel/ids.js';
import type { Transact } from '../../../kernel/transact.js';
import type { Cdr } from '../../../model/cdr.js';
import type { PartyId } from '../../../model/party.js';
import { inForceAt } from '../../agreement.js';
import type { ImportedModule, ImportMode } from '../../import.js';
import type { PartyLink } from '../../link.js';
import type { CdrExchange } from '../../store.js';
import type { OrderCheck, TcecOrder } from '../../tcec.js';
import { billOf, bytesOf } from './bill.js';
import type { AnswerNeeds } from './caller.js';
import { createChecking } from './checking.js';
import { createCustomer, FORM } from './customer.js';
import { createImporting } from './importing.js';
import { createJoining, type JoiningNeeds } from './joining.js';
import { orderOf, tcecLink } from './link.js';
import { createTcecListener, type ListenNeeds } from './listen.js';
import { createPrices } from './prices.js';
import { createWire, type WireNeeds } from './wire.js';

export interface OutboundNeeds extends WireNeeds, Pick<AnswerNeeds, 'stations' | 'tariffs' | 'newId' | 'log'> {}

/** The outbound side of T/CEC 102: the link to a party behind such a partner, and its bills in the form in which it gets them. */
export function createTcecOutbound(needs: OutboundNeeds) {
  const { store, stations, clock, log } = needs;
  const wire = createWire(needs);
  const prices = createPrices(needs);
  const told = new Map<string, number>();

  async function partnerLink(operatorId: OperatorId, partnerId: PartnerId, party: PartyId): Promise<PartyLink | undefined> {
    const reached = await wire.reach(operatorId, partnerId);
    return reached && tcecLink(party, { ...reached, store, stations, prices, told, clock });
  }

  /** Undefined for a party of another protocol, and while a bill cannot be made: then it stays owed. */
  async function represent(
    operatorId: OperatorId,
    cdr: Cdr,
    party: PartyId,
  ): Promise<Pick<CdrExchange, 'version' | 'bytes' | 'digest'> | undefined> {
    const home = await store.homeOf(operatorId, party);
    const peer = home === undefined || home === 'hosted' ? undefined : await store.tcec.peer(operatorId, home);
    if (!peer) return undefined;
    const order = await orderOf(cdr, { operatorId }, { store, peer });
    if (!order) throw new Error(`CDR ${cdr.id} is of no order of ${party}`);
    const agreement = inForceAt(await store.agreementVersions(operatorId, cdr.owner, party), cdr.startedAt);
    const named = { seq: order.seq, connectorId: order.gun.connectorId, stopReason: order.stopCommand === undefined ? 0 : 1 };
    const bill = billOf(cdr, agreement, named);
    if (!bill.accepted) throw new Error(`CDR ${cdr.id} cannot be told to ${party}: ${bill.detail ?? bill.reason}`);
    if (bill.lost.length > 0) log.info({ operatorId, cdr: cdr.id, to: FORM, losses: bill.lost }, 'an object was bridged with losses');
    const bytes = bytesOf(bill.order, peer);
    return { version: FORM, bytes, digest: createHash('sha256').update(bytes).digest('hex') };
  }

  return { wire, prices, partnerLink, represent };
}

export interface SideNeeds extends Omit<AnswerNeeds, 'prices'>, Pick<ListenNeeds, 'heard' | 'serverKey'>, Pick<JoiningNeeds, 'addPartner'> {
  outbound: ReturnType<typeof createTcecOutbound>;
  transact: Transact;
  emit: Emit;
}

/** A running order that is silent for so long is asked for; one that is in doubt sooner. Wall time. T/CEC 102: about 50 s */
const SILENT_MS = 50_000;
/** How often every gun of a partner is asked for, whatever it pushed; and its list of stations. Wall time. */
const STATUS_MS = 60_000;
const STATIONS_MS = 15 * 60_000;
/** How often it is looked whether a day is to be compared. Wall time. */
const CHECK_MS = 10_000;

/** Everything about T/CEC 102 but the link itself: what partners call, what is read from them, and what is looked after. */
export function createTcecSide(needs: SideNeeds) {
  const { store, clock, log, outbound } = needs;
  const { wire, prices } = outbound;
  const importing = createImporting({ ...needs, prices });
  const checking = createChecking(needs);
  const customer = createCustomer({ ...needs, prices, importing, checking });
  const joining = createJoining({ ...needs, wire });
  const listener = createTcecListener({ ...needs, prices, customer });

  /** Reads what a partner has; undefined if it is none of this protocol. */
  async function sync(
    operatorId: OperatorId,
    partnerId: PartnerId,
    { mode, modules }: { mode: ImportMode; modules?: readonly ImportedModule[] },
  ): Promise<{ locations: number; sessions: number; refused: number } | undefined> {
    const partner = await store.partner(operatorId, partnerId);
    const reached = await wire.reach(operatorId, partnerId);
    if (!partner || !reached) return undefined;
    const wants = (module: ImportedModule) => modules === undefined || modules.includes(module);
    const stations = wants('locations') ? await importing.importStations(partner, reached, mode) : { kept: 0, refused: 0 };
    const sessions = wants('sessions') ? await askOrders(await store.tcec.silentOrders(clock.now(), { operatorId, partnerId })) : 0;
    if ('failure' in stations && stations.failure !== undefined) throw stations.failure;
    return { locations: stations.kept, sessions, refused: stations.refused };
  }

  /** What became of orders: nothing is guessed of one whose partner does not answer. */
  async function askOrders(orders: readonly TcecOrder[]): Promise<number> {
    let heard = 0;
    const away = new Set<PartnerId>();
    for (const order of orders) {
      if (away.has(order.partnerId)) continue;
      const reached = await wire.reach(order.operatorId, order.partnerId);
      const partner = await store.partner(order.operatorId, order.partnerId);
      if (!reached || !partner) continue;
      try {
        const status = await reached.client.call(queryEquipChargeStatus, { StartChargeSeq: order.seq });
        await customer.heardStatus({ partner, peer: reached.peer }, order, status, JSON.stringify(status));
        heard += 1;
      } catch (error) {
        if (!(error instanceof TcecError)) throw error;
        log.info(
          { order: order.seq, partner: order.partnerId, code: error.code, reason: error.message },
          'an order could not be asked for',
        );
        await store.tcec.updateOrder(order, {}, clock.now());
        if (error.code === 'Transport') away.add(order.partnerId);
      }
    }
    return heard;
  }

  const due = new Map<string, number>();
  /** True at most once in so long, and the first time after so long. */
  function isDue(what: string, everyMs: number): boolean {
    const now = performance.now();
    const at = due.get(what);
    due.set(what, at === undefined || at <= now ? now + everyMs : at);
    return at !== undefined && at <= now;
  }

  /** What no message starts: orders that are silent, guns and stations from time to time, and the comparison of each day. */
  async function sweep(): Promise<void> {
    await askOrders(await store.tcec.silentOrders(new Date(clock.now().getTime() - SILENT_MS * clock.rate)));
    for (const { operatorId, partnerId } of await store.tcec.peers()) {
      const partner = await store.partner(operatorId, partnerId);
      const reached = await wire.reach(operatorId, partnerId);
      if (!partner || !reached) continue;
      try {
        if (isDue(`stations ${partnerId}`, STATIONS_MS)) await importing.importStations(partner, reached, 'delta');
        else if (isDue(`statuses ${partnerId}`, STATUS_MS)) await importing.pollStatuses(partner, reached);
        if (isDue(`check ${partnerId}`, CHECK_MS)) await checking.checkDay(partner, reached);
      } catch (error) {
        if (!(error instanceof TcecError)) throw error;
        log.info({ operatorId, partnerId, code: error.code, reason: error.message }, 'a T/CEC partner could not be asked');
      }
    }
  }

  /** The orders of a day (yyyy-MM-dd, in China), now. */
  async function checkNow(operatorId: OperatorId, partnerId: PartnerId, day: string): Promise<OrderCheck | undefined> {
    const partner = await store.partner(operatorId, partnerId);
    const reached = await wire.reach(operatorId, partnerId);
    return partner && reached && checking.checkDay(partner, reached, day);
  }

  return { listener, sync, sweep, checkNow, joining };
}
