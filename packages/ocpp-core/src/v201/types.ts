import { dateTime, type Infer, integer, list, oneOf, optional, text } from '../schema.js';
import { object } from './object.js';

/** Another name that goes with a token. OCPP 2.0.1, C01 */
export const AdditionalInfoType = object({
  additionalIdToken: text(36),
  type: text(50),
});
export type AdditionalInfoType = Infer<typeof AdditionalInfoType>;

/** Names a token or contract; compared without regard to case. OCPP 2.0.1, C01 */
export const IdTokenType = object({
  additionalInfo: optional(list(AdditionalInfoType, { minItems: 1 })),
  idToken: text(36),
  type: oneOf('Central', 'eMAID', 'ISO14443', 'ISO15693', 'KeyCode', 'Local', 'MacAddress', 'NoAuthorization'),
});
export type IdTokenType = Infer<typeof IdTokenType>;

/** OCPP 2.0.1, C07 and M06 */
export const HashAlgorithmEnumType = oneOf('SHA256', 'SHA384', 'SHA512');

/** Names a certificate and where to ask about it. OCPP 2.0.1, C07 and M06 */
export const OCSPRequestDataType = object({
  hashAlgorithm: HashAlgorithmEnumType,
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
  responderURL: text(512),
});
export type OCSPRequestDataType = Infer<typeof OCSPRequestDataType>;

/** OCPP 2.0.1, C01 */
export const AuthorizationStatusEnumType = oneOf(
  'Accepted',
  'Blocked',
  'ConcurrentTx',
  'Expired',
  'Invalid',
  'NoCredit',
  'NotAllowedTypeEVSE',
  'NotAtThisLocation',
  'NotAtThisTime',
  'Unknown',
);

/** A text for a driver, with its format and language (RFC 5646). OCPP 2.0.1, O01 */
export const MessageContentType = object({
  format: oneOf('ASCII', 'HTML', 'URI', 'UTF8'),
  language: optional(text(8)),
  content: text(512),
});
export type MessageContentType = Infer<typeof MessageContentType>;

/** What the CSMS says about a token. OCPP 2.0.1, C01 */
export const IdTokenInfoType = object({
  status: AuthorizationStatusEnumType,
  cacheExpiryDateTime: optional(dateTime),
  chargingPriority: optional(integer()),
  language1: optional(text(8)),
  evseId: optional(list(integer(), { minItems: 1 })),
  groupIdToken: optional(IdTokenType),
  language2: optional(text(8)),
  personalMessage: optional(MessageContentType),
});
export type IdTokenInfoType = Infer<typeof IdTokenInfoType>;

/** Why an answer is what it is. OCPP 2.0.1, part 2, appendix 5 */
export const StatusInfoType = object({
  reasonCode: text(20),
  additionalInfo: optional(text(512)),
});
export type StatusInfoType = Infer<typeof StatusInfoType>;

/** Names an EVSE, and maybe a connector of it. OCPP 2.0.1, G01 */
export const EVSEType = object({
  id: integer(),
  connectorId: optional(integer()),
});
export type EVSEType = Infer<typeof EVSEType>;

/** Names a certificate by its issuer and serial number. OCPP 2.0.1, M03 */
export const CertificateHashDataType = object({
  hashAlgorithm: HashAlgorithmEnumType,
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
});
export type CertificateHashDataType = Infer<typeof CertificateHashDataType>;

/** OCPP 2.0.1, B07 */
export const GenericDeviceModelStatusEnumType = oneOf('Accepted', 'Rejected', 'NotSupported', 'EmptyResultSet');

/** OCPP 2.0.1, K08 */
export const GenericStatusEnumType = oneOf('Accepted', 'Rejected');
