import { type AnyAction, OcppError, type Registry, tableOf } from '@evroam/ocpp-core';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import type { CommandAnswer, CompositeSchedule, StationCommand } from '../../model/station-command.js';
import type { StationLink } from '../driver.js';

/** Wall time that a station has to answer a command. */
const ANSWER_MS = 20_000;

/** A command in the words of a protocol, not yet checked against its schema. */
export interface Call {
  action: string;
  payload: object;
  /** What the answer says, where it is not in a `status`. */
  read?: (answer: unknown) => CommandAnswer['outcome'];
  /** The schedule that the answer carries; the endpoint has checked it by then. */
  schedule?: (answer: unknown) => CompositeSchedule | undefined;
}

/** The end of a connection, of whatever version: what it is asked to send was looked up in the messages that it speaks. */
interface Caller {
  call(action: AnyAction, request: never, options: { timeoutMs: number }): Promise<unknown>;
  close(code: number, reason: string): void;
}

/** How commands are carried over connections of one version. */
export interface Speech {
  protocol: string;
  actions: Registry;
  toCall: (command: StationCommand) => Call | undefined;
}

/** Commands over one connection: the endpoint checks every payload against the message's schema before it is sent. */
export class OcppLink implements StationLink {
  readonly operatorId: OperatorId;
  readonly stationId: StationId;
  readonly #caller: Caller;
  readonly #speech: Speech;

  constructor({ operatorId, stationId }: Pick<StationLink, 'operatorId' | 'stationId'>, caller: Caller, speech: Speech) {
    this.operatorId = operatorId;
    this.stationId = stationId;
    this.#caller = caller;
    this.#speech = speech;
  }

  get protocol(): string {
    return this.#speech.protocol;
  }

  close(reason: string): void {
    this.#caller.close(1008, reason);
  }

  async ask(command: StationCommand): Promise<CommandAnswer> {
    const { actions, toCall } = this.#speech;
    const call = toCall(command);
    const action = call && tableOf(actions).get(call.action);
    if (!call || !action) return { outcome: 'notSupported' };
    try {
      const details = await this.#caller.call(action, call.payload as never, { timeoutMs: ANSWER_MS });
      const schedule = call.schedule?.(details);
      return { outcome: (call.read ?? outcomeIn)(details), details, ...(schedule ? { schedule } : {}) };
    } catch (error) {
      if (!(error instanceof OcppError)) throw error;
      return { outcome: outcomeOf(error), details: { code: error.code, description: error.message } };
    }
  }
}

/** Words that stand for a no; every other status means that the station does it, or will. */
const REFUSALS = new Set([
  'Rejected',
  'Failed',
  'Faulted',
  'Occupied',
  'Unavailable',
  'UnlockFailed',
  'OngoingAuthorizedTransaction',
  'UnknownConnector',
  'VersionMismatch',
  'Unknown',
  'NotFound',
  'InvalidCertificate',
  'RevokedCertificate',
  'NoProfiles',
]);
const UNSUPPORTED = new Set(['NotSupported', 'NotImplemented', 'UnknownVendorId', 'UnknownMessageId']);

function outcomeIn(answer: unknown): CommandAnswer['outcome'] {
  const status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : undefined;
  if (typeof status !== 'string') return 'accepted';
  if (UNSUPPORTED.has(status)) return 'notSupported';
  return REFUSALS.has(status) ? 'rejected' : 'accepted';
}

function outcomeOf(error: OcppError): CommandAnswer['outcome'] {
  if (error.fromPeer) return error.code === 'NotImplemented' || error.code === 'NotSupported' ? 'notSupported' : 'rejected';
  // Nobody knows whether the station heard it: the outcome is unknown, not a failure.
  if (error.code === 'ConnectionClosed' || error.code === 'TimedOut') return 'unknown';
  // What we wanted to send does not fit the protocol.
  return 'rejected';
}
