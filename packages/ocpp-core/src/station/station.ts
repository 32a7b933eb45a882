import { Charging, type Started } from './charging.js';
import { ChargingLimits } from './charging-limits.js';
import { type StationClock, stationClock } from './clock.js';
import { commandsOf } from './commands.js';
import { Connector, type Vehicle } from './connector.js';
import { type Fault, Faults, type LastingFault } from './faults.js';
import type { JournalNote } from './journal.js';
import { Line } from './line.js';
import type { StationOptions } from './options.js';
import { Outbox } from './outbox.js';
import { randomFrom } from './random.js';
import type { Settings } from './settings.js';
import type { BootReason, ConnectorState, StopReason } from './voice.js';

/** A simulated charging station; it connects at once and lives until `stop`. */
export class SimulatedStation {
  readonly identity: string;
  /** What a central system may read and set; scripts may as well. */
  readonly settings: Settings;
  readonly #options: StationOptions;
  readonly #clock: StationClock;
  readonly #connectors: readonly Connector[];
  readonly #faults = new Faults();
  readonly #outbox: Outbox;
  readonly #charging: Charging;
  readonly #limits: ChargingLimits;
  readonly #line: Line;
  readonly #life = new AbortController();
  readonly #reported = new Map<number, string>();

  constructor(options: StationOptions) {
    this.identity = options.identity;
    this.#options = options;
    this.#clock = options.clock ?? stationClock();
    this.settings = {
      heartbeatSeconds: 0,
      meterIntervalSeconds: options.meterIntervalSeconds ?? 60,
      connectionTimeoutSeconds: options.connectionTimeoutSeconds ?? 120,
      authorizeRemoteStart: options.authorizeRemoteStart ?? false,
    };
    const random = randomFrom(options.seed ?? 1);
    const now = this.#clock.now();
    const { maxW } = options.hardware ?? defaultHardware;
    this.#connectors = Array.from(
      { length: options.connectors ?? 1 },
      (_, index) => new Connector(index + 1, options.startMilliWh ?? 0, now, maxW),
    );
    const common = { clock: this.#clock, random, note: (note: JournalNote) => this.#note(note), faults: this.#faults };
    this.#outbox = new Outbox({
      ...common,
      rule: options.retry ?? { attempts: Number.POSITIVE_INFINITY, intervalSeconds: 60 },
      told: ({ event, transaction }, { authorized }) => {
        if (event !== 'started' || authorized) return;
        this.#charging.end(this.#connector(transaction.connectorId), 'DeAuthorized', 'deauthorized', transaction);
      },
    });
    this.#limits = new ChargingLimits({
      ...common,
      version: options.version,
      hardware: options.hardware ?? defaultHardware,
      connectors: this.#connectors,
      changed: () => this.#report(),
      life: this.#life.signal,
    });
    this.#charging = new Charging({
      ...common,
      outbox: this.#outbox,
      settings: this.settings,
      life: this.#life.signal,
      tellsStates: options.version !== '1.6',
      isOnline: () => this.#line.isOnline,
      authorize: (idToken) => this.#line.authorize(idToken),
      changed: () => this.#report(),
      began: () => this.#limits.apply(),
      ended: (connector) => this.#limits.ended(connector),
    });
    const body = commandsOf({
      facts: { vendor: 'evroam', model: 'simulated', ...options.facts },
      settings: this.settings,
      connectors: this.#connectors,
      charging: this.#charging,
      limits: this.#limits,
      line: () => this.#line,
      now: () => new Date(this.#clock.now().getTime() + this.#faults.clockSkewMs),
      stateOf: (id) => this.state(id),
      acknowledged: (action, request, response) => this.#note({ kind: 'acknowledged', action, request, response, attempt: 1 }),
      queuedOf: (key) => this.#outbox.holds(key),
      reset: (reason) => this.#restart(reason, 'RemoteReset'),
      report: (id) => this.#report(id),
    });
    this.#line = new Line({ ...common, options, body, settings: this.settings, outbox: this.#outbox, accepted: () => this.#report() });
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
    const { activity, operative, powerW, transaction, meter } = connector;
    return { activity, operative, powerW, transaction, milliWh: meter.milliWh };
  }

  /** A vehicle is plugged in. */
  plugIn(connectorId = 1, vehicle: Vehicle = { powerW: 11_000 }): void {
    this.#charging.plugIn(this.#connector(connectorId), vehicle);
  }

  /** The cable is pulled out; a transaction ends with it. */
  unplug(connectorId = 1): void {
    this.#charging.unplug(this.#connector(connectorId));
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
    return this.#charging.start(this.#connector(connectorId), { idToken, trigger: 'authorized', authorize: true });
  }

  /** A driver ends the transaction of a connector; false when there is none. */
  stopLocal(connectorId = 1): boolean {
    return this.#charging.end(this.#connector(connectorId), 'Local', 'stopAuthorized');
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
    this.#restart('PowerLoss', 'PowerUp');
  }

  /** Something goes wrong from now on, until it is healed. */
  fault(fault: Fault): void {
    switch (fault.name) {
      case 'duplicateSends':
      case 'restartedMessageIds':
      case 'badJson':
        this.#faults[fault.name] = true;
        break;
      case 'lostAnswers':
        this.#faults.lostAnswers = fault.count;
        break;
      case 'slowAnswers':
        this.#faults.slowAnswersMs = fault.ms;
        break;
      case 'clockSkew':
        this.#faults.clockSkewMs = fault.ms;
        break;
      case 'halfOpen':
        this.#line.abandon();
        break;
      case 'meterJump': {
        const connector = this.#connector(fault.connectorId);
        connector.advance(this.#clock.now());
        connector.meter.jump(fault.milliWh);
      }
    }
  }

  heal(name: LastingFault): void {
    this.#faults.heal(name);
  }

  /** Ends the station's life; transactions are left as they are. Rejects with the error of a bug that it met. */
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

  /** Reports the connectors whose state is another one than the central system knows, and the one that was asked for. */
  #report(asked?: number): void {
    for (const connector of this.#connectors) {
      const { id } = connector;
      const { activity, operative } = this.state(id);
      this.#charging.noticeState(connector);
      const seen = `${activity} ${operative}`;
      if (!this.#line.isAccepted || (this.#reported.get(id) === seen && asked !== id)) continue;
      this.#reported.set(id, seen);
      this.#line.background((voice) => voice.status(id));
    }
  }

  #restart(reason: StopReason, boot: BootReason): void {
    for (const connector of this.#connectors) this.#charging.end(connector, reason, 'reset');
    this.#reported.clear();
    this.#line.bootAgain(boot);
  }
}

const defaultHardware = { voltage: 230, phases: 3, maxW: 22_000 };

/** Starts a simulated station. */
export const startStation = (options: StationOptions): SimulatedStation => new SimulatedStation(options);
