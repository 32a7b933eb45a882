import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { Payload } from './message.js';
import { type Listening, listen } from './node.js';

describe('the node:http listener', () => {
  const bodies = new Map<string, Payload>();
  let listening: Listening;
  before(async () => {
    listening = await listen(async ({ url }) => {
      const body = bodies.get(url);
      return { status: 200, headers: { 'content-type': 'application/json' }, ...(body ? { body } : {}) };
    });
  });
  after(() => listening.close());

  const unit = fc.constantFrom('a', 'é', '充', '\u{1f50c}', '"');
  const size = fc.constantFrom(0, 1, 700, 2048, 2049, 40_000);
  const body = fc.tuple(fc.boolean(), unit, size).map(([asBytes, one, count]) => ({ asBytes, text: one.repeat(count) }));

  it('sends a body as it is, whatever its form, size and letters', async () => {
    await fc.assert(
      fc.asyncProperty(body, async ({ asBytes, text }) => {
        bodies.set('/one', asBytes ? Payload.raw(Buffer.from(text)) : Payload.text(text));
        const answer = await fetch(`${listening.origin}/one`);
        expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(text))).to.equal(true);
        expect(answer.headers.get('content-length')).to.equal(String(Buffer.byteLength(text)));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('sends bytes that are no text as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    bodies.set('/bytes', Payload.raw(bytes));
    const answer = await fetch(`${listening.origin}/bytes`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).to.equal(true);
  });

  it('answers requests that came at once in their order', async () => {
    const wanted = ['first', 'x'.repeat(5000), 'third'];
    for (const [at, text] of wanted.entries()) bodies.set(`/${at}`, at === 1 ? Payload.raw(Buffer.from(text)) : Payload.text(text));
    const socket = connect(listening.port, '127.0.0.1');
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    socket.write(wanted.map((_, at) => `GET /${at} HTTP/1.1\r\nHost: hub\r\n${at === 2 ? 'Connection: close\r\n' : ''}\r\n`).join(''));
    await once(socket, 'close');
    expect([...got.matchAll(/\r\n\r\n(first|x{5000}|third)/g)].map(([, text]) => text)).to.deep.equal(wanted);
  });
});
