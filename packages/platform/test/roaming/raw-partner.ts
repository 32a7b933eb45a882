// A partner platform written on raw HTTP, in a process of its own: it imports nothing of this project, so that what it
// understands is the standard and not our reading of it. Its parent steers it over IPC; what goes to the hub goes over HTTP.
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// biome-ignore lint/suspicious/noExplicitAny: a peer that knows no types
type Any = any;
type Json = { [name: string]: Any };
type Version = '2.1.1' | '2.2.1' | '2.3.0';

interface Config {
  version: Version;
  role: 'CPO' | 'EMSP';
  country: string;
  party: string;
}

const heard: { method: string; path: string; body: Json | undefined; raw: string }[] = [];
let config: Config;
let url = '';
let tokenForHub = '';
let hub: { token: string; endpoints: { identifier: string; role?: string; url: string }[] } | undefined;
const sessions = new Map<string, Json>();
const cdrs: { raw: string; cdr: Json }[] = [];

/** Where it keeps what it must still know after a kill; nowhere if the test does not say. */
let file: string | undefined;

function remember(): void {
  if (file === undefined) return;
  writeFileSync(`${file}.new`, JSON.stringify({ config, url, tokenForHub, hub, sessions: [...sessions], cdrs }));
  renameSync(`${file}.new`, file);
}

const old = () => config.version === '2.1.1';
const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
const authorization = (token: string) => `Token ${old() ? token : Buffer.from(token).toString('base64')}`;
const owner = () => (old() ? {} : { country_code: config.country, party_id: config.party });
const me = () => ({ 'OCPI-from-country-code': config.country, 'OCPI-from-party-id': config.party });

async function ask(method: string, to: string, token: string, body?: unknown, headers: Record<string, string> = {}) {
  const raw = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(to, {
    method,
    headers: {
      authorization: authorization(token),
      'content-type': 'application/json',
      'X-Request-ID': randomUUID(),
      'X-Correlation-ID': randomUUID(),
      ...headers,
    },
    ...(raw === undefined ? {} : { body: raw }),
  });
  const answer = (await response.json()) as Json;
  if (response.status >= 300 || answer.status_code >= 2000)
    throw new Error(`${method} ${to}: HTTP ${response.status} ${JSON.stringify(answer)} to ${raw}`);
  return { data: answer.data, location: response.headers.get('location'), link: response.headers.get('link') };
}

const endpoint = (module: string, role: string) => {
  const found = hub?.endpoints.find((one) => one.identifier === module && (one.role === undefined || one.role === role));
  if (!found) throw new Error(`the hub has no ${module} ${role}: ${JSON.stringify(hub?.endpoints)}`);
  return found.url;
};
const say = (method: string, to: string, body?: unknown) => ask(method, to, hub!.token, body, old() ? {} : me());

// --- what it is made of, in each version's own words

const power = { '2.1.1': { voltage: 400, amperage: 32, tariff_id: 'T1' }, new: { max_voltage: 400, max_amperage: 32, tariff_ids: ['T1'] } };
const location = (): Json => ({
  ...owner(),
  id: 'L1',
  ...(old() ? { type: 'ON_STREET' } : { publish: true }),
  name: `Raw ${config.party}`,
  address: 'Unter den Linden 1',
  city: 'Berlin',
  postal_code: '10117',
  country: 'DEU',
  coordinates: { latitude: '52.517', longitude: '13.388' },
  time_zone: 'Europe/Berlin',
  evses: [
    {
      uid: `${config.party}-E1`,
      evse_id: `${config.country}*${config.party}*E1`,
      status: 'AVAILABLE',
      capabilities: ['REMOTE_START_STOP_CAPABLE', 'RFID_READER'],
      connectors: [
        {
          id: '1',
          standard: 'IEC_62196_T2',
          format: 'SOCKET',
          power_type: 'AC_3_PHASE',
          ...(old() ? power['2.1.1'] : power.new),
          last_updated: '2026-01-01T00:00:00Z',
        },
      ],
      last_updated: '2026-01-01T00:00:00Z',
    },
  ],
  last_updated: '2026-01-01T00:00:00Z',
});
const tariff = (): Json => ({
  ...owner(),
  id: 'T1',
  currency: 'EUR',
  ...(config.version === '2.3.0' ? { tax_included: 'NO' } : {}),
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1, ...(old() ? {} : { vat: 19 }) }] }],
  last_updated: '2026-01-01T00:00:00Z',
});
const token = (n = 1): Json => ({
  ...owner(),
  uid: `${config.party}CARD${n}`,
  type: 'RFID',
  [old() ? 'auth_id' : 'contract_id']: `${config.country}-${config.party}-C0000${n}`,
  issuer: config.party,
  valid: true,
  whitelist: 'ALWAYS',
  last_updated: '2026-01-01T00:00:00Z',
});
/** 10 kWh at 0.40 and 19 % of tax. */
const price = () =>
  old()
    ? 4
    : config.version === '2.3.0'
      ? { before_taxes: 4, taxes: [{ name: 'VAT', percentage: 19, amount: 0.76 }] }
      : { excl_vat: 4, incl_vat: 4.76 };

function session(id: string, card: Json, method: string, ended: boolean): Json {
  const start = old() ? 'start_datetime' : 'start_date_time';
  const end = old() ? 'end_datetime' : 'end_date_time';
  return {
    ...owner(),
    id,
    [start]: '2026-03-02T10:00:00Z',
    ...(ended ? { [end]: '2026-03-02T11:00:00Z' } : {}),
    kwh: ended ? 10 : 2.5,
    ...who(card),
    auth_method: old() && method === 'COMMAND' ? 'AUTH_REQUEST' : method,
    ...(old() ? { location: location() } : { location_id: 'L1', evse_uid: `${config.party}-E1`, connector_id: '1' }),
    currency: 'EUR',
    ...(ended ? { total_cost: price() } : {}),
    status: ended ? 'COMPLETED' : 'ACTIVE',
    last_updated: now(),
  };
}
const who = (card: Json): Json =>
  old()
    ? { auth_id: card.auth_id ?? card.contract_id }
    : {
        cdr_token: {
          country_code: card.country_code,
          party_id: card.party_id,
          uid: card.uid,
          type: card.type,
          contract_id: card.contract_id,
        },
      };

function cdr(id: string, card: Json, method: string): Json {
  const { evses, name, address, city, postal_code, country, coordinates } = location();
  const [evse] = evses;
  return {
    ...owner(),
    id: `${id}-CDR`,
    start_date_time: '2026-03-02T10:00:00Z',
    [old() ? 'stop_date_time' : 'end_date_time']: '2026-03-02T11:00:00Z',
    ...who(card),
    ...(old() ? {} : { session_id: id }),
    auth_method: old() && method === 'COMMAND' ? 'AUTH_REQUEST' : method,
    ...(old()
      ? { location: location() }
      : {
          cdr_location: {
            ...{ id: 'L1', name, address, city, postal_code, country, coordinates },
            evse_uid: evse.uid,
            evse_id: evse.evse_id,
            connector_id: '1',
            connector_standard: 'IEC_62196_T2',
            connector_format: 'SOCKET',
            connector_power_type: 'AC_3_PHASE',
          },
        }),
    currency: 'EUR',
    tariffs: [tariff()],
    charging_periods: [
      {
        start_date_time: '2026-03-02T10:00:00Z',
        dimensions: [
          { type: 'ENERGY', volume: 10 },
          { type: 'TIME', volume: 1 },
        ],
        ...(old() ? {} : { tariff_id: 'T1' }),
      },
    ],
    total_cost: price(),
    total_energy: 10,
    total_time: 1,
    last_updated: now(),
  };
}

// --- its own server

const ok = (response: ServerResponse, data: unknown, status = 200, headers: Record<string, string> = {}) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ ...(data === undefined ? {} : { data }), status_code: 1000, timestamp: now() }));

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  const path = new URL(request.url ?? '/', url).pathname;
  const body = raw === '' ? undefined : (JSON.parse(raw) as Json);
  if (request.headers.authorization !== authorization(tokenForHub)) {
    response.writeHead(401).end('{"status_code":2000,"timestamp":"2026-01-01T00:00:00Z"}');
    return;
  }
  heard.push({ method: request.method ?? '', path, body, raw });
  if (path === '/versions') return void ok(response, [{ version: config.version, url: `${url}/details` }]);
  if (path === '/details') return void ok(response, { version: config.version, endpoints: endpoints() });
  if (request.method === 'GET') {
    const lists: Json = { '/locations': [location()], '/tariffs': [tariff()], '/tokens': [token(1), token(2)] };
    return void ok(response, lists[path] ?? [], 200, { 'X-Total-Count': String((lists[path] ?? []).length), 'X-Limit': '100' });
  }
  if (path.startsWith('/sessions/')) {
    sessions.set(path.split('/').slice(-2).join('/'), body!);
    remember();
  }
  if (path === '/cdrs') {
    // Taken twice it is still one: what is acknowledged is kept first.
    if (!cdrs.some(({ cdr: kept }) => kept.id === body!.id)) cdrs.push({ raw, cdr: body! });
    remember();
    return void ok(response, undefined, 201, { Location: `${url}/cdrs/${body!.id}` });
  }
  if (path === '/commands/START_SESSION') {
    const id = `S-${config.party}-${sessions.size + 1}`;
    sessions.set(id, { card: body!.token, method: 'COMMAND', mine: true });
    remember();
    ok(response, old() ? { result: 'ACCEPTED' } : { result: 'ACCEPTED', timeout: 30 });
    await say('POST', body!.response_url, { result: 'ACCEPTED' });
    await push(id, false);
    return;
  }
  ok(response, undefined);
}

function endpoints(): Json[] {
  const sides: [string, string][] =
    config.role === 'CPO'
      ? [
          ['credentials', 'SENDER'],
          ['locations', 'SENDER'],
          ['tariffs', 'SENDER'],
          ['tokens', 'RECEIVER'],
          ['commands', 'RECEIVER'],
        ]
      : [
          ['credentials', 'SENDER'],
          ['locations', 'RECEIVER'],
          ['tariffs', 'RECEIVER'],
          ['sessions', 'RECEIVER'],
          ['cdrs', 'RECEIVER'],
          ['tokens', 'SENDER'],
          ['commands', 'SENDER'],
        ];
  return sides.map(([identifier, role]) => ({ identifier, ...(old() ? {} : { role }), url: `${url}/${identifier}` }));
}

/** Tells the hub of a session of ours. */
async function push(id: string, ended: boolean): Promise<void> {
  const { card, method } = sessions.get(id)!;
  await say('PUT', `${endpoint('sessions', 'RECEIVER')}/${config.country}/${config.party}/${id}`, session(id, card, method, ended));
}

async function open(port: number): Promise<void> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      heard.push({ method: 'FAILED', path: String(request.url), body: undefined, raw: String(error) });
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// --- what its parent asks of it

const actions: Record<string, (args: Any) => Promise<unknown>> = {
  async configure({ file: at, ...given }: Config & { file?: string }) {
    config = given;
    file = at;
    await open(0);
    remember();
  },
  /** Comes back after a kill, at the same address, with what it had kept. */
  async restore({ file: at }: { file: string }) {
    file = at;
    const kept = JSON.parse(readFileSync(at, 'utf8')) as Any;
    ({ config, tokenForHub, hub } = kept);
    for (const [id, one] of kept.sessions) sessions.set(id, one);
    cdrs.push(...kept.cdrs);
    await open(Number(new URL(kept.url).port));
  },
  async register({ versionsUrl, token: tokenA }: { versionsUrl: string; token: string }) {
    const { data: versions } = await ask('GET', versionsUrl, tokenA);
    const mine = versions.find((one: Json) => one.version === config.version);
    if (!mine) throw new Error(`the hub does not speak ${config.version}: ${JSON.stringify(versions)}`);
    const { data: details } = await ask('GET', mine.url, tokenA);
    tokenForHub = randomUUID();
    const us = { business_details: { name: config.party }, party_id: config.party, country_code: config.country };
    const credentials = { token: tokenForHub, url: `${url}/versions`, ...(old() ? us : { roles: [{ role: config.role, ...us }] }) };
    const at = details.endpoints.find((one: Json) => one.identifier === 'credentials').url;
    const { data } = await ask('POST', at, tokenA, credentials);
    hub = { token: data.token, endpoints: details.endpoints };
    remember();
    return data;
  },
  async start({ card, location: place }: { card: number; location: Json }) {
    const body = { response_url: `${url}/commands/START_SESSION/${randomUUID()}`, token: token(card), ...place };
    return (await say('POST', `${endpoint('commands', 'RECEIVER')}/START_SESSION`, body)).data;
  },
  /** A card is held to a station of ours: known from the hub's list of tokens. */
  async card({ uid }: { uid: string }) {
    const { data } = await ask(
      'GET',
      endpoint('tokens', 'SENDER'),
      hub!.token,
      undefined,
      old() ? {} : { ...me(), 'OCPI-to-country-code': 'NL', 'OCPI-to-party-id': 'HUB' },
    );
    const card = data.find((one: Json) => one.uid === uid);
    if (!card) throw new Error(`the card ${uid} is not known: ${JSON.stringify(data.map((one: Json) => one.uid))}`);
    const id = `S-${config.party}-${sessions.size + 1}`;
    sessions.set(id, { card, method: 'WHITELIST', mine: true });
    remember();
    await push(id, false);
    return id;
  },
  /** Ends all sessions of ours and bills them; may be killed once so many CDRs were taken, before it has noted the last one. */
  async finish({ dieAfter }: { dieAfter?: number } = {}) {
    let posted = 0;
    for (const [id, kept] of sessions) {
      const { mine, card, method, done, bill } = kept;
      if (!mine || done) continue;
      await push(id, true);
      // The very same bytes after a kill: a CDR is made once.
      const bytes = bill ?? JSON.stringify(cdr(id, card, method));
      sessions.set(id, { ...kept, bill: bytes });
      remember();
      await say('POST', endpoint('cdrs', 'RECEIVER'), bytes);
      posted += 1;
      if (posted === dieAfter) process.kill(process.pid, 'SIGKILL');
      sessions.set(id, { ...kept, bill: bytes, done: true });
      remember();
    }
  },
  async locations() {
    const headers = old() ? {} : { ...me(), 'OCPI-to-country-code': 'NL', 'OCPI-to-party-id': 'HUB' };
    return (await ask('GET', endpoint('locations', 'SENDER'), hub!.token, undefined, headers)).data;
  },
  /** Whatever the hub answers to a request, good or bad, as text. */
  async read({ url: at, to, method = 'GET' }: { url: string; to: [string, string]; method?: string }) {
    const response = await fetch(at, {
      method,
      headers: { authorization: authorization(hub!.token), ...me(), 'OCPI-to-country-code': to[0], 'OCPI-to-party-id': to[1] },
    });
    return response.text();
  },
  /** A card is told to somebody. */
  async harvest({ uid, to }: { uid: string; to: [string, string] }) {
    const response = await fetch(`${endpoint('tokens', 'RECEIVER')}/${config.country}/${config.party}/${uid}`, {
      method: 'PUT',
      headers: {
        authorization: authorization(hub!.token),
        'content-type': 'application/json',
        ...me(),
        'OCPI-to-country-code': to[0],
        'OCPI-to-party-id': to[1],
      },
      body: JSON.stringify({ ...token(1), uid }),
    });
    return response.text();
  },
  /** Of the sessions that were sent to us. */
  states: async () => [...sessions.values()].flatMap(({ mine, status }) => (mine ? [] : [status])),
  heard: async () => heard,
  cdrs: async () => cdrs,
};

process.on('message', ({ ref, ask: name, args }: { ref: number; ask: string; args: unknown }) => {
  const action = actions[name];
  const work = action ? action(args) : Promise.reject(new Error(`no ${name}`));
  work.then(
    (value) => process.send?.({ ref, value }),
    (error: unknown) => process.send?.({ ref, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
