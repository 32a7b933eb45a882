import {
  type BodyOf,
  CardClear,
  CardSync,
  type Frame,
  ReadRealtimeData,
  Reboot,
  RemoteStop,
  V1_FRAMES,
  WorkParameters,
  type YkcEndpoint,
  YkcError,
} from '@evroam/gbt-adapter/ykc';
import type { CommandAnswer, StationCommand } from '../../../model/station-command.js';
import { gunText, NO_CARD, toPhysicalCard } from './translate.js';

/** Wall time that a pile has to answer a command. */
const ANSWER_MS = 20_000;
const FULL_POWER_PERCENT = 100;
/** 0x44 has room for so many cards. */
const CARDS_PER_FRAME = 15;
const NOT_SUPPORTED: CommandAnswer = { outcome: 'notSupported' };

type Line = YkcEndpoint<'platform'>;

/** What a pile makes of a command that needs no trade number; a start is asked by the line itself. */
export function asker(line: Line, pileCode: string, guns: number) {
  const call = <B>(frame: Frame<'platform', B>, body: B): Promise<unknown> =>
    line.call(frame as Frame<'platform'>, body as never, { timeoutMs: ANSWER_MS });

  async function said(asked: Promise<unknown>, isYes = (answer: Answer) => answer.result === 1): Promise<CommandAnswer> {
    const details = await asked;
    return { outcome: isYes((details ?? {}) as Answer) ? 'accepted' : 'rejected', details };
  }

  return function ask(command: Exclude<StationCommand, { kind: 'start' }>): Promise<CommandAnswer> {
    return carried(() => {
      switch (command.kind) {
        case 'stop':
          return said(call(RemoteStop, { pileCode, gunNo: command.transactionKey.slice(14, 16) }));
        case 'reset':
          return command.connectorNumber === undefined ? said(call(Reboot, { pileCode, when: command.hard ? 1 : 2 })) : NOT_SUPPORTED;
        case 'availability': {
          // A pile is locked out whole. V1.6, 10.2
          if (command.connectorNumber !== undefined && command.connectorNumber !== 0 && guns > 1) return NOT_SUPPORTED;
          const parameters: BodyOf<typeof WorkParameters> = {
            pileCode,
            lockOut: command.operative ? 0 : 1,
            maxPowerPct: FULL_POWER_PERCENT,
          };
          return said(call(WorkParameters, parameters));
        }
        case 'trigger':
          return command.message === 'StatusNotification' || command.message === 'MeterValues'
            ? said(realtime(command.connectorNumber), () => true)
            : NOT_SUPPORTED;
        case 'sendLocalList':
          return cards(command.tokens);
        case 'raw': {
          const frame = V1_FRAMES.find(({ name, from }) => name === command.action && from === 'platform');
          return frame?.answer ? said(call(frame as Frame<'platform'>, { ...command.payload, pileCode }), () => true) : NOT_SUPPORTED;
        }
        default:
          return NOT_SUPPORTED;
      }
    });
  };

  function realtime(connectorNumber = 1): Promise<unknown> {
    return call(ReadRealtimeData, { pileCode, gunNo: gunText(connectorNumber || 1) });
  }

  /** Cards that may charge while the pile is offline. Only what has a card's number fits. */
  async function cards(tokens: readonly { uid: string; removed?: boolean }[]): Promise<CommandAnswer> {
    const physical = tokens.map(({ uid, removed }) => ({ physical: toPhysicalCard(uid), removed: removed === true }));
    if (physical.some((card) => card.physical === NO_CARD)) return { outcome: 'rejected', details: { reason: 'a uid is no card number' } };
    const given = physical.filter(({ removed }) => !removed).map((card) => ({ logic: NO_CARD, physical: card.physical }));
    const taken = physical.filter(({ removed }) => removed).map((card) => ({ physical: card.physical }));
    let last: CommandAnswer = { outcome: 'accepted' };
    for (const part of parts(taken)) last = await said(call(CardClear, { pileCode, cards: part }), () => true);
    for (const part of parts(given)) {
      last = await said(call(CardSync, { pileCode, cards: part }));
      if (last.outcome !== 'accepted') return last;
    }
    return last;
  }
}

interface Answer {
  result?: unknown;
}

/** Nobody knows what a pile made of a command whose answer did not come. */
export async function carried(run: () => Promise<CommandAnswer> | CommandAnswer): Promise<CommandAnswer> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof YkcError)) throw error;
    const outcome = error.code === 'Timeout' || error.code === 'Closed' ? 'unknown' : 'rejected';
    return { outcome, details: { code: error.code, description: error.message } };
  }
}

const parts = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / CARDS_PER_FRAME) }, (_, i) => all.slice(i * CARDS_PER_FRAME, (i + 1) * CARDS_PER_FRAME));
