import { dateTime, type Infer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { TariffType } from './tariff-types.js';
import { StatusInfoType } from './types.js';

/** OCPP 2.1, I10 */
export const ClearTariffsResultType = object({
  statusInfo: optional(StatusInfoType),
  tariffId: optional(text(60)),
  status: oneOf('Accepted', 'Rejected', 'NoTariff'),
});
export type ClearTariffsResultType = Infer<typeof ClearTariffsResultType>;

/** OCPP 2.1, I09 */
export const TariffAssignmentType = object({
  tariffId: text(60),
  tariffKind: oneOf('DefaultTariff', 'DriverTariff'),
  validFrom: optional(dateTime),
  evseIds: optional(list(natural, { minItems: 1 })),
  idTokens: optional(list(text(255), { minItems: 1 })),
});
export type TariffAssignmentType = Infer<typeof TariffAssignmentType>;

/** Tells the driver at the station what the transaction costs so far. OCPP 2.1, I02 */
export const CostUpdated = action.call({
  name: 'CostUpdated',
  from: 'csms',
  request: object({
    totalCost: number(),
    transactionId: text(36),
  }),
  response: object({}),
});

/** Sets the tariff for drivers that bring none of their own. OCPP 2.1, I07 */
export const SetDefaultTariff = action.call({
  name: 'SetDefaultTariff',
  from: 'csms',
  request: object({
    evseId: natural,
    tariff: TariffType,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'TooManyElements', 'ConditionNotSupported', 'DuplicateTariffId'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Asks which tariffs an EVSE holds; EVSE 0 means all. OCPP 2.1, I09 */
export const GetTariffs = action.call({
  name: 'GetTariffs',
  from: 'csms',
  request: object({
    evseId: natural,
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'NoTariff'),
    statusInfo: optional(StatusInfoType),
    tariffAssignments: optional(list(TariffAssignmentType, { minItems: 1 })),
  }),
});

/** Without ids every tariff is meant. OCPP 2.1, I10 */
export const ClearTariffs = action.call({
  name: 'ClearTariffs',
  from: 'csms',
  request: object({
    tariffIds: optional(list(text(60), { minItems: 1 })),
    evseId: optional(natural),
  }),
  response: object({
    clearTariffsResult: list(ClearTariffsResultType, { minItems: 1 }),
  }),
});

/** Replaces the tariff of a running transaction. OCPP 2.1, I11 */
export const ChangeTransactionTariff = action.call({
  name: 'ChangeTransactionTariff',
  from: 'csms',
  request: object({
    tariff: TariffType,
    transactionId: text(36),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'TooManyElements', 'ConditionNotSupported', 'TxNotFound', 'NoCurrencyChange'),
    statusInfo: optional(StatusInfoType),
  }),
});
