/** What went wrong between two platforms; a closed list. The first six have a Ret of the standard, the rest are told to our own side only. */
export type TcecErrorCode =
  | 'Busy' // -1
  | 'Signature' // 4001; also a wrong operator, an old time stamp and a repeated sequence: who asks is told nothing more
  | 'Token' // 4002
  | 'Envelope' // 4003
  | 'Parameters' // 4004
  | 'System' // 500
  | 'Keys' // ours are not what AES and HMAC need
  | 'Transport' // no answer, or one that is not HTTP 200
  | 'Response' // an answer that does not fit the question or its definition
  | 'Interface'; // a name that the standard does not know, or that this end does not serve

/** The numbers of `Ret`. T/CEC 102.4-2016, table of return codes */
export const RET: Readonly<Record<'Busy' | 'Signature' | 'Token' | 'Envelope' | 'Parameters' | 'System', number>> = {
  Busy: -1,
  Signature: 4001,
  Token: 4002,
  Envelope: 4003,
  Parameters: 4004,
  System: 500,
};

/** What `Msg` says with each of them. */
export const MSG: Readonly<Record<keyof typeof RET, string>> = {
  Busy: '系统繁忙',
  Signature: '签名错误',
  Token: 'Token错误',
  Envelope: 'POST参数不合法',
  Parameters: '业务参数不合法',
  System: '系统错误',
};

/** The one error of T/CEC 102. `ret` is the number the other end gave, where it gave one. */
export class TcecError extends Error {
  override readonly name = 'TcecError';
  readonly code: TcecErrorCode;
  readonly ret: number | undefined;

  constructor(code: TcecErrorCode, message: string, { ret, cause }: { ret?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.ret = ret;
  }
}

/** The error that a `Ret` means; a number that nobody defined is a system error of the other end. */
export function errorOfRet(ret: number, msg: string): TcecError {
  const code = (Object.keys(RET) as (keyof typeof RET)[]).find((name) => RET[name] === ret) ?? 'System';
  return new TcecError(code, `the partner answered ${ret}: ${msg}`, { ret });
}
