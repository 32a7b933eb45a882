import { type StationClock, stationClock } from './clock.js';
import { Connector, type Transaction, type Vehicle } from './connector.js';
import type { JournalNote } from './journal.js';
import { Line } from './line.js';
import type { StationOptions } from './options.js';
import { Outbox } from './outbox.js';
import { randomFrom, uuidFrom } from './random.js';
import type { Body, ConnectorState, StopReason, TransactionMoment, Trigger, TriggerableMessage } from './voice.js';

/** What a station let its driver do. */
export type Started =
  | { readonly accepted: true; readonly transaction: Transaction }
  | { readonly accepted: false; readonly reason: 'occupied' | 'refused' | 'noVehicle' };

/** A simulated charging station; it connects at once and lives until `stop`. */
export class SimulatedStation {
  readonly identity: string;
  readonly #options: StationOptions;
  readonly #clock: StationClock;
  readonly #random: () => number;
  readonly #connectors: readonly Connector[];
  readonly #outbox: Outbox;
  readonly #line: Line;
  readonly #life = new AbortController();
  readonly #plugged = new Map<number, (() => void)[]>();
  readonly #reported = new Map<number, string>();
  #sequence = 0;

  constructor(options: StationOptions) {
    this.identity = options.identity;
    this.#options = options;
    this.#clock = options.clock ?? stationClock();
    this.#random = randomFrom(options.seed ?? 1);
    const start = options.startMilliWh ?? 0;
    this.#connectors = Array.from({ length: options.connectors ?? 1 }, (_, index) => new Connector(index + 1, start, this.#clock.now()));
    this.#outbox = new Outbox({
      clock: this.#clock,
      rule: options.retry ?? { attempts: Number.POSITIVE_INFINITY, intervalSeconds: 60 },
      note: (note) => this.#note(note),
      told: (moment, { authorized }) => {
        if (moment.event === 'started' && !authorized)
          this.#end(this.#connector(moment.transaction.connectorId), 'DeAuthorized', 'deauthorized', moment.transaction);
      },
    });
    this.#line = new Line({
      options,
      clock: this.#clock,
      random: this.#random,
      body: this.#body(),
      outbox: this.#outbox,
      note: (note) => this.#note(note),
      accepted: () => this.#report(),
    });
  }

  /** Resolves when the station was accepted for the first time. */
  get accepted(): Promise<void> {
    return this.#line.accepted;
  }

  get isOnline(): boolean {
    return this.#line.isOnline;
  }

  /** Transaction messages that no answer was heard to yet. */
  get queued(): number {
    return this.#outbox.size;
  }

  /** Resolves when every transaction message was acknowledged or given up. */
  drained(): Promise<void> {
    return this.#outbox.drained();
  }

  /** What a connector shows now. */
  state(connectorId = 1): ConnectorState {
    const connector = this.#connector(connectorId);
    connector.advance(this.#clock.now());
    const { activity, operative, powerW, transaction, meter, reservedFor } = connector;
    const reserved = reservedFor !== undefined && reservedFor.until > this.#clock.now();
    return { activity, operative, powerW, transaction, milliWh: meter.milliWh, reserved };
  }

  /** A vehicle is plugged in. */
  plugIn(connectorId = 1, vehicle: Vehicle = { powerW: 11_000 }): void {
    const connector = this.#connector(connectorId);
    connector.advance(this.#clock.now());
    connector.plugIn(vehicle);
    for (const resume of this.#plugged.get(connectorId) ?? []) resume();
    this.#plugged.delete(connectorId);
    this.#report();
  }

  /** The cable is pulled out; a transaction ends with it. */
  unplug(connectorId = 1): void {
    const connector = this.#connector(connectorId);
    if (connector.transaction) this.#end(connector, 'EVDisconnected', 'cable');
    connector.unplug();
    this.#report();
  }

  /** The vehicle draws another power from now on, whole watts. */
  setPower(connectorId: number, powerW: number): void {
    const connector = this.#connector(connectorId);
    connector.advance(this.#clock.now());
    if (connector.vehicle) connector.vehicle = { ...connector.vehicle, powerW };
    this.#report();
  }

  /** A driver presents a token: it is authorized (offline: believed), then the cable is waited for, then charging starts. */
  startLocal(connectorId: number, idToken: string): Promise<Started> {
    return this.#start(this.#connector(connectorId), idToken, 'authorized', true);
  }

  /** A driver ends the transaction of a connector. */
  stopLocal(connectorId = 1): boolean {
    const connector = this.#connector(connectorId);
    if (!connector.transaction) return false;
    this.#end(connector, 'Local', 'stopAuthorized');
    return true;
  }

  /** The network fails, until `goOnline`; charging goes on. */
  goOffline(): void {
    this.#line.goOffline();
  }

  goOnline(): void {
    this.#line.goOnline();
  }

  /** The power fails for a moment: transactions end, the station boots again. */
  powerCycle(): void {
    this.#reset('PowerLoss', 'PowerUp');
  }

  /** Ends the station's life; transactions are left as they are. */
  async stop(): Promise<void> {
    this.#life.abort();
    await this.#line.stop();
  }

  #connector(id: number): Connector {
    const connector = this.#connectors[id - 1];
    if (!connector) throw new RangeError(`the station has no connector ${id}`);
    return connector;
  }

  #note(note: JournalNote): void {
    this.#options.journal?.({ at: this.#clock.now(), identity: this.identity, ...note });
  }

  async #start(connector: Connector, idToken: string, trigger: Trigger, authorize: boolean, remoteStartId?: number): Promise<Started> {
    if (connector.transaction || !connector.operative) return { accepted: false, reason: 'occupied' };
    if (authorize && !(await this.#line.authorize(idToken))) return { accepted: false, reason: 'refused' };
    if (!(await this.#vehicleAt(connector))) return { accepted: false, reason: 'noVehicle' };
    if (connector.transaction) return { accepted: false, reason: 'occupied' };
    const at = this.#clock.now();
    connector.advance(at);
    const transaction: Transaction = {
      key: uuidFrom(this.#random),
      connectorId: connector.id,
      idToken,
      startedAt: at,
      startMilliWh: connector.meter.milliWh,
      nextSeqNo: 0,
      ...(remoteStartId === undefined ? {} : { remoteStartId }),
    };
    connector.finishing = false;
    connector.transaction = transaction;
    this.#put('started', connector, transaction, trigger, at);
    this.#note({ kind: 'started', transactionKey: transaction.key, connectorId: connector.id, milliWh: connector.meter.milliWh });
    this.#report();
    void this.#sample(connector, transaction);
    return { accepted: true, transaction };
  }

  async #vehicleAt(connector: Connector): Promise<boolean> {
    if (connector.vehicle) return true;
    const wait = new AbortController();
    const plugged = new Promise<void>((resolve) => {
      this.#plugged.set(connector.id, [...(this.#plugged.get(connector.id) ?? []), resolve]);
    });
    const timeout = (this.#options.connectionTimeoutSeconds ?? 120) * 1_000;
    await Promise.race([plugged, this.#clock.delay(timeout, AbortSignal.any([wait.signal, this.#life.signal]))]);
    wait.abort();
    return connector.vehicle !== undefined;
  }

  #end(connector: Connector, reason: StopReason, trigger: Trigger, only?: Transaction): void {
    const { transaction } = connector;
    if (!transaction || (only && only !== transaction)) return;
    const at = this.#clock.now();
    connector.advance(at);
    transaction.endedAt = at;
    this.#put('ended', connector, transaction, trigger, at, reason);
    this.#note({ kind: 'ended', transactionKey: transaction.key, connectorId: connector.id, milliWh: connector.meter.milliWh });
    connector.transaction = undefined;
    connector.finishing = connector.vehicle !== undefined;
    this.#report();
  }

  async #sample(connector: Connector, transaction: Transaction): Promise<void> {
    const intervalMs = (this.#options.meterIntervalSeconds ?? 60) * 1_000;
    if (intervalMs === 0) return;
    for (let due = transaction.startedAt.getTime() + intervalMs; ; due += intervalMs) {
      await this.#clock.delay(due - this.#clock.now().getTime(), this.#life.signal);
      if (this.#life.signal.aborted || connector.transaction !== transaction) return;
      // A reading is of its own moment, however late a busy process gets to it.
      const at = new Date(due);
      connector.advance(at);
      this.#put('sampled', connector, transaction, 'periodic', at);
      this.#report();
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
    this.#outbox.add({
      sequence: this.#sequence,
      event,
      transaction,
      at,
      milliWh: connector.meter.milliWh,
      powerW: event === 'ended' ? 0 : connector.powerW,
      activity: connector.activity,
      trigger,
      offline: !this.#line.isOnline,
      seqNo,
      messageId: uuidFrom(this.#random),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Reports the connectors whose state is another one than the central system knows. */
  #report(force?: number): void {
    for (const { id } of this.#connectors) {
      const { activity, operative, reserved } = this.state(id);
      const seen = `${activity} ${operative} ${reserved}`;
      if (!this.#line.isAccepted || (this.#reported.get(id) === seen && force !== id)) continue;
      this.#reported.set(id, seen);
      this.#line.background((voice) => voice.status(id));
    }
  }

  #reset(reason: StopReason, boot: 'PowerUp' | 'RemoteReset'): void {
    for (const connector of this.#connectors) this.#end(connector, reason, 'reset');
    this.#reported.clear();
    this.#line.bootAgain(boot);
  }

  #body(): Body {
    return {
      connectorIds: this.#connectors.map(({ id }) => id),
      facts: { vendor: 'evroam', model: 'simulated', ...this.#options.facts },
      now: () => this.#clock.now(),
      stateOf: (id) => this.state(id),
      acknowledged: (action, request, response) => this.#note({ kind: 'acknowledged', action, request, response, attempt: 1 }),
      remoteStart: ({ idToken, connectorId, remoteStartId }) => {
        const free = this.#connectors.filter(({ transaction, operative, id }) => !transaction && operative && (connectorId ?? id) === id);
        const connector = free.find(({ vehicle }) => vehicle) ?? free[0];
        if (!connector || !this.#line.isAccepted) return { accepted: false };
        const started = this.#start(connector, idToken, 'remoteStart', this.#options.authorizeRemoteStart ?? false, remoteStartId);
        started.catch((error: unknown) => this.#line.fail(error));
        return { accepted: true };
      },
      remoteStop: (names) => {
        const connector = this.#connectors.find(({ transaction }) => transaction && names(transaction));
        if (!connector) return false;
        // The answer goes out first.
        setImmediate(() => this.#end(connector, 'Remote', 'remoteStop'));
        return true;
      },
      reset: () => {
        setImmediate(() => this.#reset('Reset', 'RemoteReset'));
        return true;
      },
      setOperative: (connectorId, operative) => this.#setOperative(connectorId, operative),
      unlock: (connectorId) => {
        const connector = this.#connectors[connectorId - 1];
        if (connector?.transaction) setImmediate(() => this.#end(connector, 'Remote', 'remoteStop'));
        return connector !== undefined;
      },
      trigger: (message, connectorId) => this.#trigger(message, connectorId),
    };
  }

  #setOperative(connectorId: number | undefined, operative: boolean): 'Accepted' | 'Scheduled' | 'Rejected' {
    const meant = this.#connectors.filter(({ id }) => connectorId === undefined || id === connectorId);
    if (meant.length === 0) return 'Rejected';
    for (const connector of meant) connector.operative = operative;
    setImmediate(() => this.#report());
    return !operative && meant.some(({ transaction }) => transaction) ? 'Scheduled' : 'Accepted';
  }

  #trigger(message: TriggerableMessage, connectorId: number | undefined): boolean {
    switch (message) {
      case 'BootNotification':
        setImmediate(() => this.#line.background((voice) => voice.boot('PowerUp').then(() => undefined)));
        return true;
      case 'Heartbeat':
        setImmediate(() => this.#line.background((voice) => voice.heartbeat()));
        return true;
      case 'StatusNotification':
        if (connectorId !== undefined && !this.#connectors[connectorId - 1]) return false;
        setImmediate(() => {
          for (const { id } of this.#connectors) if (connectorId === undefined || connectorId === id) this.#report(id);
        });
        return true;
      case 'MeterValues': {
        const connector = this.#connectors.find(({ id, transaction }) => transaction && (connectorId === undefined || connectorId === id));
        if (!connector?.transaction) return false;
        const { transaction } = connector;
        setImmediate(() => {
          const at = this.#clock.now();
          connector.advance(at);
          this.#put('sampled', connector, transaction, 'triggered', at);
        });
        return true;
      }
    }
  }
}

/** Starts a simulated station. */
export const startStation = (options: StationOptions): SimulatedStation => new SimulatedStation(options);
