import type { Nano } from '../kernel/money.js';

/** One tax inside an amount. */
export interface TaxAmount {
  /** VAT, GST ...: as the seller names it. */
  name: string;
  /** In 10^-4 of a per cent, so that 19 % is 190000; absent when the sender did not say. */
  rate?: number;
  amount: Nano;
}

/** What the sender gave, and no more: an absent part is unknown and never guessed. OCPI 2.3.0, Price */
export interface Amount {
  beforeTaxes?: Nano;
  taxes: readonly TaxAmount[];
  afterTaxes?: Nano;
}

/** What a fee is for. Electricity and service fee are separate in T/CEC 102 and in Chinese law; OCPI shows their sum. */
export type FeeType = 'electricity' | 'service' | 'start' | 'idle' | 'reservation';
