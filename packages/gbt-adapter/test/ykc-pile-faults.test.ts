import { once } from 'node:events';
import {
  BillingModelSet,
  CardClear,
  CardSync,
  ParallelRemoteStart,
  ReadRealtimeData,
  Reboot,
  RemoteStart,
  RemoteStop,
  TimeSync,
  Update,
} from '@evroam/gbt-adapter/ykc';
import { SimulatedPile } from '@evroam/gbt-adapter/ykc/simulator';
import { expect } from 'chai';
import { GUN, HOUR, type PileWorld, pileWorld, START, VEHICLE } from './pile-world.js';
import { MODEL, PILE } from './platform.js';

describe('a simulated 云快充 pile on a bad day', () => {
  let world: PileWorld;
  afterEach(() => world.down());

  it('sends a record that nobody acknowledges again: three times 30 s apart, then every 5 min', async () => {
    world = await pileWorld({ line: { limits: { callTimeoutMs: 150 } } });
    const { platform, time, pile, line } = world;
    pile.plugIn(1, VEHICLE);
    platform.billResult = undefined;
    await line.call(RemoteStart, START);
    for (const wait of [30_000, 30_000, 300_000]) {
      const [waits, heard] = [time.waitOf(wait), platform.next('bill')];
      if (wait === 30_000 && platform.bills.length === 0) pile.pressStop(1);
      await heard;
      await waits;
      time.advance(wait);
    }
    platform.billResult = 0;
    await once(pile, 'settled');
    expect(platform.bills).to.have.length(4);
    expect(pile.records.waiting).to.have.length(0);
  });

  for (const fault of ['crcSwapped', 'halfFrames', 'coalescedFrames', 'garbageBetween'] as const) {
    it(`is understood with the fault ${fault} on its line`, async () => {
      world = await pileWorld({ faults: [fault] });
      const { platform, pile, line, pass } = world;
      pile.plugIn(1, VEHICLE);
      await line.call(RemoteStart, START);
      await pass(HOUR / 60);
      const bill = platform.next('bill');
      await line.call(RemoteStop, GUN);
      expect((await bill)[0]).to.include({ totalEnergy: 1, totalAmount: 1.1 });
      if (fault === 'crcSwapped') expect(platform.seen.every((one) => one.kind !== 'in' || one.crc === 'swapped')).to.equal(true);
      if (fault === 'garbageBetween') expect(platform.seen.some(({ kind }) => kind === 'garbage')).to.equal(true);
    });
  }

  it('has faults of money and of the device by name', async () => {
    world = await pileWorld({ faults: ['wrongAmount', 'oddStartType', 'recordTwice', 'clockWrong'], version: '1.7' });
    const { platform, pile, line, pass } = world;
    pile.plugIn(1, VEHICLE);
    await line.call(TimeSync, { pileCode: PILE, time: '2025-06-01T00:00:00.000' });
    await line.call(RemoteStart, START);
    await pass(HOUR / 60);
    const twice = platform.next('bill', () => platform.bills.length === 2);
    await line.call(RemoteStop, GUN);
    await twice;
    expect(platform.bills[0]).to.deep.equal(platform.bills[1]);
    expect(platform.bills[0]).to.include({
      startType: 9,
      totalAmount: 1.11,
      flatAmount: 1.1,
      startTime: '2025-01-01T07:00:00.000',
      encryptMethod: 0,
    });

    pile.faults.add('stopIgnored').add('startFails');
    const failed = platform.next('bill', ({ tradeNo }) => tradeNo.endsWith('9'));
    expect(await line.call(RemoteStart, { ...START, tradeNo: `${PILE}012501010801000009` })).to.include({ result: 1 });
    expect((await failed)[0]).to.include({ stopReason: 0x57, totalEnergy: 0 });
    pile.emergencyStop();
    expect(await line.call(ReadRealtimeData, GUN)).to.include({ status: 1, hardwareFault: 1 });
    pile.repair();
    expect(await line.call(ReadRealtimeData, GUN)).to.include({ status: 2, hardwareFault: 0 });
  });

  it('keeps the billing model of a session that runs when another is pushed', async () => {
    world = await pileWorld({ guns: 2 });
    const { platform, pile, line, pass } = world;
    pile.plugIn(1, VEHICLE);
    pile.plugIn(2, VEHICLE);
    await line.call(RemoteStart, START);
    const dearer = { ...MODEL, modelNo: '0008', flatElecPrice: 5 };
    expect(await line.call(BillingModelSet, dearer)).to.include({ result: 1 });
    expect(pile.modelNo).to.equal('0008');
    await line.call(RemoteStart, { ...START, gunNo: '02', tradeNo: `${PILE}022501010801000002` });
    await pass(HOUR / 60);
    const both = platform.next('bill', () => platform.bills.length === 2);
    await line.call(RemoteStop, GUN);
    await line.call(RemoteStop, { ...GUN, gunNo: '02' });
    await both;
    const amounts = platform.bills.map(({ gunNo, totalEnergy, totalAmount }) => [gunNo, totalEnergy, totalAmount]);
    expect(amounts.sort()).to.deep.equal([
      ['01', 1, 1.1],
      ['02', 1, 5.4],
    ]);
  });

  it('starts two guns for one vehicle, forgets cards, and knows which firmware is its own', async () => {
    world = await pileWorld({ guns: 2 });
    const { pile, line } = world;
    pile.plugIn(1, VEHICLE);
    pile.plugIn(2, VEHICLE);
    const parallelNo = '250101080000';
    expect(await line.call(ParallelRemoteStart, { ...START, parallelNo })).to.include({ result: 1, role: 0, parallelNo });
    const second = { ...START, gunNo: '02', tradeNo: `${PILE}022501010801000002`, parallelNo };
    expect(await line.call(ParallelRemoteStart, second)).to.include({ result: 1, role: 1 });
    const cards = ['00000000D14B0A54', '00000000D14B0A55'].map((physical) => ({ physical }));
    await line.call(CardSync, { pileCode: PILE, cards: [{ logic: '0000001000000573', physical: '00000000D14B0A54' }] });
    const cleared = await line.call(CardClear, { pileCode: PILE, cards });
    expect(cleared.cards.map(({ cleared: done }) => done)).to.deep.equal([1, 0]);
    const update = {
      pileCode: PILE,
      powerKW: 120,
      host: '127.0.0.1',
      port: 21,
      user: 'u',
      password: 'p',
      path: '/',
      when: 1,
      timeoutMin: 5,
    };
    expect((await line.call(Update, { ...update, model: 1 })).status).to.equal(0);
    expect((await line.call(Update, { ...update, model: 2 })).status).to.equal(2);
    expect(await line.call(RemoteStop, { ...GUN, gunNo: '09' })).to.include({ result: 0, failReason: 1 });
    pile.unplug(1);
    pile.unplug(2);
  });

  it('loses its power with what runs, and bills that when it is back', async () => {
    world = await pileWorld();
    const { platform, time, pile, line, pass } = world;
    pile.plugIn(1, VEHICLE);
    await line.call(RemoteStart, START);
    await pass(HOUR / 60);
    pile.losePower();
    await line.closed;
    expect([platform.bills.length, pile.records.waiting.length]).to.deep.equal([0, 1]);
    const billed = platform.next('bill');
    time.advance(5_000);
    expect((await billed)[0]).to.include({ tradeNo: START.tradeNo, totalEnergy: 1, stopReason: 0x83 });
  });

  it('gives a dead line up after three heartbeats, and connects anew while the platform still holds it', async () => {
    world = await pileWorld({ line: { limits: { callTimeoutMs: 50 } } });
    const { platform, time, pile, line } = world;
    const offline = once(pile, 'offline');
    pile.faults.add('halfOpen');
    for (let beat = 0; beat < 3; beat += 1) time.advance(10_000);
    expect((await offline)[0]).to.have.property('code', 'Timeout');
    expect(line.isOpen).to.equal(true);
    pile.faults.delete('halfOpen');
    const again = platform.next('line');
    time.advance(5_000);
    expect((await again)[0].isOpen).to.equal(true);
    expect(platform.server.endpoints.size).to.equal(2);
    line.close();
  });

  it('comes back after a reboot, and is not let in under a wrong code', async () => {
    world = await pileWorld();
    const { platform, time, pile, line } = world;
    const [offline, again] = [once(pile, 'offline'), platform.next('line')];
    expect(await line.call(Reboot, { pileCode: PILE, when: 1 })).to.include({ result: 1 });
    await offline;
    time.advance(5000);
    expect((await again)[0].pileCode).to.equal(PILE);
    const stranger = new SimulatedPile({ pileCode: '20231212000099', port: platform.server.port, time });
    const out = once(stranger, 'offline');
    stranger.start();
    expect((await out)[0]).to.have.property('code', 'NotLoggedIn');
    stranger.stop();
  });
});
