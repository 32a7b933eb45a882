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

  const at = (name: string) => join(folder, name);

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
      evses: ['E1', 'E2'].map((uid) => ({ uid, connectors: [CONNECTOR] })),
    });
    await put('/tokens/NL-EVR/CARD1', 'PUT', { type: 'rfid', contractId: 'NL-EVR-C00000001', issuerName: 'test' });
    for (const n of [1, 2]) {
      const connectors = [{ number: 1, evseUid: `E${n}`, connectorId: '1' }];
      await writeFile(at('station.json'), JSON.stringify({ id: `CS-${n}`, owner: 'NL-EVR', locationId: 'L1', connectors }));
      await writeFile(at(`cs-${n}.key`), (await evroam(['station', 'add', at('station.json'), '--query', 'password'], { env })).out);
    }
    charger = new Running(['sim', 'charger', '--url', ocpp, '--id', 'CS-1', '--password-file', at('cs-1.key'), '--ndjson']);
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

  it('shows stations, EVSEs, reservations and locks as they stand', async () => {
    const said = async (...words: string[]) => {
      const { code, out, talk } = await evroam([...words, '-o', 'json'], { env });
      expect(code, `${words.join(' ')}: ${talk}`).to.equal(0);
      return JSON.parse(out);
    };
    expect((await said('evse', 'list')).map(({ uid }: { uid: string }) => uid)).to.deep.equal(['E1', 'E2']);
    expect((await said('evse', 'find', '51.92', '4.48', '--radius', '2000'))[0]).to.include({ locationId: 'L1', owner: 'NL-EVR' });
    expect(JSON.stringify(await said('station', 'get', 'CS-1'))).to.include('"locationId":"L1"');
    await writeFile(at('lock.json'), '{"driver":"http","url":"https://locks.example.com/1"}');
    expect((await evroam(['lock', 'put', 'CS-1', '1', at('lock.json')], { env })).code).to.equal(0);
    expect((await said('lock', 'list'))[0]).to.include({ stationId: 'CS-1', connectorNumber: 1 });
    const wish = { issuer: 'NL-EVR', uid: 'CARD1', locationId: 'L1', evseUid: 'E1', until: new Date(Date.now() + 3_600_000).toISOString() };
    await writeFile(at('wish.json'), JSON.stringify(wish));
    const { id } = await said('reservation', 'create', at('wish.json'));
    expect((await said('reservation', 'list')).map((each: { id: string }) => each.id)).to.deep.equal([id]);
    expect((await evroam(['reservation', 'cancel', id], { env })).code).to.equal(2);
    const exported = await evroam(['location', 'export'], { env });
    expect(JSON.parse(exported.out)[0].evses).to.have.length(2);
    await writeFile(at('locations.json'), exported.out);
    expect((await said('location', 'import', 'NL-EVR', at('locations.json'))).items[0]).to.include({ id: 'L1', outcome: 'changed' });
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
    const watching = evroam(['session', 'watch', session.id], { env });
    const stopped = await evroam(['session', 'stop', session.id], { env });
    expect(stopped.code, stopped.talk).to.equal(0);
    await charger.heard('ended');
    const watched = await watching;
    expect([watched.code, watched.out.trim().split('\n').at(-1)]).to.satisfy(
      ([code, last]: [number, string]) => code === 0 && / {2}completed {2}/.test(last),
    );
  });

  it('captures what a station says, takes the driver out of it, and lets another one say it again', async () => {
    const said = async (...words: string[]) => {
      const { code, out, talk } = await evroam(words, { env });
      expect(code, `${words.join(' ')}: ${talk}`).to.equal(0);
      return out.trim();
    };
    const tail = new Running(['charger', 'tail', 'CS-1', '--file'], env);
    await tail.line(({ format }) => format === 'evroam-capture/1');
    const id = await said('capture', 'start', 'CS-1', '--note', 'ticket 7', '--query', 'id');
    for (const order of ['power-cycle', 'accepted', 'plug 1 11000', 'start 1 CARD1', 'wait 2', 'stop 1', 'drained', 'state 1'])
      charger.order(order);
    await charger.heard('state');
    expect(await tail.line(({ text }) => String(text).includes('StopTransaction'))).to.include({
      protocol: 'ocpp1.6',
      peer: 'CS-1',
      way: 'in',
    });
    expect(await tail.interrupt()).to.equal(130);
    await said('capture', 'stop', id);
    expect(await said('capture', 'show', id)).to.match(/CS-1 → BootNotification .*CS-1 ←= BootNotification .*→ StartTransaction /s);
    await writeFile(at('cs-1.capture'), await said('capture', 'show', id, '--file'));
    const redacted = await said('capture', 'redact', at('cs-1.capture'));
    expect(redacted).to.include('StartTransaction').and.not.include('CARD1');
    expect(await said('capture', 'decode', '--ndjson', at('cs-1.capture'))).to.include('"kind":"call","action":"StopTransaction"');

    const again = ['--into', ocpp, '--id', 'CS-2', '--password-file', at('cs-2.key'), '--speed', '100000'];
    expect(await said('replay', at('cs-1.capture'), ...again)).to.include('CS-1 → StopTransaction');
    const sessions = JSON.parse(await said('session', 'list', '-o', 'json'));
    const of = (id: string) => sessions.filter(({ stationId }: { stationId: string }) => stationId === id);
    const [replayed] = of('CS-2');
    const original = of('CS-1').find(({ startedAt }: { startedAt: string }) => startedAt === replayed.startedAt);
    expect([replayed.status, replayed.kwh, replayed.endedAt]).to.deep.equal(['completed', original.kwh, original.endedAt]);
    expect(await said('session', 'plot', original.id)).to.match(/ kW [▁▂▃▄▅▆▇█ ]+/);
    await said('capture', 'delete', id, '--yes');
  });

  it('wants a yes before it cuts a connection', async () => {
    expect((await evroam(['charger', 'disconnect', 'CS-1'], { env })).code).to.equal(2);
    expect((await evroam(['charger', 'disconnect', 'CS-1', '--yes'], { env })).code).to.equal(0);
    await charger.heard('disconnected');
  });
});
