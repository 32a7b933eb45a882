// What a raw partner answers to the hub.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { location, session, tariff, tokens } from './raw-objects.js';
import { authorization, endpoint, type Fault, isOld, type Json, now, remember, say, self } from './raw-self.js';

const ok = (response: ServerResponse, data: unknown, status = 200, headers: Record<string, string> = {}) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ ...(data === undefined ? {} : { data }), status_code: 1000, timestamp: now() }));

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  const path = new URL(request.url ?? '/', self.url).pathname;
  const body = raw === '' ? undefined : (JSON.parse(raw) as Json);
  if (request.headers.authorization !== authorization(self.tokenForHub)) {
    response.writeHead(401).end('{"status_code":2000,"timestamp":"2026-01-01T00:00:00Z"}');
    return;
  }
  const query = Object.fromEntries(new URL(request.url ?? '/', self.url).searchParams);
  self.heard.push({ method: request.method ?? '', path, query, body, raw, headers: request.headers });
  const fault = [...self.faults].find(([begins]) => path.startsWith(begins))?.[1];
  if (fault !== undefined) return void wrong(response, fault);
  if (path === '/versions') return void ok(response, [{ version: self.config.version, url: `${self.url}/details` }]);
  if (path === '/details') return void ok(response, { version: self.config.version, endpoints: endpoints() });
  // What comes of it the test says.
  const isAsked = path.startsWith('/chargingprofiles/') && self.config.role === 'CPO';
  if (isAsked) return void ok(response, { result: 'ACCEPTED', timeout: 30 });
  if (path.endsWith('/charging_preferences')) return void ok(response, 'DEPARTURE_REQUIRED');
  if (request.method === 'GET') {
    const lists: Json = { '/locations': [location()], '/tariffs': [tariff()], '/tokens': tokens() };
    return void ok(response, lists[path] ?? [], 200, { 'X-Total-Count': String((lists[path] ?? []).length), 'X-Limit': '100' });
  }
  if (path.endsWith('/authorize')) return void verdict(response, path.split('/').at(-2)!, body);
  if (path.startsWith('/sessions/')) {
    self.sessions.set(path.split('/').slice(-2).join('/'), body!);
    remember();
  }
  if (path === '/cdrs') {
    // Taken twice it is still one: what is acknowledged is kept first.
    if (!self.cdrs.some(({ cdr: kept }) => kept.id === body!.id)) self.cdrs.push({ raw, cdr: body! });
    remember();
    return void ok(response, undefined, 201, { Location: `${self.url}/cdrs/${body!.id}` });
  }
  if (path === '/commands/START_SESSION' && body?.response_url !== undefined) {
    const id = begin({ card: body.token, method: 'COMMAND', reference: body.authorization_reference });
    ok(response, isOld() ? { result: 'ACCEPTED' } : { result: 'ACCEPTED', timeout: 30 });
    await say('POST', body.response_url, { result: 'ACCEPTED' });
    await push(id, false);
    return;
  }
  // What comes of it the test says.
  if (path.startsWith('/commands/') && body?.response_url !== undefined) {
    return void ok(response, isOld() ? { result: 'ACCEPTED' } : { result: 'ACCEPTED', timeout: 30 });
  }
  ok(response, undefined);
}

function wrong(response: ServerResponse, fault: Fault): void {
  if (fault === 'silent') return;
  if (fault === 503) response.writeHead(503).end();
  else if (typeof fault === 'number')
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status_code: fault, status_message: `${self.config.party} says no`, timestamp: now() }));
  else if ('redirect' in fault) response.writeHead(302, { location: fault.redirect }).end();
  else ok(response, [], 200, { 'X-Total-Count': '9', 'X-Limit': '1', Link: `<${fault.next}>; rel="next"` });
}

/** Says of a card of ours what the test has laid down; of another that we do not know it. */
function verdict(response: ServerResponse, uid: string, place: Json | undefined): void {
  const card = tokens().find((one) => one.uid === uid);
  if (!card) {
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ status_code: 2004, timestamp: now() }));
    return;
  }
  const allowed = self.verdicts.get(uid) ?? 'ALLOWED';
  const more = isOld() ? {} : { token: card, ...(allowed === 'ALLOWED' ? { authorization_reference: `REF-${uid}` } : {}) };
  ok(response, { allowed, ...more, ...(place ? { location: place } : {}) });
}

const steered: [string, string][] = [
  ['sessions', 'SENDER'],
  ['chargingprofiles', 'RECEIVER'],
];

function endpoints(): Json[] {
  const sides: [string, string][] =
    self.config.role === 'CPO'
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
  if (!isOld()) sides.push(...(self.config.role === 'CPO' ? steered : [['chargingprofiles', 'SENDER'] as [string, string]]));
  return sides.map(([identifier, role]) => ({ identifier, ...(isOld() ? {} : { role }), url: `${self.url}/${identifier}` }));
}

/** A session of ours begins; gives its id. */
export function begin(begun: Parameters<typeof session>[1]): string {
  const id = `S-${self.config.party}-${self.sessions.size + 1}`;
  self.sessions.set(id, { ...begun, mine: true });
  remember();
  return id;
}

/** Tells the hub of a session of ours. */
export async function push(id: string, ended: boolean): Promise<void> {
  const { country, party } = self.config;
  const { card, method, reference } = self.sessions.get(id)!;
  const at = `${endpoint('sessions', 'RECEIVER')}/${country}/${party}/${id}`;
  await say('PUT', at, session(id, { card, method, reference }, ended));
}

export async function open(port: number): Promise<void> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      self.heard.push({ method: 'FAILED', path: String(request.url), query: {}, body: undefined, raw: String(error), headers: {} });
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
