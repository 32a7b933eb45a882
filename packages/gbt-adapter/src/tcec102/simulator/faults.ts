import { type Keys, sign } from '../crypto.js';
import type { RequestEnvelope } from '../envelope.js';
import type { Handle } from '../handle.js';
import { stampOf, stampText } from '../time.js';

/** What can be wrong with a partner, by name; a set of them may be changed while it runs. */
export const FAULTS = {
  badSignature: 'signs its calls with another secret',
  oldTimeStamp: 'stamps its calls an hour ago',
  reusedSeq: 'sends each call twice, byte for byte',
  wrongOperator: 'calls under an operator id that is not its own',
  forgetsTokens: 'forgets the tokens it gave: every call is answered 4002',
  busy: 'answers every third call with -1',
  startFails: 'takes a start and then reports that it failed',
  startUnknown: 'takes a start and then reports that it does not know',
  lateResult: 'reports the result of a start after two minutes',
  noResult: 'never reports the result of a start',
  orderTwice: 'sends each order twice',
  orderHeld: 'does not send its orders',
  wrongMoney: 'bills 0.01 CNY more than its details add up to',
} as const;
export type PartnerFault = keyof typeof FAULTS;

/** A way to the hub on which the faults of the envelope happen. */
export function faulty(to: Handle, keys: Keys, faults: ReadonlySet<PartnerFault>): Handle {
  return async (request) => {
    const body = request.interface === 'query_token' ? request.body : spoil(request.body, keys, faults);
    if (faults.has('reusedSeq') && request.interface !== 'query_token') await to({ ...request, body });
    return to({ ...request, body });
  };
}

function spoil(body: string, keys: Keys, faults: ReadonlySet<PartnerFault>): string {
  if (!faults.has('badSignature') && !faults.has('oldTimeStamp') && !faults.has('wrongOperator')) return body;
  // Our own client wrote it a moment ago.
  const envelope = JSON.parse(body) as RequestEnvelope;
  const OperatorID = faults.has('wrongOperator') ? '000000000' : envelope.OperatorID;
  const sentAt = stampOf(envelope.TimeStamp);
  const TimeStamp = faults.has('oldTimeStamp') && sentAt ? stampText(new Date(sentAt.getTime() - 3_600_000)) : envelope.TimeStamp;
  const secret = faults.has('badSignature') ? { sigSecret: `not ${keys.sigSecret}` } : keys;
  return JSON.stringify({ ...envelope, OperatorID, TimeStamp, Sig: sign(secret, OperatorID, envelope.Data, TimeStamp, envelope.Seq) });
}
