import { expect } from 'chai';
import { OcpiError } from './envelope.js';
import { http } from './http.js';
import { type Handle, Payload } from './message.js';
import { listen } from './node.js';

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof OcpiError ? error.code : String(error)),
  );

describe('calls over HTTP', () => {
  it('bring method, path, headers and bytes there, and status, headers and bytes back', async () => {
    const bytes = Buffer.from('{"data":"ä","status_code":1000}');
    const echo: Handle = async ({ method, url, headers, body }) => ({
      status: 201,
      headers: { 'x-heard': `${method} ${url} ${headers['x-request-id']}`, location: 'https://x.example/1' },
      ...(body ? { body } : {}),
    });
    const server = await listen(echo);
    const network = http({ allow: ['loopback'] });
    try {
      const answer = await network({
        method: 'PUT',
        url: `${server.origin}/a/%20b?c=d%2Fe`,
        headers: { 'x-request-id': 'R', absent: undefined },
        body: Payload.raw(bytes),
      });
      expect(answer.status).to.equal(201);
      expect(answer.headers).to.include({ 'x-heard': 'PUT /a/%20b?c=d%2Fe R', location: 'https://x.example/1' });
      expect(answer.body?.raw.equals(bytes)).to.equal(true);
      const bare = await network({ method: 'DELETE', url: server.origin, headers: {} });
      expect(bare.headers['x-heard']).to.equal('DELETE / undefined');
    } finally {
      await network.close();
      await server.close();
    }
  });

  it('that are given up while they wait for a connection never go out', async () => {
    const heard: string[] = [];
    let answerFirst: () => void = () => undefined;
    const server = await listen(async ({ url }) => {
      heard.push(url);
      if (url === '/first')
        await new Promise<void>((resolve) => {
          answerFirst = resolve;
        });
      return { status: 200, headers: {} };
    });
    const network = http({ allow: ['loopback'], connections: 1 });
    const call = (path: string, timeoutMs = 5000, signal?: AbortSignal) =>
      network({
        method: 'POST',
        url: server.origin + path,
        headers: {},
        body: Payload.text('{}'),
        timeoutMs,
        ...(signal ? { signal } : {}),
      });
    try {
      const first = call('/first');
      const stop = new AbortController();
      const second = codeOf(call('/second', 5000, stop.signal));
      const third = codeOf(call('/third', 50));
      stop.abort();
      expect(await second).to.equal('timeout');
      expect(await third).to.equal('timeout');
      answerFirst();
      await first;
      expect((await call('/fourth')).status).to.equal(200);
      expect(heard).to.deep.equal(['/first', '/fourth']);
    } finally {
      await network.close();
      await server.close();
    }
  });

  it('make room for another origin by closing one that is not in use, and say so when all are', async () => {
    const servers = await Promise.all(
      [1, 2, 3].map(() => listen(async ({ url }) => (url === '/wait' ? new Promise(() => undefined) : { status: 200, headers: {} }))),
    );
    const network = http({ allow: ['loopback'], origins: 2 });
    const get = (at: number, path = '/') => network({ method: 'GET', url: `${servers[at]?.origin}${path}`, headers: {} });
    try {
      for (const at of [0, 1, 2, 0]) expect((await get(at)).status).to.equal(200);
      const waiting = [codeOf(get(0, '/wait')), codeOf(get(2, '/wait'))];
      await get(0);
      expect(await codeOf(get(1))).to.equal('unreachable');
      await network.close();
      for (const one of waiting) expect(await one).to.equal('unreachable');
    } finally {
      await network.close();
      await Promise.all(servers.map((server) => server.close()));
    }
  });
});
