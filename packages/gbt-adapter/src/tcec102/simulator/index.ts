// A simulated T/CEC 102 partner, for tests, demonstrations and whoever builds a hub.
export { ManualTime, type SimTime, timeFrom, wallTime } from '../../simulation/time.js';
export { FAULTS, type PartnerFault } from './faults.js';
export { addsUp, type Bill, billOf, type Order } from './order.js';
export { type PartnerOptions, SimulatedPartner, type Trip } from './partner.js';
export { compareOrders } from './reconcile.js';
export { makeStations, POLICY, type Policy, type Station } from './world.js';
