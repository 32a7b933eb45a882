import type { OperatorId } from '../kernel/ids.js';
import type { Accepted, Refused } from '../kernel/refusal.js';
import type { Cdr } from '../model/cdr.js';
import type { ActiveProfile, ChargingPreferences, ChargingProfile, PreferencesVerdict } from '../model/charging-wish.js';
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
  /** The same id of the same party again changes what is kept free. OCPI 2.2.1, 13.3.2 */
  reserveNow: {
    reservationId: string;
    token: Token;
    until: Date;
    locationId: string;
    evseUid?: string;
    authorizationReference?: string;
    replyTo: ReplyAddress;
  };
  cancelReservation: { reservationId: string; replyTo: ReplyAddress };
  /** Of a cable that is stuck: only whose token has the last session there may ask. */
  unlockConnector: { locationId: string; evseUid: string; connectorId: string; replyTo: ReplyAddress };
  /** Limits of a session: only whose token has it sets them, takes them away, or asks what holds. OCPI 2.2.1, 14 */
  setChargingProfile: { sessionId: string; profile: ChargingProfile; replyTo: ReplyAddress };
  clearChargingProfile: { sessionId: string; replyTo: ReplyAddress };
  getActiveProfile: { sessionId: string; seconds: number; replyTo: ReplyAddress };
  /** How a command ended; `active` is what holds, where that was asked. */
  commandResult: { replyTo: ReplyAddress; command: Command; result: CommandResult; active?: ActiveProfile };
  /** A CPO tells what holds for a session, unasked. OCPI 2.2.1, 14.2.2 */
  activeProfile: { sessionId: string; active: ActiveProfile };
  /** How a driver would like to be charged. OCPI 2.2.1, 9.2.2 */
  chargingPreferences: { sessionId: string; wish: ChargingPreferences };
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
/** `timeout`: nobody knows. `cancelledReservation`: it was accepted, and the CPO has given it up since. OCPI 2.2.1, 13.4.3 */
export type CommandResult =
  | 'accepted'
  | 'rejected'
  | 'failed'
  | 'timeout'
  | 'notSupported'
  | 'evseOccupied'
  | 'evseInoperative'
  | 'cancelledReservation'
  | 'unknownReservation'
  | 'unknownProfile';

const profileCommandOf = {
  setChargingProfile: 'setProfile',
  clearChargingProfile: 'clearProfile',
  getActiveProfile: 'activeProfile',
} as const satisfies Partial<Record<Kind, string>>;

/** Messages whose outcome is told later, and what they ask for. */
export const commandOf = {
  startSession: 'start',
  stopSession: 'stop',
  reserveNow: 'reserve',
  cancelReservation: 'cancelReservation',
  unlockConnector: 'unlock',
  ...profileCommandOf,
} as const satisfies Partial<Record<Kind, string>>;

export type CommandKind = keyof typeof commandOf;
export type Command = (typeof commandOf)[CommandKind];

/** Those of the charging profiles: their results have words of their own. */
export type ProfileKind = keyof typeof profileCommandOf;
export type ProfileCommand = (typeof profileCommandOf)[ProfileKind];

export const isProfileCommand = (command: Command): command is ProfileCommand =>
  Object.values(profileCommandOf).some((one) => one === command);

export const isCommand = (message: Message): message is Message & Message<CommandKind> => message.kind in commandOf;

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
  | 'unknownReservation'
  | 'tooOften'
  | 'unknownToken'
  | 'notSupported'
  | 'conflict'
  | 'invalid'
  | 'refusedByReceiver';

/**
 * `location` is where the receiver keeps a CDR; `timeoutMs` is how long the result of a command may take, `commandId` our id of it;
 * `authorization` is what the issuer of a card says, `verdict` what a CPO makes of a driver's preferences.
 */
export type Reply =
  | Accepted<{ location?: string; timeoutMs?: number; commandId?: string; authorization?: Authorization; verdict?: PreferencesVerdict }>
  | RefusedReply;

/** `said` is the receiver's own answer: it goes back to who asked as it came. OCPI 2.2.1, 5.4 */
export type RefusedReply = Refused<Refusal> & { said?: { statusCode: number; message: string } };
