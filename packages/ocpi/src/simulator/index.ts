// Simulated platforms, true to the standard: for tests, demos and the command line.
export { advance, type Charging, cost, toCdr } from './charging.js';
export { type OwedCdr, openSimulatedCpo, type PlugInOptions, type SimulatedCpo, type SimulatedCpoOptions } from './cpo.js';
export {
  openSimulatedEmsp,
  type ReceivedCdr,
  type SentCommand,
  type SimulatedEmsp,
  type SimulatedEmspOptions,
  type StartOptions,
} from './emsp.js';
export { type Fault, faults } from './faults.js';
export { openSimulatedHub, type SimulatedHub, type SimulatedHubOptions, type SimulatedPartner } from './hub.js';
export type { Journal, SimulatorEvent } from './journal.js';
export type { Clock, Link, SimulatedCaller, SimulatorOptions } from './link.js';
export { numbers, type SeedOptions, seedLocations, seedTariffs, seedTokens } from './seed.js';
export { openStore, type Store } from './store.js';
