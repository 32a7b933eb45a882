import { dateTime, integer, oneOf, optional } from '../schema.js';
import { action } from './action.js';
import { ChargingNeedsType } from './charging-needs.js';
import { ChargingScheduleType } from './charging-profile.js';
import { object } from './object.js';
import { GenericStatusEnumType, StatusInfoType } from './types.js';

/** What the vehicle asks for over ISO 15118. OCPP 2.0.1, K15 and K17 */
export const NotifyEVChargingNeeds = action.call({
  name: 'NotifyEVChargingNeeds',
  from: 'station',
  request: object({
    maxScheduleTuples: optional(integer()),
    chargingNeeds: ChargingNeedsType,
    evseId: integer(),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Processing'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** What the vehicle made of the schedule that it was offered. OCPP 2.0.1, K15 and K17 */
export const NotifyEVChargingSchedule = action.call({
  name: 'NotifyEVChargingSchedule',
  from: 'station',
  request: object({
    timeBase: dateTime,
    chargingSchedule: ChargingScheduleType,
    evseId: integer(),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});
