import type { OperatorId } from '../kernel/ids.js';
import type { Accepted, Refused } from '../kernel/refusal.js';
import type { Cdr } from '../model/cdr.js';
import type { Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import type { Session } from '../model/session.js';
import type { TariffVersion } from '../model/tariff.js';
import type { Token, TokenType } from '../model/token.js';

/** What travels between parties, by kind, in the model's words. */
export interface Bodies {
  startSession: {
    token: Token;
    locationId: string;
    evseUid?: string;
    connectorId?: string;
    authorizationReference?: string;
    replyTo: ReplyAddress;
  };
  stopSession: { sessionId: string; replyTo: ReplyAddress };
  /** How a command ended. */
  commandResult: { replyTo: ReplyAddress; command: 'start' | 'stop'; result: CommandResult };
  session: Session;
  cdr: Cdr;
  location: Location;
  tariff: Omit<TariffVersion, 'version'>;
  token: Token;
  /** May this card charge now? Only its issuer is asked. OCPI 2.2.1, 12.2.2 */
  authorize: { uid: string; type: TokenType; token?: Token; place?: AskedPlace };
}

/** Where somebody wants to charge, as far as it is known. */
export interface AskedPlace {
  locationId: string;
  evseUids?: readonly string[];
}

/** What the issuer of a card says. */
export interface Authorization {
  allowed: 'allowed' | 'blocked' | 'expired' | 'noCredit' | 'notAllowed';
  token: Token;
  /** What the issuer calls this permission; the session and the CDR bear it. */
  authorizationReference?: string;
  place?: AskedPlace;
  info?: { language: string; text: string };
}

export type Kind = keyof Bodies;
export type CommandResult = 'accepted' | 'rejected' | 'failed' | 'timeout';

/** Where the result of a command goes: the id under which the asker waits, and its URL where it has one. */
export interface ReplyAddress {
  commandId: string;
  url?: string;
}

export interface Message<K extends Kind = Kind> {
  kind: K;
  operatorId: OperatorId;
  from: PartyId;
  to: PartyId;
  /** Kept end to end, so that one message can be followed through every log. */
  correlation: string;
  /** As the sender wrote it. Between links of one version it passes unchanged. */
  raw?: { version: string; bytes: Buffer };
  /** Who says it to the receiver, where that is not its owner: the hub, of what was for everybody. OCPI 2.2.1, 4.2.2 */
  saidBy?: PartyId;
  /** Given up by the asker: somebody stands at a station. */
  signal?: AbortSignal;
  /** The object that it is about, where that is known without decoding it. */
  about?: { owner: PartyId; id: string };
  /** Decoded only when asked. */
  typed(): Bodies[K];
}

export type Refusal =
  | 'unknownReceiver'
  | 'notConnected'
  | 'timeout'
  | 'unknownLocation'
  | 'unknownSession'
  | 'unknownToken'
  | 'notSupported'
  | 'conflict'
  | 'invalid'
  | 'refusedByReceiver';

/**
 * `location` is where the receiver keeps a CDR; `timeoutMs` is how long the result of a command may take, `commandId` our id of it;
 * `authorization` is what the issuer of a card says.
 */
export type Reply = Accepted<{ location?: string; timeoutMs?: number; commandId?: string; authorization?: Authorization }> | RefusedReply;

/** `said` is the receiver's own answer: it goes back to who asked as it came. OCPI 2.2.1, 5.4 */
export type RefusedReply = Refused<Refusal> & { said?: { statusCode: number; message: string } };
