import { dateTime, integer, object, oneOf, optional } from '../schema.js';
import { action } from './action.js';
import { IdToken } from './types.js';

/** OCPP 1.6, 5.1 */
export const CancelReservation = action.call({
  name: 'CancelReservation',
  from: 'csms',
  request: object({ reservationId: integer() }),
  response: object({ status: oneOf('Accepted', 'Rejected') }),
});

/** The same reservationId again replaces the reservation. OCPP 1.6, 5.13 */
export const ReserveNow = action.call({
  name: 'ReserveNow',
  from: 'csms',
  request: object({
    connectorId: integer(),
    expiryDate: dateTime,
    idTag: IdToken,
    parentIdTag: optional(IdToken),
    reservationId: integer(),
  }),
  response: object({ status: oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable') }),
});
