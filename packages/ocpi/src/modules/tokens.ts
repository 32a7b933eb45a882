import { defineModule, get, getList, patch, post, put } from '../module.js';
import { optional, patchOf, type Schema, type Stamped } from '../schema.js';

const same = { country_code: 'country_code', party_id: 'party_id', token_uid: 'uid' } as const;

/** The routes of tokens, for a version's own objects. Without a type in the query a token is an RFID card. OCPI 2.2.1, 12.2 */
export const tokensModule = <T extends Stamped, K extends string, L, A>(of: {
  readonly Token: Schema<T>;
  readonly TokenType: Schema<K>;
  readonly LocationReferences: Schema<L>;
  readonly AuthorizationInfo: Schema<A>;
}) => {
  const query = { type: optional(of.TokenType) };
  return defineModule({
    id: 'tokens',
    sender: {
      list: getList('', { data: of.Token }),
      authorize: post('/:token_uid/authorize', { body: of.LocationReferences, bodyOptional: true, data: of.AuthorizationInfo, query }),
    },
    receiver: {
      get: get('/:country_code/:party_id/:token_uid', { data: of.Token, query }),
      put: put('/:country_code/:party_id/:token_uid', { body: of.Token, query, same }),
      patch: patch('/:country_code/:party_id/:token_uid', { body: patchOf(of.Token), query, same }),
    },
  });
};
