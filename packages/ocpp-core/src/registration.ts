import type { AnyAction } from './action.js';
import { OcppError } from './errors.js';

/** Sees what passes an endpoint and bars messages that may not come yet. */
export interface Gate {
  /** The error with which a message is refused before its handler, or undefined. */
  admit(action: AnyAction): OcppError | undefined;
  /** A message of the peer's was answered so. */
  answered(action: AnyAction, answer: unknown): void;
  /** A message of ours goes out. */
  asked(action: AnyAction, request: unknown): void;
}

/** Whether the central system has accepted a station; `unknown` before its first boot. */
export type RegistrationStatus = 'unknown' | 'Accepted' | 'Pending' | 'Rejected';

/**
 * Refuses with SecurityError what a station sends before it was accepted, but for what it was asked to send (OCPP 2.0.1,
 * B01.FR.10, B02; 1.6, 4.2). Starts with the last known status, since a station that reconnects does not boot again.
 */
export class Registration implements Gate {
  #status: RegistrationStatus;
  readonly #changed: ((status: RegistrationStatus) => void) | undefined;
  readonly #asked = new Set<string>();

  constructor(status: RegistrationStatus = 'unknown', changed?: (status: RegistrationStatus) => void) {
    this.#status = status;
    this.#changed = changed;
  }

  get status(): RegistrationStatus {
    return this.#status;
  }

  admit({ name, version }: AnyAction): OcppError | undefined {
    if (this.#status === 'Accepted' || name === 'BootNotification') return undefined;
    // 1.6 leaves it open whether a station that never booted here may go on; one that reconnects need not boot.
    if (this.#status === 'unknown' && version === '1.6') return undefined;
    if (this.#status === 'Pending' && this.#asked.has(name)) return undefined;
    return new OcppError('SecurityError', 'the station is not accepted yet');
  }

  answered({ name }: AnyAction, answer: unknown): void {
    if (name !== 'BootNotification') return;
    const status = wordIn(answer, 'status');
    if (status !== 'Accepted' && status !== 'Pending' && status !== 'Rejected') return;
    this.#status = status;
    this.#changed?.(status);
    if (status === 'Accepted') this.#asked.clear();
  }

  asked({ name }: AnyAction, request: unknown): void {
    if (name === 'TriggerMessage' || name === 'ExtendedTriggerMessage') {
      const message = wordIn(request, 'requestedMessage');
      if (message === 'SignChargePointCertificate' || message?.startsWith('Sign')) this.#asked.add('SignCertificate');
      else if (message !== undefined) this.#asked.add(message);
    } else if (name === 'GetBaseReport' || name === 'GetReport') this.#asked.add('NotifyReport');
  }
}

function wordIn(payload: unknown, field: string): string | undefined {
  if (typeof payload !== 'object' || payload === null || !(field in payload)) return undefined;
  const value: unknown = Reflect.get(payload, field);
  return typeof value === 'string' ? value : undefined;
}
