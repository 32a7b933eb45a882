import { EventEmitter } from 'node:events';
import { seeded } from '../../simulation/random.js';
import { type SimTime, wallTime } from '../../simulation/time.js';
import { RemoteStartReply, StartRequest } from '../charging.js';
import type { EndpointOptions, YkcEndpoint } from '../endpoint.js';
import type { YkcError } from '../errors.js';
import { BAY } from '../ground-lock.js';
import { fromDate } from '../time.js';
import { NO_CARD, obey } from './commands.js';
import type { PileFault } from './faults.js';
import { type Gun, gunText } from './gun.js';
import { Guns, type Host, STOP } from './guns.js';
import type { BillingModel } from './meter.js';
import type { PileRecord, Vehicle } from './order.js';
import { Records } from './records.js';
import { PileLine } from './session.js';

/** How often a pile speaks, ms of its own time: the standard's values, or slower ones for a large fleet on one machine. */
export interface Pace {
  readonly heartbeatMs: number;
  /** Realtime data and BMS data of a gun that charges. */
  readonly chargingMs: number;
  readonly idleMs: number;
  /** Between two tries to connect. */
  readonly retryMs: number;
}

/** V1.6, 7.3 to 7.10 */
const PACE: Pace = { heartbeatMs: 10_000, chargingMs: 15_000, idleMs: 300_000, retryMs: 5_000 };

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
  readonly pace?: Partial<Pace>;
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

const START_MODE = { card: 1, vin: 3 } as const;

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
  readonly pace: Pace;
  readonly #session: PileLine;
  readonly #guns: Guns;
  #skewMs = 0;
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
    this.pace = { ...PACE, ...options.pace };
    this.records = new Records({
      time: this.time,
      faults: this.faults,
      settled: (record, result) => void this.emit('settled', record, result),
    });
    const { pileCode, isDc, faults, time, random, records } = this;
    const host: Host = {
      ...{ pileCode, isDc, faults, time, random, records },
      isMetered: options.version === '1.7',
      chargingMs: this.pace.chargingMs,
      powerKw: options.powerKw ?? (isDc ? 120 : 7),
      now: () => this.now(),
      line: () => this.#line,
      started: (tradeNo) => void this.emit('started', tradeNo),
      ended: (record) => void this.emit('ended', record),
    };
    this.#guns = new Guns(host, options.guns ?? 1, options.hasGroundLocks ?? false);
    if (this.faults.has('clockWrong')) this.#skewMs = -3_600_000;
    if (this.faults.has('clockAhead')) this.#skewMs = 7_200_000;
    this.#session = new PileLine(this, (line) => obey(this, this.#guns, line));
  }

  get modelNo(): string {
    return this.#guns.model?.modelNo ?? '0000';
  }

  get guns(): readonly Gun[] {
    return this.#guns.all;
  }

  /** Switches the pile on: connects, logs in, and again whenever the line is over. */
  start(): void {
    this.#session.start();
    if (this.#isReporting) return;
    this.#isReporting = true;
    this.#report();
  }

  /** Takes it off the network: what runs, runs on, and what is not billed waits for the next `start`. */
  stop(): void {
    this.#session.stop();
  }

  /** Cuts the line and lets the pile come back by itself. */
  cut(): void {
    this.#session.cut();
  }

  /** Power fails and comes back: every order ends with it, and is billed at the next login. */
  losePower(): void {
    this.cut();
    for (const { number } of this.guns) this.#guns.finish(number, STOP.powerLoss);
  }

  now(): Date {
    return new Date(this.time.now().getTime() + this.#skewMs);
  }

  clockText(): string {
    return fromDate(this.now());
  }

  plugIn(number: number, vehicle: Vehicle): void {
    const gun = this.#guns.get(number);
    this.#guns.set({ ...gun, vehicle, ...(gun.lock ? { lock: { ...gun.lock, bay: BAY.occupied } } : {}) });
    const { waiting } = gun;
    if (waiting && this.now() < waiting.until) {
      this.#guns.begin(number, { tradeNo: waiting.tradeNo, by: 'app', physicalCard: waiting.physicalCard, balance: waiting.balance });
      this.#line?.send(RemoteStartReply, {
        tradeNo: waiting.tradeNo,
        pileCode: this.pileCode,
        gunNo: gunText(number),
        result: 1,
        failReason: 0,
      });
    }
    this.#guns.tell(number);
  }

  /** Pulls the plug; an order that runs ends at once. */
  unplug(number: number): void {
    const gun = this.#guns.get(number);
    if (gun.order) this.#guns.finish(number, STOP.guide);
    this.#guns.set({ ...this.#guns.get(number), vehicle: undefined, ...(gun.lock ? { lock: { ...gun.lock, bay: BAY.empty } } : {}) });
    this.#guns.tell(number);
  }

  /** Holds a card to the reader: asks the platform, or the pile's own list while it is offline. */
  async swipe(number: number, card: string): Promise<boolean> {
    const gun = this.#guns.get(number);
    if (gun.order) {
      this.#guns.finish(number, STOP.manual);
      return false;
    }
    if (!this.#line)
      return (
        this.cards.has(card) &&
        this.#guns.begin(number, { tradeNo: this.#ownTradeNo(number), by: 'offlineCard', physicalCard: card, balance: undefined })
      );
    return this.#ask(number, 'card', card, '');
  }

  /** Plug and charge: the vehicle's VIN is the token. */
  async presentVin(number: number): Promise<boolean> {
    return this.#ask(number, 'vin', NO_CARD, this.#guns.get(number).vehicle?.vin ?? '');
  }

  /** The stop button. */
  pressStop(number: number): void {
    this.#guns.finish(number, STOP.manual);
  }

  /** The red button: every order ends and the guns stay faulty until `repair`. */
  emergencyStop(): void {
    for (const { number } of this.guns) {
      this.#guns.finish(number, STOP.emergency);
      this.#guns.set({ ...this.#guns.get(number), hasFault: true });
      this.#guns.tell(number);
    }
  }

  repair(): void {
    for (const gun of this.guns) this.#guns.set({ ...gun, hasFault: false });
    for (const gun of this.guns) this.#guns.tell(gun.number);
  }

  /** Takes a billing model; 0x0A and 0x58. */
  setModel(model: BillingModel): void {
    this.#guns.model = model;
    this.emit('model', model.modelNo);
  }

  setClock(to: Date): void {
    if (this.faults.has('clockWrong') || this.faults.has('clockAhead')) return;
    this.#skewMs = to.getTime() - this.time.now().getTime();
  }

  /** Sends 0x13 of every gun; after a login. */
  tellAll(): void {
    for (const { number } of this.guns) {
      this.#guns.tell(number);
      this.#guns.tellLock(number);
    }
  }

  get #line(): YkcEndpoint<'pile'> | undefined {
    return this.#session.line;
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
    return this.#guns.begin(number, {
      tradeNo: confirm.tradeNo,
      by,
      physicalCard: card,
      balance: confirm.balance === 0 ? undefined : Math.round(confirm.balance * 1e4),
    });
  }

  /** Every 5 min while idle; a charging gun tells more often by itself. */
  #report(): void {
    this.time.after(this.pace.idleMs, () => {
      if (this.#session.isStopped) {
        this.#isReporting = false;
        return;
      }
      for (const { number, order } of this.guns) {
        if (!order) this.#guns.tell(number);
        this.#guns.tellLock(number);
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
