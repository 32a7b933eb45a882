import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { evroam } from './command.js';
import { Running } from './running.js';

const PORTS = { EVROAM_PORT: '0', EVROAM_OCPP_PORT: '0', EVROAM_TCEC_PORT: '0', EVROAM_YKC_PORT: '0' };
const CONNECTOR = { id: '1', standard: 'IEC_62196_T2', format: 'socket', powerType: 'ac3Phase', maxVoltage: 230, maxAmperage: 32 };

describe('an operator, a hub and a simulated charger, each a process', function () {
  this.timeout(60_000);
  let folder: string;
  let env: Record<string, string>;
  let ocpp: string;
  let charger: Running;
  let stop: () => Promise<unknown>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evroam-charger-'));
    const bin = fileURLToPath(new URL('../main.js', import.meta.url));
    const hub = spawn(process.execPath, [bin, 'serve', '--data', folder, '--log-level', 'silent', '-o', 'json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, ...PORTS },
    });
    const ended = new Promise((resolve) => hub.once('exit', resolve));
    stop = () => {
      hub.kill('SIGTERM');
      return ended;
    };
    const addresses = JSON.parse(String(await new Promise((resolve) => hub.stdout.once('data', resolve))));
    ocpp = addresses.ocpp.replace(/\/<identity>$/, '');
    env = { EVROAM_URL: new URL(addresses.admin).origin, EVROAM_API_KEY: (await readFile(join(folder, 'admin.key'), 'utf8')).trim() };
    const put = (path: string, method: string, body: unknown) =>
      fetch(`${addresses.admin}${path}`, {
        method,
        headers: { authorization: `Bearer ${env.EVROAM_API_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await put('/parties', 'POST', { party: 'NL-EVR', role: 'cpo', name: 'test' });
    await put('/parties', 'POST', { party: 'NL-EVR', role: 'emsp', name: 'test' });
    await put('/locations/NL-EVR/L1', 'PUT', {
      address: 'Street 1',
      city: 'Town',
      country: 'NLD',
      coordinates: { latitude: '51.922500', longitude: '4.479170' },
      timeZone: 'Europe/Amsterdam',
      evses: [{ uid: 'E1', connectors: [CONNECTOR] }],
    });
    await put('/tokens/NL-EVR/CARD1', 'PUT', { type: 'rfid', contractId: 'NL-EVR-C00000001', issuerName: 'test' });
    await writeFile(
      join(folder, 'station.json'),
      JSON.stringify({ id: 'CS-1', owner: 'NL-EVR', locationId: 'L1', connectors: [{ number: 1, evseUid: 'E1', connectorId: '1' }] }),
    );
    const added = await evroam(['station', 'add', join(folder, 'station.json'), '--query', 'password'], { env });
    await writeFile(join(folder, 'cs-1.key'), added.out);
    charger = new Running(['sim', 'charger', '--url', ocpp, '--id', 'CS-1', '--password-file', join(folder, 'cs-1.key'), '--ndjson']);
    await charger.heard('accepted');
  });
  after(async () => {
    await charger?.quit();
    expect(await stop()).to.equal(0);
    await rm(folder, { recursive: true, force: true });
  });

  it('sees who is connected', async () => {
    const { code, out, talk } = await evroam(['charger', 'sockets', '-o', 'json'], { env });
    expect(code, talk).to.equal(0);
    expect(out).to.include('CS-1');
  });

  it('reads and changes a setting, triggers a message, and sees what became of it', async () => {
    const set = await evroam(['charger', 'set', 'CS-1', 'HeartbeatInterval', '123', '-o', 'json'], { env });
    expect(set.code, set.talk).to.equal(0);
    const get = await evroam(['charger', 'get', 'CS-1', 'HeartbeatInterval', '-o', 'json'], { env });
    expect(get.out).to.include('123');
    const triggered = await evroam(['charger', 'trigger', 'CS-1', 'StatusNotification', '1', '-o', 'json'], { env });
    expect(triggered.code, triggered.talk).to.equal(0);
    const asked = JSON.parse((await evroam(['charger', 'commands', 'CS-1', '-o', 'json'], { env })).out);
    expect(asked.items.length).to.be.at.least(3);
    expect((await evroam(['charger', 'trigger', 'CS-1', 'Nonsense'], { env })).code).to.equal(2);
  });

  it('stops a session that a card began', async () => {
    charger.order('plug 1 11000');
    charger.order('start 1 CARD1');
    await charger.heard('started');
    await charger.heard('acknowledged', ({ action }) => action === 'StartTransaction');
    const [session] = JSON.parse((await evroam(['session', 'list', '--phase', 'charging', '-o', 'json'], { env })).out);
    const stopped = await evroam(['session', 'stop', session.id], { env });
    expect(stopped.code, stopped.talk).to.equal(0);
    await charger.heard('ended');
  });

  it('wants a yes before it cuts a connection', async () => {
    expect((await evroam(['charger', 'disconnect', 'CS-1'], { env })).code).to.equal(2);
    expect((await evroam(['charger', 'disconnect', 'CS-1', '--yes'], { env })).code).to.equal(0);
    await charger.heard('disconnected');
  });
});
