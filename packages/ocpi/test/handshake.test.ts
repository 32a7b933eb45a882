import { createHost, discover, type Handle, OcpiError, type OcpiRequest, Payload, register, registrar, serve } from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import { listen } from '@evroam/ocpi/node';
import { openSimulatedCpo, openSimulatedEmsp } from '@evroam/ocpi/simulator';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof OcpiError ? `${error.http} ${error.statusCode}` : String(error)),
  );
const role = (party_id: string): v221.CredentialsRole => ({
  role: 'EMSP',
  country_code: 'DE',
  party_id,
  business_details: { name: 'Somebody' },
});

describe('a registration', () => {
  const network = http({ allow: ['loopback'] });
  after(() => network.close());

  /** A server that takes registrations, and counts what it calls. */
  const openServer = async () => {
    const called: string[] = [];
    const handle: Handle = (request) => {
      called.push(request.url);
      return network(request);
    };
    let registered = false;
    const credentials = registrar<{ registering?: boolean }>({
      handle,
      isRegistered: () => registered,
      ours: (_, token) => ({ token, url: 'https://hub.example/ocpi/versions', roles: [role('HUB')] }),
      newToken: () => 'token-C',
      save: () => {
        registered = true;
      },
      remove: () => {
        registered = false;
      },
    });
    let host: Handle | undefined;
    const listening = await listen((request) => (host as Handle)(request));
    const made = createHost<{ registering?: boolean }>({
      url: `${listening.origin}/ocpi`,
      authenticate: (token) => (token === 'token-A' ? { registering: true } : undefined),
      versions: { '2.2.1': [serve(v221.credentials.sender, credentials)] },
    });
    host = made;
    const post = (url: string, token = 'token-B') =>
      codeOf(
        register({
          handle: network,
          versionsUrl: made.versionsUrl,
          token: 'token-A',
          ours: { token, url, roles: [role('EMS')] },
          expect: () => undefined,
        }),
      );
    return { called, post, versionsUrl: made.versionsUrl, listening };
  };

  it('from a platform that cannot be called back is 3001, and inside addresses are not called at all', async () => {
    const { called, post, listening } = await openServer();
    const strict = http();
    try {
      expect(await post('http://127.0.0.1:1/ocpi/versions')).to.equal('200 3001');
      const before = called.length;
      for (const url of ['http://169.254.169.254/latest/', 'http://[::ffff:10.0.0.1]/', 'http://10.0.0.1/'])
        expect(await post(url), url).to.equal('200 3001');
      expect(called.length).to.equal(before + 3);
      expect(await codeOf(strict({ method: 'GET', url: 'http://169.254.169.254/latest/', headers: {} }))).to.equal('502 3000');
    } finally {
      await strict.close();
      await listening.close();
    }
  });

  it('without a version in common is 3002, and with a token that cannot be sent 2001', async () => {
    const { post, listening } = await openServer();
    const other = await listen(async () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Payload.of({
        data: [{ version: '3.0', url: 'https://x.example/3.0' }],
        status_code: 1000,
        timestamp: '2026-03-01T10:00:00Z',
      }),
    }));
    try {
      expect(await post(`${other.origin}/versions`)).to.equal('200 3002');
      expect(await post(`${other.origin}/versions`, 'token with blanks')).to.equal('200 2001');
    } finally {
      await other.close();
      await listening.close();
    }
  });

  it('learns that a peer takes raw tokens', async () => {
    const seen: string[] = [];
    const raw = await listen(async (request) => {
      seen.push(String(request.headers.authorization));
      if (request.headers.authorization !== 'Token raw-token') return { status: 401, headers: {} };
      const data =
        request.url === '/versions'
          ? [{ version: '2.1.1', url: `${raw.origin}/2.1.1` }]
          : { version: '2.1.1', endpoints: [{ identifier: 'locations', url: `${raw.origin}/l` }] };
      return { status: 200, headers: {}, body: Payload.of({ data, status_code: 1000, timestamp: '2026-03-01T10:00:00Z' }) };
    });
    try {
      const found = await discover({
        handle: network,
        versionsUrl: `${raw.origin}/versions`,
        token: 'raw-token',
        versions: ['2.2.1', '2.1.1'],
      });
      expect(found).to.deep.include({ version: '2.1.1', coding: 'raw' });
      expect(seen).to.have.length(3);
    } finally {
      await raw.close();
    }
  });

  it('twice is 405, and so is an update or an end before the first', async () => {
    const cpo = await openSimulatedCpo({ party: { country: 'NL', party: 'CPO' } });
    const emsp = await openSimulatedEmsp({ party: { country: 'DE', party: 'EMS' } });
    try {
      const invitation = cpo.invite();
      expect(
        await codeOf(
          register({
            handle: network,
            ...invitation,
            how: 'update',
            ours: { token: 'x', url: emsp.host.versionsUrl, roles: [role('EMS')] },
            expect: () => undefined,
          }),
        ),
      ).to.equal('405 2000');
      const registration = await emsp.register(invitation);
      const again = register({
        handle: network,
        versionsUrl: cpo.host.versionsUrl,
        token: registration.token,
        ours: { token: 'x', url: emsp.host.versionsUrl, roles: [role('EMS')] },
        expect: () => undefined,
      });
      expect(await codeOf(again)).to.equal('405 2000');
      // Drill A13: token A is dead.
      expect(await codeOf(discover({ handle: network, ...invitation }))).to.match(/^401/);
      await emsp.unregister();
      expect(await codeOf(discover({ handle: network, versionsUrl: cpo.host.versionsUrl, token: registration.token }))).to.match(/^401/);
    } finally {
      await cpo.close();
      await emsp.close();
    }
  });
});

// Drill A15: a rotation that is cut at any step leaves both sides able to call each other, and can be repeated.
describe('a rotation', () => {
  const isPut = (request: OcpiRequest): boolean => request.method === 'PUT' && request.url.endsWith('/credentials');
  const cuts: Readonly<Record<string, (request: OcpiRequest, go: Handle) => Promise<Awaited<ReturnType<Handle>>>>> = {
    'before the credentials are sent': async (request, go) => {
      if (isPut(request)) throw new OcpiError('unreachable');
      return go(request);
    },
    'after they were taken and before the answer arrives': async (request, go) => {
      const answer = await go(request);
      if (isPut(request)) throw new OcpiError('timeout');
      return answer;
    },
    'when the versions are read': async (request, go) => {
      if (request.url.endsWith('/versions')) throw new OcpiError('unreachable');
      return go(request);
    },
  };

  for (const [name, cut] of Object.entries(cuts))
    it(`cut ${name} locks nobody out`, async () => {
      const network = http({ allow: ['loopback'] });
      let isCut = false;
      const handle: Handle = (request) => (isCut ? cut(request, network) : network(request));
      const cpo = await openSimulatedCpo({ party: { country: 'NL', party: 'CPO' }, locations: 2 });
      const emsp = await openSimulatedEmsp({ party: { country: 'DE', party: 'EMS' }, handle });
      const bothWays = async (): Promise<void> => {
        expect((await emsp.pull()).locations).to.equal(2);
        await cpo.setStatus('LOC1', 'LOC1-E1', 'BLOCKED');
        const heard = await emsp.next(({ what }) => what === 'locations.patchEvse', { past: true });
        expect(heard.id).to.equal('LOC1-E1');
      };
      try {
        await emsp.register(cpo.invite());
        await bothWays();
        isCut = true;
        expect(await codeOf(emsp.rotate())).not.to.equal('accepted');
        isCut = false;
        await bothWays();
        await emsp.rotate();
        await bothWays();
      } finally {
        await cpo.close();
        await emsp.close();
        await network.close();
      }
    });
});
