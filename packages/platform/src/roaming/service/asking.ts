import type { NewId, OperatorId } from '../../kernel/ids.js';
import type { PartyId } from '../../model/party.js';
import type { Token } from '../../model/token.js';
import type { Authorization, Message, Reply } from '../message.js';

export interface AskingNeeds {
  route(message: Message): Promise<Reply>;
  newId: NewId;
}

/** What the issuer of a card says of it, in the few words that a station needs. */
export type IssuerAnswer =
  | { answer: 'allowed'; authorizationReference?: string }
  | { answer: 'blocked' | 'expired' | 'unknown' | 'unreachable' };

const answers = {
  blocked: 'blocked',
  expired: 'expired',
  // A station has no word for either: to the driver it is the same.
  noCredit: 'blocked',
  notAllowed: 'blocked',
} as const satisfies Record<Exclude<Authorization['allowed'], 'allowed'>, IssuerAnswer['answer']>;

/** Real-time authorisation at own stations: the issuer of a card is asked by the way that every message takes. OCPI 2.2.1, 12.2.2 */
export function createAsking({ route, newId }: AskingNeeds) {
  async function askIssuer(
    operatorId: OperatorId,
    token: Token,
    place: { owner: PartyId; locationId: string; evseUid?: string } | undefined,
    signal: AbortSignal,
  ): Promise<IssuerAnswer> {
    // Nobody stands anywhere: there is no CPO that asks.
    if (!place) return { answer: 'unreachable' };
    const at = { locationId: place.locationId, ...(place.evseUid === undefined ? {} : { evseUids: [place.evseUid] }) };
    const message: Message<'authorize'> = {
      ...{ kind: 'authorize', operatorId, from: place.owner, to: token.issuer, correlation: newId(), signal },
      typed: () => ({ uid: token.uid, type: token.type, token, place: at }),
    };
    const reply = await route(message);
    if (!reply.accepted) return { answer: reply.reason === 'unknownToken' ? 'unknown' : 'unreachable' };
    const { authorization } = reply;
    if (!authorization) return { answer: 'unreachable' };
    if (authorization.allowed !== 'allowed') return { answer: answers[authorization.allowed] };
    const { authorizationReference } = authorization;
    return { answer: 'allowed', ...(authorizationReference === undefined ? {} : { authorizationReference }) };
  }

  return { askIssuer };
}
