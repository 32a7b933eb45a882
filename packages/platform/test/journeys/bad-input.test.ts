import { expect } from 'chai';
import { WebSocket } from 'ws';
import { furnish, openHub, type TestHub } from './hub.js';

/** A socket that was written by nobody who knows the rules. */
async function openRaw(hub: TestHub, password: string) {
  const socket = new WebSocket(`${hub.ocppUrl}/CS-1`, 'ocpp1.6', {
    headers: { authorization: `Basic ${Buffer.from(`CS-1:${password}`).toString('base64')}` },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const ask = (text: string): Promise<unknown[]> =>
    new Promise((resolve) => {
      // The hub may ask something of its own meanwhile.
      const hear = (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as unknown[];
        if (message[0] === 2) return;
        socket.off('message', hear);
        resolve(message);
      };
      socket.on('message', hear);
      socket.send(text);
    });
  return { ask, send: (text: string) => socket.send(text), close: () => socket.close() };
}

const refusal = (url: string, authorization?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'ocpp1.6', authorization === undefined ? {} : { headers: { authorization } });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.once('open', () => reject(new Error('it was let in')));
    socket.on('error', () => undefined);
  });

describe('bad input to the whole hub', () => {
  let hub: TestHub;
  let password: string;
  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    password = await furnish(hub);
  });
  after(() => hub.close());

  const rows = async (table: string): Promise<number> => {
    const [row] = await hub.database.sql<{ n: number }>(undefined, `SELECT count(*)::int AS n FROM ${table}`);
    return row!.n;
  };

  it('answers an unknown station and a wrong password alike, and logs both', async () => {
    const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
    expect(await refusal(`${hub.ocppUrl}/CS-1`, basic('CS-1', 'wrong'))).to.equal(401);
    expect(await refusal(`${hub.ocppUrl}/CS-9`, basic('CS-9', 'wrong'))).to.equal(401);
    expect(await refusal(`${hub.ocppUrl}/CS-1`)).to.equal(401);
    await hub.logged(({ msg, identity }) => identity === 'CS-9' && String(msg).includes('refused'));
  });

  it('gives a station the standard error for what is no message, unknown or wrong, and goes on', async () => {
    const { ask, send, close } = await openRaw(hub, password);
    send('this is no JSON');
    expect((await ask('[2,"1","NoSuchAction",{}]')).slice(0, 3)).to.deep.equal([4, '1', 'NotImplemented']);
    expect((await ask('[2,"2","BootNotification",{"chargePointVendor":"x"}]')).slice(0, 3)).to.deep.equal([
      4,
      '2',
      'OccurenceConstraintViolation',
    ]);
    expect((await ask('[2,"3","Authorize",{"idTag":17}]')).slice(0, 3)).to.deep.equal([4, '3', 'TypeConstraintViolation']);
    expect((await ask('[2,"4","Heartbeat",{}]'))[0]).to.equal(3);
    await hub.logged(({ msg }) => msg === 'a station sent what is no message');
    await hub.logged(({ msg, action }) => msg === 'a message of a station was refused' && action === 'Authorize');
    close();
  });

  it('keeps a stop that belongs to no session, answers it, and writes half of nothing', async () => {
    const { ask, close } = await openRaw(hub, password);
    const stop = '[2,"9","StopTransaction",{"transactionId":-1,"meterStop":500,"timestamp":"2026-03-01T10:00:00Z"}]';
    expect(await ask(stop)).to.deep.equal([3, '9', {}]);
    expect(await ask(stop)).to.deep.equal([3, '9', {}]);
    expect(await rows('charging_unmatched_stop')).to.equal(1);
    expect(await rows('charging_session')).to.equal(0);
    expect(await rows('charging_cdr')).to.equal(0);
    close();
  });

  it('gives a start that is sent twice one session and one number', async () => {
    const { ask, close } = await openRaw(hub, password);
    const start = (id: string) =>
      `[2,"${id}","StartTransaction",{"connectorId":1,"idTag":"NOBODY","meterStart":0,"timestamp":"2026-03-01T11:00:00Z"}]`;
    const [, , first] = (await ask(start('a'))) as [number, string, { transactionId: number; idTagInfo: { status: string } }];
    const [, , second] = (await ask(start('b'))) as [number, string, { transactionId: number }];
    expect(first.idTagInfo.status).to.equal('Invalid');
    expect(second.transactionId).to.equal(first.transactionId);
    expect(await rows('charging_session')).to.equal(1);
    close();
  });

  it('tells an OCPI caller by the standard what was wrong', async () => {
    const ocpi = async (method: string, path: string, token?: string, body?: string) => {
      const response = await fetch(hub.addresses.ocpi.replace('/versions', path), {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Token ${Buffer.from(token).toString('base64')}` }),
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body }),
      });
      return { http: response.status, status: ((await response.json()) as { status_code: number }).status_code };
    };
    const { body: invited } = await hub.api('POST', '/partners', { name: 'EVM', parties: [{ party: 'NL-EVM', role: 'emsp' }] });
    expect((await ocpi('GET', '/versions')).http).to.equal(401);
    expect((await ocpi('GET', '/versions', 'no-such-token')).http).to.equal(401);
    expect(await ocpi('GET', '/versions', invited.token)).to.deep.equal({ http: 200, status: 1000 });
    // Token A opens versions and credentials, and nothing else.
    expect((await ocpi('GET', '/2.2.1/sender/locations', invited.token)).http).to.equal(401);
    expect((await ocpi('POST', '/2.2.1/credentials', invited.token, '{"token":')).http).to.equal(400);
    expect((await ocpi('POST', '/2.2.1/credentials', invited.token, '{"token":"abc"}')).status).to.equal(2001);
    expect(await rows('roaming_cdr')).to.equal(0);
  });

  it('does not let a partner claim a party that its invitation does not name', async () => {
    const taken = await hub.api('POST', '/partners', { name: 'Thief', parties: [{ party: 'NL-EVR', role: 'cpo' }] });
    expect(taken.status).to.equal(409);
    expect(taken.body.error.code).to.equal('party_taken');
    const { body } = await hub.api('GET', '/partners');
    expect(body.items.map(({ name }: { name: string }) => name)).not.to.include('Thief');
  });

  it('names the field of the admin API that is wrong, and asks for a key', async () => {
    expect((await hub.api('GET', '/stations', undefined, 'evr_nobody')).status).to.equal(401);
    const misspelt = await hub.api('POST', '/stations', { id: 'X', owner: 'NL-EVR', locationId: 'L1', conectors: [] });
    expect(misspelt.status).to.equal(422);
    expect(misspelt.body.error.where).to.match(/^body/);
    const { body } = await hub.api('POST', '/keys', { name: 'reader', role: 'viewer' });
    expect((await hub.api('GET', '/stations', undefined, body.key)).status).to.equal(200);
    expect((await hub.api('POST', '/keys', { name: 'more', role: 'admin' }, body.key)).status).to.equal(403);
  });

  it('does not start on a database whose secrets were kept under another key', async () => {
    const { readConfig, startHub } = await import('@evroam/platform');
    const config = readConfig({
      DATABASE_URL: hub.database.url,
      REDIS_URL: hub.redisUrl,
      EVROAM_PORT: '0',
      EVROAM_OCPP_PORT: '0',
      EVROAM_TCEC_PORT: '0',
      EVROAM_YKC_PORT: '0',
      EVROAM_DATA: hub.folder,
      EVROAM_SERVER_KEY: '0'.repeat(64),
      EVROAM_LOG_LEVEL: 'silent',
    });
    const error = await startHub({ ...config, dataDir: `${hub.folder}/second` }).catch((e: unknown) => e);
    expect(String(error)).to.include('another server key');
  });

  it('writes no secret into its log', () => {
    const text = JSON.stringify(hub.lines);
    expect(text).not.to.include(password);
    expect(text).not.to.include(hub.adminKey);
  });
});
