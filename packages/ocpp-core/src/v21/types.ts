import { dateTime, type Infer, integer, list, natural, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { AuthorizationStatusEnumType, HashAlgorithmEnumType } from '../v201/types.js';

// Unchanged since 2.0.1.
export {
  AuthorizationStatusEnumType,
  CertificateHashDataType,
  GenericDeviceModelStatusEnumType,
  GenericStatusEnumType,
  HashAlgorithmEnumType,
} from '../v201/types.js';

/** Why an answer is what it is. OCPP 2.1, part 2, appendix 5 */
export const StatusInfoType = object({
  reasonCode: text(20),
  additionalInfo: optional(text(1_024)),
});
export type StatusInfoType = Infer<typeof StatusInfoType>;

/** After so many seconds, or so many values. OCPP 2.1, N11 */
export const PeriodicEventStreamParamsType = object({
  interval: optional(natural),
  values: optional(natural),
});
export type PeriodicEventStreamParamsType = Infer<typeof PeriodicEventStreamParamsType>;

/** Another name that goes with a token. OCPP 2.1, C01 */
export const AdditionalInfoType = object({
  additionalIdToken: text(255),
  type: text(50),
});
export type AdditionalInfoType = Infer<typeof AdditionalInfoType>;

/** Names a token or contract; compared without regard to case. OCPP 2.1, C01 */
export const IdTokenType = object({
  additionalInfo: optional(list(AdditionalInfoType, { minItems: 1 })),
  idToken: text(255),
  type: text(20),
});
export type IdTokenType = Infer<typeof IdTokenType>;

/** Names a certificate and where to ask about it. OCPP 2.1, C07 and M06 */
export const OCSPRequestDataType = object({
  hashAlgorithm: HashAlgorithmEnumType,
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
  responderURL: text(2_000),
});
export type OCSPRequestDataType = Infer<typeof OCSPRequestDataType>;

/** A text for a driver, with its format and language (RFC 5646). OCPP 2.1, O01 */
export const MessageContentType = object({
  format: oneOf('ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE'),
  language: optional(text(8)),
  content: text(1_024),
});
export type MessageContentType = Infer<typeof MessageContentType>;

/** What the CSMS says about a token. OCPP 2.1, C01 */
export const IdTokenInfoType = object({
  status: AuthorizationStatusEnumType,
  cacheExpiryDateTime: optional(dateTime),
  chargingPriority: optional(integer()),
  groupIdToken: optional(IdTokenType),
  language1: optional(text(8)),
  language2: optional(text(8)),
  evseId: optional(list(natural, { minItems: 1 })),
  personalMessage: optional(MessageContentType),
});
export type IdTokenInfoType = Infer<typeof IdTokenInfoType>;

/** Names an EVSE, and maybe a connector of it. OCPP 2.1, G01 */
export const EVSEType = object({
  id: natural,
  connectorId: optional(natural),
});
export type EVSEType = Infer<typeof EVSEType>;
