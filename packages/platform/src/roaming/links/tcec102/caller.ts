import { TcecError } from '@evroam/gbt-adapter/tcec102';
import type { Logger } from '../../../edges/log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { NewId } from '../../../kernel/ids.js';
import type { PartyId, TradeRole } from '../../../model/party.js';
import type { CommandResult, Message, Reply } from '../../message.js';
import type { Partner } from '../../partner.js';
import type { ChargingPort, StationsPort, TariffsPort, UsersPort } from '../../ports.js';
import type { RoamingStore } from '../../store.js';
import type { TcecPeer } from '../../tcec.js';
import type { Prices } from './prices.js';

/** What answering a partner takes. */
export interface AnswerNeeds {
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  users: UsersPort;
  tariffs: TariffsPort;
  prices: Prices;
  route(message: Message): Promise<Reply>;
  heardResult(operatorId: Partner['operatorId'], commandId: string, result: CommandResult, from: PartyId): Promise<boolean>;
  clock: Clock;
  newId: NewId;
  log: Logger;
}

/** Who calls: a partner that was proved to be it. */
export interface Caller {
  partner: Partner;
  peer: TcecPeer;
}

export type CallerOf = (theirId: string) => Promise<Caller>;

/** The partner's party on that side. Who has none asks for what it was not invited to. */
export function partyOf({ partner }: Caller, role: TradeRole): PartyId {
  const party = partner.parties.find((one) => one.role === role)?.party;
  if (!party)
    throw new TcecError(
      'Parameters',
      role === 'cpo' ? 'you are not connected as an operator of piles' : 'you are not connected as a home of drivers',
    );
  return party;
}
