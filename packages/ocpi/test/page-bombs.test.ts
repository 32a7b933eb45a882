import { createServer, type RequestListener, type Server } from 'node:http';
import { type CrawledPage, CrawlLimit, connect, crawl, OcpiError } from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';

// Drill A22: a peer whose lists never end, are huge, or drip.
describe('a hostile list', () => {
  let server: Server;
  let origin = '';
  let listener: RequestListener = () => undefined;
  const network = http({ allow: ['loopback'], largestBody: 256 * 1024, silenceMs: 300 });
  before(async () => {
    server = createServer((request, response) => listener(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  after(async () => {
    await network.close();
    server.closeAllConnections();
    server.close();
  });

  const tariff = (id: string) => ({
    country_code: 'NL',
    party_id: 'ABC',
    id,
    currency: 'EUR',
    elements: [{ price_components: [{ type: 'FLAT', price: 1, step_size: 1 }] }],
    last_updated: '2026-03-01T10:00:00Z',
  });
  const answer = (data: unknown) => JSON.stringify({ data, status_code: 1000, timestamp: '2026-03-01T10:00:00Z' });
  const list = (timeoutMs = 2000) => connect(v221.tariffs.sender, network, { url: `${origin}/tariffs`, retries: 0, timeoutMs }).list;
  const read = async (options: object): Promise<{ pages: CrawledPage<v221.Tariff>[]; limit?: CrawlLimit }> => {
    const pages: CrawledPage<v221.Tariff>[] = [];
    try {
      for await (const page of crawl(list(), options)) pages.push(page);
      return { pages };
    } catch (error) {
      if (error instanceof CrawlLimit) return { pages, limit: error };
      throw error;
    }
  };
  const page =
    (at: number): RequestListener =>
    (request, response) => {
      const offset = Number(new URL(request.url ?? '', origin).searchParams.get('offset') ?? 0);
      response.setHeader('link', `<${origin}/tariffs?offset=${offset + at}>; rel="next"`);
      response.end(answer(Array.from({ length: at }, (_, number) => tariff(`T${offset + number}`))));
    };

  it('without an end is cut at the page limit, and goes on from there', async () => {
    listener = page(1);
    const { pages, limit } = await read({ maxPages: 5 });
    expect(pages).to.have.length(5);
    expect(limit?.next).to.equal(`${origin}/tariffs?offset=5`);
    const more = await read({ maxPages: 2, from: limit?.next });
    expect(more.pages.flatMap(({ items }) => items.map(({ id }) => id))).to.deep.equal(['T5', 'T6']);
  });

  it('without links is gone on with by offset, and no page is read twice', async () => {
    const asked: string[] = [];
    const held = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    listener = (request, response) => {
      asked.push(request.url ?? '');
      const query = new URL(request.url ?? '', origin).searchParams;
      const offset = Number(query.get('offset') ?? 0);
      response.setHeader('x-total-count', String(held.length));
      response.end(answer(held.slice(offset, offset + 2).map(tariff)));
    };
    const { pages } = await read({ window: { limit: 2 }, from: `${origin}/tariffs?limit=2&offset=2` });
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).to.deep.equal(['C', 'D', 'E', 'F', 'G']);
    expect(asked).to.deep.equal(['/tariffs?limit=2&offset=2', '/tariffs?offset=4&limit=2', '/tariffs?offset=6&limit=2']);
  });

  it('gone on with by a link that says no offset ends at the page without a link', async () => {
    const asked: string[] = [];
    listener = (request, response) => {
      asked.push(request.url ?? '');
      response.setHeader('x-total-count', '5');
      if (asked.length === 1) response.setHeader('link', `<${origin}/tariffs?page=c3>; rel="next"`);
      response.end(answer([tariff(`T${asked.length + 3}`)]));
    };
    const { pages } = await read({ from: `${origin}/tariffs?page=c2` });
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).to.deep.equal(['T4', 'T5']);
    expect(asked).to.deep.equal(['/tariffs?page=c2', '/tariffs?page=c3']);
  });

  it('whose link leads back to where it was gone on from is left', async () => {
    const from = `${origin}/tariffs?page=c2`;
    listener = (_, response) => {
      response.setHeader('link', `<${from}>; rel="next"`);
      response.end(answer([tariff('T1')]));
    };
    const { pages, limit } = await read({ from });
    expect(pages).to.have.length(1);
    expect(limit?.message).to.include('leads back');
  });

  it('is cut at the limits of items and of bytes', async () => {
    listener = page(10);
    expect((await read({ maxItems: 25 })).pages).to.have.length(3);
    expect((await read({ maxBytes: 5000 })).pages.length).to.be.lessThan(6);
  });

  it('whose link leads back to itself is left', async () => {
    listener = (_, response) => {
      response.setHeader('link', `<${origin}/tariffs?offset=1>; rel="next"`);
      response.end(answer([tariff('T1')]));
    };
    const { pages, limit } = await read({});
    expect(pages).to.have.length(2);
    expect(limit?.message).to.include('leads back');
  });

  it('with one page of too many bytes is refused before it is read whole', async () => {
    let sent = 0;
    listener = (_, response) => {
      const chunk = `"${'x'.repeat(16 * 1024)}",`;
      const drip = (): void => {
        while (sent < 64 * 1024 * 1024 && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', drip);
      response.write('{"data":[');
      drip();
    };
    const error = await list()().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect((error as OcpiError).code).to.equal('bad-answer');
    expect(sent).to.be.lessThan(16 * 1024 * 1024);
  });

  it('that drips is given up by time, both between bytes and as a whole', async () => {
    const codeAfter = (timeoutMs: number): Promise<unknown> =>
      list(timeoutMs)().then(
        () => 'answered',
        (error: unknown) => (error instanceof OcpiError ? error.code : error),
      );
    listener = (_, response) => void response.write('{');
    expect(await codeAfter(5000)).to.equal('timeout');
    listener = (_, response) => {
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    };
    expect(await codeAfter(400)).to.equal('timeout');
  });

  it('with items that are not valid keeps the others, and says which were refused', async () => {
    listener = (_, response) => void response.end(answer([tariff('T1'), { ...tariff('T2'), currency: 7 }, tariff('T3'), null]));
    const [only] = (await read({})).pages;
    expect(only?.items.map(({ id }) => id)).to.deep.equal(['T1', 'T3']);
    expect(only?.reply.page?.refused.map(({ index, violation }) => `${index} ${violation.path}`)).to.deep.equal(['1 /currency', '3 ']);
  });

  it('that shrinks while it is read by plain offsets loses nothing: the offset steps back', async () => {
    const held = ['A', 'B', 'C', 'D', 'E', 'F'];
    let asked = 0;
    listener = (request, response) => {
      asked += 1;
      if (asked === 2) held.shift();
      const offset = Number(new URL(request.url ?? '', origin).searchParams.get('offset') ?? 0);
      response.setHeader('x-total-count', String(held.length));
      if (offset + 2 < held.length) response.setHeader('link', `<${origin}/tariffs?offset=${offset + 2}&limit=2>; rel="next"`);
      response.end(answer(held.slice(offset, offset + 2).map(tariff)));
    };
    const { pages } = await read({});
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id)).sort()).to.deep.equal(['A', 'B', 'C', 'D', 'E', 'F']);
  });
});
