// Uses that must not compile: each line under an expectation is an error of the compiler, and would fail the build if it were none.
import { connect, type Handle, type Infer, object, optional, serve, text } from '@evroam/ocpi';
import * as v211 from '@evroam/ocpi/v211';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';

const nowhere: Handle = async () => ({ status: 200, headers: {} });
const tariffs = connect(v221.tariffs.receiver, nowhere, { url: 'https://partner.example' });
const oldTokens = connect(v211.tokens.receiver, nowhere, { url: 'https://partner.example' });
const tariff: v221.Tariff = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'T',
  currency: 'EUR',
  elements: [],
  last_updated: '2026-03-01T10:00:00Z',
};
const params = { country_code: 'NL', party_id: 'ABC', tariff_id: 'T' };

/** Never called: it only has to be refused. */
export const wrongUses = [
  // @ts-expect-error a parameter of the path is missing
  () => tariffs.get({ params: { country_code: 'NL', party_id: 'ABC' } }),
  // @ts-expect-error a parameter is misspelt
  () => tariffs.get({ params: { ...params, tarif_id: 'T' } }),
  // @ts-expect-error 2.2.1 has no PATCH of tariffs
  () => tariffs.patch({ params, body: tariff }),
  // @ts-expect-error a required field is missing
  () => tariffs.put({ params, body: { ...tariff, currency: undefined } }),
  // @ts-expect-error an object of another version
  () => oldTokens.put({ params: { country_code: 'NL', party_id: 'A', token_uid: 'T' }, body: tariff }),
  // @ts-expect-error a value that the enumeration does not have
  () => serve(v221.commands.receiver, { startSession: () => ({ result: 'OK', timeout: 1 }) }),
  // @ts-expect-error a handler for a route that is not there
  () => serve(v221.cdrs.receiver, { put: () => 'updated' }),
  // @ts-expect-error an answer without its data
  () => serve(v221.cdrs.receiver, { get: () => 'updated' }),
  // @ts-expect-error a word that no write is answered with
  () => serve(v221.cdrs.receiver, { post: () => 'stored' }),
  // @ts-expect-error a list is answered with a page
  () => serve(v221.cdrs.sender, { list: () => [] }),
  // @ts-expect-error lists cannot be changed
  () => tariff.elements.push({ price_components: [] }),
  // @ts-expect-error undefined is not absent
  (): Infer<typeof Sample> => ({ note: undefined }),
];
const Sample = object({ note: optional(text()) });

describe('the compiler', () => {
  it('refuses twelve wrong uses', () => expect(wrongUses).to.have.length(12));
});
