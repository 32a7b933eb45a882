// A simulated 云快充 pile, for tests, demonstrations and whoever writes a platform.

export { ManualTime, type SimTime, timeFrom, wallTime } from '../../simulation/time.js';
export { FAULTS, type PileFault } from './faults.js';
export type { Gun } from './gun.js';
export type { Lock } from './lock.js';
export type { BillingModel } from './meter.js';
export type { Order, PileRecord, StartedBy, Vehicle } from './order.js';
export { type Pace, type PileOptions, SimulatedPile } from './pile.js';
