/** Where partners find us: `<public URL>/ocpi/versions`. */
export const OCPI_PATH = '/ocpi';

/**
 * OCPI 2.1.1 knows no roles: one address cannot say which side of `locations` it is. So there are two further addresses,
 * one for eMSPs of 2.1.1 (we are their CPO), one for CPOs of 2.1.1 (we are their eMSP).
 */
export const PATH_211 = { cpo: `${OCPI_PATH}/as-cpo`, emsp: `${OCPI_PATH}/as-emsp` } as const;
