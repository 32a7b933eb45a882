import { EventEmitter } from 'node:events';
import { seeded } from '../../simulation/random.js';
import { type SimTime, wallTime } from '../../simulation/time.js';
import { connect, type TcecClient } from '../connect.js';
import type { Keys } from '../crypto.js';
import type { Dialect } from '../dialect.js';
import { TcecError } from '../errors.js';
import type { Handle } from '../handle.js';
import type { Interface, RequestOf, ResponseOf } from '../interface.js';
import {
  checkChargeOrders,
  notificationChargeOrderInfo,
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStationStatus,
  notificationStopChargeResult,
  queryStartCharge,
  queryStopCharge,
} from '../interfaces.js';
import { serve, type TcecServer } from '../serve.js';
import { timeText } from '../time.js';
import { memoryTokens } from '../tokens.js';
import { asCustomer } from './customer.js';
import { faulty, type PartnerFault } from './faults.js';
import { asInfrastructure } from './infrastructure.js';
import { type Bill, billOf, chargeTo, isFull, newOrder, type Order, statusOf } from './order.js';
import { compareOrders } from './reconcile.js';
import { makeStations, POLICY, type Policy, type Station } from './world.js';

export interface PartnerOptions {
  /** Its own operator id. */
  readonly operatorId: string;
  /** The keys it gave to the hub, under the hub's operator id. */
  readonly inbound: Keys;
  /** The keys that the hub gave to it, under its own operator id. */
  readonly outbound: Keys;
  /** The way to the hub: `overHttp(url)`. */
  readonly to: Handle;
  readonly dialect?: Dialect;
  readonly stations?: number;
  readonly policy?: Policy;
  /** What each vehicle takes until it is full; 80 kWh. */
  readonly needKWh?: number;
  readonly faults?: Iterable<PartnerFault>;
  readonly seed?: number;
  readonly time?: SimTime;
}

/** A start at one of the hub's stations, as this partner's driver sees it. */
export interface Trip {
  readonly seq: string;
  readonly connectorId: string;
  readonly state: number;
  readonly status: RequestOf<typeof notificationEquipChargeStatus> | undefined;
  readonly bill: Bill | undefined;
}

interface PartnerEvents {
  /** An order at its own pile began, ended, or was confirmed by the hub. */
  started: [order: Order];
  ended: [order: Order];
  confirmed: [bill: Bill, result: number];
  /** The hub told something about a trip of its own driver. */
  trip: [trip: Trip];
  /** The hub told the status of one of its guns. */
  status: [status: RequestOf<typeof notificationStationStatus>['ConnectorStatusInfo']];
  /** A call to the hub failed. */
  failed: [error: TcecError, name: string];
}

const START_MS = 3_000;
const LATE_MS = 120_000;
const STATUS_MS = 50_000;
const STOP_MS = 2_000;
const ORDER_MS = 5_000;
const RETRY_MS = 60_000;
const MOST_TRIES = 10;

/** A partner's platform with its own stations, drivers and orders: both roles, both directions, true to T/CEC 102-2016, with faults by name. */
export class SimulatedPartner extends EventEmitter<PartnerEvents> {
  readonly operatorId: string;
  readonly faults: Set<PartnerFault>;
  readonly time: SimTime;
  readonly stations: readonly Station[];
  readonly policy: Policy;
  /** Its own orders, by StartChargeSeq. */
  readonly orders = new Map<string, Order>();
  /** Bills of its own orders that were sent or are to be. */
  readonly bills = new Map<string, Bill>();
  /** Its drivers' trips at the hub's stations. */
  readonly trips = new Map<string, Trip>();
  /** Its guns that have a vehicle on them. */
  readonly plugged = new Set<string>();
  readonly client: TcecClient;
  readonly #server: TcecServer;
  readonly #random: () => number;
  readonly #needKWh: number;
  #calls = 0;
  #seqs = 0;
  #isOff = false;

  constructor(options: PartnerOptions) {
    super();
    const { operatorId, inbound, outbound, dialect, time = wallTime, seed = 1 } = options;
    this.operatorId = operatorId;
    this.faults = new Set(options.faults);
    this.time = time;
    this.#random = seeded(seed);
    this.stations = makeStations(operatorId, options.stations ?? 2, seed);
    this.policy = options.policy ?? POLICY;
    this.#needKWh = options.needKWh ?? 80;
    const spoken = dialect ? { dialect } : {};
    const now = (): Date => time.now();
    this.client = connect({ keys: outbound, to: faulty(options.to, outbound, this.faults), now, ...spoken });
    const tokens = memoryTokens();
    this.#server = serve({
      operatorId,
      partnerOf: (id) => (id === inbound.operatorId ? { keys: inbound, ...spoken } : undefined),
      now,
      tokens: { issue: tokens.issue, isValid: (id, token, at) => !this.faults.has('forgetsTokens') && tokens.isValid(id, token, at) },
    });
    asInfrastructure(this, this.#server);
    asCustomer(this, this.#server);
  }

  /** The Handle that the hub calls; `listen(partner.receive, { port })` puts it on HTTP. */
  readonly receive: Handle = (request) => this.#server.receive(request);

  /** Ends what is under way; nothing is sent afterwards. */
  stop(): void {
    this.#isOff = true;
  }

  // Its own piles.

  /** A vehicle comes to one of its guns. */
  plugIn(connectorId: string): Promise<void> {
    this.plugged.add(connectorId);
    return this.pushStatus(connectorId);
  }

  unplug(connectorId: string): Promise<void> {
    for (const order of this.running(connectorId)) this.end(order.seq, 4);
    this.plugged.delete(connectorId);
    return this.pushStatus(connectorId);
  }

  /** Orders that charge at a gun, or everywhere. */
  running(connectorId?: string): readonly Order[] {
    return [...this.orders.values()].filter(({ state, connectorId: at }) => state < 4 && (connectorId === undefined || at === connectorId));
  }

  statusOf(connectorId: string): RequestOf<typeof notificationStationStatus>['ConnectorStatusInfo'] {
    const isPlugged = this.plugged.has(connectorId);
    const isCharging = this.running(connectorId).some(({ state }) => state === 2);
    return { ConnectorID: connectorId, Status: isCharging ? 3 : isPlugged ? 2 : 1, ParkStatus: isPlugged ? 50 : 10, LockStatus: 0 };
  }

  async pushStatus(connectorId: string): Promise<void> {
    await this.tell(notificationStationStatus, { ConnectorStatusInfo: this.statusOf(connectorId) });
  }

  /** Takes a start that was found possible; what becomes of it is told later. */
  begin(seq: string, connectorId: string, powerKw: number): Order {
    const order = newOrder(seq, connectorId, powerKw * 1000, this.#needKWh, this.time.now());
    this.orders.set(seq, order);
    this.time.after(this.faults.has('lateResult') ? LATE_MS : START_MS, () => void this.#began(order));
    return order;
  }

  /** Ends an order: 0 the driver, 1 the hub, 2 BMS, 3 the charger, 4 the plug. Bills it. */
  end(seq: string, stopReason: number): void {
    const order = this.orders.get(seq);
    if (!order || order.state >= 4) return;
    const ended: Order = { ...this.measured(order), state: 4, stopReason };
    this.orders.set(seq, ended);
    this.emit('ended', ended);
    const fair = billOf(ended);
    const bill = this.faults.has('wrongMoney') ? { ...fair, TotalMoney: Math.round(fair.TotalMoney * 100 + 1) / 100 } : fair;
    this.bills.set(seq, bill);
    if (!this.faults.has('orderHeld')) this.time.after(ORDER_MS, () => void this.sendBill(seq, 1));
  }

  /** A stop was asked for: it takes a moment, then its result is told. */
  endSoon(seq: string): void {
    const order = this.orders.get(seq);
    if (!order) return;
    this.orders.set(seq, { ...this.measured(order), state: 3 });
    this.time.after(STOP_MS, () => {
      this.end(seq, 1);
      void this.tell(notificationStopChargeResult, {
        StartChargeSeq: seq,
        StartChargeSeqStat: 4,
        ConnectorID: order.connectorId,
        SuccStat: 0,
        FailReason: 0,
      });
    });
  }

  measured(order: Order): Order {
    return chargeTo(order, this.policy, this.time.now());
  }

  /** Sends a bill until the hub confirms or disputes it. */
  async sendBill(seq: string, tries = 1): Promise<void> {
    const bill = this.bills.get(seq);
    if (!bill || this.#isOff) return;
    const said = await this.tell(notificationChargeOrderInfo, bill);
    if (said && this.faults.has('orderTwice')) await this.tell(notificationChargeOrderInfo, bill);
    if (said) this.emit('confirmed', bill, said.ConfirmResult);
    else if (tries < MOST_TRIES) this.time.after(RETRY_MS, () => void this.sendBill(seq, tries + 1));
  }

  // Its own drivers at the hub's stations.

  /** A driver of this partner asks to charge at a gun of the hub. Gives the answer; the order is `trips.get(StartChargeSeq)`. */
  async startAt(connectorId: string, qrCode?: string): Promise<ResponseOf<typeof queryStartCharge>> {
    const seq = this.nextSeq();
    this.trips.set(seq, { seq, connectorId, state: 1, status: undefined, bill: undefined });
    return this.client.call(queryStartCharge, {
      StartChargeSeq: seq,
      ConnectorID: connectorId,
      ...(qrCode === undefined ? {} : { QRCode: qrCode }),
    });
  }

  async stopAt(seq: string): Promise<ResponseOf<typeof queryStopCharge>> {
    const trip = this.trips.get(seq);
    if (!trip) throw new RangeError(`no trip ${seq}`);
    return this.client.call(queryStopCharge, { StartChargeSeq: seq, ConnectorID: trip.connectorId });
  }

  /** Compares with the hub what this partner billed in a span; gives what the hub disputes. */
  async reconcile(from: Date, to: Date): Promise<ResponseOf<typeof checkChargeOrders>> {
    const bills = [...this.bills.values()].filter(({ EndTime }) => EndTime >= timeText(from) && EndTime < timeText(to));
    return this.client.call(checkChargeOrders, compareOrders.request(this.nextSeq(), from, to, bills));
  }

  // What both roles use.

  /** Answers every third call with -1 while it is `busy`. */
  stumble(): void {
    this.#calls += 1;
    if (this.faults.has('busy') && this.#calls % 3 === 0) throw new TcecError('Busy', 'simulated');
  }

  /** 27 characters that nobody used: its operator id, the day and a counter. */
  nextSeq(): string {
    this.#seqs += 1;
    const run = Math.floor(this.#random() * 1e4);
    return `${this.operatorId}${timeText(this.time.now()).slice(0, 10).replaceAll('-', '')}${String(run).padStart(4, '0')}${String(this.#seqs).padStart(6, '0')}`;
  }

  /** Calls the hub; a failure is told as an event, for a notification has nobody to throw at. */
  async tell<Q, A>(definition: Interface<Q, A>, request: Q): Promise<A | undefined> {
    if (this.#isOff) return undefined;
    try {
      return (await this.client.call(definition, request as RequestOf<typeof definition>)) as A;
    } catch (error) {
      if (!(error instanceof TcecError)) throw error;
      this.emit('failed', error, definition.name);
      return undefined;
    }
  }

  async #began(order: Order): Promise<void> {
    if (this.orders.get(order.seq)?.state !== 1) return;
    const fails = this.faults.has('startFails') || !this.plugged.has(order.connectorId);
    const at = this.time.now();
    const next: Order = { ...order, state: fails ? 4 : 2, startedAt: at, measuredTo: at };
    this.orders.set(order.seq, next);
    if (!fails) {
      this.emit('started', next);
      this.time.after(STATUS_MS, () => this.#report(order.seq));
    }
    if (this.faults.has('noResult')) return;
    await this.tell(notificationStartChargeResult, {
      StartChargeSeq: order.seq,
      StartChargeSeqStat: this.faults.has('startUnknown') ? 5 : next.state,
      ConnectorID: order.connectorId,
      StartTime: timeText(at),
    });
    await this.pushStatus(order.connectorId);
  }

  #report(seq: string): void {
    const order = this.orders.get(seq);
    if (order?.state !== 2 || this.#isOff) return;
    const now = this.measured(order);
    this.orders.set(seq, now);
    if (isFull(now)) {
      this.end(seq, 2);
      return;
    }
    void this.tell(notificationEquipChargeStatus, statusOf(now));
    this.time.after(STATUS_MS, () => this.#report(seq));
  }
}
