import { on, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as v16 from '@evroam/ocpp-core/v16';
import { type Connection, connectOcpp, type OcppServer, type ServeOptions, serveOcpp, speak } from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';

const time = '2026-01-15T10:00:00Z';
const answer = `[3,"1",{"currentTime":"${time}"}]`;
const FOREVER_MS = 3_600_000;
const certificate = (name: string) => readFileSync(join(fileURLToPath(new URL('../../test/certificates', import.meta.url)), name));
const csms = speak<'csms', typeof v16>(v16, ({ endpoint }) => endpoint.handle(v16.Heartbeat, async () => ({ currentTime: time })));
const station = [speak<'station', typeof v16>(v16)];

const silent = async (port: number) => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

const secured = async (port: number, ca: Buffer) => {
  const socket = tlsConnect({ port, host: '127.0.0.1', ca, servername: 'localhost' });
  await once(socket, 'secureConnect');
  return socket;
};

/** Until what has come so far ends with these characters. */
async function heard(socket: Socket, end: string): Promise<string> {
  let text = '';
  for await (const [chunk] of on(socket, 'data')) {
    text += chunk.toString('latin1');
    if (text.endsWith(end)) return text;
  }
  throw new Error('unreachable');
}

/** A handshake and a Heartbeat as bytes; gives the answer. */
async function heartbeat(socket: Socket, identity: string): Promise<string> {
  const head = [
    `GET /${identity} HTTP/1.1`,
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol: ocpp1.6',
  ];
  socket.write([...head, '', ''].join('\r\n'));
  await heard(socket, '\r\n\r\n');
  const message = '[2,"1","Heartbeat",{}]';
  // Masked with zeros.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | message.length, 0, 0, 0, 0]), Buffer.from(message)]));
  return (await heard(socket, ']')).slice(2);
}

describe('a storm of new sockets', () => {
  let server: OcppServer | undefined;
  /** Handshakes by the turn of the event loop in which they were heard. */
  const perTurn: number[] = [];
  const serve = async (options: Partial<ServeOptions>) => {
    perTurn.splice(0);
    let isSameTurn = false;
    server = await serveOcpp({
      host: '127.0.0.1',
      versions: [csms],
      authenticate: async () => {
        if (!isSameTurn) perTurn.push(0);
        if (!isSameTurn) setImmediate(() => (isSameTurn = false));
        isSameTurn = true;
        perTurn.push((perTurn.pop() ?? 0) + 1);
        return { accepted: true };
      },
      ...options,
    });
    return server.port;
  };
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('is let in few at a time, whatever number comes, and none is lost', async () => {
    const http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    const port = await serve({ server: http, limits: { arrivalsAtOnce: 3, arrivalPatienceMs: FOREVER_MS, handshakesPerTurn: 1_000 } });
    const sockets = await Promise.all(Array.from({ length: 300 }, () => silent(port)));
    // The server has them all, and then all speak at the same moment.
    while ((await promisify(http.getConnections.bind(http))()) < sockets.length) await new Promise((resolve) => setImmediate(resolve));
    const answers = await Promise.all(sockets.map((socket, n) => heartbeat(socket, `CP${n}`)));
    expect(answers).to.deep.equal(Array(300).fill(answer));
    expect(Math.max(...perTurn)).to.be.at.most(3);
    expect(perTurn.reduce((sum, count) => sum + count)).to.equal(300);
    for (const socket of sockets) socket.destroy();
    http.close();
  });

  it('is let in over TLS as well, and none is lost', async () => {
    const port = await serve({
      tls: { key: certificate('server.key'), cert: certificate('server.pem') },
      limits: { arrivalsAtOnce: 2, arrivalPatienceMs: FOREVER_MS },
    });
    const ca = certificate('ca.pem');
    const answers = Array.from({ length: 60 }, async (_, n) => {
      const socket = await secured(port, ca);
      const said = await heartbeat(socket, `CP${n}`);
      socket.destroy();
      return said;
    });
    expect(await Promise.all(answers)).to.deep.equal(Array(60).fill(answer));
  });

  it('leaves the commands to stations that stand alone', async () => {
    const opened: Connection<'csms', typeof v16>[] = [];
    const port = await serve({
      versions: [speak(v16, (connection) => opened.push(connection))],
      limits: { arrivalsAtOnce: 1, arrivalPatienceMs: FOREVER_MS },
    });
    const connection = await connectOcpp({ url: `ws://127.0.0.1:${port}`, identity: 'STAYS', versions: station });
    connection.endpoint.handle(v16.ClearCache, async () => ({ status: 'Accepted' }));
    const sockets = await Promise.all(Array.from({ length: 100 }, () => silent(port)));
    // Nobody comes in, for the first of them never speaks.
    const command = await opened[0]?.endpoint.call(v16.ClearCache, {});
    expect(command).to.deep.equal({ status: 'Accepted' });
    for (const socket of sockets) socket.destroy();
  });

  it('is not held up by sockets that say nothing', async () => {
    const port = await serve({ limits: { arrivalsAtOnce: 1, arrivalPatienceMs: 1 } });
    const sockets = await Promise.all(Array.from({ length: 50 }, () => silent(port)));
    expect(await heartbeat(await silent(port), 'CP1')).to.equal(answer);
    for (const socket of sockets) socket.destroy();
  });

  it('is cut where too many wait', async () => {
    const port = await serve({ limits: { arrivalsAtOnce: 1, arrivalPatienceMs: FOREVER_MS, waitingSockets: 2 } });
    const sockets = [];
    for (let n = 0; n < 4; n += 1) sockets.push(await silent(port));
    const [last] = sockets.slice(-1);
    last?.on('error', () => undefined);
    last?.resume();
    if (last && !last.closed) await once(last, 'close');
    expect(sockets.map(({ destroyed }) => destroyed)).to.deep.equal([false, false, false, true]);
    for (const socket of sockets) socket.destroy();
  });

  it('goes to the HTTP server that was there before, once stations are served no longer', async () => {
    const http = createServer((_request, response) => response.end('mine')).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    await serve({ server: http, limits: { arrivalsAtOnce: 1, arrivalPatienceMs: FOREVER_MS } });
    const first = await silent(port);
    const waiting = fetch(`http://127.0.0.1:${port}/`);
    // The request waits behind a socket that never speaks.
    const second = await silent(port);
    await server?.close();
    server = undefined;
    expect(await (await waiting).text()).to.equal('mine');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).to.equal('mine');
    for (const socket of [first, second]) socket.destroy();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
});
