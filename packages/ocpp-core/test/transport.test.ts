import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OcppError } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import * as v201 from '@evroam/ocpp-core/v201';
import {
  type Admission,
  authorizationKey,
  certificateNames,
  connectOcpp,
  type Handshake,
  isPasswordString,
  keepConnected,
  type OcppServer,
  OfflineQueue,
  passwordMatches,
  type ServeOptions,
  serveOcpp,
  speak,
} from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';
import { WebSocket } from 'ws';

const time = '2026-01-15T10:00:00Z';
const certificate = (name: string) => readFileSync(join(fileURLToPath(new URL('../../test/certificates', import.meta.url)), name));

const both = [
  speak<'csms', typeof v16>(v16, ({ endpoint }) => endpoint.handle(v16.Heartbeat, async () => ({ currentTime: time }))),
  speak<'csms', typeof v201>(v201, ({ endpoint }) => endpoint.handle(v201.Heartbeat, async () => ({ currentTime: time }))),
];

async function refusal(promise: Promise<unknown>): Promise<OcppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OcppError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

/** Sends a handshake as bytes and gives what came back up to the end of the header. */
function rawHandshake(port: number, lines: readonly string[]): Promise<{ head: string; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const fixed = [
        'Host: x',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ];
      socket.write([...lines, ...fixed, '', ''].join('\r\n'));
    });
    let head = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) resolve({ head, socket });
    });
  });
}

describe('the WebSocket transport', () => {
  let server: OcppServer | undefined;
  const seen: Handshake[] = [];
  const open = async (options: Partial<ServeOptions> = {}) => {
    seen.length = 0;
    server = await serveOcpp({
      host: '127.0.0.1',
      path: '/ocpp/',
      versions: both,
      authenticate: async (handshake): Promise<Admission> => {
        seen.push(handshake);
        return { accepted: true };
      },
      ...options,
    });
    return { port: server.port, url: `ws://127.0.0.1:${server.port}/ocpp` };
  };

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('lets the station’s order of preference decide about the version', async () => {
    const { url } = await open();
    for (const [versions, chosen] of [
      [[speak<'station', typeof v16>(v16), speak<'station', typeof v201>(v201)], '1.6'],
      [[speak<'station', typeof v201>(v201), speak<'station', typeof v16>(v16)], '2.0.1'],
    ] as const) {
      const connection = await connectOcpp({ url, identity: 'CP1', versions });
      expect(connection.version).to.equal(chosen);
    }
  });

  it('completes a handshake without a version in common, without the header, and closes', async () => {
    const { port } = await open();
    const { head, socket } = await rawHandshake(port, ['GET /ocpp/CP1 HTTP/1.1', 'Sec-WebSocket-Protocol: ocpp1.5']);
    expect(head).to.match(/^HTTP\/1.1 101 /);
    expect(head).to.not.match(/sec-websocket-protocol/i);
    socket.end();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(server?.connections.size).to.equal(0);
  });

  it('decodes identities, and refuses what is none', async () => {
    const { port, url } = await open();
    await connectOcpp({ url, identity: 'RDAM|123 ü', versions: [speak<'station', typeof v16>(v16)] });
    expect([...(server?.connections.keys() ?? [])]).to.deep.equal(['RDAM|123 ü']);
    for (const path of ['/ocpp/%1', '/ocpp/', '/ocpp/a/b', '/other/CP1', '/ocpp/%00', `/ocpp/${'x'.repeat(256)}`]) {
      const { head, socket } = await rawHandshake(port, [`GET ${path} HTTP/1.1`, 'Sec-WebSocket-Protocol: ocpp1.6']);
      expect(head, path).to.match(/^HTTP\/1.1 404 /);
      socket.destroy();
    }
  });

  it('writes answers of every length, in ASCII and beyond', async () => {
    const { url } = await open({
      limits: { messageBytes: 4_000_000 },
      versions: [
        speak<'csms', typeof v16>(v16, ({ endpoint }) =>
          endpoint.handle(v16.DataTransfer, async ({ data = '' }) => ({ status: 'Accepted', data })),
        ),
      ],
    });
    const { endpoint } = await connectOcpp({
      url,
      identity: 'CP1',
      versions: [speak<'station', typeof v16>(v16)],
      messageBytes: 4_000_000,
    });
    for (const length of [0, 10, 60, 61, 62, 63, 64, 65, 125, 126, 127, 5_000, 65_400, 65_460, 65_536, 70_000, 300_000]) {
      for (const letter of ['x', 'ü', '🔌']) {
        const data = letter.repeat(length);
        expect((await endpoint.call(v16.DataTransfer, { vendorId: 'v', data })).data === data, `${length} ${letter}`).to.equal(true);
      }
    }
  });

  it('hands the password on as bytes, whatever they are', async () => {
    const { url } = await open();
    const password = Buffer.from('00ff3a3afe0d0a80818283848586878889', 'hex');
    await connectOcpp({ url, identity: 'a:b', password, versions: [speak<'station', typeof v16>(v16)] });
    expect(seen[0]).to.include({ identity: 'a:b', securityProfile: 1 });
    expect(seen[0]?.password?.equals(password)).to.equal(true);
  });

  it('answers 401 to a refusal and to credentials of another station, in the same words', async () => {
    const { port, url } = await open({ authenticate: async () => ({ accepted: false }) });
    const error = await refusal(connectOcpp({ url, identity: 'CP1', password: 'x', versions: [speak<'station', typeof v16>(v16)] }));
    expect(error).to.include({ code: 'ConnectionRefused' });
    expect(error.details).to.deep.equal({ status: 401 });
    const heads: string[] = [];
    for (const user of ['CP1', 'CP2']) {
      const basic = `Authorization: Basic ${Buffer.from(`${user}:x`).toString('base64')}`;
      const { head, socket } = await rawHandshake(port, ['GET /ocpp/CP1 HTTP/1.1', 'Sec-WebSocket-Protocol: ocpp1.6', basic]);
      heads.push(head);
      socket.destroy();
    }
    expect(heads[0]).to.equal(heads[1]);
  });

  it('answers 500 when authentication fails by itself, and says so', async () => {
    const failures: unknown[] = [];
    const outage = new Error('database');
    const { url } = await open({ authenticate: () => Promise.reject(outage), failed: (error) => failures.push(error) });
    const error = await refusal(connectOcpp({ url, identity: 'CP1', versions: [speak<'station', typeof v16>(v16)] }));
    expect(error.details).to.deep.equal({ status: 500 });
    expect(failures).to.deep.equal([outage]);
  });

  it('lets the newest authenticated connection win, and the old one’s end not touch it', async () => {
    const left: string[] = [];
    const { url } = await open({ disconnected: ({ identity }) => left.push(identity) });
    const versions = [speak<'station', typeof v16>(v16)];
    const first = await connectOcpp({ url, identity: 'CP1', versions });
    const second = await connectOcpp({ url, identity: 'CP1', versions });
    expect(await first.endpoint.closed).to.deep.equal({ code: 1008, reason: 'replaced by a newer connection' });
    expect(left).to.deep.equal(['CP1']);
    expect(server?.connections.size).to.equal(1);
    expect(await second.endpoint.call(v16.Heartbeat, {})).to.deep.equal({ currentTime: time });
  });

  it('refuses an identity that comes back too often, and only it', async () => {
    const { url } = await open({ limits: { handshakesPerMinuteOfIdentity: 2 } });
    const versions = [speak<'station', typeof v16>(v16)];
    await connectOcpp({ url, identity: 'CP1', versions });
    await connectOcpp({ url, identity: 'CP1', versions });
    expect((await refusal(connectOcpp({ url, identity: 'CP1', versions }))).details).to.deep.equal({ status: 429 });
    await connectOcpp({ url, identity: 'CP2', versions });
  });

  it('authenticates a storm by and by, and turns away whoever finds the line full', async () => {
    let inside = 0;
    let most = 0;
    const { url } = await open({
      limits: { handshakesAtOnce: 2, waitingHandshakes: 3 },
      authenticate: async () => {
        inside += 1;
        most = Math.max(most, inside);
        // Time for all ten to knock.
        for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        return { accepted: true };
      },
    });
    const versions = [speak<'station', typeof v16>(v16)];
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => connectOcpp({ url, identity: `CP${at}`, versions })));
    expect(most).to.equal(2);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length.within(5, 9);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.details).to.deep.equal({ status: 503 });
  });

  it('compresses 2.x without context takeover when asked, and 1.6 never', async () => {
    const { port } = await open();
    const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits';
    const old = await rawHandshake(port, ['GET /ocpp/A HTTP/1.1', 'Sec-WebSocket-Protocol: ocpp1.6', offer]);
    expect(old.head).to.not.match(/permessage-deflate/);
    const current = await rawHandshake(port, ['GET /ocpp/B HTTP/1.1', 'Sec-WebSocket-Protocol: ocpp2.0.1', offer]);
    expect(current.head).to.match(/permessage-deflate.*server_no_context_takeover/);
    old.socket.destroy();
    current.socket.destroy();
  });

  it('answers a station that compresses', async () => {
    const { url } = await open();
    const ws = new WebSocket(`${url}/CP1`, ['ocpp2.0.1'], { perMessageDeflate: { threshold: 0 } });
    const answer = new Promise((resolve, reject) => ws.on('error', reject).on('message', (data) => resolve(String(data))));
    ws.on('open', () => ws.send('[2,"a","Heartbeat",{}]'));
    expect(await answer).to.equal(`[3,"a",{"currentTime":"${time}"}]`);
    expect(ws.extensions).to.match(/permessage-deflate/);
    ws.close();
  });

  it('closes all connections over the time it is given, and lets nobody in meanwhile', async () => {
    const { url } = await open();
    const versions = [speak<'station', typeof v16>(v16)];
    const stations = await Promise.all(['A', 'B', 'C', 'D'].map((identity) => connectOcpp({ url, identity, versions })));
    const started = performance.now();
    const ends = Promise.all(stations.map(({ endpoint }) => endpoint.closed.then(() => performance.now() - started)));
    await server?.close({ spreadMs: 80 });
    const times = await ends;
    expect(Math.max(...times)).to.be.above(55);
    expect(new Set(await Promise.all(stations.map(async ({ endpoint }) => (await endpoint.closed).code)))).to.deep.equal(new Set([1001]));
    expect(await refusal(connectOcpp({ url, identity: 'A', versions }))).to.include({ code: 'ConnectionRefused' });
  });

  it('attaches to an HTTP server beside other listeners', async () => {
    const web = createServer((_request, response) => response.end('page'));
    web.on('upgrade', (request, socket) => {
      if (request.url === '/other') socket.end('HTTP/1.1 418 Teapot\r\n\r\n');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    await open({ server: web });
    const port = server?.port ?? 0;
    const connection = await connectOcpp({
      url: `ws://127.0.0.1:${port}/ocpp`,
      identity: 'CP1',
      versions: [speak<'station', typeof v16>(v16)],
    });
    expect(await connection.endpoint.call(v16.Heartbeat, {})).to.deep.equal({ currentTime: time });
    const { head, socket } = await rawHandshake(port, ['GET /other HTTP/1.1']);
    expect(head).to.match(/418/);
    socket.destroy();
    connection.endpoint.close();
    await server?.close();
    server = undefined;
    await new Promise((resolve) => web.close(resolve));
  });

  it('cuts a connection that gives no sign of life, and keeps one that does', async () => {
    let gone: (() => void) | undefined;
    const cut = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const { port, url } = await open({ limits: { pingIntervalMs: 20 }, disconnected: () => gone?.() });
    const alive = await connectOcpp({ url, identity: 'ALIVE', versions: [speak<'station', typeof v16>(v16)] });
    // A raw socket answers no ping.
    const { socket } = await rawHandshake(port, ['GET /ocpp/DEAD HTTP/1.1', 'Sec-WebSocket-Protocol: ocpp1.6']);
    socket.on('error', () => undefined);
    await cut;
    expect([...(server?.connections.keys() ?? [])]).to.deep.equal(['ALIVE']);
    expect(await alive.endpoint.call(v16.Heartbeat, {})).to.deep.equal({ currentTime: time });
  });

  it('keeps a station connected, and its queue in order over a restart of the server', async () => {
    const { port, url } = await open();
    const queue = new OfflineQueue<typeof v16>();
    let connected: (() => void) | undefined;
    const kept = keepConnected({
      url,
      identity: 'CP1',
      versions: [speak<'station', typeof v16>(v16, ({ endpoint }) => queue.connected(endpoint))],
      backOff: { minimumMs: 5, randomMs: 0, doublings: 0 },
      connected: () => connected?.(),
    });
    expect(await queue.send(v16.Heartbeat, {})).to.deep.equal({ currentTime: time });
    await server?.close();
    const waiting = [queue.send(v16.Heartbeat, {}), queue.send(v16.Authorize, { idTag: 'T' }).catch((error: OcppError) => error.code)];
    expect(queue.size).to.equal(2);
    const again = new Promise<void>((resolve) => {
      connected = resolve;
    });
    server = await serveOcpp({ host: '127.0.0.1', port, path: '/ocpp/', versions: both, authenticate: async () => ({ accepted: true }) });
    await again;
    expect(await Promise.all(waiting)).to.deep.equal([{ currentTime: time }, 'NotSupported']);
    await kept.stop();
  });
});

describe('the security profiles', () => {
  let server: OcppServer | undefined;
  let shown: Handshake | undefined;
  const versions = [speak<'station', typeof v16>(v16)];
  const open = async (clients: boolean) => {
    server = await serveOcpp({
      host: '127.0.0.1',
      versions: both,
      tls: {
        key: certificate('server.key'),
        cert: certificate('server.pem'),
        ...(clients ? { clientAuthorities: certificate('ca.pem') } : {}),
      },
      authenticate: async (handshake) => {
        shown = handshake;
        return { accepted: handshake.securityProfile >= 2 };
      },
    });
    return `wss://127.0.0.1:${server.port}`;
  };
  afterEach(async () => server?.close());

  it('2: a password over TLS', async () => {
    const url = await open(false);
    const connection = await connectOcpp({ url, identity: 'CP1', password: 'secret', versions, tls: { ca: certificate('ca.pem') } });
    expect(shown?.securityProfile).to.equal(2);
    expect(await connection.endpoint.call(v16.Heartbeat, {})).to.deep.equal({ currentTime: time });
    // Without the authority the station does not trust the server.
    expect((await refusal(connectOcpp({ url, identity: 'CP1', password: 'secret', versions }))).details).to.deep.equal({});
  });

  it('3: a certificate of the station', async () => {
    const url = await open(true);
    const tls = { ca: certificate('ca.pem'), key: certificate('station.key'), cert: certificate('station.pem') };
    await connectOcpp({ url, identity: 'CP1', versions, tls });
    expect(shown).to.include({ securityProfile: 3 });
    if (!shown?.certificate) throw new Error('no certificate');
    expect(certificateNames(shown.certificate, { operator: 'Operator', serialNumber: 'SN-1' })).to.equal(true);
    expect(certificateNames(shown.certificate, { operator: 'Operator', serialNumber: 'SN-2' })).to.equal(false);
  });

  it('3: an expired certificate is told as such, a foreign one is none', async () => {
    const url = await open(true);
    const tls = { ca: certificate('ca.pem'), key: certificate('station.key'), cert: certificate('expired.pem') };
    await connectOcpp({ url, identity: 'CP1', versions, tls });
    expect(shown).to.include({ securityProfile: 3, certificateExpired: true });
    const foreign = { ca: certificate('ca.pem'), key: certificate('other.key'), cert: certificate('other.pem') };
    expect((await refusal(connectOcpp({ url, identity: 'CP1', versions, tls: foreign }))).details).to.deep.equal({ status: 401 });
    expect(shown?.securityProfile).to.equal(0);
  });

  it('refuse TLS 1.1', async () => {
    const url = await open(false);
    const tls = { ca: certificate('ca.pem'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect((await refusal(connectOcpp({ url, identity: 'CP1', password: 'x', versions, tls }))).code).to.equal('ConnectionRefused');
  });
});

describe('credentials', () => {
  it('are compared as bytes', () => {
    expect(passwordMatches(Buffer.from([0xff, 0xfe]), Buffer.from([0xff, 0xfe]))).to.equal(true);
    // As UTF-8 both would be the replacement character.
    expect(passwordMatches(Buffer.from([0xff, 0xfe]), Buffer.from([0xff, 0xfd]))).to.equal(false);
    expect(passwordMatches(Buffer.from('geheim'), 'geheim')).to.equal(true);
    expect(passwordMatches(undefined, '')).to.equal(false);
  });

  it('of 1.6 are 16 to 20 bytes in hex, of 2.x 16 to 40 characters', () => {
    expect(authorizationKey('00112233445566778899aabbccddeeff')).to.deep.equal(Buffer.from('00112233445566778899aabbccddeeff', 'hex'));
    expect(authorizationKey('0011')).to.equal(undefined);
    expect(authorizationKey('zz112233445566778899aabbccddeeff')).to.equal(undefined);
    expect(isPasswordString('abcDEF0123456789')).to.equal(true);
    expect(isPasswordString('too short')).to.equal(false);
    expect(isPasswordString('ü'.repeat(16))).to.equal(false);
  });
});
