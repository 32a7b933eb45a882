import type { ServerOptions } from 'node:https';

/** Certificates of a server; an RSA and an EC one may stand side by side, so that all four suites can be had. */
export interface ServerTls {
  readonly key: string | Buffer | readonly (string | Buffer)[];
  readonly cert: string | Buffer | readonly (string | Buffer)[];
  /** With security profile 3: the authorities that sign the stations' certificates. */
  readonly clientAuthorities?: string | Buffer | readonly (string | Buffer)[];
}

/** The suites that a CSMS must offer (OCPP 2.0.1, A00.FR.318), after those of TLS 1.3. */
const SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
];

/** Options for an HTTPS server as security profiles 2 and 3 ask for. */
export function tlsOptions({ key, cert, clientAuthorities }: ServerTls): ServerOptions {
  return {
    key: several(key),
    cert: several(cert),
    minVersion: 'TLSv1.2',
    ciphers: SUITES.join(':'),
    honorCipherOrder: true,
    // Whether a certificate is good is decided in the handshake: an expired one may be let in for its renewal (A00.FR.429).
    ...(clientAuthorities === undefined ? {} : { ca: several(clientAuthorities), requestCert: true, rejectUnauthorized: false }),
  };
}

const several = (given: string | Buffer | readonly (string | Buffer)[]): string | Buffer | (string | Buffer)[] =>
  typeof given === 'string' || Buffer.isBuffer(given) ? given : [...given];
