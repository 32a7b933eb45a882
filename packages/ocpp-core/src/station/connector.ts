import { Meter } from './meter.js';

/** A vehicle at the cable. */
export interface Vehicle {
  /** What it draws when nothing limits it, whole watts. */
  readonly powerW: number;
  /** What it takes before it is full, mWh; without it, it never is. */
  readonly needMilliWh?: number;
}

/** What the driver and the hardware did, in words that no version owns. */
export type Activity = 'idle' | 'waiting' | 'charging' | 'full' | 'limited' | 'finishing';

/** A transaction as the station knows it. */
export interface Transaction {
  /** The station's own name for it; OCPP 2.x sends it. */
  readonly key: string;
  readonly connectorId: number;
  readonly idToken: string;
  readonly remoteStartId?: number;
  readonly startedAt: Date;
  readonly startMilliWh: number;
  /** The central system's name for it, known once the start was acknowledged (OCPP 1.6). */
  givenId?: number;
  /** The next sequence number (OCPP 2.x). */
  nextSeqNo: number;
  endedAt?: Date;
}

/** One outlet with its meter. */
export class Connector {
  readonly id: number;
  readonly meter: Meter;
  vehicle: Vehicle | undefined;
  transaction: Transaction | undefined;
  /** The transaction is over and the cable still in. */
  finishing = false;
  operative = true;
  /** The most that the station allows now, whole watts. */
  limitW: number;
  #vehicleMilliWh = 0;

  constructor(id: number, startMilliWh: number, now: Date, maxW: number) {
    this.id = id;
    this.limitW = maxW;
    this.meter = new Meter(startMilliWh, now.getTime());
  }

  plugIn(vehicle: Vehicle): void {
    this.vehicle = vehicle;
    this.#vehicleMilliWh = 0;
    this.finishing = false;
  }

  unplug(): void {
    this.vehicle = undefined;
    this.finishing = false;
  }

  /** Whole watts that flow now. */
  get powerW(): number {
    if (!this.transaction || !this.vehicle || this.isFull) return 0;
    return Math.max(0, Math.floor(Math.min(this.vehicle.powerW, this.limitW)));
  }

  get isFull(): boolean {
    return this.vehicle?.needMilliWh !== undefined && this.#vehicleMilliWh >= this.vehicle.needMilliWh;
  }

  /** Lets the energy flow up to a moment. */
  advance(until: Date): void {
    const before = this.meter.milliWh;
    const need = this.vehicle?.needMilliWh;
    this.meter.advance(until.getTime(), this.powerW, need === undefined ? undefined : Math.max(0, need - this.#vehicleMilliWh));
    this.#vehicleMilliWh += this.meter.milliWh - before;
  }

  get activity(): Activity {
    if (!this.vehicle) return this.transaction ? 'waiting' : 'idle';
    if (!this.transaction) return this.finishing ? 'finishing' : 'waiting';
    if (this.isFull || this.vehicle.powerW === 0) return 'full';
    return this.limitW <= 0 ? 'limited' : 'charging';
  }
}
