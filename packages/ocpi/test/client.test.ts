import { connect, type Handle, OcpiError, Payload } from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';

const success = (data?: unknown) => ({
  status: 200,
  headers: {},
  body: Payload.of({ ...(data === undefined ? {} : { data }), status_code: 1000, timestamp: '2026-03-01T10:00:00Z' }),
});
const tariff: v221.Tariff = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'T1',
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'FLAT', price: 1, step_size: 1 }] }],
  last_updated: '2026-03-01T10:00:00Z',
};
const params = { country_code: 'NL', party_id: 'ABC', tariff_id: 'T1' };

describe('a client', () => {
  const failing = (times: number, how: 'unreachable' | 503) => {
    let tries = 0;
    const ids: unknown[] = [];
    const handle: Handle = async (request) => {
      tries += 1;
      ids.push(request.headers['x-request-id']);
      if (tries > times) return success(request.method === 'GET' ? tariff : undefined);
      if (how === 503) return { status: 503, headers: {} };
      throw new OcpiError('unreachable');
    };
    return { handle, tries: () => tries, ids };
  };
  const open = (handle: Handle) =>
    connect(v221.tariffs.receiver, handle, { url: 'https://partner.example/t', token: 'secret-token', wait: async () => undefined });
  const codeOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'accepted',
      (error: OcpiError) => error.code,
    );

  it('tries a GET again, with a new request id, and gives up after two more', async () => {
    for (const how of ['unreachable', 503] as const) {
      const twice = failing(2, how);
      expect((await open(twice.handle).get({ params })).data).to.deep.equal(tariff);
      expect(new Set(twice.ids).size).to.equal(3);
      const often = failing(9, how);
      expect(await codeOf(open(often.handle).get({ params }))).to.equal(how === 503 ? 'unavailable' : 'unreachable');
      expect(often.tries()).to.equal(3);
    }
  });

  it('never repeats what changes something', async () => {
    const once = failing(9, 'unreachable');
    expect(await codeOf(open(once.handle).put({ params, body: tariff }))).to.equal('unreachable');
    expect(await codeOf(open(once.handle).delete({ params }))).to.equal('unreachable');
    expect(once.tries()).to.equal(2);
  });

  it('takes unknown tokens as 404 with 2004 and as 200 with 2004', async () => {
    for (const status of [200, 404]) {
      const handle: Handle = async () => ({
        status,
        headers: {},
        body: Payload.of({ status_code: 2004, timestamp: '2026-03-01T10:00:00Z' }),
      });
      const client = connect(v221.tokens.sender, handle, { url: 'https://partner.example/t' });
      expect(await codeOf(client.authorize({ params: { token_uid: 'X' } }))).to.equal('unknown-token');
    }
  });

  it('calls an answer bad that is no envelope, no JSON, or whose data does not fit', async () => {
    const bodies = [
      Payload.text('<html>'),
      Payload.text(''),
      Payload.of({}),
      Payload.of({ status_code: 'x' }),
      Payload.of({ data: { id: 1 }, status_code: 1000 }),
      Payload.of({ status_code: 1000 }),
      Payload.of(null),
    ];
    for (const body of bodies) {
      const handle: Handle = async () => ({ status: 200, headers: {}, body });
      expect(await codeOf(open(handle).get({ params })), body.json).to.equal('bad-answer');
    }
    expect(await codeOf(open(async () => ({ status: 404, headers: {} })).get({ params }))).to.equal('not-found');
    expect(await codeOf(open(async () => ({ status: 500, headers: {} })).get({ params }))).to.equal('generic');
  });

  it('accepts any data in the answer of a write, and codes of one’s own between 1900 and 1999', async () => {
    expect((await open(async () => success({ whatever: true })).put({ params, body: tariff })).data).to.equal(undefined);
    const custom: Handle = async () => ({ status: 200, headers: {}, body: Payload.of({ status_code: 1901, timestamp: 'x' }) });
    expect((await open(custom).put({ params, body: tariff })).statusCode).to.equal(1901);
  });

  it('shows an exchange to whoever keeps a journal, without the token', async () => {
    const seen: string[] = [];
    const client = connect(v221.tariffs.receiver, async () => success(), {
      url: 'https://partner.example/t',
      token: 'secret-token',
      onExchange: ({ request }) => seen.push(JSON.stringify(request.headers)),
    });
    await client.put({ params, body: tariff });
    expect(seen).to.have.length(1);
    expect(seen[0]).to.include('Token ***').and.not.include('secret').and.not.include(Buffer.from('secret-token').toString('base64'));
  });
});
