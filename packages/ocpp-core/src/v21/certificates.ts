import { dateTime, type Infer, list, natural, oneOf, optional, text } from '../schema.js';
import { object } from '../v201/object.js';
import { action } from './action.js';
import { CertificateHashDataType, OCSPRequestDataType, StatusInfoType } from './types.js';

/** OCPP 2.1, M07 */
export const CertificateStatusSourceEnumType = oneOf('CRL', 'OCSP');

/** OCPP 2.1, M07 */
export const CertificateStatusRequestInfoType = object({
  certificateHashData: CertificateHashDataType,
  source: CertificateStatusSourceEnumType,
  urls: list(text(2_000), { minItems: 1, maxItems: 5 }),
});
export type CertificateStatusRequestInfoType = Infer<typeof CertificateStatusRequestInfoType>;

/** OCPP 2.1, M07 */
export const CertificateStatusType = object({
  certificateHashData: CertificateHashDataType,
  source: CertificateStatusSourceEnumType,
  status: oneOf('Good', 'Revoked', 'Unknown', 'Failed'),
  nextUpdate: dateTime,
});
export type CertificateStatusType = Infer<typeof CertificateStatusType>;

/** OCPP 2.1, M03 */
export const GetCertificateIdUseEnumType = oneOf(
  'V2GRootCertificate',
  'MORootCertificate',
  'CSMSRootCertificate',
  'V2GCertificateChain',
  'ManufacturerRootCertificate',
  'OEMRootCertificate',
);

/** An installed certificate and those below it. OCPP 2.1, M03 */
export const CertificateHashDataChainType = object({
  certificateHashData: CertificateHashDataType,
  certificateType: GetCertificateIdUseEnumType,
  childCertificateHashData: optional(list(CertificateHashDataType, { minItems: 1, maxItems: 4 })),
});
export type CertificateHashDataChainType = Infer<typeof CertificateHashDataChainType>;

/** OCPP 2.1, M05 */
export const InstallCertificate = action.call({
  name: 'InstallCertificate',
  from: 'csms',
  request: object({
    certificateType: oneOf(
      'V2GRootCertificate',
      'MORootCertificate',
      'ManufacturerRootCertificate',
      'CSMSRootCertificate',
      'OEMRootCertificate',
    ),
    certificate: text(10_000),
  }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'Failed'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Without a type all certificates are meant. OCPP 2.1, M03 */
export const GetInstalledCertificateIds = action.call({
  name: 'GetInstalledCertificateIds',
  from: 'csms',
  request: object({
    certificateType: optional(list(GetCertificateIdUseEnumType, { minItems: 1 })),
  }),
  response: object({
    status: oneOf('Accepted', 'NotFound'),
    statusInfo: optional(StatusInfoType),
    certificateHashDataChain: optional(list(CertificateHashDataChainType, { minItems: 1 })),
  }),
});

/** OCPP 2.1, M04 */
export const DeleteCertificate = action.call({
  name: 'DeleteCertificate',
  from: 'csms',
  request: object({
    certificateHashData: CertificateHashDataType,
  }),
  response: object({
    status: oneOf('Accepted', 'Failed', 'NotFound'),
    statusInfo: optional(StatusInfoType),
  }),
});

/** Carries a vehicle’s EXI message to whoever answers it; nobody between opens it. OCPP 2.1, M01 and M02 */
export const Get15118EVCertificate = action.call({
  name: 'Get15118EVCertificate',
  from: 'station',
  request: object({
    iso15118SchemaVersion: text(50),
    action: oneOf('Install', 'Update'),
    exiRequest: text(11_000),
    maximumContractCertificateChains: optional(natural),
    prioritizedEMAIDs: optional(list(text(255), { minItems: 1, maxItems: 8 })),
  }),
  response: object({
    status: oneOf('Accepted', 'Failed'),
    statusInfo: optional(StatusInfoType),
    exiResponse: text(17_000),
    remainingContracts: optional(natural),
  }),
});

/** Asks for an OCSP answer: DER, in Base64. OCPP 2.1, M06 */
export const GetCertificateStatus = action.call({
  name: 'GetCertificateStatus',
  from: 'station',
  request: object({
    ocspRequestData: OCSPRequestDataType,
  }),
  response: object({
    status: oneOf('Accepted', 'Failed'),
    statusInfo: optional(StatusInfoType),
    ocspResult: optional(text(18_000)),
  }),
});

/** Asks for the revocation status of a vehicle’s certificates. OCPP 2.1, M07 */
export const GetCertificateChainStatus = action.call({
  name: 'GetCertificateChainStatus',
  from: 'station',
  request: object({
    certificateStatusRequests: list(CertificateStatusRequestInfoType, { minItems: 1, maxItems: 4 }),
  }),
  response: object({
    certificateStatus: list(CertificateStatusType, { minItems: 1, maxItems: 4 }),
  }),
});
