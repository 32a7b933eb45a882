import { dateTime, type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { GenericStatusEnumType, IdTokenType, StatusInfoType } from './types.js';

/** A battery in its slot; charge and health in percent. OCPP 2.1, S03 */
export const BatteryDataType = object({
  evseId: natural,
  serialNumber: text(50),
  soC: number({ minimum: 0, maximum: 100 }),
  soH: number({ minimum: 0, maximum: 100 }),
  productionDate: optional(dateTime),
  vendorInfo: optional(text(500)),
});
export type BatteryDataType = Infer<typeof BatteryDataType>;

/** Batteries were put in or taken out. OCPP 2.1, S01 and S03 */
export const BatterySwap = action.call({
  name: 'BatterySwap',
  from: 'station',
  request: object({
    batteryData: list(BatteryDataType, { minItems: 1 }),
    eventType: oneOf('BatteryIn', 'BatteryOut', 'BatteryOutTimeout'),
    idToken: IdTokenType,
    requestId: integer(),
  }),
  response: object({}),
});

/** Asks the station to let a driver swap. OCPP 2.1, S02 */
export const RequestBatterySwap = action.call({
  name: 'RequestBatterySwap',
  from: 'csms',
  request: object({
    idToken: IdTokenType,
    requestId: integer(),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});
