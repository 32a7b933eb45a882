import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { evroam } from './command.js';

const PORTS = { EVROAM_PORT: '0', EVROAM_OCPP_PORT: '0', EVROAM_TCEC_PORT: '0', EVROAM_YKC_PORT: '0' };
const LOCATION = {
  address: 'Harbour Street 1',
  city: 'Rotterdam',
  country: 'NLD',
  coordinates: { latitude: '51.922500', longitude: '4.479170' },
  timeZone: 'Europe/Amsterdam',
  evses: [
    {
      uid: 'E1',
      connectors: [{ id: '1', standard: 'IEC_62196_T2', format: 'socket', powerType: 'ac3Phase', maxVoltage: 230, maxAmperage: 32 }],
    },
  ],
};

describe('an operator at a hub, each command a process', function () {
  this.timeout(60_000);
  let folder: string;
  let hub: ChildProcess;
  let env: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evroam-operator-'));
    const started = await serve(folder);
    hub = started.hub;
    env = { EVROAM_URL: new URL(started.admin).origin, EVROAM_API_KEY: (await readFile(join(folder, 'admin.key'), 'utf8')).trim() };
    const put = (path: string, method: string, body: unknown) =>
      fetch(`${started.admin}${path}`, {
        method,
        headers: { authorization: `Bearer ${env.EVROAM_API_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await put('/parties', 'POST', { party: 'NL-EVR', role: 'cpo', name: 'test' });
    expect((await put('/locations/NL-EVR/L1', 'PUT', LOCATION)).status).to.equal(201);
  });
  after(async () => {
    const ended = new Promise((resolve) => hub.once('exit', resolve));
    hub.kill('SIGTERM');
    expect(await ended).to.equal(0);
    await rm(folder, { recursive: true, force: true });
  });

  it('adds a station, once, and lists it', async () => {
    const file = join(folder, 'station.json');
    await writeFile(
      file,
      JSON.stringify({ id: 'CS-1', owner: 'NL-EVR', locationId: 'L1', connectors: [{ number: 1, evseUid: 'E1', connectorId: '1' }] }),
    );
    const added = await evroam(['station', 'add', file, '--query', 'password'], { env });
    expect(added.code, added.talk).to.equal(0);
    expect(added.out.trim()).to.have.length.above(20);
    const again = await evroam(['station', 'add', file], { env });
    expect(again.code, again.talk).to.equal(5);
    expect(JSON.parse((await evroam(['station', 'list', '-o', 'json', '--query', '[].id'], { env })).out)).to.deep.equal(['CS-1']);
    expect((await evroam(['location', 'list', '-o', 'csv', '--fields', 'owner,id'], { env })).out).to.equal('owner,id\r\nNL-EVR,L1\r\n');
    expect((await evroam(['location', 'get', 'NL-EVR', 'L1', '--query', 'evses[0].uid'], { env })).out).to.equal('E1\n');
  });

  it('follows a message of a partner by its correlation id, and reads what was said', async () => {
    const invited = await evroam(['partner', 'invite', 'EVM', 'NL-EVM', 'emsp', '-o', 'json'], { env });
    const { id, token, versionsUrl } = JSON.parse(invited.out);
    const ask = (given: string, path = '') =>
      fetch(versionsUrl + path, {
        headers: { authorization: `Token ${Buffer.from(token).toString('base64')}`, 'x-correlation-id': given, 'x-request-id': 'r1' },
      });
    expect((await ask('case-1')).status).to.equal(200);
    // Before it has registered nothing else is open to it.
    expect((await ask('case-2', '/nowhere')).status).to.equal(401);
    const traced = async (...words: string[]) => {
      // A line is gathered with others before it is written.
      for (;;) {
        const done = await evroam(['trace', ...words], { env });
        if (done.code === 0 && done.out !== '' && done.out !== '[]\n') return done.out;
        expect([0, 3], done.talk).to.include(done.code);
      }
    };
    expect(await traced('case-1')).to.match(
      /^\d\d:\d\d:\d\d\.\d{3} {2}EVM → hub \(NL-EVM → \?\) {2}GET \/ocpi\/versions {2}200 1000 {2}[\d.]+ ms\n$/,
    );
    const [failed] = JSON.parse(await traced('--failed', '--partner', id, '--json'));
    expect(failed).to.include({ correlation: 'case-2', status: 401, statusCode: 2000, partnerName: 'EVM' });
    expect(await traced('--failed', '--bodies'))
      .to.include('→ GET /ocpi/versions/nowhere')
      .and.to.include('←! 401 {');
    const file = await traced('case-2', '--file');
    expect(file.split('\n')[0]).to.equal('{"format":"evroam-capture/1"}');
    await writeFile(join(folder, 'case.capture'), file);
    expect((await evroam(['capture', 'decode', join(folder, 'case.capture')], { env })).out).to.include('→ GET /ocpi/versions/nowhere');
    expect((await evroam(['trace', 'case-3'], { env })).code).to.equal(3);
    expect(file + failed).not.to.include(token);
    expect((await evroam(['trace', 'case-1'], { env: { ...env, LANG: 'zh_CN.UTF-8' } })).out).to.include('EVM → hub');
  });

  it('pages a long list by itself', async () => {
    for (let first = 0; first < 210; first += 30) {
      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          fetch(`${env.EVROAM_URL}/admin/v1/tokens/NL-EVR/UID${String(first + index).padStart(4, '0')}`, {
            method: 'PUT',
            headers: { authorization: `Bearer ${env.EVROAM_API_KEY}`, 'content-type': 'application/json' },
            body: JSON.stringify({ type: 'rfid', contractId: `NL-EVR-C${first + index}`, issuerName: 'test' }),
          }),
        ),
      );
    }
    const { code, out } = await evroam(['token', 'list', '-o', 'ndjson', '--fields', 'uid'], { env });
    expect(code).to.equal(0);
    expect(new Set(out.trim().split('\n')).size).to.equal(210);
  });

  it('invites a partner and suspends what it may not', async () => {
    const invited = await evroam(['partner', 'invite', 'ABC Laden', 'DE-ABC', 'cpo', '-o', 'json'], { env });
    expect(invited.code, invited.talk).to.equal(0);
    const { id, token, versionsUrl } = JSON.parse(invited.out);
    expect(token).to.have.length.above(20);
    expect(versionsUrl).to.match(/\/ocpi\/versions$/);
    expect((await evroam(['partner', 'get', id, '--query', 'status'], { env })).out).to.equal('invited\n');
    expect((await evroam(['partner', 'invite', 'Another', 'DE-ABC', 'cpo'], { env })).code).to.equal(5);
    expect((await evroam(['partner', 'revoke', id], { env })).code).to.equal(0);
  });

  it('is told what is wrong: no key, no such thing, no reason, no hub', async () => {
    const stranger = await evroam(['station', 'list'], { env: { ...env, EVROAM_API_KEY: 'wrong' } });
    expect(stranger.code).to.equal(4);
    expect(stranger.talk).to.include('not-allowed').and.not.to.include('wrong\n');
    const nothing = await evroam(['session', 'get', 'nothing'], { env });
    expect(nothing.code, nothing.talk).to.equal(3);
    expect((await evroam(['settle', 'close', '2026-11'], { env })).code).to.equal(2);
    expect((await evroam(['cdr', 'get', 'DE-ABC', 'none'], { env })).code).to.equal(3);
    expect((await evroam(['settle', 'close', 'someday', '--reason', 'x'], { env })).code).to.equal(2);
    const far = await evroam(['station', 'list'], { env: { ...env, EVROAM_URL: 'http://127.0.0.1:9' } });
    expect(far.code).to.equal(6);
    expect(far.talk).to.include('ECONNREFUSED');
  });

  it('sees a ledger that balances, and traces its requests without the key', async () => {
    const { code, talk } = await evroam(['ledger', 'trial', '--trace-http'], { env });
    expect(code).to.equal(0);
    expect(talk)
      .to.include('GET /admin/v1/settlement/ledger/trial -> 200')
      .and.include('imbalance: 0.00')
      .and.not.include(env.EVROAM_API_KEY);
  });

  it('moves money with a reason, once for a key, after a rehearsal, and opens a period again by two persons', async () => {
    const month = '2026-01';
    const settle = (what: string, more: readonly string[], as: Record<string, string> = {}) =>
      evroam(['settle', what, month, ...more, '-o', 'json'], { env: { ...env, ...as } });
    const states = async () => JSON.parse((await evroam(['settle', 'status', '-o', 'json', '--query', '[].state'], { env })).out);
    const unsaid = await settle('close', []);
    expect([unsaid.code, unsaid.talk]).to.satisfy(([code, talk]: [number, string]) => code === 2 && talk.includes('--reason'));
    const rehearsed = await settle('close', ['--reason', 'month end', '--dry-run']);
    expect([rehearsed.code, JSON.parse(rehearsed.out).period.state], rehearsed.talk).to.deep.equal([0, 'closed']);
    expect(await states()).to.deep.equal([]);

    const first = await settle('close', ['--reason', 'month end']);
    expect(first.code, first.talk).to.equal(0);
    // A key is made and told where none is given: with it the same request can be sent again.
    const key = /idempotency key: ([0-9a-f-]{36})/.exec(first.talk)?.[1] ?? '';
    const again = await settle('close', ['--reason', 'month end', '--idempotency-key', key]);
    expect([again.code, JSON.parse(again.out)], again.talk).to.deep.equal([0, JSON.parse(first.out)]);
    expect(again.talk).to.not.include('idempotency key');
    expect((await settle('close', ['--reason', 'another', '--idempotency-key', key])).code).to.equal(5);

    const alone = await settle('reopen', ['--reason', 'a late CDR']);
    expect([alone.code, JSON.parse(alone.out).reason], alone.talk).to.deep.equal([9, 'secondPerson']);
    expect((await settle('reopen', ['--reason', 'a late CDR'])).code).to.equal(9);
    expect(await states()).to.deep.equal(['closed']);
    const made = await fetch(`${env.EVROAM_URL}/admin/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${env.EVROAM_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'bo', role: 'operator' }),
    });
    const { key: apiKey } = (await made.json()) as { key: string };
    const second = await settle('reopen', ['--reason', 'a late CDR'], { EVROAM_API_KEY: apiKey });
    expect([second.code, JSON.parse(second.out).period], second.talk).to.deep.equal([0, { name: month, state: 'open', version: 2 }]);
  });

  it('is backed up at work, and restored into a new folder only', async () => {
    const backup = join(folder, '..', `${basename(folder)}-backup`);
    const other = `${folder}-new`;
    try {
      const taken = await evroam(['backup', backup, '--data', folder, '-o', 'json']);
      expect(taken.code, taken.talk).to.equal(0);
      expect(JSON.parse(taken.out).rows).to.be.above(200);
      expect(taken.talk).to.include('server key');
      expect((await evroam(['backup', backup, '--data', folder])).code).to.equal(5);
      const full = await evroam(['restore', backup, '--data', folder]);
      expect(full.code, full.talk).to.equal(5);
      expect(full.talk).to.include('not empty');
      const restored = await evroam(['restore', backup, '--data', other, '-o', 'json']);
      expect(restored.code, restored.talk).to.equal(0);
      expect(JSON.parse(restored.out).rows).to.equal(JSON.parse(taken.out).rows);
      for (const file of ['server.key', 'admin.key']) await copyFile(join(folder, file), join(other, file));
      const started = await serve(other);
      const there = { ...env, EVROAM_URL: new URL(started.admin).origin };
      const stations = await evroam(['station', 'list', '-o', 'json', '--query', '[].id'], { env: there });
      const ended = new Promise((resolve) => started.hub.once('exit', resolve));
      started.hub.kill('SIGTERM');
      expect(await ended).to.equal(0);
      expect(JSON.parse(stations.out), stations.talk).to.deep.equal(['CS-1']);
    } finally {
      await rm(backup, { recursive: true, force: true });
      await rm(other, { recursive: true, force: true });
    }
  });

  it('refuses a second hub on the same data folder, in words', async () => {
    const { code, talk } = await evroam(['serve', '--data', folder], { env: PORTS });
    expect(code).to.equal(5);
    expect(talk).to.include('in-use').and.include(folder);
  });

  it('lets the doctor look', async () => {
    const there = await evroam(['doctor', '-o', 'json'], { env });
    expect(there.code, there.out).to.equal(0);
    expect(JSON.parse(there.out).map(({ check }: { check: string }) => check)).to.deep.equal([
      'reach',
      'key',
      'ledger',
      'partners',
      'CDRs owed',
    ]);
    const here = await evroam(['doctor', '--local', '--data', folder, '-o', 'json'], { env });
    expect(here.code, here.out).to.equal(0);
    const nowhere = await evroam(['doctor', '--local', '--data', join(folder, 'none')], { env });
    expect(nowhere.code).to.equal(8);
  });
});

/** `evroam serve` on free ports; resolves with its addresses. */
function serve(folder: string): Promise<{ hub: ChildProcess; admin: string }> {
  const bin = fileURLToPath(new URL('../main.js', import.meta.url));
  const hub = spawn(process.execPath, [bin, 'serve', '--data', folder, '--log-level', 'silent', '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...PORTS },
  });
  return new Promise((resolve, reject) => {
    let talk = '';
    hub.stderr?.on('data', (chunk: Buffer) => {
      talk += chunk.toString();
    });
    hub.stdout?.once('data', (chunk: Buffer) => resolve({ hub, admin: JSON.parse(chunk.toString()).admin }));
    hub.once('exit', (code) => reject(new Error(`the hub ended with ${code}: ${talk}`)));
  });
}
