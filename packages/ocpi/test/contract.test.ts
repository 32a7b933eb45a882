import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connect, type Handle, type Interface, OcpiError, Payload, type Route, type Schema } from '@evroam/ocpi';
import { type Http, http } from '@evroam/ocpi/http';
import { expect } from 'chai';
import { sample } from './contract/sample.js';
import { contracted, contractWorld, facesOf, heard, nameField, TOKEN, TOKEN_A, urlOf } from './contract/world.js';

interface World {
  readonly handle: Handle;
  readonly origin: string;
  close(): Promise<void>;
}

async function inMemory(): Promise<World> {
  const origin = 'http://contract.example';
  return { handle: contractWorld(origin), origin, close: async () => undefined };
}

async function overHttp(): Promise<World> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./contract/process.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const network: Http = http({ allow: ['loopback'] });
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)));
    child.once('exit', (code) => reject(new Error(`the other process ended with ${code}`)));
  });
  return {
    handle: network,
    origin,
    close: async () => {
      await network.close();
      child.removeAllListeners('exit');
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.disconnect();
      await gone;
    },
  };
}

type Call = (input: object) => Promise<{
  readonly data: unknown;
  readonly created: boolean;
  readonly location?: string;
  readonly http: number;
  readonly page?: { readonly total?: number; readonly next?: string };
}>;
const paramsOf = (route: Route): Record<string, string> =>
  Object.fromEntries(
    [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => [
      name,
      name === 'country_code' ? 'NL' : name === 'party_id' ? 'ABC' : `${name}/ä %1`.slice(0, 20),
    ]),
  );

/** A body whose identity is the URL's. */
function bodyOf(route: Route, params: Record<string, string>, how: 'whole' | 'least'): unknown {
  if (!route.says.body) return undefined;
  const body = sample(route.says.body, how) as Record<string, unknown>;
  for (const [param, field] of Object.entries(route.says.same ?? {})) if (field in body) body[field] = params[param];
  return body;
}

/** Parameters whose values a body can repeat: CiStrings of printable ASCII. */
const plainParams = (route: Route): Record<string, string> =>
  Object.fromEntries(Object.entries(paramsOf(route)).map(([name, value]) => [name, value.replace(/[^\w]/g, '')]));
const queryOf = (route: Route) =>
  Object.fromEntries(Object.entries(route.says.query ?? {}).map(([name, schema]) => [name, String(sample(schema, 'whole'))]));
const namesOf = (route: Route, items: unknown): unknown[] =>
  (items as Record<string, unknown>[]).map((item) => item[nameField(route.says.data as Schema)]);
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof OcpiError ? `${error.http} ${error.statusCode}` : String(error)),
  );

for (const [name, open] of Object.entries({ 'in memory': inMemory, 'over HTTP between two processes': overHttp }))
  describe(`server and client joined ${name}`, () => {
    let world: World;
    before(async function () {
      this.timeout(20_000);
      world = await open();
    });
    after(() => world.close());

    const routing = { from: { country: 'NL', party: 'ABC' }, to: { country: 'DE', party: 'XYZ' } };
    const clientOf = (version: string, face: Interface, more: object = {}): Record<string, Call> =>
      connect(face, world.handle, {
        url: urlOf(world.origin, version, face),
        token: TOKEN,
        routing,
        timeoutMs: 5000,
        retries: 0,
        strict: true,
        ...more,
      }) as unknown as Record<string, Call>;
    const lastHeard = async (version: string, face: Interface) => {
      const url = urlOf(world.origin, version, { module: 'acme-heard', role: version === '2.1.1' ? face.role : 'SENDER' });
      return (await connect(heard.sender, world.handle, { url, token: TOKEN }).get()).data;
    };

    for (const version of Object.keys(contracted) as (keyof typeof contracted)[])
      for (const face of facesOf(version).filter((one) => version !== '2.1.1' || one.module !== 'credentials' || one.role === 'RECEIVER'))
        for (const [route, definition] of Object.entries(face.routes))
          it(`${version} ${face.module} ${face.role} ${route}: what is said is heard, and what is answered arrives`, async () => {
            for (const how of ['least', 'whole'] as const) {
              const params = definition.says.same ? plainParams(definition) : paramsOf(definition);
              const body = bodyOf(definition, params, how);
              const query = queryOf(definition);
              const raw = body === undefined ? '' : ` ${JSON.stringify(body)}\n`;
              const call = clientOf(version, face)[route] as Call;
              const reply = await call({
                params,
                query,
                ...(body === undefined ? {} : { body: Payload.text(raw) }),
                ...(definition.paged ? { window: { offset: 2, limit: 2 } } : {}),
                requestId: 'R-1',
                correlationId: 'C-1',
              });

              const { module, route: asked, json, raw: bytes } = await lastHeard(version, face);
              const told = JSON.parse(json);
              expect(`${module} ${asked}`).to.equal(
                `${face.module} ${face.module === 'credentials' && version !== '2.1.1' ? 'SENDER' : face.role} ${route}`,
              );
              expect(told).to.deep.include({ params, query, requestId: 'R-1', correlationId: 'C-1', routing: face.routed ? routing : {} });
              expect(told.body).to.deep.equal(body);
              expect(bytes).to.equal(raw);

              if (definition.paged) {
                expect(namesOf(definition, reply.data)).to.deep.equal(['C', 'D']);
                expect(reply.page?.total).to.equal(5);
                const next = await call({ at: reply.page?.next });
                expect(namesOf(definition, next.data)).to.deep.equal(['E']);
                expect(next.page?.next).to.equal(undefined);
              } else if (definition.says.data) expect(reply.data).to.deep.equal(sample(definition.says.data, 'whole'));
              else
                expect([reply.http, reply.location]).to.deep.equal(
                  definition.method === 'DELETE'
                    ? [200, undefined]
                    : definition.method === 'POST'
                      ? [201, `${world.origin}/somewhere/1`]
                      : [201, undefined],
                );
            }
          });

    for (const version of Object.keys(contracted) as (keyof typeof contracted)[])
      it(`${version}: every body that lacks a required field, or has one of the wrong type, is 2001 with its pointer`, async () => {
        for (const face of facesOf(version).filter((one) => one.module !== 'credentials'))
          for (const [route, definition] of Object.entries(face.routes)) {
            const schema = definition.says.body as Schema | undefined;
            const required = ((schema?.required ?? []) as readonly string[])[0];
            if (!schema || required === undefined) continue;
            const params = plainParams(definition);
            const { [required]: _, ...lacking } = bodyOf(definition, params, 'least') as Record<string, unknown>;
            for (const bad of [lacking, { ...lacking, [required]: { no: 'object' } }, []]) {
              const response = await send({ version, face, route, body: JSON.stringify(bad) });
              expect(`${response.status} ${response.code}`, `${face.module} ${route}`).to.equal('200 2001');
              if (!Array.isArray(bad)) expect(response.message).to.include(`/${required}`);
            }
          }
      });

    interface Sent {
      readonly version: string;
      readonly face: Interface;
      readonly route: string;
      readonly body?: string | Buffer;
      readonly headers?: Record<string, string>;
      readonly params?: Record<string, string>;
      readonly suffix?: string;
      readonly method?: Route['method'];
    }
    async function send({ version, face, route, body, headers = {}, params, suffix = '', method }: Sent) {
      const definition = face.routes[route] as Route;
      const values = { ...plainParams(definition), ...params };
      const path = definition.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '');
      const response = await world.handle({
        method: method ?? definition.method,
        url: `${urlOf(world.origin, version, face)}${path}${suffix}`,
        headers: { authorization: `Token ${Buffer.from(TOKEN).toString('base64')}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? Payload.text(body) : Payload.raw(body) }),
      });
      const envelope = response.body?.value as { status_code: number; status_message: string; data?: unknown };
      return { status: response.status, code: envelope.status_code, message: envelope.status_message, headers: response.headers, envelope };
    }
    const face = (version: keyof typeof contracted, module: string, role: string): Interface => {
      const found = facesOf(version).find((one) => one.module === module && one.role === role);
      if (!found) throw new Error(`${version} has no ${module} ${role}`);
      return found;
    };
    const put = { version: '2.2.1', face: face('2.2.1', 'tariffs', 'RECEIVER'), route: 'put' };
    const list = { version: '2.2.1', face: face('2.2.1', 'tariffs', 'SENDER'), route: 'list' };
    const tariff = () => JSON.stringify(bodyOf(put.face.routes.put as Route, plainParams(put.face.routes.put as Route), 'whole'));

    it('a body that is no JSON, no UTF-8, or missing is HTTP 400', async () => {
      for (const body of ['{', 'nonsense', '', Buffer.from([0x22, 0xff, 0xfe, 0x22])]) {
        const { status, code } = await send({ ...put, body });
        expect(`${status} ${code}`).to.equal('400 2001');
      }
    });

    it('a body with prototype keys, deep nesting or unknown fields is a body like any other', async () => {
      const body = JSON.parse(tariff());
      const deep = `${'['.repeat(3000)}${']'.repeat(3000)}`;
      const { status, code } = await send({
        ...put,
        body: `${JSON.stringify(body).slice(0, -1)},"__proto__":{"polluted":1},"constructor":1,"x_deep":${deep}}`,
      });
      expect(`${status} ${code}`).to.equal('201 1000');
      expect(({} as { polluted?: number }).polluted).to.equal(undefined);
    });

    it('a token that is missing, unknown, or of another scheme is 401; raw and base64 are the same', async () => {
      for (const authorization of ['', 'Token', 'Token nonsense', `Bearer ${TOKEN}`, `Token ${'x'.repeat(5000)}`]) {
        const { status } = await send({ ...list, headers: { authorization } });
        expect(status, authorization.slice(0, 20)).to.equal(401);
      }
      for (const authorization of [`Token ${TOKEN}`, `token ${Buffer.from(`${TOKEN}\n`).toString('base64')}`])
        expect((await send({ ...list, headers: { authorization } })).code).to.equal(1000);
    });

    it('a token A opens versions and credentials and nothing else', async () => {
      const headers = { authorization: `Token ${TOKEN_A}` };
      expect((await send({ ...list, headers })).status).to.equal(401);
      expect((await send({ version: '2.2.1', face: face('2.2.1', 'credentials', 'SENDER'), route: 'get', headers })).code).to.equal(1000);
      const versions = await world.handle({ method: 'GET', url: `${world.origin}/ocpi/versions`, headers });
      const data = (versions.body ?? Payload.of({})).value as { data?: { version: string }[] };
      expect(data.data?.map(({ version }) => version)).to.deep.equal(['2.2', '2.2.1', '2.3.0']);
    });

    it('ids are echoed, routing is turned round, and half a party is 2001', async () => {
      const headers = {
        'x-request-id': 'R-7',
        'x-correlation-id': 'C-7',
        'ocpi-from-country-code': 'NL',
        'ocpi-from-party-id': 'ABC',
        'ocpi-to-country-code': 'DE',
        'ocpi-to-party-id': 'XYZ',
      };
      expect((await send({ ...list, headers })).headers).to.include({
        'x-request-id': 'R-7',
        'x-correlation-id': 'C-7',
        'ocpi-from-country-code': 'DE',
        'ocpi-from-party-id': 'XYZ',
        'ocpi-to-country-code': 'NL',
        'ocpi-to-party-id': 'ABC',
      });
      expect((await send({ ...list, headers: { 'ocpi-from-country-code': 'NL' } })).code).to.equal(2001);
    });

    it('pages are limited, and windows that cannot be read are 2001', async () => {
      const { headers } = await send({ ...list, suffix: '?limit=1000000' });
      expect(headers).to.include({ 'x-limit': '100', 'x-total-count': '5' });
      for (const suffix of [
        '?limit=0',
        '?limit=-1',
        '?offset=x',
        '?date_from=yesterday',
        '?date_to=2026-02-30T00:00:00Z',
        `?cursor=${'x'.repeat(300)}`,
      ])
        expect((await send({ ...list, suffix })).code, suffix).to.equal(2001);
      for (const suffix of [
        '?date_from=2026-02-28T00:00:00',
        '?date_from=2026-02-28T00:00:00Z&date_to=2026-02-28T00:00:00.000Z',
        '?date_from=2026-02-28T00:00:00+00:00',
      ])
        expect((await send({ ...list, suffix })).code, suffix).to.equal(1000);
    });

    it('the next page keeps the filters of the first', async () => {
      const { headers } = await send({ ...list, suffix: '?date_from=2026-02-28T00:00:00Z&limit=2' });
      const next = new URL(/<([^>]+)>; rel="next"/.exec(String(headers.link))?.[1] ?? '');
      expect(Object.fromEntries(next.searchParams)).to.deep.equal({ date_from: '2026-02-28T00:00:00Z', limit: '2', offset: '2' });
      expect(next.origin).to.equal(world.origin);
    });

    it('an id or owner in the body that is not the URL’s is 2001; another case of it is not', async () => {
      expect((await send({ ...put, body: tariff(), params: { tariff_id: 'OTHER' } })).code).to.equal(2001);
      expect((await send({ ...put, body: tariff(), params: { country_code: 'DE' } })).code).to.equal(2001);
      expect((await send({ ...put, body: tariff(), params: { country_code: 'nl', party_id: 'abc' } })).code).to.equal(1000);
    });

    it('a path that is not there is 404, a method that is not 405, broken percent-encoding 400', async () => {
      expect((await send({ ...list, suffix: '/a/b/c/d/e/f/g' })).status).to.equal(404);
      expect((await send({ ...put, method: 'POST', body: '{}' })).status).to.equal(405);
      expect((await send({ ...put, body: tariff(), params: { tariff_id: '%1' } })).status).to.equal(400);
    });

    it('what is not there is 404; a bug is 3000 and tells nothing of the inside', async () => {
      const getTariff = { ...put, route: 'get' };
      expect((await send({ ...getTariff, params: { tariff_id: 'NONE' } })).status).to.equal(404);
      const { status, code, envelope } = await send({ ...getTariff, params: { tariff_id: 'BUG' } });
      expect(`${status} ${code}`).to.equal('200 3000');
      expect(JSON.stringify(envelope)).not.to.include('secret');
    });

    it('an answer that does not come is a time-out', async () => {
      const client = clientOf('2.2.1', put.face, { timeoutMs: 100 });
      const params = { country_code: 'NL', party_id: 'ABC', tariff_id: 'SLOW' };
      expect(await codeOf((client.get as Call)({ params }))).to.equal('504 3000');
      const stop = new AbortController();
      const asked = codeOf((clientOf('2.2.1', put.face).get as Call)({ params, signal: stop.signal }));
      stop.abort();
      expect(await asked).to.equal('504 3000');
    });

    it('a client refuses to send what is not valid, and in strict mode what is not known', async () => {
      const client = clientOf('2.2.1', put.face);
      const params = plainParams(put.face.routes.put as Route);
      const body = JSON.parse(tariff());
      expect(await codeOf((client.put as Call)({ params, body: { ...body, currency: 7 } }))).to.equal('200 2001');
      expect(await codeOf((client.put as Call)({ params, body: { ...body, curency: 'EUR' } }))).to.equal('200 2001');
    });
  });
