import { dateTime, integer, list, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { EnergyTransferModeEnumType } from './charging-needs.js';
import { GenericStatusEnumType, StatusInfoType } from './types.js';

/** Says which ways of energy transfer the CSMS allows to a transaction from now on. OCPP 2.1, Q02 */
export const NotifyAllowedEnergyTransfer = action.call({
  name: 'NotifyAllowedEnergyTransfer',
  from: 'csms',
  request: object({
    transactionId: text(36),
    allowedEnergyTransfer: list(EnergyTransferModeEnumType, { minItems: 1 }),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Passes on a signal of the grid operator for automatic frequency restoration. OCPP 2.1, Q08 */
export const AFRRSignal = action.call({
  name: 'AFRRSignal',
  from: 'csms',
  request: object({
    timestamp: dateTime,
    signal: integer(),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});
