export type { BackOff } from '../websocket/keep.js';
export { type ManualClock, manualClock, type StationClock, stationClock } from './clock.js';
export type { Activity, Transaction, Vehicle } from './connector.js';
export type { Journal, JournalEntry } from './journal.js';
export { Meter, wattHours } from './meter.js';
export type { StationOptions } from './options.js';
export type { RetryRule } from './outbox.js';
export { type SimulatedStation, type Started, startStation } from './station.js';
export type { ConnectorState, StationFacts } from './voice.js';
