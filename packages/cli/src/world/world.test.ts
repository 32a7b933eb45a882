import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v16 from '@evroam/ocpp-core/v16';
import { type OcppServer, serveOcpp, speak } from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';
import type { ChargerApi } from './charger.js';
import type { CpoApi } from './cpo.js';
import type { EmspApi } from './emsp.js';
import { type Api, type Part, type PartOptions, startPart } from './part.js';

// Ten minutes pass in a second.
const CLOCK = `${Date.now()},600`;

describe('the demo world', () => {
  let folder: string;
  const parts: { stop(): Promise<void> }[] = [];
  const heard: { part: string; news: Record<string, unknown> }[] = [];
  const waiting = new Set<() => void>();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evroam-world-'));
  });
  afterEach(async () => {
    await Promise.all(parts.splice(0).map((part) => part.stop()));
    heard.splice(0);
    await rm(folder, { recursive: true });
  });

  function start<A extends Api>(program: 'charger' | 'emsp' | 'cpo', name: string): Part<A> {
    const onNews: NonNullable<PartOptions['onNews']> = (news) => {
      heard.push({ part: name, news: news as Record<string, unknown> });
      for (const wake of [...waiting]) wake();
    };
    const part = startPart<A>(program, { name, clock: CLOCK, onNews });
    parts.push(part);
    return part;
  }

  /** Resolves when a part told something that fits. */
  function news(part: string, fits: (news: Record<string, unknown>) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!heard.some((each) => each.part === part && fits(each.news))) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  }

  it('has a charger that keeps every acknowledged message on its own disk, and its register when it is started again', async () => {
    const csms = await openCsms();
    try {
      const config = {
        url: csms.url,
        identity: 'DEMO-1',
        password: 'a-long-password-1',
        connectors: 1,
        folder,
        seed: 1,
        meterIntervalSeconds: 300,
      };
      const charger = start<ChargerApi>('charger', 'charger');
      await charger.ask('configure', config);
      await charger.ask('plugIn', { connectorId: 1, powerW: 11_000 });
      expect(await charger.ask('startLocal', { connectorId: 1, idToken: 'CARD1' })).to.equal(true);
      await news('charger', ({ kind, action }) => kind === 'acknowledged' && action === 'MeterValues');
      await charger.ask('stopLocal', { connectorId: 1 });
      await charger.ask('drained');
      await charger.stop();
      const lines = (await readFile(join(folder, 'journal.ndjson'), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const actions = lines.map(({ action }) => action);
      expect(actions).to.include.members(['BootNotification', 'StartTransaction', 'MeterValues', 'StopTransaction']);
      const { request } = lines.find(({ action }) => action === 'StopTransaction');
      expect(request.meterStop).to.be.above(0);
      expect(csms.heard).to.deep.equal(actions.filter((action) => csms.heard.includes(action)));

      const again = start<ChargerApi>('charger', 'again');
      await again.ask('configure', config);
      await again.ask('plugIn', { connectorId: 1, powerW: 11_000 });
      await again.ask('startLocal', { connectorId: 1, idToken: 'CARD1' });
      await again.ask('drained');
      expect(csms.lastMeterStart()).to.equal(request.meterStop);
    } finally {
      await csms.server.close();
    }
  });

  it('has an eMSP and a CPO that settle a session between them over the real wire, each keeping the same bytes', async () => {
    const emsp = start<EmspApi>('emsp', 'emsp');
    const cpo = start<CpoApi>('cpo', 'cpo');
    await emsp.ask('configure', { party: { country: 'NL', party: 'EVM' }, name: 'EVM', folder: join(folder, 'emsp'), tokens: 2, seed: 1 });
    await cpo.ask('configure', {
      party: { country: 'DE', party: 'ABC' },
      name: 'ABC',
      folder: join(folder, 'cpo'),
      locations: 2,
      seed: 1,
      powerW: 22_000,
      pricePerKwh: 0.4,
      currency: 'EUR',
      tickSeconds: 300,
      lies: 0,
    });
    await emsp.ask('register', await cpo.ask('invite'));
    expect(await emsp.ask('pull')).to.deep.equal({ locations: 2, tariffs: 1 });
    const [location] = await emsp.ask('locations');
    const started = await emsp.ask('start', {
      token: 0,
      location: location?.id ?? '',
      evse: location?.evses?.[0]?.uid ?? '',
      connector: '1',
    });
    expect(started).to.include({ response: 'ACCEPTED', result: 'ACCEPTED' });
    await news('emsp', ({ what }) => what === 'sessions.patch');
    const [session] = await emsp.ask('sessions');
    expect(await emsp.ask('stop', { session: session?.id ?? '' })).to.deep.equal({ response: 'ACCEPTED', result: 'ACCEPTED' });
    await news('cpo', ({ what, direction, error }) => what === 'cdrs.post' && direction === 'out' && error === undefined);
    expect(await cpo.ask('owed')).to.deep.equal([]);
    const [mine] = await readdir(join(folder, 'cpo', 'cdrs'));
    const [theirs] = await readdir(join(folder, 'emsp', 'cdrs'));
    expect(mine).to.equal(theirs);
    const bytes = await readFile(join(folder, 'cpo', 'cdrs', mine ?? ''));
    expect(bytes.equals(await readFile(join(folder, 'emsp', 'cdrs', theirs ?? '')))).to.equal(true);
    expect(JSON.parse(bytes.toString()).total_energy).to.be.above(0);
  });

  it('tells why a part ended, and lets nobody wait for it', async () => {
    const cpo = start<CpoApi>('cpo', 'cpo');
    const refused = await cpo.ask('tokens').catch((error: Error) => error.message);
    expect(refused).to.equal('cpo: the CPO is not configured');
    const asked = cpo.ask('configure', null as never).catch((error: Error) => error.message);
    await asked;
    const late = cpo.ask('owed').catch((error: Error) => error.message);
    await cpo.kill();
    await late;
    expect(await cpo.ended).to.match(/SIGKILL/);
    expect(await cpo.ask('owed').catch((error: Error) => error.message)).to.match(/./);
  });
});

/** A central system that accepts everything and remembers the names. */
async function openCsms(): Promise<{ server: OcppServer; url: string; heard: string[]; lastMeterStart(): number | undefined }> {
  const heard: string[] = [];
  let meterStart: number | undefined;
  const currentTime = () => new Date().toISOString();
  const server = await serveOcpp({
    host: '127.0.0.1',
    port: 0,
    authenticate: async ({ password }) => ({ accepted: password?.toString() === 'a-long-password-1' }),
    versions: [
      speak(v16, ({ endpoint }) => {
        endpoint
          .handle(v16.BootNotification, async () => ({ status: 'Accepted', currentTime: currentTime(), interval: 3600 }))
          .handle(v16.Heartbeat, async () => ({ currentTime: currentTime() }))
          .handle(v16.StatusNotification, async () => ({}))
          .handle(v16.Authorize, async () => ({ idTagInfo: { status: 'Accepted' } }))
          .handle(v16.StartTransaction, async (request) => {
            heard.push('StartTransaction');
            meterStart = request.meterStart;
            return { transactionId: heard.length, idTagInfo: { status: 'Accepted' } };
          })
          .handle(v16.MeterValues, async () => {
            heard.push('MeterValues');
            return {};
          })
          .handle(v16.StopTransaction, async () => {
            heard.push('StopTransaction');
            return {};
          });
      }),
    ],
  });
  return { server, url: `ws://127.0.0.1:${server.port}`, heard, lastMeterStart: () => meterStart };
}
