import type { SimTime } from '../../simulation/time.js';
import type { YkcEndpoint } from '../endpoint.js';
import { GroundLockStatus } from '../ground-lock.js';
import { RealtimeData } from '../realtime.js';
import { tellDemand, tellEnd, tellVehicle } from './bms.js';
import type { PileFault } from './faults.js';
import { type Gun, gunText, realtimeOf, tick } from './gun.js';
import { freshLock, lockStatus } from './lock.js';
import type { BillingModel } from './meter.js';
import { begin, chargeTo, meteredUnits, type Order, type PileRecord, recordOf, type StartedBy, socOf } from './order.js';
import type { Records } from './records.js';

/** Stop reasons that a pile gives. V1.6, ch. 11 */
export const STOP = {
  app: 0x40,
  full: 0x41,
  broke: 0x43,
  manual: 0x45,
  guide: 0x6b,
  emergency: 0x72,
  insulation: 0x57,
  powerLoss: 0x83,
} as const;

/** What the guns need of their pile. */
export interface Host {
  readonly pileCode: string;
  readonly isDc: boolean;
  readonly isMetered: boolean;
  readonly powerKw: number;
  readonly faults: ReadonlySet<PileFault>;
  readonly time: SimTime;
  readonly random: () => number;
  readonly chargingMs: number;
  readonly records: Records;
  readonly now: () => Date;
  readonly line: () => YkcEndpoint<'pile'> | undefined;
  readonly started: (tradeNo: string) => void;
  readonly ended: (record: PileRecord) => void;
}

/** The guns of a pile: their state, and a session from its beginning to its record. */
export class Guns {
  readonly #host: Host;
  readonly #guns = new Map<number, Gun>();
  model: BillingModel | undefined;
  isLockedOut = false;
  powerPct = 100;

  constructor(host: Host, count: number, hasLocks: boolean) {
    this.#host = host;
    for (let number = 1; number <= count; number += 1) {
      const lock = hasLocks ? freshLock : undefined;
      this.#guns.set(number, { number, vehicle: undefined, order: undefined, waiting: undefined, hasFault: false, meterUnits: 0, lock });
    }
  }

  get all(): readonly Gun[] {
    return [...this.#guns.values()];
  }

  find(number: number): Gun | undefined {
    return this.#guns.get(number);
  }

  get(number: number): Gun {
    const gun = this.#guns.get(number);
    if (!gun) throw new RangeError(`pile ${this.#host.pileCode} has no gun ${number}`);
    return gun;
  }

  set(gun: Gun): void {
    this.#guns.set(gun.number, gun);
  }

  /** Begins an order if the gun can; gives whether it did. */
  begin(number: number, start: { tradeNo: string; by: StartedBy; physicalCard: string; balance: number | undefined }): boolean {
    const { now, powerKw, faults, time, chargingMs, started } = this.#host;
    const gun = this.get(number);
    const { vehicle } = gun;
    if (!vehicle || !this.model || gun.order || gun.hasFault || this.isLockedOut) return false;
    const powerW = Math.floor((Math.min(powerKw, vehicle.maxPowerKw) * 1000 * this.powerPct) / 100);
    const order = begin({ ...start, model: this.model, vehicle, powerW, startedAt: now(), meterStartUnits: gun.meterUnits });
    this.set({ ...gun, order, waiting: undefined });
    started(start.tradeNo);
    if (faults.has('startFails')) {
      setImmediate(() => this.finish(number, STOP.insulation, false));
      return true;
    }
    // The answer to the start goes first.
    setImmediate(() => {
      const line = this.#host.line();
      if (line && this.#host.isDc) tellVehicle(line, this.#of(number, start.tradeNo), order);
      this.tell(number);
    });
    time.after(chargingMs, () => this.#chargeOn(number, start.tradeNo));
    return true;
  }

  /** Ends the order of a gun, if it has one, and bills it. */
  finish(number: number, stopReason: number, isMeasured = true): void {
    const { pileCode, isMetered, now, faults, records, ended } = this.#host;
    const gun = this.get(number);
    if (!gun.order) return;
    const order = isMeasured ? chargeTo(gun.order, now()) : gun.order;
    const vehicle = gun.vehicle && { ...gun.vehicle, socPct: socOf(order) };
    this.set({ ...gun, vehicle, order: undefined, meterUnits: gun.meterUnits + meteredUnits(order) });
    // A clock that was set back meanwhile takes back nothing that was measured.
    const fair = recordOf(order, { pileCode, gunNo: gunText(number), endedAt: order.measuredTo, stopReason, isMetered });
    const record = {
      ...fair,
      ...(faults.has('wrongAmount') ? { totalAmount: (Math.round(fair.totalAmount * 1e4) + 100) / 1e4 } : {}),
      ...(faults.has('oddStartType') ? { startType: 9 } : {}),
    };
    records.keep(record);
    ended(record);
    this.#deliver(number, order);
  }

  realtime(number: number): ReturnType<typeof realtimeOf> {
    const { pileCode, isDc, faults, random } = this.#host;
    this.#measure(number);
    const saysIdle = faults.has('idleDuringSession') && random() < 0.3;
    return realtimeOf(this.get(number), { pileCode, isDc, saysIdle });
  }

  /** Sends 0x13 of a gun. */
  tell(number: number): void {
    this.#host.line()?.send(RealtimeData, this.realtime(number));
  }

  /** Sends 0x61 of a gun that has a lock. */
  tellLock(number: number): void {
    const { lock } = this.get(number);
    if (lock) this.#host.line()?.send(GroundLockStatus, lockStatus(lock, this.#host.pileCode, number));
  }

  #of(number: number, tradeNo: string): { tradeNo: string; pileCode: string; gunNo: string } {
    return { tradeNo, pileCode: this.#host.pileCode, gunNo: gunText(number) };
  }

  /** Brings the running order up to now; ends it where it ends by itself. */
  #measure(number: number): void {
    const gun = this.get(number);
    if (!gun.order) return;
    const { order, ends } = tick(gun.order, this.#host.now());
    this.set({ ...gun, order });
    if (ends) this.finish(number, STOP[ends]);
  }

  #chargeOn(number: number, tradeNo: string): void {
    this.#measure(number);
    const { order } = this.get(number);
    if (order?.tradeNo !== tradeNo) return;
    this.tell(number);
    const line = this.#host.line();
    if (this.#host.isDc && line) tellDemand(line, this.#of(number, tradeNo), order);
    this.#host.time.after(this.#host.chargingMs, () => this.#chargeOn(number, tradeNo));
  }

  #deliver(number: number, order: Order): void {
    const { line, isDc, faults, records } = this.#host;
    const open = line();
    if (!open) return;
    setImmediate(() => {
      if (open.isOpen && isDc) tellEnd(open, this.#of(number, order.tradeNo), order);
      this.tell(number);
      if (!faults.has('recordHeld')) void records.deliver(order.tradeNo, open);
    });
  }
}
