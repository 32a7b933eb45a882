import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Headers } from './headers.js';
import { headersOf } from './incoming.js';

const special = [
  '__proto__',
  'constructor',
  'toString',
  'Set-Cookie',
  'Cookie',
  'Content-Type',
  'Authorization',
  'X-Request-ID',
  'x-request-id',
];
const name = fc.oneof(fc.constantFrom(...special), fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/));
const value = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e])?$/);
// What node:http itself acts upon would end the exchange or change it.
const plain = ([said]: readonly [string, string]): boolean =>
  !/^(host|connection|content-length|transfer-encoding|expect|upgrade|keep-alive|proxy-connection|te|trailer)$/i.test(said);

describe('the headers of an incoming request', () => {
  let seen: { ours: Headers; theirs: Headers; isCopy: boolean } | undefined;
  const server = createServer((incoming, outgoing) => {
    const ours = headersOf(incoming);
    seen = { ours, theirs: incoming.headers, isCopy: ours !== incoming.headers };
    outgoing.end();
  });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const send = async (lines: readonly (readonly [string, string])[]): Promise<void> => {
    const asked = request({ port: (server.address() as AddressInfo).port, headers: ['Host', 'hub.example', ...lines.flat()] });
    const [answer] = (await once(asked.end(), 'response')) as [NodeJS.ReadableStream];
    answer.resume();
    await once(answer, 'end');
  };

  it('are what node:http makes of them, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value).filter(plain), { maxLength: 12 }), async (lines) => {
        await send(lines);
        expect(Object.entries(seen?.ours ?? {})).to.deep.equal(Object.entries(seen?.theirs ?? {}));
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('are read without node:http as long as no name needs a rule', async () => {
    await send([
      ['Authorization', 'Token abc'],
      ['X-Request-ID', '1'],
    ]);
    expect(seen?.isCopy).to.equal(true);
    for (const said of ['__proto__', 'constructor', 'X-REQUEST-ID']) {
      await send([
        ['X-Request-ID', '1'],
        [said, '2'],
      ]);
      expect(seen?.isCopy, said).to.equal(false);
    }
  });
});
