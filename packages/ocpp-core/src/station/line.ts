import { OcppError } from '../errors.js';
import { connectOcpp } from '../websocket/client.js';
import { backOffMs, defaultBackOff } from '../websocket/keep.js';
import { type StationClock, stationClock } from './clock.js';
import { type Faults, FaultySocket } from './faults.js';
import type { JournalNote } from './journal.js';
import type { StationOptions } from './options.js';
import type { Outbox } from './outbox.js';
import type { Settings } from './settings.js';
import type { Body, BootReason, Voice } from './voice.js';
import { speakerOf } from './voices.js';

/** Wait before the next boot where the central system leaves it to the station, seconds. */
const OWN_BOOT_WAIT_SECONDS = 60;

/** A station's way to the central system: connects, boots, keeps the heartbeat, connects again. */
export class Line {
  readonly accepted: Promise<void>;
  readonly #options: StationOptions;
  readonly #clock: StationClock;
  readonly #wall = stationClock();
  readonly #random: () => number;
  readonly #body: Body;
  readonly #settings: Settings;
  readonly #faults: Faults;
  readonly #abandoned: FaultySocket[] = [];
  readonly #outbox: Outbox;
  readonly #note: (note: JournalNote) => void;
  readonly #onAccepted: () => void;
  readonly #life = new AbortController();
  readonly #running: Promise<void>;
  #resolveAccepted: (() => void) | undefined;
  #voice: Voice | undefined;
  #socket: FaultySocket | undefined;
  #boot: BootReason | undefined = 'PowerUp';
  #outage: { waiting: Promise<void>; resume: () => void } | undefined;
  #bug: unknown;

  constructor(parts: {
    options: StationOptions;
    clock: StationClock;
    random: () => number;
    body: Body;
    settings: Settings;
    faults: Faults;
    outbox: Outbox;
    note: (note: JournalNote) => void;
    accepted: () => void;
  }) {
    this.#options = parts.options;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#body = parts.body;
    this.#settings = parts.settings;
    this.#faults = parts.faults;
    this.#outbox = parts.outbox;
    this.#note = parts.note;
    this.#onAccepted = parts.accepted;
    this.accepted = new Promise((resolve) => {
      this.#resolveAccepted = resolve;
    });
    this.#running = this.#run().catch((error: unknown) => this.fail(error));
  }

  get isOnline(): boolean {
    return this.#voice !== undefined && !this.#outage;
  }

  /** Registered and connected: other messages than a boot may be sent. */
  get isAccepted(): boolean {
    return this.isOnline && this.#boot === undefined;
  }

  /** Does something over the connection that nobody waits for. */
  background(work: (voice: Voice) => Promise<void>): void {
    const voice = this.#voice;
    if (!voice || this.#outage) return;
    work(voice).catch((error: unknown) => {
      if (error instanceof OcppError) this.#note({ kind: 'failed', action: 'background', code: error.code, attempt: 1 });
      else this.fail(error);
    });
  }

  /** Asks about a token; without a connection it is believed, and the start's answer decides later. */
  async authorize(idToken: string): Promise<boolean> {
    if (!this.#voice || !this.isAccepted) return true;
    try {
      return await this.#voice.authorize(idToken);
    } catch (error) {
      if (error instanceof OcppError) return error.code === 'ConnectionClosed' || error.code === 'TimedOut';
      throw error;
    }
  }

  goOffline(): void {
    if (this.#outage) return;
    let resume = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.#outage = { waiting, resume };
    this.#voice?.close();
  }

  goOnline(): void {
    this.#outage?.resume();
    this.#outage = undefined;
  }

  bootAgain(reason: BootReason): void {
    this.#boot = reason;
    this.#voice?.close();
  }

  /** The network fails without closing anything; the next connection is made while the old one seems open. */
  abandon(): void {
    if (!this.#socket) return;
    this.#abandoned.push(this.#socket);
    this.#socket.abandon();
  }

  /** A bug: told by `stop`. */
  fail(error: unknown): void {
    this.#bug ??= error;
  }

  async stop(): Promise<void> {
    this.#life.abort();
    this.goOnline();
    this.#voice?.close();
    for (const socket of this.#abandoned) socket.end();
    await this.#running;
    if (this.#bug !== undefined) throw this.#bug;
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#life.signal.aborted; ) {
      await this.#outage?.waiting;
      if (this.#life.signal.aborted) return;
      const voice = await this.#connect();
      if (voice) {
        attempt = 1;
        await this.#live(voice);
      } else {
        const wait = backOffMs(this.#options.backOff ?? defaultBackOff, attempt, this.#random());
        await this.#wall.delay(wait, this.#life.signal);
        attempt += 1;
      }
    }
  }

  async #connect(): Promise<Voice | undefined> {
    const { url, identity, password, tls, version, callTimeoutMs } = this.#options;
    let voice: Voice | undefined;
    try {
      await connectOcpp({
        url,
        identity,
        ...(password === undefined ? {} : { password }),
        ...(tls === undefined ? {} : { tls }),
        signal: this.#life.signal,
        versions: [
          speakerOf(version, this.#body, {
            ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
            through: (socket) => {
              this.#socket = new FaultySocket(socket, this.#faults);
              return this.#socket;
            },
            opened: (opened) => {
              voice = opened;
            },
          }),
        ],
      });
      return voice;
    } catch (error) {
      if (!(error instanceof OcppError)) throw error;
      if (!this.#life.signal.aborted) this.#note({ kind: 'unreachable', reason: error.message });
      return undefined;
    }
  }

  async #live(voice: Voice): Promise<void> {
    const session = new AbortController();
    const ended = voice.closed.then(() => session.abort());
    this.#voice = voice;
    this.#note({ kind: 'connected' });
    if (this.#outage || this.#life.signal.aborted) voice.close();
    await this.#register(voice, session.signal);
    if (!session.signal.aborted) {
      this.#resolveAccepted?.();
      this.#onAccepted();
      await Promise.all([this.#outbox.pump(voice, session.signal), this.#beat(voice, session.signal), ended]);
    }
    await ended;
    this.#voice = undefined;
    this.#note({ kind: 'disconnected' });
  }

  /** Sends boots until one is accepted (OCPP 1.6, 4.2); a plain reconnect needs none. */
  async #register(voice: Voice, signal: AbortSignal): Promise<void> {
    while (this.#boot && !signal.aborted) {
      let waitSeconds = OWN_BOOT_WAIT_SECONDS;
      try {
        const { status, intervalSeconds } = await voice.boot(this.#boot);
        if (status === 'Accepted') {
          this.#boot = undefined;
          this.#settings.heartbeatSeconds = intervalSeconds;
          this.#note({ kind: 'accepted' });
          return;
        }
        if (intervalSeconds > 0) waitSeconds = intervalSeconds;
      } catch (error) {
        if (!(error instanceof OcppError)) throw error;
        this.#note({ kind: 'failed', action: 'BootNotification', code: error.code, attempt: 1 });
        if (error.code === 'ConnectionClosed') return;
      }
      await this.#clock.delay(waitSeconds * 1_000, signal);
    }
  }

  async #beat(voice: Voice, signal: AbortSignal): Promise<void> {
    while (this.#settings.heartbeatSeconds > 0 && !signal.aborted) {
      await this.#clock.delay(this.#settings.heartbeatSeconds * 1_000, signal);
      if (signal.aborted) return;
      try {
        await voice.heartbeat();
      } catch (error) {
        if (!(error instanceof OcppError)) throw error;
        this.#note({ kind: 'failed', action: 'Heartbeat', code: error.code, attempt: 1 });
      }
    }
  }
}
