import { randomInt } from 'node:crypto';
import type { Database } from '../edges/database.js';
import type { Holders } from '../edges/holder.js';
import type { Outbox } from '../edges/outbox.js';
import { type ChargingNeeds, createService } from './service.js';
import { createJournal } from './store/journal.js';
import { createStore } from './store.js';
import { createWatchers } from './watchers.js';

export { type CommandOutcome, consumers, type StartLapsed, type StationCommand } from './events.js';
export { migrations } from './migrations.js';
export type { IssuersPort, StationsPort, TariffsPort, TokensPort, TokenVerdict } from './ports.js';
export { routes } from './routes.js';
export type { ChargingService, StartWish } from './service.js';

const MAX_NUMBER = 2 ** 31 - 1;

export function createCharging(
  needs: Omit<ChargingNeeds, 'store' | 'journal' | 'holds' | 'newNumber' | 'changed'>,
  { database, holders, outbox }: { database: Database; holders: Holders; outbox: Pick<Outbox, 'statement' | 'wake'> },
) {
  const watchers = createWatchers();
  const service = createService({
    ...needs,
    store: createStore(database.sql),
    journal: createJournal({ database, outbox, clock: needs.clock }),
    holds: holders.check,
    newNumber: () => randomInt(1, MAX_NUMBER),
    changed: watchers.changed,
  });
  return { ...service, watch: watchers.watch };
}
