import { dateTime, integer, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { CertificateHashDataType, GenericStatusEnumType, StatusInfoType } from './types.js';

/** OCPP 2.1, A02 and A03 */
export const CertificateSigningUseEnumType = oneOf('ChargingStationCertificate', 'V2GCertificate', 'V2G20Certificate');

/** Tells of an event that bears on security; it is stored, not decided upon. OCPP 2.1, A04 */
export const SecurityEventNotification = action.call({
  name: 'SecurityEventNotification',
  from: 'station',
  request: object({
    type: text(50),
    timestamp: dateTime,
    techInfo: optional(text(255)),
  }),
  response: object({}),
});

/** Asks for a certificate; it comes later in CertificateSigned. OCPP 2.1, A02 and A03 */
export const SignCertificate = action.call({
  name: 'SignCertificate',
  from: 'station',
  request: object({
    csr: text(5_500),
    certificateType: optional(CertificateSigningUseEnumType),
    hashRootCertificate: optional(CertificateHashDataType),
    requestId: optional(integer()),
  }),
  response: object({
    status: GenericStatusEnumType,
    statusInfo: optional(StatusInfoType),
  }),
});

/** Brings the certificate that the station asked for, its issuers behind it in PEM. OCPP 2.1, A02 and A03 */
export const CertificateSigned = action.call({
  name: 'CertificateSigned',
  from: 'csms',
  request: object({
    certificateChain: text(10_000),
    certificateType: optional(CertificateSigningUseEnumType),
    requestId: optional(integer()),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});
