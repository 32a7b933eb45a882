import { boolean, dateTime, integer, natural, oneOf, optional } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { ChargingNeedsType } from './charging-needs.js';
import { ChargingScheduleType } from './charging-profile.js';
import { GenericStatusEnumType, StatusInfoType } from './types.js';

/** What the vehicle asks for over ISO 15118. OCPP 2.1, K15 and K17 */
export const NotifyEVChargingNeeds = action.call({
  name: 'NotifyEVChargingNeeds',
  from: 'station',
  request: object({
    evseId: integer({ minimum: 1 }),
    maxScheduleTuples: optional(natural),
    chargingNeeds: ChargingNeedsType,
    timestamp: optional(dateTime),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Processing', 'NoChargingProfile'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** What the vehicle made of the schedule that it was offered. OCPP 2.1, K15 and K17 */
export const NotifyEVChargingSchedule = action.call({
  name: 'NotifyEVChargingSchedule',
  from: 'station',
  request: object({
    timeBase: dateTime,
    chargingSchedule: ChargingScheduleType,
    evseId: integer({ minimum: 1 }),
    selectedChargingScheduleId: optional(natural),
    powerToleranceAcceptance: optional(boolean),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});
