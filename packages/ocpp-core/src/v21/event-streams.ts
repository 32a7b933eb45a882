import { dateTime, type Infer, list, natural, number, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { GenericStatusEnumType, PeriodicEventStreamParamsType, StatusInfoType } from './types.js';

/** OCPP 2.1, N12 */
export const ConstantStreamDataType = object({
  id: natural,
  params: PeriodicEventStreamParamsType,
  variableMonitoringId: natural,
});
export type ConstantStreamDataType = Infer<typeof ConstantStreamDataType>;

/** OCPP 2.1, N15 */
export const StreamDataElementType = object({
  t: number(),
  v: text(2_500),
});
export type StreamDataElementType = Infer<typeof StreamDataElementType>;

/** Announces a stream of one variable’s values. OCPP 2.1, N11 */
export const OpenPeriodicEventStream = action.call({
  name: 'OpenPeriodicEventStream',
  from: 'station',
  request: object({
    constantStreamData: ConstantStreamDataType,
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Changes how often a stream sends. OCPP 2.1, N14 */
export const AdjustPeriodicEventStream = action.call({
  name: 'AdjustPeriodicEventStream',
  from: 'csms',
  request: object({
    id: natural,
    params: PeriodicEventStreamParamsType,
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks which streams are open. OCPP 2.1, N12 */
export const GetPeriodicEventStream = action.call({
  name: 'GetPeriodicEventStream',
  from: 'csms',
  request: object({}),
  response: object({
    constantStreamData: optional(list(ConstantStreamDataType, { minItems: 1 })),
  }),
});

/** OCPP 2.1, N13 */
export const ClosePeriodicEventStream = action.call({
  name: 'ClosePeriodicEventStream',
  from: 'station',
  request: object({
    id: natural,
  }),
  response: object({}),
});

/** Values of a stream; sent, and never answered. `t` is in seconds from `basetime`. OCPP 2.1, N15 */
export const NotifyPeriodicEventStream = action.send({
  name: 'NotifyPeriodicEventStream',
  from: 'station',
  request: object({
    data: list(StreamDataElementType, { minItems: 1 }),
    id: natural,
    pending: natural,
    basetime: dateTime,
  }),
});
