// Headers: the token's two codings, the routing of parties, and the two ids that follow a message. Names are lower case inside.
import { OcpiError } from './envelope.js';

/** Header values by lower-case name, as node:http gives them. */
export interface Headers {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** One header's value, when it is there once. */
export const header = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** How a peer writes its token: base64 since 2.2, raw in 2.1.1 and by many others. OCPI 2.2.1, 4.1.2 */
export type TokenCoding = 'base64' | 'raw';

/** The Authorization header for a token. */
export const authorization = (token: string, coding: TokenCoding = 'base64'): string =>
  `Token ${coding === 'base64' ? Buffer.from(token, 'utf8').toString('base64') : token}`;

/** One reading of an Authorization header. */
export interface TokenReading {
  readonly token: string;
  readonly coding: TokenCoding;
}

/**
 * The readings of an Authorization header, likelier first: decoded, then as it stands. A raw token may itself be valid base64,
 * so a server compares both. The decoded text is trimmed, since examples in the field end with a line break.
 */
export function tokenReadings(header: string | undefined): readonly TokenReading[] {
  const value = header === undefined ? undefined : /^token +(\S+)\s*$/i.exec(header)?.[1];
  if (value === undefined || value.length > 256) return [];
  const raw: TokenReading = { token: value, coding: 'raw' };
  const decoded = base64Text(value);
  return decoded === undefined ? [raw] : [{ token: decoded, coding: 'base64' }, raw];
}

function base64Text(value: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined;
  const decoded = Buffer.from(value, 'base64').toString('utf8').trim();
  return isToken(decoded) ? decoded : undefined;
}

/** A credentials token: 1 to 64 characters, U+0021 to U+007E. OCPI 2.2.1, 7.3 */
export const isToken = (value: string): boolean => /^[\x21-\x7e]{1,64}$/.test(value);

/** A party, as routing names it: ISO 3166-1 alpha-2 country and three-character party id. */
export interface Party {
  readonly country: string;
  readonly party: string;
}

/** Whom a message is for and whom it is from. OCPI 2.2.1, 4.2.3 */
export interface Routing {
  readonly to?: Party;
  readonly from?: Party;
}

const parties = /^[\x20-\x7e]{1,3}$/;

function toParty(country: string | undefined, party: string | undefined): Party | undefined {
  if (country === undefined && party === undefined) return undefined;
  if (country === undefined || party === undefined || country.length !== 2 || !parties.test(country) || !parties.test(party))
    throw new OcpiError('invalid', 'OCPI-to and OCPI-from need both a country code of two and a party id of up to three characters');
  return { country, party };
}

const nobody: Routing = Object.freeze({});

/** The routing headers of a message. Throws 'invalid' for half a party. */
export function readRouting(headers: Headers): Routing {
  const to = toParty(header(headers, 'ocpi-to-country-code'), header(headers, 'ocpi-to-party-id'));
  const from = toParty(header(headers, 'ocpi-from-country-code'), header(headers, 'ocpi-from-party-id'));
  if (!from) return to ? { to } : nobody;
  return to ? { to, from } : { from };
}

/** Routing as headers. */
export const routingHeaders = (routing: Routing): Record<string, string> => addRouting({}, routing);

/** Adds routing to headers, in place: answers are written by the thousand. */
export function addRouting(headers: Record<string, string>, { to, from }: Routing): Record<string, string> {
  if (to) {
    headers['ocpi-to-country-code'] = to.country;
    headers['ocpi-to-party-id'] = to.party;
  }
  if (from) {
    headers['ocpi-from-country-code'] = from.country;
    headers['ocpi-from-party-id'] = from.party;
  }
  return headers;
}

/** The routing of the answer: what was from is to. */
export const answered = ({ to, from }: Routing): Routing =>
  from ? (to ? { to: from, from: to } : { to: from }) : to ? { from: to } : nobody;

/** A party's key, whatever case it was written in. */
export const partyKey = ({ country, party }: Party): string => `${country}${party}`.toUpperCase();
