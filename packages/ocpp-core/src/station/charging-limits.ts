import type { Version } from '../action.js';
import {
  type CompositePeriod,
  type CompositeRequest,
  compositeSchedule,
  conflictsOf,
  type Profile,
  type Purpose,
  withProfile,
} from '../smart-charging/index.js';
import type { StationClock } from './clock.js';
import type { Connector } from './connector.js';

/** So far ahead the limits are worked out before they are worked out again. */
const HORIZON_SECONDS = 86_400;

/** What the station is built for. */
export interface Hardware {
  readonly voltage: number;
  readonly phases: number;
  /** The most that one connector carries, whole watts. */
  readonly maxW: number;
}

/** Which profiles are meant; what is left out fits all. */
export interface ProfileFilter {
  readonly id?: number;
  readonly evseId?: number;
  readonly purpose?: Purpose;
  readonly stackLevel?: number;
}

/** The charging profiles of a station, and the limits that follow from them, kept up as time goes on. */
export class ChargingLimits {
  readonly #version: Version;
  readonly #clock: StationClock;
  readonly #hardware: Hardware;
  readonly #connectors: readonly Connector[];
  readonly #changed: () => void;
  readonly #life: AbortSignal;
  #profiles: readonly Profile[] = [];
  #round: AbortController | undefined;

  constructor(parts: {
    version: Version;
    clock: StationClock;
    hardware: Hardware;
    connectors: readonly Connector[];
    changed: () => void;
    life: AbortSignal;
  }) {
    this.#version = parts.version;
    this.#clock = parts.clock;
    this.#hardware = parts.hardware;
    this.#connectors = parts.connectors;
    this.#changed = parts.changed;
    this.#life = parts.life;
  }

  get profiles(): readonly Profile[] {
    return this.#profiles;
  }

  /** Installs a profile; false when it conflicts, or its transaction does not run. */
  set(profile: Profile): boolean {
    const connector = this.#connectors[profile.evseId - 1];
    if (profile.evseId !== 0 && !connector) return false;
    if (conflictsOf(profile, this.#profiles, this.#version).length > 0) return false;
    if (profile.purpose === 'tx') {
      const running = connector?.transaction;
      const name = running && (this.#version === '1.6' ? String(running.givenId) : running.key);
      if (!running || (profile.transactionId !== undefined && profile.transactionId !== name)) return false;
    }
    this.#profiles = withProfile(profile, this.#profiles, this.#version);
    this.apply();
    return true;
  }

  /** Removes profiles; false when none was meant. */
  clear({ id, evseId, purpose, stackLevel }: ProfileFilter): boolean {
    const meant = (profile: Profile) =>
      (id ?? profile.id) === profile.id &&
      (evseId ?? profile.evseId) === profile.evseId &&
      (purpose ?? profile.purpose) === profile.purpose &&
      (stackLevel ?? profile.stackLevel) === profile.stackLevel;
    const left = this.#profiles.filter((profile) => !meant(profile));
    const removed = left.length < this.#profiles.length;
    this.#profiles = left;
    if (removed) this.apply();
    return removed;
  }

  /** The end of a transaction takes its profiles along. */
  ended(connector: Connector): void {
    this.#profiles = this.#profiles.filter(({ purpose, evseId }) => purpose !== 'tx' || evseId !== connector.id);
    this.apply();
  }

  /** The limits that result for one EVSE, or for the station (0); undefined for an EVSE that is not there. */
  composite(evseId: number, durationSeconds: number, unit: 'A' | 'W'): readonly CompositePeriod[] | undefined {
    const connector = this.#connectors[evseId - 1];
    if (evseId !== 0 && !connector) return undefined;
    return compositeSchedule(this.#request(evseId, connector, Math.min(durationSeconds, HORIZON_SECONDS), unit));
  }

  /** Works the limits out anew from now on. */
  apply(): void {
    this.#round?.abort();
    const round = new AbortController();
    this.#round = round;
    if (this.#profiles.length === 0 && this.#connectors.every(({ limitW }) => limitW === this.#hardware.maxW)) return;
    void this.#follow(AbortSignal.any([round.signal, this.#life]));
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = this.#clock.now();
      let nextSeconds = HORIZON_SECONDS;
      for (const connector of this.#connectors) {
        const [first, second] = compositeSchedule(this.#request(connector.id, connector, HORIZON_SECONDS, 'W'));
        connector.advance(now);
        connector.limitW = first ? Math.floor(first.limitMilli / 1_000) : this.#hardware.maxW;
        nextSeconds = Math.min(nextSeconds, second?.startSeconds ?? HORIZON_SECONDS);
      }
      this.#changed();
      if (this.#profiles.length === 0) return;
      await this.#clock.delay(nextSeconds * 1_000, signal);
    }
  }

  #request(evseId: number, connector: Connector | undefined, durationSeconds: number, unit: 'A' | 'W'): CompositeRequest {
    const { voltage, phases, maxW } = this.#hardware;
    const watts = evseId === 0 ? maxW * this.#connectors.length : maxW;
    const running = connector?.transaction;
    const name = running && (this.#version === '1.6' ? String(running.givenId) : running.key);
    return {
      profiles: this.#profiles,
      evseId,
      from: this.#clock.now(),
      durationSeconds,
      unit,
      voltage,
      phases,
      hardwareMilli: unit === 'W' ? watts * 1_000 : Math.floor((watts * 1_000) / (voltage * phases)),
      ...(running && name !== undefined ? { transaction: { id: name, startedAt: running.startedAt } } : {}),
    };
  }
}
