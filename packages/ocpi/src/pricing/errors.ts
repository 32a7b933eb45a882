/** Why something could not be priced; `pointer` is a JSON pointer into what was read. */
export type PricingErrorCode = 'missing' | 'type' | 'range' | 'precision' | 'currency' | 'timeZone' | 'noTariff' | 'order' | 'version';

/** Thrown when a tariff or session cannot be read or priced without guessing. */
export class PricingError extends Error {
  readonly code: PricingErrorCode;
  readonly pointer: string;

  constructor(code: PricingErrorCode, pointer: string, message: string) {
    super(pointer === '' ? message : `${pointer}: ${message}`);
    this.name = 'PricingError';
    this.code = code;
    this.pointer = pointer;
  }
}
