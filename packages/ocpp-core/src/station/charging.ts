import type { StationClock } from './clock.js';
import type { Connector, Transaction, Vehicle } from './connector.js';
import type { JournalNote } from './journal.js';
import type { Outbox } from './outbox.js';
import { uuidFrom } from './random.js';
import type { Settings } from './settings.js';
import type { StopReason, TransactionMoment, Trigger } from './voice.js';

/** Whether a start led to charging. */
export type Started =
  | { readonly accepted: true; readonly transaction: Transaction }
  | { readonly accepted: false; readonly reason: 'occupied' | 'refused' | 'noVehicle' };

/** How a start came about. */
export interface Start {
  readonly idToken: string;
  readonly trigger: Trigger;
  readonly authorize: boolean;
  readonly remoteStartId?: number;
}

/** What charging needs of the station around it. */
export interface ChargingParts {
  readonly clock: StationClock;
  readonly random: () => number;
  readonly outbox: Outbox;
  readonly settings: Settings;
  readonly life: AbortSignal;
  /** OCPP 2.x tells each change of the charging state. */
  readonly tellsStates: boolean;
  readonly isOnline: () => boolean;
  readonly authorize: (idToken: string) => Promise<boolean>;
  readonly note: (note: JournalNote) => void;
  /** Something changed that the central system may want to know. */
  readonly changed: () => void;
  readonly began: (connector: Connector) => void;
  readonly ended: (connector: Connector) => void;
}

/** What happens at the connectors, and the moments that are put down of it. */
export class Charging {
  readonly #parts: ChargingParts;
  readonly #plugged = new Map<number, (() => void)[]>();
  readonly #toldActivity = new WeakMap<Transaction, string>();
  #sequence = 0;

  constructor(parts: ChargingParts) {
    this.#parts = parts;
  }

  plugIn(connector: Connector, vehicle: Vehicle): void {
    connector.advance(this.#parts.clock.now());
    connector.plugIn(vehicle);
    for (const resume of this.#plugged.get(connector.id) ?? []) resume();
    this.#plugged.delete(connector.id);
    this.#parts.changed();
  }

  unplug(connector: Connector): void {
    this.end(connector, 'EVDisconnected', 'cable');
    connector.unplug();
    this.#parts.changed();
  }

  async start(connector: Connector, { idToken, trigger, authorize, remoteStartId }: Start): Promise<Started> {
    if (connector.transaction || !connector.operative) return { accepted: false, reason: 'occupied' };
    if (authorize && !(await this.#parts.authorize(idToken))) return { accepted: false, reason: 'refused' };
    if (!(await this.#vehicleAt(connector))) return { accepted: false, reason: 'noVehicle' };
    if (connector.transaction) return { accepted: false, reason: 'occupied' };
    const at = this.#parts.clock.now();
    connector.advance(at);
    const transaction: Transaction = {
      key: uuidFrom(this.#parts.random),
      connectorId: connector.id,
      idToken,
      startedAt: at,
      startMilliWh: connector.meter.milliWh,
      nextSeqNo: 0,
      ...(remoteStartId === undefined ? {} : { remoteStartId }),
    };
    connector.finishing = false;
    connector.transaction = transaction;
    this.#parts.began(connector);
    this.#put('started', connector, transaction, trigger, at);
    this.#parts.note({ kind: 'started', transactionKey: transaction.key, connectorId: connector.id, milliWh: connector.meter.milliWh });
    this.#parts.changed();
    void this.#sampleOn(connector, transaction);
    return { accepted: true, transaction };
  }

  /** Ends the transaction of a connector, or only the given one; false when there is none. */
  end(connector: Connector, reason: StopReason, trigger: Trigger, only?: Transaction): boolean {
    const { transaction } = connector;
    if (!transaction || (only && only !== transaction)) return false;
    const at = this.#parts.clock.now();
    connector.advance(at);
    transaction.endedAt = at;
    this.#put('ended', connector, transaction, trigger, at, reason);
    this.#parts.note({ kind: 'ended', transactionKey: transaction.key, connectorId: connector.id, milliWh: connector.meter.milliWh });
    connector.transaction = undefined;
    connector.finishing = connector.vehicle !== undefined;
    this.#parts.ended(connector);
    this.#parts.changed();
    return true;
  }

  /** Puts a reading down now; false without a transaction. */
  sample(connector: Connector): boolean {
    if (!connector.transaction) return false;
    const at = this.#parts.clock.now();
    connector.advance(at);
    this.#put('sampled', connector, connector.transaction, 'triggered', at);
    return true;
  }

  /** In 2.x, puts down that a transaction charges now, or waits, where it did not before. */
  noticeState(connector: Connector): void {
    const { transaction, activity } = connector;
    if (!this.#parts.tellsStates || !transaction || this.#toldActivity.get(transaction) === activity) return;
    const at = this.#parts.clock.now();
    connector.advance(at);
    this.#put('changed', connector, transaction, 'state', at);
  }

  async #vehicleAt(connector: Connector): Promise<boolean> {
    if (connector.vehicle) return true;
    const wait = new AbortController();
    const plugged = new Promise<void>((resolve) => {
      this.#plugged.set(connector.id, [...(this.#plugged.get(connector.id) ?? []), resolve]);
    });
    const timeoutMs = this.#parts.settings.connectionTimeoutSeconds * 1_000;
    await Promise.race([plugged, this.#parts.clock.delay(timeoutMs, AbortSignal.any([wait.signal, this.#parts.life]))]);
    wait.abort();
    return connector.vehicle !== undefined;
  }

  async #sampleOn(connector: Connector, transaction: Transaction): Promise<void> {
    const { clock, life, settings } = this.#parts;
    for (let due = transaction.startedAt.getTime(); ; ) {
      const intervalMs = settings.meterIntervalSeconds * 1_000;
      if (intervalMs === 0) return;
      due += intervalMs;
      await clock.delay(due - clock.now().getTime(), life);
      if (life.aborted || connector.transaction !== transaction) return;
      // A reading is of its own moment, however late a busy process gets to it.
      const at = new Date(due);
      connector.advance(at);
      this.#put('sampled', connector, transaction, 'periodic', at);
      this.#parts.changed();
    }
  }

  #put(
    event: TransactionMoment['event'],
    connector: Connector,
    transaction: Transaction,
    trigger: Trigger,
    at: Date,
    reason?: StopReason,
  ): void {
    this.#sequence += 1;
    const seqNo = transaction.nextSeqNo;
    transaction.nextSeqNo += 1;
    this.#toldActivity.set(transaction, connector.activity);
    this.#parts.outbox.add({
      sequence: this.#sequence,
      event,
      transaction,
      at,
      milliWh: connector.meter.milliWh,
      powerW: event === 'ended' ? 0 : connector.powerW,
      activity: connector.activity,
      trigger,
      offline: !this.#parts.isOnline(),
      seqNo,
      messageId: uuidFrom(this.#parts.random),
      ...(reason === undefined ? {} : { reason }),
    });
  }
}
