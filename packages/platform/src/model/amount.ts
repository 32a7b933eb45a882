/** Amounts and fees are those of the rating engine: unrounded, in 10^-9 of the currency; what is not known is absent. OCPI 2.3.0, Price */
export type { Amount, FeeType } from '@evroam/ocpi/pricing';
