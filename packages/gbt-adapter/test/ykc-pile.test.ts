import { once } from 'node:events';
import {
  BalanceUpdate,
  CardQuery,
  CardSync,
  GroundLockCommand,
  ReadRealtimeData,
  Reboot,
  RemoteStart,
  RemoteStartReply,
  RemoteStop,
  TimeSync,
  WorkParameters,
  type YkcEndpoint,
} from '@evroam/gbt-adapter/ykc';
import { ManualTime, type PileOptions, SimulatedPile } from '@evroam/gbt-adapter/ykc/simulator';
import { expect } from 'chai';
import { MODEL, PILE, Platform } from './platform.js';

const VEHICLE = { vin: 'L1NSPGH98NA000000', capacityKWh: 60, socPct: 20, maxPowerKw: 60 };
const GUN = { pileCode: PILE, gunNo: '01' };
const TRADE = `${PILE}012501010801000001`;
const START = { ...GUN, tradeNo: TRADE, logicCard: '0'.repeat(16), physicalCard: '0'.repeat(16), balance: 0 };
const HOUR = 3_600_000;

describe('a simulated 云快充 pile', () => {
  let platform: Platform;
  let pile: SimulatedPile;
  let time: ManualTime;
  let line: YkcEndpoint<'platform'>;

  async function up(options: Partial<PileOptions> = {}): Promise<void> {
    platform = new Platform();
    time = new ManualTime(new Date('2025-01-01T00:00:00Z'));
    pile = new SimulatedPile({ pileCode: PILE, port: await platform.open(), time, ...options });
    const online = once(pile, 'online');
    const logged = platform.next('line');
    pile.start();
    [line] = await logged;
    await online;
  }
  /** Lets everything that is under way on the sockets arrive: a round trip behind it, of a frame that comes only as an answer. */
  const settle = async (): Promise<void> => void (await line.call(CardQuery, { pileCode: PILE, cards: [] }));

  /** Lets time pass as it would: a heartbeat is answered before the next one is due. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 10_000) {
      time.advance(Math.min(left, 10_000));
      await settle();
    }
  };

  afterEach(async () => {
    pile.stop();
    await platform.close();
  });

  it('logs in, checks and fetches the billing model, reports, and beats', async () => {
    await up();
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
    await up();
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
    await up();
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
    await up({ guns: 2 });
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
    await up();
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
    await up({ hasGroundLocks: true });
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
    await up();
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

  it('sends a record that nobody acknowledges again: three times 30 s apart, then every 5 min', async () => {
    await up({ line: { limits: { callTimeoutMs: 20 } } });
    pile.plugIn(1, VEHICLE);
    platform.billResult = undefined;
    await line.call(RemoteStart, START);
    pile.pressStop(1);
    await platform.next('bill');
    for (const [wait, count] of [
      [30_000, 2],
      [30_000, 3],
      [300_000, 4],
    ] as const) {
      await new Promise<void>((resolve) => {
        // The time-out of the call before is on the wall clock: the next try is set once it has passed.
        const look = (): void => {
          time.advance(wait / 10);
          if (platform.bills.length >= count) resolve();
          else setTimeout(look, 5);
        };
        look();
      });
    }
    platform.billResult = 0;
    expect(pile.records.waiting).to.have.length(1);
  });

  for (const fault of ['crcSwapped', 'halfFrames', 'coalescedFrames', 'garbageBetween'] as const) {
    it(`is understood with the fault ${fault} on its line`, async () => {
      await up({ faults: [fault] });
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
    await up({ faults: ['wrongAmount', 'oddStartType', 'recordTwice', 'clockWrong'], version: '1.7' });
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

  it('comes back after a reboot, and is not let in under a wrong code', async () => {
    await up();
    const [offline, again] = [once(pile, 'offline'), platform.next('line')];
    expect(await line.call(Reboot, { pileCode: PILE, when: 1 })).to.include({ result: 1 });
    await offline;
    time.advance(5000);
    [line] = await again;
    const stranger = new SimulatedPile({ pileCode: '20231212000099', port: platform.server.port, time });
    const out = once(stranger, 'offline');
    stranger.start();
    await out;
    stranger.stop();
    expect(MODEL.modelNo).to.equal('0007');
  });
});
