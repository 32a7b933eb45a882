/** What is wrong with a frame or with a line; a closed list, so that a `switch` over it is complete. */
export type YkcErrorCode =
  | 'Start' // the first byte is not 0x68
  | 'Length' // fewer or more bytes than the length field, or than the frame type, says
  | 'Crc'
  | 'Type' // a frame type that this profile does not know
  | 'Direction' // a frame type that only the other end may send
  | 'Field' // a value that is none: a BCD digit above 9, a number out of range
  | 'Encrypted' // the flag says 3DES and no cipher is set, or the cipher refuses
  | 'NotLoggedIn'
  | 'Timeout'
  | 'Limit'
  | 'Closed';

/** The one error of the 云快充 protocol. `field` names the value at fault where one is. */
export class YkcError extends Error {
  override readonly name = 'YkcError';
  readonly code: YkcErrorCode;
  readonly field: string;

  constructor(code: YkcErrorCode, message: string, { field = '', cause }: { field?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.field = field;
  }
}
