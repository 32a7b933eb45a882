/** What is wrong with a CAN frame, a message or a capture. */
export type Gbt27930ErrorCode =
  | 'Id' // not a 29-bit identifier
  | 'Message' // an identifier between charger and vehicle that this standard does not define
  | 'Length'
  | 'Field'
  | 'Input' // text that is no frame
  | 'Timeout'
  | 'Aborted'
  | 'Busy';

/** The one error of GB/T 27930. */
export class Gbt27930Error extends Error {
  override readonly name = 'Gbt27930Error';
  readonly code: Gbt27930ErrorCode;
  readonly field: string;

  constructor(code: Gbt27930ErrorCode, message: string, { field = '', cause }: { field?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.field = field;
  }
}
