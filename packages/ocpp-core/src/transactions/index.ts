export {
  emptyJournal,
  gapsOf,
  type HeardEvent,
  hearEvent,
  isComplete,
  type TransactionEventFacts,
  type TransactionJournal,
} from './journal2x.js';
export { type Book16, type HeardStop, hearStart, hearStop, startKey, type Transaction16 } from './journal16.js';
