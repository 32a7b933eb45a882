import { EventEmitter } from 'node:events';
import { seeded } from '../../simulation/random.js';
import { type SimTime, wallTime } from '../../simulation/time.js';
import { RemoteStartReply, StartRequest } from '../charging.js';
import type { EndpointOptions, YkcEndpoint } from '../endpoint.js';
import type { YkcError } from '../errors.js';
import { BAY, GroundLockStatus } from '../ground-lock.js';
import { RealtimeData } from '../realtime.js';
import { fromDate } from '../time.js';
import { tellDemand, tellEnd, tellVehicle } from './bms.js';
import type { PileFault } from './faults.js';
import { type Gun, gunText, realtimeOf, tick } from './gun.js';
import { freshLock, lockStatus, moveLock } from './lock.js';
import type { BillingModel } from './meter.js';
import { begin, chargeTo, meteredUnits, type PileRecord, recordOf, type StartedBy, type Vehicle } from './order.js';
import { Records } from './records.js';
import { PileLine } from './session.js';

/** What a simulated pile is. Times are in the pile's time, which `time` may run faster. */
export interface PileOptions {
  readonly pileCode: string;
  readonly port: number;
  readonly host?: string;
  readonly guns?: number;
  readonly kind?: 'DC' | 'AC';
  readonly powerKw?: number;
  /** 1.7 sends its records as 0x3D. */
  readonly version?: '1.5' | '1.6' | '1.7';
  readonly iccid?: string;
  readonly hasGroundLocks?: boolean;
  readonly faults?: Iterable<PileFault>;
  readonly seed?: number;
  readonly time?: SimTime;
  /** Limits, profile and watch of the line. */
  readonly line?: EndpointOptions;
}

interface PileEvents {
  online: [];
  offline: [reason: YkcError];
  started: [tradeNo: string];
  ended: [record: PileRecord];
  /** A record was acknowledged: 0 ok, 1 illegal. */
  settled: [record: PileRecord, result: number];
  refused: [gun: number, reason: number];
  model: [modelNo: string];
}

const CHARGING_MS = 15_000;
const IDLE_MS = 300_000;
const PLUG_WAIT_MS = 60_000;
const NO_CARD = '0'.repeat(16);
const START_MODE = { card: 1, vin: 3 } as const;
/** Stop reasons that this pile gives. V1.6, ch. 11 */
const STOP = { app: 0x40, full: 0x41, broke: 0x43, manual: 0x45, guide: 0x6b, emergency: 0x72, insulation: 0x57, powerLoss: 0x83 } as const;

/** A charging pile true to V1.5 to V1.7, with faults by name: logs in, keeps its billing model, charges, bills, and comes back after a cut. */
export class SimulatedPile extends EventEmitter<PileEvents> {
  readonly pileCode: string;
  readonly isDc: boolean;
  readonly options: PileOptions;
  readonly faults: Set<PileFault>;
  /** Cards that may charge while the pile is offline: physical number to logical one. */
  readonly cards = new Map<string, string>();
  readonly records: Records;
  readonly time: SimTime;
  readonly random: () => number;
  readonly #session: PileLine;
  readonly #guns = new Map<number, Gun>();
  #model: BillingModel | undefined;
  #skewMs = 0;
  #isLockedOut = false;
  #powerPct = 100;
  #counter = 0;
  #isReporting = false;

  constructor(options: PileOptions) {
    super();
    this.options = options;
    this.pileCode = options.pileCode;
    this.isDc = (options.kind ?? 'DC') === 'DC';
    this.faults = new Set(options.faults);
    this.time = options.time ?? wallTime;
    this.random = seeded(options.seed ?? 1);
    this.records = new Records({
      time: this.time,
      faults: this.faults,
      settled: (record, result) => void this.emit('settled', record, result),
    });
    for (let number = 1; number <= (options.guns ?? 1); number += 1) {
      const lock = options.hasGroundLocks ? freshLock : undefined;
      this.#guns.set(number, { number, vehicle: undefined, order: undefined, waiting: undefined, hasFault: false, meterUnits: 0, lock });
    }
    if (this.faults.has('clockWrong')) this.#skewMs = -3_600_000;
    this.#session = new PileLine(this);
  }

  get modelNo(): string {
    return this.#model?.modelNo ?? '0000';
  }

  get guns(): readonly Gun[] {
    return [...this.#guns.values()];
  }

  /** Switches the pile on: connects, logs in, and again whenever the line is over. */
  start(): void {
    this.#session.start();
    if (this.#isReporting) return;
    this.#isReporting = true;
    this.#report();
  }

  /** Switches it off; what it has not billed is lost with it. */
  stop(): void {
    this.#session.stop();
  }

  /** Cuts the line and lets the pile come back by itself. */
  cut(): void {
    this.#session.cut();
  }

  now(): Date {
    return new Date(this.time.now().getTime() + this.#skewMs);
  }

  clockText(): string {
    return fromDate(this.now());
  }

  plugIn(number: number, vehicle: Vehicle): void {
    const gun = this.#gun(number);
    this.#set({ ...gun, vehicle, ...(gun.lock ? { lock: { ...gun.lock, bay: BAY.occupied } } : {}) });
    const { waiting } = gun;
    if (waiting && this.now() < waiting.until) {
      this.#begin(number, { tradeNo: waiting.tradeNo, by: 'app', physicalCard: waiting.physicalCard, balance: waiting.balance });
      this.#line?.send(RemoteStartReply, {
        tradeNo: waiting.tradeNo,
        pileCode: this.pileCode,
        gunNo: gunText(number),
        result: 1,
        failReason: 0,
      });
    }
    this.#tell(number);
  }

  /** Pulls the plug; an order that runs ends at once. */
  unplug(number: number): void {
    const gun = this.#gun(number);
    if (gun.order) this.#finish(number, STOP.guide);
    this.#set({ ...this.#gun(number), vehicle: undefined, ...(gun.lock ? { lock: { ...gun.lock, bay: BAY.empty } } : {}) });
    this.#tell(number);
  }

  /** Holds a card to the reader: asks the platform, or the pile's own list while it is offline. */
  async swipe(number: number, card: string): Promise<boolean> {
    const gun = this.#gun(number);
    if (gun.order) {
      this.#finish(number, STOP.manual);
      return false;
    }
    if (!this.#line)
      return (
        this.cards.has(card) &&
        this.#begin(number, { tradeNo: this.#ownTradeNo(number), by: 'offlineCard', physicalCard: card, balance: undefined })
      );
    return this.#ask(number, 'card', card, '');
  }

  /** Plug and charge: the vehicle's VIN is the token. */
  async presentVin(number: number): Promise<boolean> {
    return this.#ask(number, 'vin', NO_CARD, this.#gun(number).vehicle?.vin ?? '');
  }

  /** The stop button. */
  pressStop(number: number): void {
    this.#finish(number, STOP.manual);
  }

  /** The red button: every order ends and the guns stay faulty until `repair`. */
  emergencyStop(): void {
    for (const { number } of this.guns) {
      this.#finish(number, STOP.emergency);
      this.#set({ ...this.#gun(number), hasFault: true });
      this.#tell(number);
    }
  }

  repair(): void {
    for (const gun of this.guns) this.#set({ ...gun, hasFault: false });
    for (const gun of this.guns) this.#tell(gun.number);
  }

  // What the platform asks for; `commands.ts` calls these.

  setModel(model: BillingModel): void {
    this.#model = model;
    this.emit('model', model.modelNo);
  }

  setClock(to: Date): void {
    if (!this.faults.has('clockWrong')) this.#skewMs = to.getTime() - this.time.now().getTime();
  }

  setWork(isLockedOut: boolean, powerPct: number): void {
    this.#isLockedOut = isLockedOut;
    this.#powerPct = powerPct;
  }

  /** Result of 0x41: 0 ok, 1 wrong pile, 2 wrong card. */
  setBalance(number: number, card: string, balance: number): number {
    const gun = this.#guns.get(number);
    if (!gun?.order) return 1;
    if (card !== NO_CARD && card !== gun.order.physicalCard) return 2;
    this.#set({ ...gun, order: { ...gun.order, balance: Math.round(balance * 1e4) } });
    return 0;
  }

  /** Fail reason of 0x33; 5 waits a minute for the plug. */
  remoteStart({
    gunNo,
    tradeNo,
    physicalCard,
    balance,
  }: {
    gunNo: string;
    tradeNo: string;
    physicalCard: string;
    balance: number;
  }): number {
    const number = Number(gunNo);
    const gun = this.#guns.get(number);
    if (!gun) return 1;
    if (gun.order) return gun.order.tradeNo === tradeNo ? 0 : 2;
    if (gun.hasFault || this.#isLockedOut || !this.#model) return 3;
    const units = balance === 0 ? undefined : Math.round(balance * 1e4);
    if (!gun.vehicle) {
      this.#set({ ...gun, waiting: { tradeNo, until: new Date(this.now().getTime() + PLUG_WAIT_MS), balance: units, physicalCard } });
      return 5;
    }
    this.#begin(number, { tradeNo, by: 'app', physicalCard, balance: units });
    return 0;
  }

  /** Fail reason of 0x35. */
  remoteStop(number: number): number {
    const gun = this.#guns.get(number);
    if (!gun) return 1;
    if (!gun.order) return 2;
    if (!this.faults.has('stopIgnored')) this.#finish(number, STOP.app);
    return 0;
  }

  /** Moves a ground lock; result of 0x63. The new state is told at once. */
  moveLock(number: number, command: string): 0 | 1 {
    const gun = this.#guns.get(number);
    if (!gun?.lock) return 0;
    const { lock, result } = moveLock(gun.lock, command, this.faults.has('lockStuck'));
    this.#set({ ...gun, lock });
    setImmediate(() => this.tellLock(number));
    return result;
  }

  reboot(isNow: boolean): void {
    for (const { number, order } of this.guns) if (order && isNow) this.#finish(number, STOP.powerLoss);
    setImmediate(() => this.cut());
  }

  realtime(number: number): ReturnType<typeof realtimeOf> {
    this.#measure(number);
    const saysIdle = this.faults.has('idleDuringSession') && this.random() < 0.3;
    return realtimeOf(this.#gun(number), { pileCode: this.pileCode, isDc: this.isDc, saysIdle });
  }

  /** Sends 0x61 of a gun that has a lock. */
  tellLock(number: number): void {
    const { lock } = this.#gun(number);
    if (lock) this.#line?.send(GroundLockStatus, lockStatus(lock, this.pileCode, number));
  }

  /** Sends 0x13 of every gun; after a login. */
  tellAll(): void {
    for (const { number } of this.guns) {
      this.#tell(number);
      this.tellLock(number);
    }
  }

  get #line(): YkcEndpoint<'pile'> | undefined {
    return this.#session.line;
  }

  #gun(number: number): Gun {
    const gun = this.#guns.get(number);
    if (!gun) throw new RangeError(`pile ${this.pileCode} has no gun ${number}`);
    return gun;
  }

  #set(gun: Gun): void {
    this.#guns.set(gun.number, gun);
  }

  async #ask(number: number, by: 'card' | 'vin', card: string, vin: string): Promise<boolean> {
    const gunNo = gunText(number);
    const line = this.#line;
    if (!line) return false;
    const request = {
      pileCode: this.pileCode,
      gunNo,
      startMode: START_MODE[by],
      needPassword: 0,
      accountOrCard: card,
      password: '0'.repeat(32),
      vin,
    };
    const confirm = await line.call(StartRequest, request);
    if (confirm.authOk !== 1) {
      this.emit('refused', number, confirm.failReason);
      return false;
    }
    return this.#begin(number, {
      tradeNo: confirm.tradeNo,
      by,
      physicalCard: card,
      balance: confirm.balance === 0 ? undefined : Math.round(confirm.balance * 1e4),
    });
  }

  #begin(number: number, start: { tradeNo: string; by: StartedBy; physicalCard: string; balance: number | undefined }): boolean {
    const gun = this.#gun(number);
    const { vehicle } = gun;
    if (!vehicle || !this.#model || gun.order || gun.hasFault || this.#isLockedOut) return false;
    const powerW = Math.floor((Math.min(this.options.powerKw ?? (this.isDc ? 120 : 7), vehicle.maxPowerKw) * 1000 * this.#powerPct) / 100);
    const order = begin({ ...start, model: this.#model, vehicle, powerW, startedAt: this.now(), meterStartUnits: gun.meterUnits });
    this.#set({ ...gun, order, waiting: undefined });
    this.emit('started', start.tradeNo);
    if (this.faults.has('startFails')) {
      setImmediate(() => this.#finish(number, STOP.insulation, false));
      return true;
    }
    // The answer to the start goes first.
    setImmediate(() => {
      const line = this.#line;
      if (line && this.isDc) tellVehicle(line, this.#of(number, start.tradeNo), order);
      this.#tell(number);
    });
    this.time.after(CHARGING_MS, () => this.#chargeOn(number, start.tradeNo));
    return true;
  }

  #of(number: number, tradeNo: string): { tradeNo: string; pileCode: string; gunNo: string } {
    return { tradeNo, pileCode: this.pileCode, gunNo: gunText(number) };
  }

  /** Brings the running order up to now; ends it where it ends by itself. */
  #measure(number: number): void {
    const gun = this.#gun(number);
    if (!gun.order) return;
    const { order, ends } = tick(gun.order, this.now());
    this.#set({ ...gun, order });
    if (ends) this.#finish(number, STOP[ends]);
  }

  #chargeOn(number: number, tradeNo: string): void {
    this.#measure(number);
    const { order } = this.#gun(number);
    if (order?.tradeNo !== tradeNo) return;
    this.#tell(number);
    if (this.isDc && this.#line) tellDemand(this.#line, this.#of(number, tradeNo), order);
    this.time.after(CHARGING_MS, () => this.#chargeOn(number, tradeNo));
  }

  #finish(number: number, stopReason: number, isMeasured = true): void {
    const gun = this.#gun(number);
    if (!gun.order) return;
    const order = isMeasured ? chargeTo(gun.order, this.now()) : gun.order;
    this.#set({ ...gun, order: undefined, meterUnits: gun.meterUnits + meteredUnits(order) });
    const about = {
      pileCode: this.pileCode,
      gunNo: gunText(number),
      endedAt: this.now(),
      stopReason,
      isMetered: this.options.version === '1.7',
    };
    const fair = recordOf(order, about);
    const record = {
      ...fair,
      ...(this.faults.has('wrongAmount') ? { totalAmount: (Math.round(fair.totalAmount * 1e4) + 100) / 1e4 } : {}),
      ...(this.faults.has('oddStartType') ? { startType: 9 } : {}),
    };
    this.records.keep(record);
    this.emit('ended', record);
    const line = this.#line;
    if (!line) return;
    setImmediate(() => {
      if (line.isOpen && this.isDc) tellEnd(line, this.#of(number, order.tradeNo), order);
      this.#tell(number);
      if (!this.faults.has('recordHeld')) void this.records.deliver(order.tradeNo, line);
    });
  }

  #tell(number: number): void {
    if (this.#line?.isOpen) this.#line.send(RealtimeData, this.realtime(number));
  }

  /** Every 5 min while idle; a charging gun tells more often by itself. */
  #report(): void {
    this.time.after(IDLE_MS, () => {
      if (this.#session.isStopped) {
        this.#isReporting = false;
        return;
      }
      for (const { number, order } of this.guns) {
        if (!order) this.#tell(number);
        this.tellLock(number);
      }
      this.#report();
    });
  }

  #ownTradeNo(number: number): string {
    this.#counter = (this.#counter + 1) % 10_000;
    const stamp = this.clockText().replace(/\D/g, '').slice(2, 14);
    return `${this.pileCode}${gunText(number)}${stamp}${String(this.#counter).padStart(4, '0')}`;
  }
}
