import { dateTime, type Infer, integer, oneOf, optional } from '../schema.js';
import { object } from './object.js';

/** In Wh, A and V. OCPP 2.0.1, K15 */
export const ACChargingParametersType = object({
  energyAmount: integer(),
  evMinCurrent: integer(),
  evMaxCurrent: integer(),
  evMaxVoltage: integer(),
});
export type ACChargingParametersType = Infer<typeof ACChargingParametersType>;

/** In A, V, W, Wh and percent. OCPP 2.0.1, K15 */
export const DCChargingParametersType = object({
  evMaxCurrent: integer(),
  evMaxVoltage: integer(),
  energyAmount: optional(integer()),
  evMaxPower: optional(integer()),
  stateOfCharge: optional(integer({ minimum: 0, maximum: 100 })),
  evEnergyCapacity: optional(integer()),
  fullSoC: optional(integer({ minimum: 0, maximum: 100 })),
  bulkSoC: optional(integer({ minimum: 0, maximum: 100 })),
});
export type DCChargingParametersType = Infer<typeof DCChargingParametersType>;

/** What a vehicle asks for. OCPP 2.0.1, K15 */
export const ChargingNeedsType = object({
  acChargingParameters: optional(ACChargingParametersType),
  dcChargingParameters: optional(DCChargingParametersType),
  requestedEnergyTransfer: oneOf('DC', 'AC_single_phase', 'AC_two_phase', 'AC_three_phase'),
  departureTime: optional(dateTime),
});
export type ChargingNeedsType = Infer<typeof ChargingNeedsType>;
