import type { CredentialsRole } from '../v221/credentials.js';
import type { Location } from '../v221/locations.js';
import type { Token } from '../v221/tokens.js';
import type { Fields } from './loss.js';

/** The party that owns an object, or that sends a command; in 2.1.1 it stands in the URL and the credentials, not in the object. */
export interface Owner {
  readonly country_code: string;
  readonly party_id: string;
}

/**
 * What a bridge has to know beyond the object. Answers come at once, so a hub that keeps them elsewhere fetches before it bridges;
 * what is not answered becomes a loss, or makes a bridge impossible, and is never guessed.
 */
export interface Lookup {
  /** The location that a Session or CDR names, as 2.2.1. */
  readonly location?: (id: string) => Location | undefined;
  /** The token with that auth_id (2.1.1) or contract_id, as 2.2.1. */
  readonly token?: (contractId: string) => Token | undefined;
  /** The token that a real-time authorization was asked for, as 2.2.1: 2.1.1 does not repeat it in the answer. */
  readonly askedToken?: () => Token | undefined;
  /** The zone of a 2.1.1 location that does not say its own. */
  readonly timeZone?: (location: Fields) => string | undefined;
  /** The tax in per cent that a price of a 2.3.0 tariff with `tax_included: YES` contains. */
  readonly taxPercentage?: (tariffId: string, dimension: string) => number | undefined;
  /** A whole number by which a 2.1.1 platform may know a reservation. */
  readonly reservationNumber?: (id: string) => number | undefined;
  /** The role that the platform behind 2.1.1 credentials plays. */
  readonly role?: () => 'CPO' | 'EMSP' | undefined;
  /** The parties that are reached through a hub, as hubclientinfo and the hub's own credentials know them. */
  readonly reachable?: () => readonly CredentialsRole[];
}

/** For whom and with what an object is bridged. */
export interface BridgeContext {
  readonly owner: Owner;
  readonly lookup?: Lookup;
  /** The object is the body of a PATCH: nothing is required and nothing is invented. */
  readonly partial?: boolean;
  /** Seconds that a CommandResponse promises where 2.1.1 does not say; 30 by default. */
  readonly commandTimeoutS?: number;
}
