import { createHash } from 'node:crypto';
import { type BridgeContext, type BridgedObject, type BridgeVersion, convert, type Loss } from '@evroam/ocpi/bridge';
import type { OperatorId } from '../../../kernel/ids.js';
import { type PartyId, splitPartyId } from '../../../model/party.js';
import type { Token } from '../../../model/token.js';
import type { StationsPort, UsersPort } from '../../ports.js';
import { fromLocation } from '../ocpi221/locations.js';
import { fromToken } from '../ocpi221/tokens.js';
import { Untranslatable } from '../ocpi221/values.js';

export interface BridgeNeeds {
  stations: StationsPort;
  users: UsersPort;
  /** Told of everything that an object lost on its way. */
  lost(about: About, object: BridgedObject, value: unknown, from: BridgeVersion, to: BridgeVersion, losses: readonly Loss[]): void;
}

/** For whom an object is bridged: its owner, or who sends the command. */
export interface About {
  operatorId: OperatorId;
  owner: PartyId;
  /** Of the message that the object is in. */
  correlation?: string;
  partial?: boolean;
  /** The token that a real-time authorisation is about: not every version repeats it. */
  asked?: Token;
  /** Told of what this object lost, beside whoever hears of all. */
  lost?: (losses: readonly Loss[]) => void;
}

export type Bridge = ReturnType<typeof createBridge>;

/** Objects from one version to another, with what the pure bridge has to know fetched beforehand. Throws Untranslatable where there is no way. */
export function createBridge({ stations, users, lost }: BridgeNeeds) {
  async function contextFor({ operatorId, owner, partial, asked }: About, value: unknown): Promise<BridgeContext> {
    const { countryCode, party } = splitPartyId(owner);
    const fields = isFields(value) ? value : {};
    const locationId = textOf(fields.location_id) ?? textOf(isFields(fields.cdr_location) ? fields.cdr_location.id : undefined);
    const contractId = textOf(fields.auth_id);
    const [location, token] = await Promise.all([
      locationId === undefined ? undefined : stations.location(operatorId, owner, locationId),
      contractId === undefined ? undefined : users.tokenByContract(operatorId, contractId),
    ]);
    const known = location && fromLocation(location);
    const held = token && fromToken(token);
    return {
      owner: { country_code: countryCode, party_id: party },
      ...(partial ? { partial } : {}),
      lookup: {
        location: (id) => (id === known?.id ? known : undefined),
        token: (contract) => (contract === contractId ? held : undefined),
        askedToken: () => asked && fromToken(asked),
        reservationNumber: (id) => reservationNumber(owner, id),
      },
    };
  }

  return async (from: BridgeVersion, to: BridgeVersion, object: BridgedObject, value: unknown, about: About): Promise<unknown> => {
    if (from === to) return value;
    const { result, losses } = convert(from, to, object, value, await contextFor(about, value));
    if (losses.length > 0) {
      lost(about, object, value, from, to, losses);
      about.lost?.(losses);
    }
    if (result === undefined) {
      const { pointer, message } = losses.find(({ kind }) => kind === 'impossible') ?? { pointer: '', message: 'it cannot be told' };
      throw new Untranslatable(pointer, `${object} from OCPI ${from} to ${to}: ${message}`);
    }
    return result;
  };
}

/** Whole numbers of at most nine digits are names that partners give themselves; ours lie beyond them, within what a 2.1.1 platform can hold. */
const OWN_NUMBERS = { from: 1_000_000_000, count: 1_147_483_647 };

/** A number for a reservation whose name is none: the same for the same party and name, so that a change finds what it changes. */
function reservationNumber(owner: PartyId, name: string): number {
  const digest = createHash('sha256').update(`${owner} ${name.toUpperCase()}`).digest();
  return OWN_NUMBERS.from + (digest.readUInt32BE(0) % OWN_NUMBERS.count);
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
