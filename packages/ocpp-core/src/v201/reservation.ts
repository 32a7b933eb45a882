import { dateTime, integer, oneOf, optional } from '../schema.js';
import { action } from './action.js';
import { object } from './object.js';
import { IdTokenType, StatusInfoType } from './types.js';

/** OCPP 2.0.1, H01 */
export const ConnectorEnumType = oneOf(
  'cCCS1',
  'cCCS2',
  'cG105',
  'cTesla',
  'cType1',
  'cType2',
  's309-1P-16A',
  's309-1P-32A',
  's309-3P-16A',
  's309-3P-32A',
  'sBS1361',
  'sCEE-7-7',
  'sType2',
  'sType3',
  'Other1PhMax16A',
  'Other1PhOver16A',
  'Other3Ph',
  'Pan',
  'wInductive',
  'wResonant',
  'Undetermined',
  'Unknown',
);

/** The same id again replaces the reservation. OCPP 2.0.1, H01 */
export const ReserveNow = action.call({
  name: 'ReserveNow',
  from: 'csms',
  request: object({
    id: integer(),
    expiryDateTime: dateTime,
    connectorType: optional(ConnectorEnumType),
    idToken: IdTokenType,
    evseId: optional(integer()),
    groupIdToken: optional(IdTokenType),
  }),
  response: object({
    status: oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** OCPP 2.0.1, H02 */
export const CancelReservation = action.call({
  name: 'CancelReservation',
  from: 'csms',
  request: object({
    reservationId: integer(),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** A reservation ended by itself: it expired or was removed. OCPP 2.0.1, H01 and H04 */
export const ReservationStatusUpdate = action.call({
  name: 'ReservationStatusUpdate',
  from: 'station',
  request: object({
    reservationId: integer(),
    reservationUpdateStatus: oneOf('Expired', 'Removed'),
  }),
  response: object({}),
});
