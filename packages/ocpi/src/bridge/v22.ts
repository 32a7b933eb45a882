import type { BridgeContext } from './context.js';
import { change, type Fields, isFields, type Notes } from './loss.js';

// 2.2 <-> 2.2.1: a CdrToken without its owner, and a CdrLocation that requires a postal code.

type Step = (fields: Fields, n: Notes, context: BridgeContext) => Fields;

/** 2.2 -> 2.2.1 */
export const tokenWithOwner: Step = (fields, n, { lookup }) =>
  change(fields, 'cdr_token', (token) => {
    if (!isFields(token) || typeof token.contract_id !== 'string') return token;
    const found = lookup?.token?.(token.contract_id);
    if (!found) {
      n.impossible('cdr_token', `no token with contract_id ${token.contract_id} is known, and 2.2 does not say whose it is`);
      return token;
    }
    n.invented('cdr_token', `owner ${found.country_code} ${found.party_id}, from the token`);
    return { country_code: found.country_code, party_id: found.party_id, ...token };
  });

/** 2.2.1 -> 2.2 */
export const cdrLocation: Step = (fields, n, { partial }) =>
  change(fields, 'cdr_location', (place) => {
    if (!isFields(place) || place.postal_code !== undefined || partial) return place;
    n.at('cdr_location').invented('postal_code', '#NA: 2.2 requires one');
    return { ...place, postal_code: '#NA' };
  });
