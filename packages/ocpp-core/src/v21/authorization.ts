import { dateTime, type Infer, integer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { EnergyTransferModeEnumType } from './charging-needs.js';
import { TariffType } from './tariff-types.js';
import { GenericStatusEnumType, IdTokenInfoType, IdTokenType, OCSPRequestDataType, StatusInfoType } from './types.js';

/** OCPP 2.1, C24 */
export const AddressType = object({
  name: text(50),
  address1: text(100),
  address2: optional(text(100)),
  city: text(100),
  postalCode: optional(text(20)),
  country: text(50),
});
export type AddressType = Infer<typeof AddressType>;

/** Asks whether a token may charge, with its certificate for Plug & Charge. OCPP 2.1, C01 and C07 */
export const Authorize = action.call({
  name: 'Authorize',
  from: 'station',
  request: object({
    idToken: IdTokenType,
    certificate: optional(text(10_000)),
    iso15118CertificateHashData: optional(list(OCSPRequestDataType, { minItems: 1, maxItems: 4 })),
  }),
  response: object({
    idTokenInfo: IdTokenInfoType,
    certificateStatus: optional(
      oneOf(
        'Accepted',
        'SignatureError',
        'CertificateExpired',
        'CertificateRevoked',
        'NoCertificateAvailable',
        'CertChainError',
        'ContractCancelled',
      ),
    ),
    allowedEnergyTransfer: optional(list(EnergyTransferModeEnumType, { minItems: 1 })),
    tariff: optional(TariffType),
  }),
});

/** Empties the station’s cache of tokens. OCPP 2.1, C11 */
export const ClearCache = action.call({
  name: 'ClearCache',
  from: 'csms',
  request: object({}),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Tells how an ad hoc payment at the station’s terminal was settled. OCPP 2.1, C24 */
export const NotifySettlement = action.call({
  name: 'NotifySettlement',
  from: 'station',
  request: object({
    transactionId: optional(text(36)),
    pspRef: text(255),
    status: oneOf('Settled', 'Canceled', 'Rejected', 'Failed'),
    statusInfo: optional(text(500)),
    settlementAmount: number(),
    settlementTime: dateTime,
    receiptId: optional(text(50)),
    receiptUrl: optional(text(2_000)),
    vatCompany: optional(AddressType),
    vatNumber: optional(text(20)),
  }),
  response: object({
    receiptUrl: optional(text(2_000)),
    receiptId: optional(text(50)),
  }),
});

/** Tells the station that a driver pays for it on a web page; it shows so for `timeout` seconds. OCPP 2.1, C25 */
export const NotifyWebPaymentStarted = action.call({
  name: 'NotifyWebPaymentStarted',
  from: 'csms',
  request: object({
    evseId: natural,
    timeout: integer(),
  }),
  response: object({}),
});

/** Asks whether a VAT number is valid and whose it is, for the invoice of an ad hoc payment. OCPP 2.1, C24 */
export const VatNumberValidation = action.call({
  name: 'VatNumberValidation',
  from: 'station',
  request: object({
    vatNumber: text(20),
    evseId: optional(natural),
  }),
  response: object({
    company: optional(AddressType),
    statusInfo: optional(StatusInfoType),
    vatNumber: text(20),
    evseId: optional(natural),
    status: GenericStatusEnumType,
  }),
});
