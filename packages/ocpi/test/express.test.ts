import { createServer, type Server } from 'node:http';
import { connect, createHost, serve } from '@evroam/ocpi';
import { ocpi } from '@evroam/ocpi/express';
import { http } from '@evroam/ocpi/http';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';
import express from 'express';

describe('OCPI inside an Express application', () => {
  const network = http({ allow: ['loopback'] });
  after(() => network.close());
  const tariff: v221.Tariff = {
    country_code: 'NL',
    party_id: 'ABC',
    id: 'T1',
    currency: 'EUR',
    elements: [{ price_components: [{ type: 'FLAT', price: 1, step_size: 1 }] }],
    last_updated: '2026-03-01T10:00:00Z',
  };

  const open = async (parseFirst: boolean) => {
    const heard: string[] = [];
    const app = express();
    if (parseFirst) app.use(express.json());
    const server: Server = createServer(app);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const receiver = serve(v221.tariffs.receiver, {
      put: ({ payload }) => {
        heard.push(payload.raw.toString());
        return 'created';
      },
      get: () => tariff,
    });
    const host = createHost({
      url: `${origin}/ocpi`,
      authenticate: (token) => (token === 'T' ? {} : undefined),
      versions: { '2.2.1': [receiver] },
    });
    app.use('/ocpi', ocpi(host));
    app.get('/other', (_, response) => void response.send('still here'));
    const client = connect(v221.tariffs.receiver, network, { url: host.endpoint('2.2.1', 'tariffs', 'RECEIVER'), token: 'T' });
    return { heard, client, origin, close: () => server.close() };
  };
  const params = { country_code: 'NL', party_id: 'ABC', tariff_id: 'T1' };

  for (const parseFirst of [false, true])
    it(`answers ${parseFirst ? 'after' : 'before'} a body parser`, async () => {
      const { heard, client, origin, close } = await open(parseFirst);
      try {
        expect((await client.put({ params, body: tariff })).created).to.equal(true);
        expect((await client.get({ params })).data).to.deep.equal(tariff);
        expect(JSON.parse(heard[0] ?? '')).to.deep.equal(tariff);
        const other = await network({ method: 'GET', url: `${origin}/other`, headers: {} });
        expect(other.body?.raw.toString()).to.equal('still here');
        const wrong = await network({ method: 'GET', url: `${origin}/ocpi/versions`, headers: {} });
        expect(wrong.status).to.equal(401);
      } finally {
        close();
      }
    });
});
