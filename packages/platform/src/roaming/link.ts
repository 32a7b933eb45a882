import type { PartyId } from '../model/party.js';
import type { Kind, Message, Reply } from './message.js';

/** The one way to reach a party, whatever stands behind: our own CPO or eMSP, an OCPI partner, a T/CEC 102 partner. */
export interface PartyLink {
  readonly party: PartyId;
  readonly capabilities: ReadonlySet<Kind>;
  /** Its protocol has no word for who asks: what one eMSP calls by a name, another must not call the same. */
  readonly hidesAsker?: true;
  /** Never throws for what the other side says; throws only for what nobody foresaw. */
  send(message: Message): Promise<Reply>;
  /** Whether the other side has a CDR that was offered without an answer, and where; undefined where it cannot be asked. */
  hasCdr?(message: Message<'cdr'>): Promise<{ location?: string } | undefined>;
}
