import { createHmac, randomBytes } from 'node:crypto';
import { decrypt, encrypt, isSigned, type Keys, sign } from './crypto.js';
import { MSG, RET, TcecError } from './errors.js';
import { type ReplayGuard, WINDOW_MS } from './replay.js';
import { stampOf } from './time.js';

/** What is posted. T/CEC 102.4-2016, 6.2 */
export interface RequestEnvelope {
  readonly OperatorID: string;
  readonly Data: string;
  readonly TimeStamp: string;
  readonly Seq: string;
  readonly Sig: string;
}

/** What is answered. */
export interface ResponseEnvelope {
  readonly Ret: number;
  readonly Msg: string;
  readonly Data: string;
  readonly Sig: string;
}

/** Encrypts and signs a request; `data` is JSON text. */
export function sealRequest(keys: Keys, data: string, { timeStamp, seq }: { timeStamp: string; seq: string }): RequestEnvelope {
  const Data = encrypt(keys, data);
  return { OperatorID: keys.operatorId, Data, TimeStamp: timeStamp, Seq: seq, Sig: sign(keys, keys.operatorId, Data, timeStamp, seq) };
}

/** Encrypts and signs an answer; no data, as with every error, stays empty. */
export function sealResponse(keys: Keys, ret: number, msg: string, data = ''): ResponseEnvelope {
  const Data = data === '' ? '' : encrypt(keys, data);
  return { Ret: ret, Msg: msg, Data, Sig: sign(keys, String(ret), msg, Data) };
}

/** Reads the five texts of a request. Throws TcecError Envelope. */
export function readRequest(body: unknown): RequestEnvelope {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const text = (name: keyof RequestEnvelope): string => {
    const value = given[name];
    if (typeof value !== 'string' || value === '') throw new TcecError('Envelope', `${name} is missing`);
    return value;
  };
  return { OperatorID: text('OperatorID'), Data: text('Data'), TimeStamp: text('TimeStamp'), Seq: text('Seq'), Sig: text('Sig') };
}

// Stands for the keys of an operator that nobody knows, so that refusing it takes the same path and the same time.
const decoy = randomBytes(32);
const decoyOf = (operatorId: string): Pick<Keys, 'sigSecret'> => ({
  sigSecret: createHmac('sha256', decoy).update(operatorId).digest('hex'),
});

export interface OpenOptions {
  /** Undefined for an operator that is no partner. */
  readonly keys: Keys | undefined;
  readonly guard: ReplayGuard;
  readonly now: Date;
}

/**
 * Checks operator, signature and time stamp, without decrypting anything. Throws TcecError Signature alike for an unknown operator, a wrong
 * signature and an old time stamp; its message says which, for our own log only.
 */
export function verify({ OperatorID, Data, TimeStamp, Seq, Sig }: RequestEnvelope, keys: Keys | undefined, now: Date): Keys {
  const isTheirs = isSigned(keys ?? decoyOf(OperatorID), Sig, OperatorID, Data, TimeStamp, Seq);
  if (!keys) throw new TcecError('Signature', `${OperatorID} is no partner`);
  if (!isTheirs) throw new TcecError('Signature', `the signature of ${OperatorID} is wrong`);
  const sentAt = stampOf(TimeStamp);
  if (!sentAt || Math.abs(now.getTime() - sentAt.getTime()) > WINDOW_MS) {
    throw new TcecError('Signature', `the time stamp ${TimeStamp} is out of the window`);
  }
  return keys;
}

/** Proves who sent a request and that it is new: `verify`, and then its sequence was not used before, which is refused alike. */
export async function prove(envelope: RequestEnvelope, { keys, guard, now }: OpenOptions): Promise<Keys> {
  const proved = verify(envelope, keys, now);
  const { OperatorID, TimeStamp, Seq } = envelope;
  if (!/^\d{1,18}$/.test(Seq) || !(await guard.isFirst(OperatorID, TimeStamp, Seq, now))) {
    throw new TcecError('Signature', `${TimeStamp} ${Seq} was used before`);
  }
  return proved;
}

/** Decrypts what was proved. Throws TcecError Parameters. */
export const openData = (keys: Keys, data: string): unknown => dataOf(decrypt(keys, data));

/** What the decrypted text says. Throws TcecError Parameters. */
export function dataOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TcecError('Parameters', 'Data is not JSON', { cause });
  }
}

/** The refusal of one who was not proved: the same whatever was wrong with the proof, and signed as if it were a partner's. */
export function refusal(
  operatorId: string,
  keys: Keys | undefined,
  code: 'Signature' | 'Envelope' | 'System' = 'Signature',
): ResponseEnvelope {
  return { Ret: RET[code], Msg: MSG[code], Data: '', Sig: sign(keys ?? decoyOf(operatorId), String(RET[code]), MSG[code], '') };
}

/** Checks an answer's signature and decrypts it. An error answer may come unsigned: it can only make us fail. Throws TcecError. */
export function openResponse(keys: Keys, body: unknown): { ret: number; msg: string; data: unknown } {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const ret = typeof given.Ret === 'string' && /^-?\d+$/.test(given.Ret) ? Number(given.Ret) : given.Ret;
  if (typeof ret !== 'number' || !Number.isInteger(ret)) throw new TcecError('Response', 'the answer has no Ret');
  const msg = typeof given.Msg === 'string' ? given.Msg : '';
  const data = typeof given.Data === 'string' ? given.Data : '';
  const sig = typeof given.Sig === 'string' ? given.Sig : '';
  if (ret !== 0 && sig === '') return { ret, msg, data: undefined };
  if (!isSigned(keys, sig, String(ret), msg, data)) throw new TcecError('Signature', 'the signature of the answer is wrong');
  return { ret, msg, data: ret === 0 && data !== '' ? openData(keys, data) : undefined };
}
