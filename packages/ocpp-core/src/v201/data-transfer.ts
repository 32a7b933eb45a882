import { anything, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { object } from './object.js';
import { StatusInfoType } from './types.js';

/** What the standard does not provide for. OCPP 2.0.1, P01 and P02 */
export const DataTransfer = action.call({
  name: 'DataTransfer',
  from: 'either',
  request: object({
    messageId: optional(text(50)),
    data: optional(anything),
    vendorId: text(255),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId'),
    statusInfo: optional(StatusInfoType),
    data: optional(anything),
  }),
});
