import net from 'node:net';
import { createHost, type Handle, type Method, modulesOf, objectsOf, Payload, readEnvelope, serve, validate } from '@evroam/ocpi';
import { listen } from '@evroam/ocpi/node';
import { expect } from 'chai';
import fc from 'fast-check';

const runs = process.env.EVROAM_EFFORT === 'long' ? 20_000 : 250;
const seed = Number(process.env.EVROAM_SEED ?? 221);

// Every interface of 2.2.1, answering nonsense: what is under test is all that stands before the handlers.
const faces = [...modulesOf('2.2.1').values()]
  .filter(({ id }) => id !== 'versions' && id !== 'version_details')
  .flatMap(({ id, sender, receiver }) => (id === 'credentials' ? [sender] : [sender, receiver]));
const bugs: unknown[] = [];
const host: Handle = createHost<{ registering?: boolean }>({
  url: 'http://fuzz.example/ocpi',
  authenticate: (token) => (token === 'T' ? {} : undefined),
  onError: (error) => bugs.push(error),
  versions: {
    '2.2.1': faces.map((face) =>
      serve(face, Object.fromEntries(Object.keys(face.routes).map((name) => [name, () => 'updated'])) as never, {
        onError: () => undefined,
      }),
    ),
  },
});

const method = fc.constantFrom<Method>('GET', 'PUT', 'PATCH', 'POST', 'DELETE');
const known = fc.constantFrom(
  ...faces.flatMap(({ module, role, routes }) =>
    Object.values(routes).map(({ path }) => `/ocpi/2.2.1/${role.toLowerCase()}/${module}${path}`),
  ),
);
const noise = fc.string({ unit: 'binary', maxLength: 40 });
const url = fc.oneof(
  known,
  fc.tuple(known, noise).map(([path, text]) => `${path}/${text}`),
  fc.tuple(known, noise).map(([path, text]) => `${path}?${text}`),
  noise.map((text) => `/ocpi/${text}`),
  noise,
);
const headers = fc.record(
  {
    authorization: fc.oneof(fc.constant('Token T'), noise),
    'ocpi-to-country-code': noise,
    'ocpi-to-party-id': noise,
    'ocpi-from-country-code': fc.constantFrom('NL', 'N'),
    'ocpi-from-party-id': noise,
    'x-request-id': noise,
    'x-correlation-id': noise,
  },
  { requiredKeys: ['authorization'] },
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Payload.raw(bytes)),
  fc.json().map((text) => Payload.text(text)),
  fc.constant(undefined),
);

describe('whatever arrives', () => {
  it('a host answers with an envelope', async () => {
    await fc.assert(
      fc.asyncProperty(method, url, headers, body, async (verb, target, sent, payload) => {
        const response = await host({ method: verb, url: target, headers: sent, ...(payload ? { body: payload } : {}) });
        expect(response.status).to.be.within(200, 503);
        expect(readEnvelope(response.body?.value).status_code).to.be.within(1000, 4999);
      }),
      { seed, numRuns: runs },
    );
    expect(bugs).to.deep.equal([]);
  });

  it('a verdict is given on any JSON, for every object of every version', () => {
    for (const version of ['2.1.1', '2.2.1', '2.3.0-payments', '2.3.0-bookings'] as const)
      for (const name of objectsOf(version).keys())
        fc.assert(
          fc.property(fc.jsonValue(), fc.constantFrom('full' as const, 'patch' as const, 'response' as const), (value, kind) => {
            const verdict = validate(version, name, kind, value, { unknown: 'refuse' });
            if (!verdict.ok) expect(verdict.violations.length).to.be.within(1, 100);
          }),
          { seed, numRuns: Math.max(5, runs / 80) },
        );
  });

  it('bytes that are no HTTP end their own connection and no other', async () => {
    const server = await listen(host, { requestMs: 500 });
    const send = (bytes: Uint8Array): Promise<void> =>
      new Promise((resolve) => {
        const socket = net.connect(server.port, '127.0.0.1', () => socket.end(bytes));
        socket
          .on('error', () => resolve())
          .on('close', () => resolve())
          .resume();
      });
    try {
      const start = fc.constantFrom(
        '',
        'GET / HTTP/1.1\r\n',
        'POST /ocpi/2.2.1/receiver/cdrs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
        'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n',
      );
      await fc.assert(
        fc.asyncProperty(start, fc.uint8Array({ maxLength: 100 }), (text, bytes) => send(Buffer.concat([Buffer.from(text), bytes]))),
        { seed, numRuns: Math.min(runs, 200) },
      );
      const response = await fetch(`${server.origin}/ocpi/versions`, { headers: { authorization: 'Token T' } });
      expect(response.status).to.equal(200);
    } finally {
      await server.close();
    }
  });

  it('a body that is too large or too slow is refused, and the next request is answered', async () => {
    const server = await listen(host, { largestBody: 1000, requestMs: 300 });
    const put = (text: string, headers: Record<string, string> = {}) =>
      fetch(`${server.origin}/ocpi/2.2.1/receiver/cdrs`, { method: 'POST', body: text, headers: { authorization: 'Token T', ...headers } });
    try {
      expect((await put('x'.repeat(1001))).status).to.equal(413);
      const drip = net.connect(server.port, '127.0.0.1');
      drip.write('POST /ocpi/2.2.1/receiver/cdrs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
      const answer = await new Promise<string>((resolve) => {
        let heard = '';
        drip.on('data', (chunk) => {
          heard += String(chunk);
        });
        drip.on('close', () => resolve(heard));
        drip.on('error', () => resolve(heard));
      });
      expect(answer).to.match(/^HTTP\/1\.1 408/);
      expect((await put('{}')).status).to.equal(200);
    } finally {
      await server.close();
    }
  });
});
