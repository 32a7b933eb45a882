import { once } from 'node:events';
import {
  BalanceUpdate,
  CardQuery,
  CardSync,
  GroundLockCommand,
  ReadRealtimeData,
  RemoteStart,
  RemoteStartReply,
  RemoteStop,
  WorkParameters,
} from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import { GUN, HOUR, type PileWorld, pileWorld, START, TRADE, VEHICLE } from './pile-world.js';
import { PILE } from './platform.js';

describe('a simulated 云快充 pile', () => {
  let world: PileWorld;
  afterEach(() => world.down());

  it('logs in, checks and fetches the billing model, reports, and beats', async () => {
    world = await pileWorld();
    const { platform, time, pile, settle } = world;
    const types = (): string[] => platform.seen.map((one) => ('frame' in one ? one.frame.name : one.kind));
    expect(types().slice(0, 6)).to.deep.equal([
      'Login',
      'LoginAck',
      'BillingModelCheck',
      'BillingModelCheckAck',
      'BillingModelRequest',
      'BillingModelReply',
    ]);
    expect(pile.modelNo).to.equal('0007');
    await settle();
    expect(types()).to.include('RealtimeData');
    const beat = platform.next('heartbeat');
    time.advance(10_000);
    await beat;
  });

  it('charges on a remote start and bills exactly what it showed', async () => {
    world = await pileWorld();
    const { platform, pile, line, pass } = world;
    pile.plugIn(1, VEHICLE);
    expect(await line.call(RemoteStart, START)).to.include({ tradeNo: TRADE, result: 1, failReason: 0 });
    expect(await line.call(RemoteStart, { ...START, tradeNo: `${PILE}012501010801000002` })).to.include({ result: 0, failReason: 2 });
    await pass(HOUR / 2);
    const shown = await line.call(ReadRealtimeData, GUN);
    // 60 kW from 08:00 for half an hour, flat band: 1.10 CNY/kWh.
    expect(shown).to.include({
      tradeNo: TRADE,
      status: 3,
      plugged: 1,
      voltage: 400,
      current: 150,
      soc: 70,
      elapsedMin: 30,
      energyKWh: 30,
      amount: 33,
    });
    const billed = platform.next('bill');
    const settled = once(pile, 'settled');
    expect(await line.call(RemoteStop, GUN)).to.include({ result: 1 });
    const [bill] = await billed;
    expect(bill).to.include({
      tradeNo: TRADE,
      totalEnergy: 30,
      totalAmount: 33,
      flatEnergy: 30,
      flatAmount: 33,
      meterEnd: 30,
      stopReason: 0x40,
      startTime: '2025-01-01T08:00:00.000',
      endTime: '2025-01-01T08:30:00.000',
    });
    expect((await settled)[1]).to.equal(0);
    expect(await line.call(RemoteStop, GUN)).to.include({ result: 0, failReason: 2 });
    expect(pile.records.waiting).to.have.length(0);
    const kinds = new Set(platform.seen.map((one) => ('frame' in one ? one.frame.name : one.kind)));
    expect([...kinds]).to.include.members(['VehicleHandshake', 'VehicleParameters', 'VehicleDemand', 'BatteryState', 'ChargingEnd']);
  });

  it('starts a minute late when the plug comes after the start, and not after that', async () => {
    world = await pileWorld();
    const { pile, line, settle, pass } = world;
    expect(await line.call(RemoteStart, START)).to.include({ result: 0, failReason: 5 });
    const late: number[] = [];
    line.handle(RemoteStartReply, ({ result }) => void late.push(result));
    await pass(30_000);
    pile.plugIn(1, VEHICLE);
    await settle();
    expect(late).to.deep.equal([1]);
    expect(pile.guns[0]?.order?.tradeNo).to.equal(TRADE);
    pile.unplug(1);
    expect(await line.call(RemoteStart, START)).to.include({ failReason: 5 });
    await pass(61_000);
    pile.plugIn(1, VEHICLE);
    await settle();
    expect(pile.guns[0]?.order).to.equal(undefined);
  });

  it('starts by card and by VIN when the platform says so', async () => {
    world = await pileWorld({ guns: 2 });
    const { platform, pile, pass } = world;
    platform.allowedCards.set('00000000D14B0A54', '0000001000000573').set(VEHICLE.vin, '0000001000000574');
    pile.plugIn(1, VEHICLE);
    pile.plugIn(2, { ...VEHICLE, vin: 'L1NSPGH98NA999999' });
    const refused = once(pile, 'refused');
    expect(await pile.swipe(1, '00000000FFFFFFFF')).to.equal(false);
    expect(await refused).to.deep.equal([1, 1]);
    expect(await pile.swipe(1, '00000000D14B0A54')).to.equal(true);
    expect(await pile.presentVin(2)).to.equal(false);
    await pass(HOUR / 60);
    const bill = platform.next('bill');
    await pile.swipe(1, '00000000D14B0A54');
    expect((await bill)[0]).to.include({ startType: 2, physicalCard: '00000000D14B0A54', totalEnergy: 1, stopReason: 0x45 });
    expect(await pile.presentVin(1)).to.equal(true);
    pile.pressStop(1);
    expect((await platform.next('bill'))[0]).to.include({ startType: 5, vin: VEHICLE.vin });
  });

  it('charges offline by a card that it was given, and replays its bills before anything else once it is back', async () => {
    world = await pileWorld();
    const { platform, time, pile, line } = world;
    const card = { logic: '0000001000000573', physical: '00000000D14B0A54' };
    expect(await line.call(CardSync, { pileCode: PILE, cards: [card] })).to.include({ result: 1 });
    expect(
      (await line.call(CardQuery, { pileCode: PILE, cards: [{ physical: card.physical }, { physical: '0'.repeat(16) }] })).cards.map(
        ({ exists }) => exists,
      ),
    ).to.deep.equal([1, 0]);
    const offline = once(pile, 'offline');
    line.close();
    await offline;
    pile.plugIn(1, VEHICLE);
    expect(await pile.swipe(1, '0'.repeat(16))).to.equal(false);
    expect(await pile.swipe(1, card.physical)).to.equal(true);
    time.advance(2000);
    pile.unplug(1);
    expect(pile.records.waiting).to.have.length(1);
    const [back, online] = [platform.next('bill'), once(pile, 'online')];
    time.advance(10_000);
    const [bill] = await back;
    expect(bill).to.include({ startType: 4, stopReason: 0x6b, physicalCard: card.physical });
    expect(bill.tradeNo).to.match(new RegExp(`^${PILE}01250101\\d{10}$`));
    await online;
    expect(pile.records.waiting).to.have.length(0);
    const names = platform.seen.map((one) => ('frame' in one ? one.frame.name : one.kind));
    expect(names.slice(names.lastIndexOf('Login'), names.lastIndexOf('Login') + 4)).to.deep.equal([
      'Login',
      'LoginAck',
      'TransactionRecord',
      'TransactionRecordAck',
    ]);
    // The model is still the same: checked, not fetched again.
    expect(names.filter((name) => name === 'BillingModelRequest')).to.have.length(1);
  });

  it('moves its ground lock, not into a vehicle, and tells when it is stuck', async () => {
    world = await pileWorld({ hasGroundLocks: true });
    const { platform, pile, line, settle } = world;
    const move = async (command: '55' | 'FF'): Promise<{ result: number; lockStatus: string; alarm: string }> => {
      const told = platform.next('lock');
      const { result } = await line.call(GroundLockCommand, { pileCode: PILE, gunNo: 1, command, reserved: '00000000' });
      const [{ lockStatus, alarm }] = await told;
      return { result, lockStatus, alarm };
    };
    await settle();
    expect(await move('FF')).to.deep.equal({ result: 1, lockStatus: 'FF', alarm: '00' });
    pile.plugIn(1, VEHICLE);
    expect(await move('55')).to.deep.equal({ result: 0, lockStatus: 'FF', alarm: '00' });
    pile.unplug(1);
    pile.faults.add('lockStuck');
    expect(await move('55')).to.deep.equal({ result: 0, lockStatus: 'FF', alarm: '55' });
  });

  it('ends by itself when the balance is used up or the battery is full, and obeys limits', async () => {
    world = await pileWorld();
    const { platform, pile, line, pass } = world;
    pile.plugIn(1, VEHICLE);
    expect(await line.call(WorkParameters, { pileCode: PILE, lockOut: 0, maxPowerPct: 50 })).to.include({ result: 1 });
    await line.call(RemoteStart, { ...START, balance: 10 });
    expect(await line.call(BalanceUpdate, { ...GUN, physicalCard: '0'.repeat(16), balance: 11 })).to.include({ result: 0 });
    const broke = platform.next('bill');
    await pass(HOUR);
    // 60 kW is what the vehicle takes; half of the pile's 120 kW would be as much, but the percentage applies to what flows.
    expect((await broke)[0]).to.include({ stopReason: 0x43, totalEnergy: 10, totalAmount: 11 });
    const full = platform.next('bill');
    await line.call(WorkParameters, { pileCode: PILE, lockOut: 0, maxPowerPct: 100 });
    await line.call(RemoteStart, { ...START, tradeNo: `${PILE}012501010801000009` });
    await pass(2 * HOUR);
    expect((await full)[0]).to.include({ stopReason: 0x41, totalEnergy: 38.4 });
    await line.call(WorkParameters, { pileCode: PILE, lockOut: 1, maxPowerPct: 100 });
    expect(await line.call(RemoteStart, START)).to.include({ result: 0, failReason: 3 });
  });
});
