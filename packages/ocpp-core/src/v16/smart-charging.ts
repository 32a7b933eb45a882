import { dateTime, integer, object, oneOf, optional } from '../schema.js';
import { action } from './action.js';
import { ChargingProfilePurpose, ChargingProfileType, ChargingRateUnit, ChargingScheduleType } from './types.js';

/** What is left out fits every profile. OCPP 1.6, 5.5 */
export const ClearChargingProfile = action.call({
  name: 'ClearChargingProfile',
  from: 'csms',
  request: object({
    id: optional(integer()),
    connectorId: optional(integer()),
    chargingProfilePurpose: optional(ChargingProfilePurpose),
    stackLevel: optional(integer()),
  }),
  response: object({ status: oneOf('Accepted', 'Unknown') }),
});

/** Asks for the limits that result from all profiles over the next `duration` seconds. OCPP 1.6, 5.7 */
export const GetCompositeSchedule = action.call({
  name: 'GetCompositeSchedule',
  from: 'csms',
  request: object({ connectorId: integer(), duration: integer(), chargingRateUnit: optional(ChargingRateUnit) }),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    connectorId: optional(integer()),
    scheduleStart: optional(dateTime),
    chargingSchedule: optional(ChargingScheduleType),
  }),
});

/** A profile with the id, or the stack level and purpose, of an earlier one replaces it. OCPP 1.6, 5.16 */
export const SetChargingProfile = action.call({
  name: 'SetChargingProfile',
  from: 'csms',
  request: object({ connectorId: integer(), csChargingProfiles: ChargingProfileType }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'NotSupported') }),
});
