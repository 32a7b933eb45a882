// The 15 interfaces of T/CEC 102-2016: `import * as interfaces` is the registry.
export {
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStopChargeResult,
  queryEquipAuth,
  queryEquipBusinessPolicy,
  queryEquipChargeStatus,
  queryStartCharge,
  queryStopCharge,
} from './charging.js';
export { checkChargeOrders, notificationChargeOrderInfo } from './orders.js';
export { notificationStationStatus, queryStationStats, queryStationStatus, queryStationsInfo } from './stations.js';
export { queryToken } from './token.js';
