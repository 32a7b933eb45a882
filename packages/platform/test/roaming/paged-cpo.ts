// A CPO of 2.2.1 on raw HTTP whose lists come in pages of two, and whose connection can be cut at a page.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

const at = '2026-03-02T10:00:00Z';
const owner = { country_code: 'DE', party_id: 'PAG' };

export const location = (n: number, change: Json = {}): Json => ({
  ...owner,
  ...{ id: `L${n}`, publish: true, address: 'Weg 1', city: 'Bonn', country: 'DEU', time_zone: 'Europe/Berlin', last_updated: at },
  coordinates: { latitude: '50.735', longitude: '7.102' },
  evses: [
    {
      ...{ uid: `E${n}`, status: 'AVAILABLE', last_updated: at },
      connectors: [
        {
          ...{ id: '1', standard: 'IEC_62196_T2', format: 'SOCKET', power_type: 'AC_3_PHASE', max_voltage: 230, max_amperage: 32 },
          last_updated: at,
        },
      ],
    },
  ],
  ...change,
});

const card = { country_code: 'NL', party_id: 'EVR', uid: 'CARD1', type: 'RFID', contract_id: 'NL-EVR-C1' };
export const session = (id: string, change: Json = {}): Json => ({
  ...owner,
  ...{ id, start_date_time: at, kwh: 1, cdr_token: card, auth_method: 'WHITELIST', location_id: 'L1', evse_uid: 'E1', connector_id: '1' },
  ...{ currency: 'EUR', status: 'ACTIVE', last_updated: at },
  ...change,
});
export const cdr = (id: string, change: Json = {}): Json => ({
  ...owner,
  ...{ id, start_date_time: at, end_date_time: '2026-03-02T11:00:00Z', cdr_token: card, auth_method: 'WHITELIST', currency: 'EUR' },
  cdr_location: {
    ...{ id: 'L1', address: 'Weg 1', city: 'Bonn', country: 'DEU', evse_uid: 'E1', evse_id: '#NA', connector_id: '1' },
    ...{ connector_standard: 'IEC_62196_T2', connector_format: 'SOCKET', connector_power_type: 'AC_3_PHASE' },
    coordinates: { latitude: '50.735', longitude: '7.102' },
  },
  charging_periods: [{ start_date_time: at, dimensions: [{ type: 'ENERGY', volume: 10 }] }],
  ...{ total_cost: { excl_vat: 4 }, total_energy: 10, total_time: 1, last_updated: at },
  ...change,
});

const PAGE = 2;

/** Its lists may be changed by the test; `cut` breaks the connection for whatever it names. */
export async function openPagedCpo() {
  const lists: Record<string, Json[]> = { locations: [], tariffs: [], sessions: [], cdrs: [] };
  const asked: string[] = [];
  const state = {
    cut: (_url: URL): boolean => false,
    hubToken: '',
    /** CDRs that came in; while it is silent they are taken and no answer is given. */
    silent: false,
    taken: [] as Json[],
    offers: 0,
    onCommand: (_body: Json): Json | undefined => ({ result: 'ACCEPTED', timeout: 30 }),
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', origin());
      asked.push(`${request.method} ${url.pathname}${url.search}`);
      if (state.cut(url)) {
        request.socket.destroy();
        return;
      }
      const text = Buffer.concat(chunks).toString('utf8');
      answer(url, request.method ?? 'GET', text === '' ? undefined : (JSON.parse(text) as Json), response);
    });
  });
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const say = (response: ServerResponse, data: unknown, headers: Record<string, string> = {}) =>
    void response
      .writeHead(200, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ ...(data === undefined ? {} : { data }), status_code: 1000, timestamp: at }));

  function answer(url: URL, method: string, body: Json | undefined, response: ServerResponse): unknown {
    const module = url.pathname.slice(1);
    if (module === 'versions') return say(response, [{ version: '2.2.1', url: `${origin()}/details` }]);
    if (module === 'details') {
      const endpoints = [
        ...Object.keys(lists).map((one) => [one, 'SENDER']),
        ['credentials', 'SENDER'],
        ['commands', 'RECEIVER'],
        ['inbox', 'RECEIVER'],
        ['tokens', 'RECEIVER'],
      ];
      return say(response, {
        version: '2.2.1',
        endpoints: endpoints.map(([identifier, role]) => ({
          identifier: identifier === 'inbox' ? 'cdrs' : identifier,
          role,
          url: `${origin()}/${identifier}`,
        })),
      });
    }
    if (module === 'credentials' && method === 'POST') {
      state.hubToken = String(body?.token);
      const roles = [{ role: 'CPO', ...owner, business_details: { name: 'paged' } }];
      return say(response, { token: 'token-for-the-hub', url: `${origin()}/versions`, roles });
    }
    if (module.startsWith('commands/')) {
      const result = state.onCommand(body ?? {});
      if (result === undefined) return undefined;
      return say(response, result);
    }
    if (module === 'inbox') {
      state.offers += 1;
      if (!state.taken.some(({ id }) => id === body?.id)) state.taken.push(body ?? {});
      if (state.silent) return undefined;
      return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ status_code: 1000, timestamp: at }));
    }
    if (module.startsWith('inbox/'))
      return say(
        response,
        state.taken.find(({ id }) => `inbox/${id}` === module),
      );
    const all = lists[module];
    if (!all) return say(response, undefined);
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const from = url.searchParams.get('date_from');
    const fitting = from === null ? all : all.filter(({ last_updated }) => String(last_updated) >= from);
    const more =
      offset + PAGE < fitting.length ? { link: `<${origin()}/${module}?offset=${offset + PAGE}&limit=${PAGE}>; rel="next"` } : {};
    return say(response, fitting.slice(offset, offset + PAGE), {
      'x-total-count': String(fitting.length),
      'x-limit': String(PAGE),
      ...more,
    });
  }

  return {
    lists,
    asked,
    state,
    invitation: () => ({ versionsUrl: `${origin()}/versions`, token: 'token-a' }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export type PagedCpo = Awaited<ReturnType<typeof openPagedCpo>>;
