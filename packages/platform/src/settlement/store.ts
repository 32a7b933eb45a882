import type { Sql } from '../edges/sql.js';
import { actionStore } from './store/actions.js';
import { bulkStore } from './store/bulk.js';
import { cdrListStore } from './store/cdr-lists.js';
import { cdrStore } from './store/cdrs.js';
import { ledgerStore } from './store/ledger.js';
import { normalisedStore } from './store/normalised.js';
import { periodStore } from './store/periods.js';
import { sealStore } from './store/seals.js';
import { statementStore } from './store/statements.js';

export type SettlementStore = ReturnType<typeof createStore>;

/** Everything that settlement keeps. Each query names the operator. */
export function createStore(sql: Sql) {
  return {
    ...cdrStore(sql),
    ...cdrListStore(sql),
    ...actionStore(sql),
    ...bulkStore(sql),
    ...normalisedStore(sql),
    ...ledgerStore(sql),
    ...periodStore(sql),
    ...sealStore(sql),
    ...statementStore(sql),
  };
}
