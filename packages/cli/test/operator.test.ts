import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
