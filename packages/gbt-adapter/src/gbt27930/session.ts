import { type CanFrame, type Sender, senderOf, splitId } from './can.js';
import { Gbt27930Error } from './errors.js';
import { bodyOf, type DecodedMessage, decodeFrame, decodePayload, type Message, messageOf } from './message.js';
import { BCP, BCS, BEM, BRM, BSD, BST, CEM, CHM, CSD, CST, MESSAGES } from './messages.js';
import { type Outcome, TransportMonitor } from './monitor.js';
import { readTransport } from './transport.js';

/** The stages of a session in their order. GB/T 27930-2015, clause 8 */
export const PHASES = ['handshake', 'identification', 'configuration', 'charging', 'ending'] as const;
export type Phase = (typeof PHASES)[number];

const PHASE_OF: Readonly<Record<string, Phase>> = {
  CHM: 'handshake',
  BHM: 'handshake',
  CRM: 'identification',
  BRM: 'identification',
  ...Object.fromEntries(['BCP', 'CTS', 'CML', 'BRO', 'CRO'].map((name) => [name, 'configuration'])),
  ...Object.fromEntries(['BCL', 'BCS', 'CCS', 'BSM', 'BMV', 'BMT', 'BSP'].map((name) => [name, 'charging'])),
  ...Object.fromEntries(['BST', 'CST', 'BSD', 'CSD'].map((name) => [name, 'ending'])),
};

/** What a session cannot do without, in its order; BST or CST is not among them, for one of the two is enough. GB/T 27930-2015, clause 8 */
const ORDER = ['CHM', 'BHM', 'CRM', 'BRM', 'BCP', 'CML', 'BRO', 'CRO', 'BCL', 'BCS', 'CCS', 'BSD', 'CSD'] as const;

/** Why a session ended: who said so first, and what it named. `silence`: the capture simply stops; the reason is what was due next. */
export interface End {
  readonly by: Sender | undefined;
  readonly cause: 'stop' | 'timeout' | 'transport' | 'silence';
  readonly reasons: readonly string[];
  /** Both ends gave their statistics. */
  readonly isComplete: boolean;
}

/** Which edition the two speak: 2011 has no CHM; a version other than 1.0 and 1.1 is 2023 or later, which has no public tables. */
export type Edition = '2011' | '2015' | 'unsupported' | 'unknown';

export interface SessionSummary {
  readonly edition: Edition;
  readonly protocolVersion: string | undefined;
  /** Every change of phase in its order; a session that starts over shows it. */
  readonly phases: readonly Phase[];
  readonly phase: Phase | undefined;
  readonly end: End;
  readonly vin: string | undefined;
  readonly startSocPct: number | undefined;
  readonly endSocPct: number | undefined;
  readonly energyKWh: number | undefined;
  readonly messages: Readonly<Record<string, number>>;
  readonly transportFailures: readonly Exclude<Outcome, { outcome: 'complete' }>[];
  /** Frames of other control units on the same bus. */
  readonly foreignFrames: number;
  readonly errors: readonly string[];
}

/** What one frame told. */
export interface Heard {
  readonly decoded?: DecodedMessage;
  readonly phase?: Phase;
  readonly transfer?: Exclude<Outcome, { outcome: 'complete' }>;
  readonly error?: Gbt27930Error;
}

const MOST_ERRORS = 20;

/** Follows one session frame by frame: from a live bus or a capture. */
export class SessionTracker {
  readonly #messages: readonly Message[];
  readonly #monitor = new TransportMonitor();
  readonly #counts = new Map<string, number>();
  readonly #phases: Phase[] = [];
  readonly #failures: Exclude<Outcome, { outcome: 'complete' }>[] = [];
  readonly #errors: string[] = [];
  #version: string | undefined;
  #vin: string | undefined;
  #startSoc: number | undefined;
  #endSoc: number | undefined;
  #energy: number | undefined;
  #stop: { by: Sender; reasons: readonly string[] } | undefined;
  #timeout: { by: Sender; reasons: readonly string[] } | undefined;
  #foreign = 0;

  constructor(messages: readonly Message[] = MESSAGES) {
    this.#messages = messages;
  }

  get phase(): Phase | undefined {
    return this.#phases.at(-1);
  }

  /** Hears one frame. A frame that is wrong is told in `error`; it ends nothing. */
  hear(frame: CanFrame): Heard {
    const sender = senderOf(splitId(frame.id));
    if (!sender) {
      this.#foreign += 1;
      return {};
    }
    try {
      for (const outcome of this.#monitor.hear(frame)) {
        if (outcome.outcome !== 'complete') {
          this.#failures.push(outcome);
          return { transfer: outcome };
        }
        const message = messageOf(this.#messages, outcome.pgn, outcome.sender);
        if (message) return this.#note(decodePayload(message, outcome.payload), false);
      }
      const transport = readTransport(frame);
      if (transport?.kind === 'rts') return this.#announced(transport.pgn, sender);
      const decoded = decodeFrame(this.#messages, frame);
      return decoded ? this.#note(decoded, true) : {};
    } catch (error) {
      if (!(error instanceof Gbt27930Error)) throw error;
      if (this.#errors.length < MOST_ERRORS) this.#errors.push(error.message);
      return { error };
    }
  }

  summary(): SessionSummary {
    return {
      edition: this.#edition(),
      protocolVersion: this.#version,
      phases: [...this.#phases],
      phase: this.phase,
      end: this.#end(),
      vin: this.#vin,
      startSocPct: this.#startSoc,
      endSocPct: this.#endSoc,
      energyKWh: this.#energy,
      messages: Object.fromEntries(this.#counts),
      transportFailures: [...this.#failures],
      foreignFrames: this.#foreign,
      errors: [...this.#errors],
    };
  }

  /** A request to send counts as the message: what it announces says where the session is, also when it is aborted. */
  #announced(pgn: number, sender: Sender): Heard {
    const message = messageOf(this.#messages, pgn, sender);
    if (!message) return {};
    this.#enter(message);
    return this.phase ? { phase: this.phase } : {};
  }

  #enter({ name }: Message): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    const phase = PHASE_OF[name];
    if (!phase || phase === this.phase) return;
    // The last frames of a phase cross the first of the next; only a new handshake or identification leads back.
    const isBack = this.phase !== undefined && PHASES.indexOf(phase) < PHASES.indexOf(this.phase);
    if (isBack && !(name === 'CHM' || name === 'CRM')) return;
    if (isBack && name === 'CHM' && this.phase === 'identification') return;
    this.#phases.push(phase);
  }

  #note(decoded: DecodedMessage, isNew: boolean): Heard {
    if (isNew) this.#enter(decoded.message);
    this.#version ??= bodyOf(CHM, decoded)?.version ?? bodyOf(BRM, decoded)?.version;
    this.#vin ??= bodyOf(BRM, decoded)?.vin ?? undefined;
    this.#startSoc ??= bodyOf(BCP, decoded)?.socPct;
    this.#endSoc = bodyOf(BSD, decoded)?.finalSocPct ?? bodyOf(BCS, decoded)?.socPct ?? this.#endSoc;
    this.#energy = bodyOf(CSD, decoded)?.energyKWh ?? this.#energy;
    const { message, body } = decoded;
    if (message === CST || message === BST) this.#stop ??= { by: message === CST ? 'charger' : 'bms', reasons: raised(body) };
    if (message === BEM || message === CEM) this.#timeout = { by: message === BEM ? 'bms' : 'charger', reasons: raised(body) };
    return this.phase ? { decoded, phase: this.phase } : { decoded };
  }

  #edition(): Edition {
    if (this.#version !== undefined && this.#version !== '1.0' && this.#version !== '1.1') return 'unsupported';
    if (this.#counts.has('CHM') || this.#counts.has('BHM')) return '2015';
    return this.#counts.has('CRM') ? '2011' : 'unknown';
  }

  /** The first message of the standard's order that nobody sent. */
  #due(): readonly string[] {
    const missing = ORDER.find((name) => !this.#counts.has(name) && !(this.#edition() === '2011' && PHASE_OF[name] === 'handshake'));
    return missing === undefined ? [] : [`no ${missing}`];
  }

  #end(): End {
    const isComplete = this.#counts.has('BSD') && this.#counts.has('CSD');
    if (this.#stop) return { ...this.#stop, cause: 'stop', isComplete };
    if (this.#timeout) return { ...this.#timeout, cause: 'timeout', isComplete };
    const failure = this.#failures.at(-1);
    if (failure) return { by: 'by' in failure ? failure.by : failure.sender, cause: 'transport', reasons: [failure.outcome], isComplete };
    return { by: undefined, cause: 'silence', reasons: this.#due(), isComplete };
  }
}

/** Names of the flags that are set. */
function raised(body: unknown): readonly string[] {
  return Object.entries(body as Readonly<Record<string, number>>)
    .filter(([name, value]) => value === 1 && name !== 'other')
    .map(([name]) => name);
}
