import { lenient, type QuirkProfile } from '@evroam/ocpp-core';

/** Known deviations by vendor, model and firmware: an entry names the device that it was seen at. Only what breaks its schema is mended, and each mend is logged. */
const KNOWN: readonly QuirkProfile[] = [];

/** The profiles of a station; an operator may let one deviate in the ways that real stations do. */
export const profilesOf = (isLenient: boolean): readonly QuirkProfile[] => (isLenient ? [...KNOWN, lenient] : KNOWN);
