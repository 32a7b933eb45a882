import { dateTime, natural, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { IdTokenType, StatusInfoType } from './types.js';

/** The same id again replaces the reservation. OCPP 2.1, H01 */
export const ReserveNow = action.call({
  name: 'ReserveNow',
  from: 'csms',
  request: object({
    id: natural,
    expiryDateTime: dateTime,
    connectorType: optional(text(20)),
    idToken: IdTokenType,
    evseId: optional(natural),
    groupIdToken: optional(IdTokenType),
  }),
  response: object({
    status: oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** OCPP 2.1, H02 */
export const CancelReservation = action.call({
  name: 'CancelReservation',
  from: 'csms',
  request: object({
    reservationId: natural,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** A reservation ended by itself: it expired or was removed. OCPP 2.1, H01 and H04 */
export const ReservationStatusUpdate = action.call({
  name: 'ReservationStatusUpdate',
  from: 'station',
  request: object({
    reservationId: natural,
    reservationUpdateStatus: oneOf('Expired', 'Removed', 'NoTransaction'),
  }),
  response: object({}),
});
