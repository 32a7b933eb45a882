import type { StationId } from '../kernel/ids.js';
import type { CommandAnswer, StationCommand } from '../model/station-command.js';

/** A command on its way to a station. */
export interface Command {
  requestId: string;
  stationId: StationId;
  /** Domain time; after it nobody waits for the outcome any more. */
  deadline: Date;
  command: StationCommand;
}

/**
 * asked -> sent -> answered; sent without an answer, or with nobody who could have heard one, is in doubt: the station may have done it.
 * A command is never sent twice on its own, for a second reset or unlock is another one.
 */
export type CommandState = 'asked' | 'sent' | 'answered' | 'inDoubt';

/** A command as it is kept. */
export interface KeptCommand extends Command {
  state: CommandState;
  askedAt: Date;
  sentAt?: Date;
  answeredAt?: Date;
  answer?: CommandAnswer;
}

/** What a worker does with a command that it takes up. */
export function nextStep(state: CommandState, deadline: Date, now: Date): 'send' | 'giveUp' | 'tell' {
  if (state === 'answered' || state === 'inDoubt') return 'tell';
  // Sent already: the worker that sent it died before it heard an answer.
  return state === 'sent' || now > deadline ? 'giveUp' : 'send';
}
