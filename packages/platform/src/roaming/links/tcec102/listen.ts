import { createHash, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { type Keys, serve, TcecError, WINDOW_MS } from '@evroam/gbt-adapter/tcec102';
import { listener } from '@evroam/gbt-adapter/tcec102/node';
import { unseal } from '../../../kernel/secret.js';
import type { Partner } from '../../partner.js';
import type { TcecPeer } from '../../tcec.js';
import type { AnswerNeeds, Caller } from './caller.js';
import type { Customer } from './customer.js';
import { answerAsOperator } from './operator.js';
import { dialectOf } from './wire.js';

export interface ListenNeeds extends AnswerNeeds {
  serverKey: Buffer;
  customer: Customer;
  /** Something came from a partner. */
  heard(operatorId: Partner['operatorId'], partnerId: Partner['id']): Promise<void>;
}

/** Two hours, as most give. */
const TOKEN_SECONDS = 7200;
const TOKEN_BYTES = 32;
/** Where partners find us, behind our address: /evcs/v20161110/query_token. T/CEC 102.4-2016 */
export const TCEC_PATH = '/evcs/v20161110';

/**
 * Everything that partners can call over T/CEC 102. A call is proved before anything of it is decrypted: by an operator id that is known, a
 * signature, a time stamp that is new and a sequence that was not used, on whatever node; who is not proved learns nothing, not even which.
 */
export function createTcecListener(needs: ListenNeeds): RequestListener {
  const { store, serverKey, clock, log, customer } = needs;

  async function find(theirId: string): Promise<Caller | undefined> {
    const peer = await store.tcec.peerByTheirId(theirId);
    if (!peer) return undefined;
    const partner = await store.partner(peer.operatorId, peer.partnerId);
    return partner?.status === 'registered' ? { partner, peer } : undefined;
  }

  const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');

  const server = serve({
    // Each partner knows us under an id of its own choosing: nobody is answered who is none.
    operatorId: '',
    partnerOf: async (theirId) => {
      const caller = await find(theirId);
      return caller && { keys: keysOf(caller.peer), dialect: dialectOf(caller.peer), ownId: caller.peer.ourId };
    },
    guard: { isFirst: (theirId, stamp, seq, now) => store.tcec.isFirstHeard(theirId, stamp, seq, now) },
    tokens: {
      issue: async (theirId, now) => {
        const token = randomBytes(TOKEN_BYTES).toString('base64url');
        await store.tcec.insertToken(hashOf(token), theirId, new Date(now.getTime() + TOKEN_SECONDS * 1000), now);
        // Twice the window: a stamp may lie ahead of our clock.
        await store.tcec.forgetHeard(new Date(now.getTime() - 2 * WINDOW_MS));
        return { token, seconds: TOKEN_SECONDS };
      },
      isValid: (theirId, token, now) => store.tcec.isToken(hashOf(token), theirId, now),
    },
    now: () => clock.now(),
    refused: ({ operatorId, interface: name, error }) =>
      log.warn({ theirId: operatorId, interface: name, code: error.code, reason: error.message }, 'a T/CEC call was refused'),
    fault: (err, name) => log.error({ err, interface: name }, 'a T/CEC call could not be handled'),
  });

  const keysOf = ({ sealedIssued }: TcecPeer): Keys => JSON.parse(unseal(serverKey, sealedIssued)) as Keys;

  async function callerOf(theirId: string): Promise<Caller> {
    const caller = await find(theirId);
    // Suspended between the proof and now.
    if (!caller) throw new TcecError('Token', 'the partner is connected no more');
    await needs.heard(caller.partner.operatorId, caller.partner.id);
    return caller;
  }

  answerAsOperator(server, callerOf, needs);
  customer.answer(server, callerOf);
  return listener(server.receive);
}
