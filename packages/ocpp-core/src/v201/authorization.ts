import { list, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { object } from './object.js';
import { IdTokenInfoType, IdTokenType, OCSPRequestDataType, StatusInfoType } from './types.js';

/** Asks whether a token may charge, with its certificate for Plug & Charge. OCPP 2.0.1, C01 and C07 */
export const Authorize = action.call({
  name: 'Authorize',
  from: 'station',
  request: object({
    idToken: IdTokenType,
    certificate: optional(text(5_500)),
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
  }),
});

/** Empties the station’s cache of tokens. OCPP 2.0.1, C11 */
export const ClearCache = action.call({
  name: 'ClearCache',
  from: 'csms',
  request: object({}),
  response: object({
    status: oneOf('Accepted', 'Rejected'),
    statusInfo: optional(StatusInfoType),
  }),
});
