import { connect, type Socket } from 'node:net';
import { openEndpoint, readFrame, socketPair, tableOf, validate } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import * as v21 from '@evroam/ocpp-core/v21';
import * as v201 from '@evroam/ocpp-core/v201';
import { connectOcpp, type OcppServer, serveOcpp, speak } from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';
import fc from 'fast-check';

const time = '2026-01-15T10:00:00Z';
const long = process.env.EVROAM_EFFORT === 'long';
const runs = { numRuns: long ? 50_000 : 500, seed: Number(process.env.EVROAM_SEED ?? 7) };
const registries = [v16, v201, v21] as const;
const names = [...new Set(registries.flatMap((actions) => [...tableOf(actions).keys()]))];

const nasty = fc.oneof(
  fc.string({ maxLength: 200, unit: 'binary' }),
  fc.json({ maxDepth: 6 }),
  fc
    .tuple(
      fc.oneof(fc.constantFrom(2, 3, 4, 5, 6, 7), fc.jsonValue({ maxDepth: 1 })),
      fc.oneof(fc.string({ maxLength: 40 }), fc.jsonValue({ maxDepth: 1 })),
      fc.oneof(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 1 })),
      fc.jsonValue({ maxDepth: 5 }),
    )
    .map((frame) => JSON.stringify(frame)),
  fc.constantFrom(
    '',
    '[',
    'null',
    '[]',
    '[2]',
    '[2,"a"]',
    '[2,"a","Heartbeat"]',
    '[2,"a","__proto__",{}]',
    '[2,"a","constructor",{}]',
    '[2,"a","Heartbeat",{"__proto__":{"x":1}}]',
    '[2,"a","Heartbeat",{},{}]',
    '[4,"a"]',
    '[5,"a","x","y",{"toString":1}]',
    `[2,"a","Heartbeat",${'['.repeat(20_000)}${']'.repeat(20_000)}]`,
    `${'['.repeat(100_000)}`,
    '[2,"a","MeterValues",{"connectorId":1e999,"meterValue":[]}]',
    '\u0000\ufeff[2,"a","Heartbeat",{}]',
    '[2,"\ud800","Heartbeat",{}]',
  ),
);

describe('whatever text comes', () => {
  it('the reader gives a frame or says what is wrong', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(readFrame(text)).to.have.property('type');
      }),
      runs,
    );
  });

  it('the checks give a verdict', function () {
    // Each message of three versions is compiled on the way.
    this.timeout(60_000);
    fc.assert(
      fc.property(
        fc.constantFrom(...registries),
        fc.constantFrom(...names),
        fc.constantFrom('request', 'response', 'send'),
        fc.jsonValue({ maxDepth: 6 }),
        (actions, name, kind, payload) => {
          expect(validate(actions, name, kind, payload)).to.have.property('ok');
        },
      ),
      runs,
    );
  });

  it('an endpoint answers at most once, in proper frames, and hears the next message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...registries), fc.array(nasty, { maxLength: 8 }), async (actions, texts) => {
        const [left, right] = socketPair();
        const csms = openEndpoint('csms', left, { actions });
        const plain = csms as unknown as { handle(action: unknown, handler: () => Promise<unknown>): void };
        plain.handle(tableOf(actions).get('Heartbeat'), async () => ({ currentTime: time }));
        const answers = await new Promise<unknown[][]>((resolve) => {
          const heard: unknown[][] = [];
          right.listen({
            heard: (text) => {
              const answer = JSON.parse(text) as unknown[];
              if (answer[1] === 'the last one') resolve(heard);
              else heard.push(answer);
            },
            ended: () => resolve([]),
          });
          for (const text of texts) right.send(text);
          right.send('[2,"the last one","Heartbeat",{}]');
        });
        expect(answers.length).to.be.at.most(texts.length);
        for (const answer of answers) {
          expect(answer[0]).to.be.oneOf([3, 4, 5]);
          expect(answer[1]).to.be.a('string');
          if (answer[0] !== 3) expect(answer).to.have.length(5);
        }
        csms.close();
      }),
      { ...runs, numRuns: runs.numRuns / 2 },
    );
    expect(({} as Record<string, unknown>).x).to.equal(undefined);
  });
});

describe('whatever bytes come', () => {
  let server: OcppServer;
  const left = new Map<string, () => void>();
  const versions = [speak<'station', typeof v16>(v16)];
  before(async () => {
    server = await serveOcpp({
      host: '127.0.0.1',
      authenticate: async () => ({ accepted: true }),
      versions: [speak<'csms', typeof v16>(v16, ({ endpoint }) => endpoint.handle(v16.Heartbeat, async () => ({ currentTime: time })))],
      limits: { handshakesPerMinuteOfIdentity: 1_000_000, handshakesPerMinuteOfAddress: 1_000_000 },
      disconnected: ({ identity }) => left.get(identity)?.(),
    });
  });
  after(() => server.close());

  const handshake = (identity: string) =>
    [
      `GET /${identity} HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: ocpp1.6',
      '',
      '',
    ].join('\r\n');

  /** Opens a WebSocket, sends bytes after the handshake, and resolves when the server has closed or said so much. */
  const sendRaw = (identity: string, bytes: Uint8Array, end: boolean) =>
    new Promise<Buffer>((resolve, reject) => {
      const heard: Buffer[] = [];
      const socket = connect(server.port, '127.0.0.1', () => socket.write(handshake(identity)));
      let open = false;
      socket.on('data', (chunk) => {
        if (open) {
          heard.push(chunk);
          // The one frame that matters is there; what follows is our end of the closing.
          socket.end();
        } else {
          open = true;
          socket.write(bytes);
          if (end) socket.end();
        }
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(Buffer.concat(heard)));
    });

  it('the server lives, and the other sockets do not notice', async () => {
    const other = await connectOcpp({ url: `ws://127.0.0.1:${server.port}`, identity: 'OTHER', versions });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        await sendRaw('RAW', bytes, true);
        expect(await other.endpoint.call(v16.Heartbeat, {})).to.deep.equal({ currentTime: time });
      }),
      { ...runs, numRuns: runs.numRuns / 10 },
    );
    other.endpoint.close();
  });

  /** Opens a WebSocket by hand; `until` resolves with the bytes that came, once they are so many or the connection is over. */
  const openRaw = (identity: string) =>
    new Promise<{ socket: Socket; until: (length: number) => Promise<Buffer> }>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(handshake(identity)));
      socket.on('error', reject);
      socket.once('data', () => {
        let heard: Buffer = Buffer.alloc(0);
        socket.on('data', (chunk) => {
          heard = Buffer.concat([heard, chunk]);
        });
        const until = async (length: number) => {
          while (heard.length < length && !socket.closed)
            await new Promise<void>((next) => {
              socket.once('data', () => next());
              socket.once('close', () => next());
            });
          return heard;
        };
        resolve({ socket, until });
      });
    });

  const masked = (opcode: number, payload: Buffer): Buffer => {
    const head =
      payload.length < 126
        ? Buffer.from([opcode, 0x80 | payload.length])
        : Buffer.from([opcode, 0xfe, payload.length >> 8, payload.length & 255]);
    return Buffer.concat([head, Buffer.alloc(4), payload]);
  };
  const closeCode = (heard: Buffer) => (heard[0] === 0x88 ? heard.readUInt16BE(2) : undefined);

  it('a frame that announces 50 MB is refused before it is read', async () => {
    const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
    expect(closeCode(await sendRaw('BIG', head, false))).to.equal(1009);
  });

  it('a message in fragments that grows past the limit is refused', async () => {
    const part = Buffer.alloc(60_000, 0x20);
    const parts = [masked(0x01, part), ...Array.from({ length: 20 }, () => masked(0x00, part))];
    expect(closeCode(await sendRaw('PARTS', Buffer.concat(parts), false))).to.equal(1009);
  });

  it('invalid UTF-8 closes with 1007, binary data with 1003', async () => {
    expect(closeCode(await sendRaw('UTF8', masked(0x81, Buffer.from([0x5b, 0xff, 0x5d])), false))).to.equal(1007);
    expect(closeCode(await sendRaw('BINARY', masked(0x82, Buffer.from('[2,"a","Heartbeat",{}]')), false))).to.equal(1003);
  });

  it('a message in fragments is put together', async () => {
    const text = Buffer.from('[2,"a","Heartbeat",{}]');
    const heard = await sendRaw('SPLIT', Buffer.concat([masked(0x01, text.subarray(0, 7)), masked(0x80, text.subarray(7))]), false);
    expect(heard.subarray(2, 2 + (heard[1] ?? 0)).toString()).to.equal(`[3,"a",{"currentTime":"${time}"}]`);
  });

  it('a ping is answered between messages, in order', async () => {
    const { socket, until } = await openRaw('PING');
    const beat = masked(0x81, Buffer.from('[2,"a","Heartbeat",{}]'));
    socket.write(Buffer.concat([beat, masked(0x89, Buffer.from('are you there')), beat]));
    const answer = Buffer.from(`[3,"a",{"currentTime":"${time}"}]`);
    const frame = Buffer.concat([Buffer.from([0x81, answer.length]), answer]);
    const heard = await until(2 * frame.length + 15);
    const pong = Buffer.concat([Buffer.from([0x8a, 13]), Buffer.from('are you there')]);
    // Answers come in the order of the messages; a pong need not wait for a handler.
    expect(heard.indexOf(pong)).to.be.oneOf([0, frame.length, 2 * frame.length]);
    expect(Buffer.concat([heard.subarray(0, heard.indexOf(pong)), heard.subarray(heard.indexOf(pong) + pong.length)])).to.deep.equal(
      Buffer.concat([frame, frame]),
    );
    socket.destroy();
  });

  it('a closing frame is echoed, and the connection ended', async () => {
    const { until, socket } = await openRaw('BYE');
    const ended = new Promise<void>((resolve) => left.set('BYE', resolve));
    socket.write(masked(0x88, Buffer.concat([Buffer.from([3, 0xe9]), Buffer.from('power fails')])));
    const heard = await until(1_000);
    expect(heard).to.deep.equal(Buffer.concat([Buffer.from([0x88, 13, 3, 0xe9]), Buffer.from('power fails')]));
    await ended;
  });

  it('a peer that asks and does not read is cut off', async () => {
    const { socket } = await openRaw('DEAF');
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => masked(0x89, Buffer.alloc(125))));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.pause();
    const flood = (error?: Error | null) => {
      if (!error) socket.write(pings, flood);
    };
    flood();
    await ended;
    await connectOcpp({ url: `ws://127.0.0.1:${server.port}`, identity: 'AFTER', versions });
  });

  it('a handshake that is none is refused', async () => {
    const answers = await Promise.all(
      [
        ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 12', 426],
        ['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Key: AAAA', 400],
        ['Upgrade: websocket', 'Upgrade: h2c', 400],
        ['GET ', 'POST ', 400],
      ].map(
        ([from, to, status], at) =>
          new Promise<boolean>((resolve, reject) => {
            const socket = connect(server.port, '127.0.0.1', () => socket.write(handshake(`NONE${at}`).replace(String(from), String(to))));
            socket.on('error', reject);
            socket.once('data', (head) => resolve(head.toString().startsWith(`HTTP/1.1 ${status} `)));
          }),
      ),
    );
    expect(answers).to.deep.equal([true, true, true, true]);
  });
});
