import { createServer } from 'node:http';
import { expect } from 'chai';
import { type Allowed, checkUrl } from './addresses.js';
import { OcpiError } from './envelope.js';
import { http } from './http.js';
import { listen } from './node.js';

// Which URL is called: R refused, A allowed. Names resolve by this table alone.
const names: Readonly<Record<string, readonly string[]>> = {
  'partner.example': ['93.184.216.34'],
  'partner6.example': ['2606:2800:220:1:248:1893:25c8:1946'],
  'inside.example': ['10.0.0.5'],
  'half.example': ['93.184.216.34', '127.0.0.1'],
  'mapped.example': ['::ffff:169.254.169.254'],
  'metadata.google.internal': ['169.254.169.254'],
  localhost: ['127.0.0.1', '::1'],
  'nothing.example': [],
};
const resolve = async (host: string): Promise<readonly string[]> => {
  const found = names[host];
  if (!found) throw new Error(`ENOTFOUND ${host}`);
  return found;
};

const table: readonly (readonly [verdict: 'A' | 'R', url: string, allow?: readonly Allowed[]])[] = [
  ['A', 'https://partner.example/ocpi/versions'],
  ['A', 'http://partner.example:8080/ocpi?x=1'],
  ['A', 'https://partner6.example/'],
  ['A', 'https://93.184.216.34/'],
  ['A', 'https://[2606:2800:220:1:248:1893:25c8:1946]/'],
  ['R', 'http://localhost/'],
  ['R', 'http://localhost:5432/'],
  ['R', 'http://127.0.0.1/'],
  ['R', 'http://127.255.255.254/'],
  ['R', 'http://127.1/'],
  ['R', 'http://2130706433/'],
  ['R', 'http://0x7f000001/'],
  ['R', 'http://0x7f.0.0.1/'],
  ['R', 'http://017700000001/'],
  ['R', 'http://0177.0.0.1/'],
  ['R', 'http://127.0.0.1./'],
  ['R', 'http://①②⑦.0.0.1/'],
  ['R', 'http://[::1]/'],
  ['R', 'http://[0:0:0:0:0:0:0:1]/'],
  ['R', 'http://[::]/'],
  ['R', 'http://[::ffff:127.0.0.1]/'],
  ['R', 'http://[::ffff:7f00:1]/'],
  ['R', 'http://[::127.0.0.1]/'],
  ['R', 'http://[64:ff9b::7f00:1]/'],
  ['R', 'http://[2002:7f00:1::]/'],
  ['R', 'http://[2001:0:7f00:1::]/'],
  ['R', 'http://[fe80::1]/'],
  ['R', 'http://[fd00::1]/'],
  ['R', 'http://[ff02::1]/'],
  ['R', 'http://[2001:db8::1]/'],
  ['R', 'http://0.0.0.0/'],
  ['R', 'http://0/'],
  ['R', 'http://10.0.0.1/'],
  ['R', 'http://172.16.0.1/'],
  ['R', 'http://172.31.255.255/'],
  ['A', 'http://172.32.0.1/'],
  ['R', 'http://192.168.1.1/'],
  ['R', 'http://100.64.0.1/'],
  ['R', 'http://169.254.169.254/latest/meta-data/'],
  ['R', 'http://[::ffff:169.254.169.254]/latest/meta-data/'],
  ['R', 'http://2852039166/latest/meta-data/'],
  ['R', 'http://metadata.google.internal/'],
  ['R', 'http://mapped.example/'],
  ['R', 'http://inside.example/'],
  ['R', 'http://half.example/'],
  ['R', 'http://nothing.example/'],
  ['R', 'http://unknown.example/'],
  ['R', 'http://198.18.0.1/'],
  ['R', 'http://192.0.2.1/'],
  ['R', 'http://224.0.0.1/'],
  ['R', 'http://255.255.255.255/'],
  ['R', 'https://user:pass@partner.example/'],
  ['R', 'ftp://partner.example/'],
  ['R', 'file:///etc/passwd'],
  ['R', 'gopher://partner.example/'],
  ['R', 'javascript:alert(1)'],
  ['R', '//partner.example/'],
  ['R', 'partner.example'],
  ['R', ''],
  ['A', 'http://127.0.0.1:9000/', ['loopback']],
  ['A', 'http://[::1]:9000/', ['loopback']],
  ['A', 'http://[::ffff:127.0.0.1]/', ['loopback']],
  ['A', 'http://localhost/', ['loopback']],
  ['R', 'http://10.0.0.5/', ['loopback']],
  ['A', 'http://inside.example/', ['private']],
  ['R', 'http://169.254.169.254/', ['private', 'loopback']],
  ['A', 'http://10.1.2.3/', ['10.1.0.0/16']],
  ['R', 'http://10.2.2.3/', ['10.1.0.0/16']],
];

const verdictOf = (promise: Promise<unknown>): Promise<'A' | 'R'> =>
  promise.then(
    () => 'A',
    (error: unknown) => {
      expect(error).to.be.instanceOf(OcpiError);
      expect((error as OcpiError).code).to.equal('blocked');
      return 'R';
    },
  );

describe('outbound URLs', () => {
  it('are at least forty in this table', () => expect(table.length).to.be.greaterThan(40));

  for (const [verdict, url, allow] of table) {
    const title = `${url || 'an empty text'}${allow ? ` when ${allow.join(' and ')} is allowed` : ''}`;
    it(`${title} is ${verdict === 'A' ? 'allowed' : 'refused'} at check`, async () => {
      expect(await verdictOf(checkUrl(url, { resolve, ...(allow ? { allow } : {}) }))).to.equal(verdict);
    });
    // What is allowed would leave this machine, so only refusals are tried at connect, without the check before.
    if (verdict === 'R')
      it(`${title} is refused at connect`, async () => {
        const network = http({ resolve, connectMs: 500, ...(allow ? { allow } : {}) });
        try {
          expect(await verdictOf(network({ method: 'GET', url, headers: {} }))).to.equal('R');
        } finally {
          await network.close();
        }
      });
  }

  it('that changes its address between check and connect gains nothing', async () => {
    let hits = 0;
    const victim = await listen(async () => {
      hits += 1;
      return { status: 200, headers: {} };
    });
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const rebinding = async (): Promise<readonly string[]> => answers.shift() ?? ['127.0.0.1'];
    const url = `http://rebind.example:${victim.port}/`;
    const network = http({ resolve: rebinding });
    try {
      await checkUrl(url, { resolve: rebinding });
      expect(await verdictOf(network({ method: 'GET', url, headers: {} }))).to.equal('R');
      expect(hits).to.equal(0);
    } finally {
      await network.close();
      await victim.close();
    }
  });

  it('that redirect are not followed, wherever they lead', async () => {
    let hits = 0;
    const server = createServer((request, response) => {
      if (request.url === '/target') hits += 1;
      const status = Number(request.url?.slice(1)) || 200;
      response.writeHead(status, { location: '/target' }).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const network = http({ allow: ['loopback'] });
    try {
      for (const status of [301, 302, 303, 307, 308])
        expect(await verdictOf(network({ method: 'GET', url: `http://127.0.0.1:${port}/${status}`, headers: {} }))).to.equal('R');
      expect(hits).to.equal(0);
    } finally {
      await network.close();
      server.close();
    }
  });

  it('of a response are on the registered hosts of the partner only', async () => {
    const hosts = ['partner.example', 'other.example:8443'];
    const check = (url: string) => verdictOf(checkUrl(url, { resolve, hosts }));
    expect(await check('https://partner.example/cb/1')).to.equal('A');
    expect(await check('https://PARTNER.example/cb/1')).to.equal('A');
    expect(await check('https://partner.example:8443/cb/1')).to.equal('A');
    expect(await check('https://partner6.example/cb/1')).to.equal('R');
    expect(await check('https://other.example/cb/1')).to.equal('R');
    expect(await check('https://partner.example.evil.example/')).to.equal('R');
    expect(await check('https://evil.example/?partner.example')).to.equal('R');
  });
});
