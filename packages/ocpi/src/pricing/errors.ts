/** Why something could not be priced; `pointer` is a JSON pointer into what was read. */
export type PricingErrorCode = 'missing' | 'type' | 'range' | 'precision' | 'currency' | 'timeZone' | 'noTariff' | 'order' | 'version';

/** Thrown when a tariff or session cannot be read or priced without guessing. */
export class PricingError extends Error {
  readonly code: PricingErrorCode;
  readonly pointer: string;
  /** The message without the pointer. */
  readonly reason: string;

  constructor(code: PricingErrorCode, pointer: string, message: string) {
    super(pointer === '' ? message : `${pointer}: ${message}`);
    this.reason = message;
    this.name = 'PricingError';
    this.code = code;
    this.pointer = pointer;
  }

  /** The same error seen from further out: its pointer begins with where the part stands. */
  within(outer: string): PricingError {
    return new PricingError(this.code, outer + this.pointer, this.reason);
  }
}
