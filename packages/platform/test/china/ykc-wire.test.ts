import { crc16, fromDate, Heartbeat, RealtimeData, TransactionRecord } from '@evroam/gbt-adapter/ykc';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { addPile, billsOf, cdrAt, furnishChina, portOf, sessionsOf } from './fixture.js';
import { frameOf, loginOf, RawLine } from './raw-line.js';

/** A9: what comes over the line of a pile is a whole frame or nothing, and one bad one takes no other with it. */
describe('the line of an own 云快充 pile', function () {
  this.timeout(60_000);
  let hub: TestHub;
  let number = 60;
  const lines: RawLine[] = [];

  before(async () => {
    hub = await openHub();
    await furnishChina(hub);
  });
  after(async () => {
    for (const line of lines) line.cut();
    await hub?.close();
  });

  async function placed(): Promise<{ id: string; pileCode: string }> {
    number += 1;
    const at = { id: `PILE-${number}`, pileCode: `202312120000${number}` };
    await addPile(hub, at);
    return at;
  }

  async function open(): Promise<RawLine> {
    const line = await RawLine.open(portOf(hub));
    lines.push(line);
    return line;
  }

  const beat = (pileCode: string, sequence: number) => frameOf(Heartbeat, { pileCode, gunNo: '01', gunStatus: 0 }, sequence);
  const charging = (pileCode: string, tradeNo: string, energyKWh: number, sequence: number) =>
    frameOf(
      RealtimeData,
      {
        ...{ tradeNo, pileCode, gunNo: '01', status: 3, gunHomed: 0, plugged: 1, voltage: 400, current: 150, cableTempC: 31 },
        ...{ cableCode: '0'.repeat(16), soc: 40, batteryMaxTempC: 28, elapsedMin: 1, remainingMin: 30 },
        ...{ energyKWh, lossEnergyKWh: energyKWh, amount: 0, hardwareFault: 0 },
      },
      sequence,
    );

  /** A bill of so many 0.0001 kWh over the last twenty seconds, at the model that the hub gives this pile. */
  async function billOf({ id, pileCode }: { id: string; pileCode: string }, tradeNo: string, units: number, sequence: number) {
    const { bands, slots } = await must(hub.api, 'GET', `/stations/${id}/billing-model`);
    const end = new Date();
    const start = new Date(end.getTime() - 20_000);
    const mine = slots[Math.floor(((start.getTime() + 8 * 3_600_000) % 86_400_000) / 1_800_000)];
    const amount = (band: number) => (band === mine ? Math.floor((units * price(band) + 50_000) / 100_000) / 1e4 : 0);
    const price = (band: number): number => bands[band].electricity + bands[band].service;
    const energy = (band: number) => (band === mine ? units / 1e4 : 0);
    const parts = ['sharp', 'peak', 'flat', 'valley'].flatMap((name, band) => [
      [`${name}Price`, price(band) / 1e5],
      [`${name}Energy`, energy(band)],
      [`${name}LossEnergy`, energy(band)],
      [`${name}Amount`, amount(band)],
    ]);
    const bill = {
      ...{ tradeNo, pileCode, gunNo: '01', startTime: fromDate(start), endTime: fromDate(end), ...Object.fromEntries(parts) },
      ...{ meterStart: 7, meterEnd: 7 + units / 1e4, totalEnergy: units / 1e4, totalLossEnergy: units / 1e4, totalAmount: amount(mine) },
      ...{ vin: '', startType: 4, tradeTime: fromDate(end), stopReason: 0x45, physicalCard: '00000000D14B0A54' },
    };
    return frameOf(TransactionRecord, bill, sequence);
  }

  /** The same frame with other bytes somewhere, and a checksum that is right for them. */
  function changed(frame: Buffer, at: number, ...bytes: number[]): Buffer {
    const copy = Buffer.from(frame);
    copy.set(bytes, at);
    copy.writeUInt16LE(crc16(copy, 2, copy.length - 2), copy.length - 2);
    return copy;
  }

  it('may come in halves, byte by byte, several in one segment, and with noise between: one session, one bill, byte for byte in the capture', async () => {
    const at = await placed();
    const tradeNo = `${at.pileCode}012603020800000001`;
    const capture = await must(hub.api, 'POST', '/captures', { stations: [at.id] });
    const line = await open();
    await line.drip(loginOf(at.pileCode));
    expect((await line.answer(0x02, 1)).body).to.include({ result: 0 });
    const frames = [beat(at.pileCode, 2), charging(at.pileCode, tradeNo, 0.01, 3), charging(at.pileCode, tradeNo, 0.05, 4)];
    line.write(...frames);
    await line.answer(0x04, 2);
    const bill = await billOf(at, tradeNo, 1_000, 5);
    const last = beat(at.pileCode, 6);
    line.write(Buffer.from('68ff0102', 'hex'), bill.subarray(0, 40));
    await line.drip(bill.subarray(40));
    line.write(bill, last);
    await line.answer(0x04, 6);
    expect(line.heard.filter(({ frame }) => frame.type === 0x40).map(({ body }) => body)).to.deep.equal([
      { tradeNo, result: 0 },
      { tradeNo, result: 0 },
    ]);
    expect((await cdrAt(hub, at.id)).kwh).to.equal('0.1');
    expect((await billsOf(hub, at.id)).map(({ isDone, conflicts }) => [isDone, conflicts])).to.deep.equal([[true, 0]]);
    expect((await sessionsOf(hub, at.id)).map(({ status }: Json) => status)).to.deep.equal(['completed']);
    await must(hub.api, 'POST', `/captures/${capture.id}/stop`);
    const { items } = await must(hub.api, 'GET', `/captures/${capture.id}/frames?limit=500`);
    const seen = items.filter(({ way }: Json) => way === 'in').map(({ hex }: Json) => hex);
    // What is no frame may hide a password: it is kept by its head.
    const wanted = [...frames, Buffer.from('68ff0102', 'hex'), bill, bill, last].map((bytes) => bytes.toString('hex'));
    expect(seen.slice(-wanted.length)).to.deep.equal(wanted);
  });

  const BAD: readonly [what: string, spoil: (good: Buffer) => Buffer][] = [
    ['a wrong checksum', (good) => Buffer.concat([good.subarray(0, -2), Buffer.from([good.at(-2)! ^ 0x5a, good.at(-1)!])])],
    ['a length that is too short', (good) => Buffer.concat([Buffer.from([0x68, good[1]! - 3]), good.subarray(2)])],
    ['a length that is too long', (good) => Buffer.concat([Buffer.from([0x68, good[1]! + 3]), good.subarray(2)])],
    ['a length of nothing', () => Buffer.from('680000', 'hex')],
    ['a type that nobody knows', (good) => changed(good, 5, 0x7f)],
    ['a type that only we may send', (good) => changed(good, 5, 0x40)],
    ['digits that are none', (good) => changed(good, 6, 0xab)],
    ['a trade number of no digits', (good) => changed(good, 6, 0xff, 0xff)],
    ['a body that is encrypted with a key that nobody agreed', (good) => changed(good, 4, 0x01)],
    ['another pile as its sender', (good) => changed(good, 22, 0x99)],
  ];
  for (const [what, spoil] of BAD) {
    it(`with ${what} is refused whole, and the next one is heard`, async () => {
      const at = await placed();
      const line = await open();
      expect(await line.login(at.pileCode)).to.equal(0);
      const good = await billOf(at, `${at.pileCode}012603020800000002`, 500, 2);
      // Behind a length that is too long the reader waits for what it promises: the next beats fill it.
      line.write(spoil(good), beat(at.pileCode, 3), beat(at.pileCode, 4));
      await line.answer(0x04, 4);
      expect(line.heard.some(({ frame }) => frame.type === 0x40)).to.equal(false);
      expect(await billsOf(hub, at.id)).to.deep.equal([]);
      expect(await sessionsOf(hub, at.id)).to.deep.equal([]);
      line.write(good);
      expect((await line.answer(0x40, 2)).body).to.include({ result: 0 });
      await cdrAt(hub, at.id);
    });
  }

  it('answers under the sequence that it was asked under, whatever came before', async () => {
    const at = await placed();
    const line = await open();
    expect(await line.login(at.pileCode)).to.equal(0);
    for (const sequence of [9, 2, 65_535, 0]) {
      line.write(beat(at.pileCode, sequence));
      await line.answer(0x04, sequence);
    }
  });

  it('that ends in the middle of a bill has billed nothing', async () => {
    const at = await placed();
    const line = await open();
    expect(await line.login(at.pileCode)).to.equal(0);
    const bill = await billOf(at, `${at.pileCode}012603020800000003`, 500, 2);
    line.write(bill.subarray(0, -1));
    line.cut();
    await hub.logged(({ msg, stationId }) => msg === 'pile disconnected' && stationId === at.id);
    expect(await billsOf(hub, at.id)).to.deep.equal([]);
    const next = await open();
    // The platform may still be about to let the old line go.
    expect(await next.login(at.pileCode)).to.equal(0);
    next.write(bill);
    expect((await next.answer(0x40, 2)).body).to.include({ result: 0 });
  });

  it('is closed when it says something before its login, when it sends no frames, and when all that it sends is refused', async () => {
    const at = await placed();
    const early = await open();
    early.write(beat(at.pileCode, 1));
    await early.closed;
    for (const bytes of [
      Buffer.alloc(8_192, 0x55),
      Buffer.concat(Array.from({ length: 60 }, () => changed(beat(at.pileCode, 2), 5, 0x7f))),
    ]) {
      const line = await open();
      expect(await line.login(at.pileCode)).to.equal(0);
      line.write(bytes);
      await line.closed;
      await eventually(
        async () => (await must(hub.api, 'GET', `/locations/CN-EVR/L-${at.id}`)).evses[0].statusSource === 'offline',
        'offline',
      );
    }
    const line = await open();
    expect(await line.login(at.pileCode)).to.equal(0);
  });

  it('is not opened to a protocol that is too old or too new to be understood', async () => {
    const at = await placed();
    for (const protocolVersionX10 of [10, 14, 20]) {
      const line = await open();
      expect(await line.login(at.pileCode, { protocolVersionX10 })).to.equal(1);
      await line.closed;
    }
    const { items } = await must(hub.api, 'GET', `/security-events?station=${at.id}`);
    expect(items.map(({ details }: Json) => details.split(' ')[0])).to.deep.equal(Array.from({ length: 3 }, () => 'protocolVersion'));
    for (const protocolVersionX10 of [15, 16, 17]) {
      const line = await open();
      expect(await line.login(at.pileCode, { protocolVersionX10 })).to.equal(0);
      line.cut();
      await line.closed;
    }
  });
});
