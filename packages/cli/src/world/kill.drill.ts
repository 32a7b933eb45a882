import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockFromSetting, clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { imbalanceOf } from '../imbalance.js';
import { findLost } from './audit.js';
import { type HubProcess, startHubProcess } from './hub-process.js';
import { buildWorld, type World } from './setup.js';
import { listOf } from './story.js';
import { until } from './waiting.js';

describe('a hub that is killed in the middle of its sessions', () => {
  let folder: string;
  let hub: HubProcess | undefined;
  let world: World | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evroam-kill-'));
  });
  afterEach(async () => {
    await world?.stop();
    await hub?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('goes on where it stopped: each session ends once, nothing acknowledged is lost, the ledger sums to zero', async () => {
    const setting = clockSetting(new Date(Date.UTC(2026, 2, 10, 10)), 120);
    const clock = clockFromSetting(setting);
    const readings: string[] = [];
    const wake = new Set<() => void>();
    const start = (ports: 'free' | HubProcess['addresses']) =>
      startHubProcess({
        folder: join(folder, 'hub'),
        clock: setting,
        ports,
        environment: { PATH: process.env.PATH, HOME: process.env.HOME },
        onStep: () => {},
      });
    hub = await start('free');
    const { addresses } = hub;
    world = await buildWorld({
      hub,
      folder: join(folder, 'world'),
      clock,
      clockSetting: setting,
      chargers: 2,
      cycle: 'monthly',
      lies: 0,
      onStep: () => {},
      onNews: (part, news) => {
        if (typeof news === 'object' && news !== null && 'action' in news && news.action === 'MeterValues') readings.push(part);
        for (const look of [...wake]) look();
      },
    });
    const heardFrom = (part: string, count: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (readings.filter((each) => each === part).length < count) return;
          wake.delete(look);
          resolve();
        };
        wake.add(look);
        look();
      });
    await world.emsp.part.ask('pull');
    const [first, second] = world.chargers;
    if (!first || !second) throw new Error('two chargers are needed');
    await first.part.ask('plugIn', { connectorId: 1, powerW: 11_000 });
    await second.part.ask('plugIn', { connectorId: 1, powerW: 7_400 });
    const started = await world.emsp.part.ask('start', { token: 0, location: world.location, evse: `${first.id}-1`, connector: '1' });
    expect(started.result).to.equal('ACCEPTED');
    expect(await second.part.ask('startLocal', { connectorId: 1, idToken: world.ownCards[0] ?? '' })).to.equal(true);
    await Promise.all([heardFrom(first.id, 2), heardFrom(second.id, 2)]);

    // The embedded Valkey dies with it: what stood in Redis is gone as well.
    await hub.kill();
    const before = new Map([first.id, second.id].map((id) => [id, readings.filter((each) => each === id).length]));
    hub = await start(addresses);
    world = { ...world, hub };
    // Both come back by themselves and go on telling.
    await Promise.all([...before].map(([id, count]) => heardFrom(id, count + 2)));
    await first.part.ask('stopLocal', { connectorId: 1 });
    await second.part.ask('stopLocal', { connectorId: 1 });
    await Promise.all([first.part.ask('drained'), second.part.ask('drained')]);

    const { admin } = hub;
    const sessions = await until('both sessions to be completed', async () => {
      const found = listOf(await admin.ask('GET', '/admin/v1/sessions'));
      return found.length > 0 && found.every(({ status }) => status === 'completed') ? found : undefined;
    });
    expect(sessions).to.have.length(2);
    const partner = world.emsp;
    await until('the CDR to be with the partner', async () => ((await partner.part.ask('cdrs')).length === 1 ? true : undefined));
    await until('the CDR to be accepted', async () => {
      const settled = listOf(await admin.ask('GET', '/admin/v1/settlement/cdrs')).filter(({ buyer }) => buyer === partner.party);
      return settled.length === 1 && settled[0]?.state === 'accepted' ? true : undefined;
    });
    const { lost, looked } = await findLost(world);
    expect(lost).to.deep.equal([]);
    expect(looked).to.be.above(8);
    expect(imbalanceOf(await admin.ask('GET', '/admin/v1/settlement/ledger/trial'))).to.equal('0.00');
  });
});
