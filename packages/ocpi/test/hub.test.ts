import {
  type Connection,
  createHost,
  createHub,
  endpointOf,
  type Handle,
  type HubCaller,
  type HubOptions,
  memoryCorrelations,
  OcpiError,
  Payload,
  partyKey,
  serve,
} from '@evroam/ocpi';
import { http } from '@evroam/ocpi/http';
import { listen } from '@evroam/ocpi/node';
import { openSimulatedCpo } from '@evroam/ocpi/simulator';
import { servedIn, translate } from '@evroam/ocpi/translate';
import * as v221 from '@evroam/ocpi/v221';
import { expect } from 'chai';

const HUB = { country: 'NL', party: 'HUB' };
const url = 'https://hub.example/ocpi';
const ok = (headers: Record<string, string> = {}, data?: unknown) => ({
  status: 200,
  headers,
  body: Payload.of({ ...(data === undefined ? {} : { data }), status_code: 1000, timestamp: '2026-03-01T10:00:00Z' }),
});
const location = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'L1',
  publish: true,
  address: 'A 1',
  city: 'B',
  country: 'NLD',
  coordinates: { latitude: '52.1', longitude: '5.1' },
  time_zone: 'Europe/Amsterdam',
  last_updated: '2026-03-01T10:00:00Z',
};

/** A hub between a CPO and an eMSP, both of them a Handle that remembers what it was asked. */
function open(
  answer: Handle,
  options: Partial<HubOptions<HubCaller>> = {},
  connections: Partial<Record<string, Partial<Connection>>> = {},
) {
  const clock = { time: Date.parse('2026-03-01T10:00:00Z'), now: () => new Date(clock.time) };
  const endpoints = (['SENDER', 'RECEIVER'] as const).flatMap((role) =>
    ['locations', 'tariffs', 'sessions', 'cdrs', 'commands', 'tokens'].map((identifier) => ({
      identifier,
      role,
      url: `https://partner.example/${role}/${identifier}`,
    })),
  );
  const connect = (partner: string): Connection => ({
    partner,
    version: '2.2.1',
    endpoints,
    token: `for-${partner}`,
    coding: 'base64',
    connected: true,
    hosts: ['emsp.example'],
    ...connections[partner],
  });
  const known = new Map([
    ['NLCPO', connect('cpo')],
    ['DEEMS', connect('emsp')],
    ['FRMSP', connect('other')],
  ]);
  const asked: Parameters<Handle>[0][] = [];
  const hub = createHub<HubCaller>({
    party: HUB,
    url,
    clock,
    handle: (request) => {
      asked.push(request);
      return answer(request);
    },
    find: (to) => known.get(partyKey(to)),
    connection: (id) => [...known.values()].find(({ partner }) => partner === id),
    correlations: memoryCorrelations(),
    ...options,
  });
  const callers: Record<string, HubCaller> = {
    cpo: { id: 'cpo', parties: new Set(['NLCPO']) },
    emsp: { id: 'emsp', parties: new Set(['DEEMS']) },
    two: { id: 'two', parties: new Set(['NLCPO', 'NLXYZ']) },
  };
  const host = createHost<HubCaller>({
    url,
    authenticate: (token) => callers[token],
    intercept: hub.intercept,
    versions: {
      '2.2.1': [
        serve(v221.locations.receiver, { put: () => 'created' }),
        serve(v221.locations.sender, {}),
        serve(v221.sessions.receiver, { put: () => 'created' }),
        serve(v221.commands.receiver, {}),
        serve(v221.cdrs.receiver, {}),
      ],
    },
  });
  const send = async (
    who: string,
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    to: string,
    body?: unknown,
    from: string = who === 'emsp' ? 'DEEMS' : 'NLCPO',
  ) => {
    const party = (name: 'to' | 'from', key: string) =>
      key ? { [`ocpi-${name}-country-code`]: key.slice(0, 2), [`ocpi-${name}-party-id`]: key.slice(2) } : {};
    const response = await host({
      method,
      url: path.startsWith('http') ? path : `${url}/2.2.1/${path}`,
      headers: { authorization: `Token ${who}`, 'x-request-id': 'R', 'x-correlation-id': 'C', ...party('to', to), ...party('from', from) },
      ...(body === undefined ? {} : { body: Payload.of(body) }),
    });
    return {
      status: response.status,
      code: (response.body?.value as { status_code?: number } | undefined)?.status_code,
      headers: response.headers,
    };
  };
  return { send, asked, clock };
}

describe('a hub', () => {
  it('goes on with a new request id, the same correlation id, its own token and no other headers', async () => {
    const { send, asked } = open(async () => ok({ 'x-total-count': '7', 'x-limit': '50', server: 'nginx', 'set-cookie': 'a=b' }, []));
    const { headers } = await send('emsp', 'GET', 'sender/locations?limit=5', 'NLCPO');
    expect(headers).to.deep.equal({
      'content-type': 'application/json',
      'x-request-id': 'R',
      'x-correlation-id': 'C',
      'x-total-count': '7',
      'x-limit': '50',
      'ocpi-to-country-code': 'DE',
      'ocpi-to-party-id': 'EMS',
      'ocpi-from-country-code': 'NL',
      'ocpi-from-party-id': 'CPO',
    });
    const [request] = asked;
    expect(request?.url).to.equal('https://partner.example/SENDER/locations?limit=5');
    expect(request?.headers).to.include({
      authorization: `Token ${Buffer.from('for-cpo').toString('base64')}`,
      'x-correlation-id': 'C',
      'ocpi-from-party-id': 'EMS',
      'ocpi-to-party-id': 'CPO',
    });
    expect(request?.headers['x-request-id']).not.to.equal('R');
  });

  it('sends a body on byte for byte, and a receiver’s refusal back as it is', async () => {
    const { send, asked } = open(async () => ({
      status: 200,
      headers: {},
      body: Payload.text('{"status_code": 2003, "status_message":"never heard of it"}'),
    }));
    expect(await send('cpo', 'PUT', 'receiver/locations/NL/CPO/L1', 'DEEMS', location)).to.include({ status: 200, code: 2003 });
    expect(asked[0]?.body?.value).to.deep.equal(location);
  });

  it('answers 4002 when the receiver does not answer in time, 4003 when it cannot be reached, 4001 when nobody knows it', async () => {
    const silent = await listen(() => new Promise(() => undefined));
    const network = http({ allow: ['loopback'] });
    try {
      const endpoints = [{ identifier: 'locations', role: 'SENDER' as const, url: `${silent.origin}/l` }];
      const slow = open(network, { timeoutMs: 100 }, { cpo: { endpoints } });
      expect((await slow.send('emsp', 'GET', 'sender/locations', 'NLCPO')).code).to.equal(4002);
      const away = open(network, {}, { cpo: { endpoints: [{ identifier: 'locations', role: 'SENDER', url: 'http://127.0.0.1:1/l' }] } });
      expect((await away.send('emsp', 'GET', 'sender/locations', 'NLCPO')).code).to.equal(4003);
      expect((await away.send('emsp', 'GET', 'sender/locations', 'XXXXX')).code).to.equal(4001);
      const inside = open(
        http(),
        {},
        { cpo: { endpoints: [{ identifier: 'locations', role: 'SENDER', url: 'http://169.254.169.254/l' }] } },
      );
      expect((await inside.send('emsp', 'GET', 'sender/locations', 'NLCPO')).code).to.equal(4003);
    } finally {
      await network.close();
      await silent.close();
    }
  });

  it('keeps sessions, CDRs and commands from everybody else, though they are addressed to it', async () => {
    const { send, asked } = open(async () => ok(), {
      audience: () => [
        { country: 'DE', party: 'EMS' },
        { country: 'FR', party: 'MSP' },
      ],
    });
    const session = {
      country_code: 'NL',
      party_id: 'CPO',
      id: 'S',
      start_date_time: '2026-03-01T10:00:00Z',
      kwh: 1,
      cdr_token: { country_code: 'DE', party_id: 'EMS', uid: 'U', type: 'RFID', contract_id: 'C' },
      auth_method: 'COMMAND',
      location_id: 'L',
      evse_uid: 'E',
      connector_id: '1',
      currency: 'EUR',
      status: 'ACTIVE',
      last_updated: '2026-03-01T10:00:00Z',
    };
    expect((await send('cpo', 'PUT', 'receiver/sessions/NL/CPO/S', 'NLHUB', session)).status).to.equal(201);
    expect(asked).to.have.length(0);
    expect((await send('cpo', 'PUT', 'receiver/locations/NL/CPO/L1', 'NLHUB', location)).status).to.equal(201);
    expect(asked.map(({ headers }) => `${headers['ocpi-from-party-id']} ${headers['ocpi-to-party-id']}`)).to.deep.equal([
      'HUB EMS',
      'HUB MSP',
    ]);
    expect((await send('cpo', 'PUT', 'receiver/locations/NL/CPO/L1', 'NLHUB', { ...location, city: 7 })).code).to.equal(2001);
    expect(asked).to.have.length(2);
  });

  it('lends a response_url for a time and for one use, to the receiver of the command alone', async () => {
    const { send, asked, clock } = open(async ({ method, url: at }) =>
      method === 'POST' && at.includes('/RECEIVER/') ? ok({}, { result: 'ACCEPTED', timeout: 30 }) : ok(),
    );
    const start = async (): Promise<string> => {
      await send('emsp', 'POST', 'receiver/commands/STOP_SESSION', 'NLCPO', { response_url: 'https://emsp.example/cb/1', session_id: 'S' });
      return ((asked.at(-1)?.body ?? Payload.of({})).value as { response_url: string }).response_url;
    };
    const result = { result: 'ACCEPTED' };
    const first = await start();
    expect(first).to.match(/^https:\/\/hub\.example\/ocpi\/hub\/[\w-]{24}$/);
    expect((await send('emsp', 'POST', first, '', result)).status, 'another partner').to.equal(404);
    expect((await send('cpo', 'GET', first, '')).status, 'another method').to.equal(404);
    expect((await send('cpo', 'POST', first, '', result)).status, 'the method before used it up').to.equal(404);
    const second = await start();
    expect((await send('cpo', 'POST', second, '', result)).code).to.equal(1000);
    expect(asked.at(-1)).to.include({ url: 'https://emsp.example/cb/1' });
    expect(asked.at(-1)?.headers).to.include({
      authorization: `Token ${Buffer.from('for-emsp').toString('base64')}`,
      'x-correlation-id': 'C',
    });
    expect((await send('cpo', 'POST', second, '', result)).status, 'used').to.equal(404);
    const third = await start();
    clock.time += 31 * 60_000;
    expect((await send('cpo', 'POST', third, '', result)).status, 'expired').to.equal(404);
    expect(
      (await send('emsp', 'POST', 'receiver/commands/STOP_SESSION', 'NLCPO', { response_url: 'https://evil.example/cb', session_id: 'S' }))
        .code,
    ).to.equal(2001);
  });

  it('needs to know who speaks when a partner has several parties', async () => {
    const { send } = open(async () => ok());
    expect((await send('two', 'PUT', 'receiver/locations/NL/CPO/L1', 'DEEMS', location, '')).code).to.equal(2001);
    expect((await send('two', 'PUT', 'receiver/locations/NL/CPO/L1', 'DEEMS', location, 'NLCPO')).code).to.equal(1000);
    expect((await send('two', 'PUT', 'receiver/locations/NL/CPO/L1', 'DEEMS', location, 'DEEMS')).status).to.equal(403);
  });

  it('refuses a receiver of another version, or translates for it', async () => {
    const other = { cpo: { version: '2.3.0' } };
    const answer: Handle = async () => ok({}, [{ ...location, parking_places: [{ id: 'P' }] }]);
    expect((await open(answer, {}, other).send('emsp', 'GET', 'sender/locations', 'NLCPO')).code).to.equal(4000);
    let turned: unknown;
    const { send } = open(
      answer,
      {
        translate: async (passing, to, connection) => {
          const way = translate(passing.module, passing.role ?? 'SENDER', passing.path, passing.request, {
            from: '2.2.1',
            to: '2.3.0',
            context: () => ({ owner: { country_code: to.country, party_id: to.party } }),
          });
          const back = way.answer(
            await answer({ method: 'GET', url: endpointOf(connection.endpoints, 'locations', 'SENDER'), headers: {} }),
          );
          turned = ((back.body ?? Payload.of({ data: [] })).value as { data: unknown[] }).data[0];
          return back;
        },
      },
      other,
    );
    expect((await send('emsp', 'GET', 'sender/locations', 'NLCPO')).code).to.equal(1000);
    expect(turned).to.deep.equal(location);
  });
});

describe('a translation on the wire', () => {
  it('refuses what the other version has no word for', async () => {
    const way = { from: '2.2.1', to: '2.1.1', context: () => ({ owner: { country_code: 'NL', party_id: 'CPO' } }) } as const;
    const request = { method: 'PUT', url: '', headers: {}, body: Payload.of({ profile_type: 'FAST' }) } as const;
    expect(() => translate('sessions', 'SENDER', '/S1/charging_preferences', request, way)).to.throw(
      OcpiError,
      'OCPI 2.1.1 has no sessions setPreferences',
    );
    expect(() => translate('hubclientinfo', 'SENDER', '', { ...request, method: 'GET' }, way)).to.throw(
      OcpiError,
      'no module hubclientinfo',
    );
  });

  it('serves an interface of 2.2.1 in 2.1.1, with the checks of 2.1.1 in front', async () => {
    const inner = serve(v221.tokens.receiver, {
      put: ({ body }) => (body.contract_id === 'AUTH' && body.country_code === 'DE' ? 'created' : 'updated'),
    });
    const old = servedIn('2.1.1', inner, { context: () => ({ owner: { country_code: 'DE', party_id: 'EMS' } }) });
    const token = {
      uid: 'U1',
      type: 'RFID',
      auth_id: 'AUTH',
      issuer: 'I',
      valid: true,
      whitelist: 'ALWAYS',
      last_updated: '2026-03-01T10:00:00Z',
    };
    const put = (body: unknown) => old({ method: 'PUT', url: '/DE/EMS/U1', headers: {}, body: Payload.of(body) });
    expect((await put(token)).status).to.equal(201);
    const refused = (await put({ ...token, auth_id: 7 })).body ?? Payload.of({});
    expect(refused.value).to.include({ status_code: 2001 });
  });

  it('keeps a simulated platform of another version to its version', async () => {
    const cpo = await openSimulatedCpo({ party: { country: 'NL', party: 'CPO' }, version: '2.3.0' });
    const network = http({ allow: ['loopback'] });
    try {
      const { versionsUrl, token } = cpo.invite();
      const answer = await network({ method: 'GET', url: versionsUrl, headers: { authorization: `Token ${token}` } });
      expect((answer.body?.value as { data: { version: string }[] } | undefined)?.data.map(({ version }) => version)).to.deep.equal([
        '2.3.0',
      ]);
    } finally {
      await network.close();
      await cpo.close();
    }
  });
});
