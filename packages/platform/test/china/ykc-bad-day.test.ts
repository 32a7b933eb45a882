import { once } from 'node:events';
import type { PileFault, PileOptions, SimulatedPile } from '@evroam/gbt-adapter/ykc/simulator';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { addPile, billsOf, cdrAt, furnishChina, openPile, sessionsOf, VEHICLE } from './fixture.js';

const CARD = '00000000D14B0A54';

describe('an own 云快充 pile on a bad day', function () {
  this.timeout(60_000);
  let hub: TestHub;
  let number = 40;
  const piles: SimulatedPile[] = [];

  before(async () => {
    hub = await openHub();
    await furnishChina(hub);
  });
  after(async () => {
    for (const pile of piles) pile.stop();
    await hub?.close();
  });

  async function pileOf(options: Partial<PileOptions> = {}): Promise<{ id: string; pile: SimulatedPile }> {
    number += 1;
    const at = { id: `PILE-${number}`, pileCode: `202312120000${number}` };
    await addPile(hub, at);
    const pile = await openPile(hub, at, { pace: { retryMs: 200 }, ...options });
    piles.push(pile);
    pile.plugIn(1, VEHICLE);
    return { id: at.id, pile };
  }

  /** A session that the hub has heard of, with some energy where the vehicle takes any. */
  async function charging(id: string, pile: SimulatedPile): Promise<void> {
    expect(await pile.swipe(1, CARD)).to.equal(true);
    const takes = pile.guns[0]!.vehicle!.maxPowerKw > 0;
    await must(hub.api, 'POST', `/stations/${id}/commands/trigger?wait=10`, { message: 'MeterValues', connectorNumber: 1 });
    await eventually(
      async () => (await sessionsOf(hub, id)).some(({ status, kwh }: Json) => status === 'active' && (!takes || Number(kwh) > 0)),
      'the session',
    );
  }

  async function billed(pile: SimulatedPile): Promise<Json> {
    const settled = once(pile, 'settled');
    pile.pressStop(1);
    const [record, result] = await settled;
    expect(result).to.equal(0);
    return record;
  }

  const statuses = async (id: string) => (await sessionsOf(hub, id)).map(({ status }: Json) => status);

  it('ends a session of no energy, though the line that it began on is another one', async () => {
    const { id, pile } = await pileOf();
    pile.plugIn(1, { ...VEHICLE, maxPowerKw: 0 });
    await charging(id, pile);
    const online = once(pile, 'online');
    pile.cut();
    await online;
    expect(await billed(pile)).to.include({ totalEnergy: 0 });
    expect((await cdrAt(hub, id)).kwh).to.equal('0');
    expect(await statuses(id)).to.deep.equal(['completed']);
  });

  it('has no session where a start failed and nobody heard of one', async () => {
    const { id, pile } = await pileOf({ faults: ['startFails'] });
    const settled = once(pile, 'settled');
    expect(await pile.swipe(1, CARD)).to.equal(true);
    await settled;
    expect((await billsOf(hub, id)).map(({ isDone, verdict }) => [isDone, verdict])).to.deep.equal([[true, 'agreed']]);
    expect(await sessionsOf(hub, id)).to.deep.equal([]);
  });

  it('of V1.7 bills by 0x3D: rated again like any bill, its meter kept with it', async () => {
    const { id, pile } = await pileOf({ version: '1.7', faults: ['recordTwice'] });
    await charging(id, pile);
    const record = await billed(pile);
    const cdr = await cdrAt(hub, id);
    const [bill, ...others] = await billsOf(hub, id);
    expect(others).to.deep.equal([]);
    expect([bill.verdict, bill.faults, bill.isDone, bill.conflicts]).to.deep.equal(['agreed', [], true, 0]);
    expect(bill.bill).to.deep.equal(record);
    expect(bill.bill).to.include({ meterNo: pile.pileCode.slice(-12), meterCipher: '00'.repeat(34), encryptMethod: 0 });
    expect(Number(cdr.kwh)).to.equal(record.totalEnergy);
    expect(Number(cdr.total.afterTaxes)).to.equal(Number(bill.ours));
    expect(Math.abs(Number(bill.difference))).to.be.at.most(0.0004);
    expect(await statuses(id)).to.deep.equal(['completed']);
  });

  it('of V1.7 that bills too much is held with its trace, and priced at what its model comes to when it is released', async () => {
    const { id, pile } = await pileOf({ version: '1.7', faults: ['wrongAmount'] });
    await charging(id, pile);
    const record = await billed(pile);
    const [bill] = await billsOf(hub, id);
    expect([bill.verdict, bill.faults]).to.deep.equal(['held', ['amountSum']]);
    expect(Number(bill.difference)).to.be.closeTo(0.01, 0.0004);
    const shown = bill.trace.reduce((sum: number, { shown: each }: Json) => sum + Math.round(Number(each) * 1e4), 0);
    expect(shown).to.equal(Math.round(record.totalAmount * 1e4) - 100);
    const { items } = await must(hub.api, 'GET', '/sessions?held=true');
    expect(items.map(({ id: held }: Json) => held)).to.deep.equal([bill.sessionId]);
    await must(hub.api, 'POST', `/sessions/${bill.sessionId}/release`, {});
    const cdr = await cdrAt(hub, id);
    expect([Number(cdr.kwh), Number(cdr.total.afterTaxes)]).to.deep.equal([record.totalEnergy, Number(bill.ours)]);
  });

  it('whose clock is ahead is held: it chose its prices by a time that has not come', async () => {
    const { id, pile } = await pileOf({ faults: ['clockAhead'] });
    await charging(id, pile);
    const { totalEnergy } = await billed(pile);
    const [bill] = await billsOf(hub, id);
    expect([bill.verdict, bill.faults]).to.deep.equal(['held', ['timeImpossible']]);
    const session = await must(hub.api, 'GET', `/sessions/${bill.sessionId}`);
    expect(Date.parse(session.endedAt)).to.be.at.most(Date.now());
    await must(hub.api, 'POST', `/sessions/${bill.sessionId}/release`, {});
    expect(Number((await cdrAt(hub, id)).kwh)).to.equal(totalEnergy);
  });

  it('bills after a power failure what ran until then', async () => {
    const { id, pile } = await pileOf();
    await charging(id, pile);
    const settled = once(pile, 'settled');
    pile.losePower();
    const [{ stopReason, totalEnergy }, result] = await settled;
    expect([stopReason, result]).to.deep.equal([0x83, 0]);
    expect(Number((await cdrAt(hub, id)).kwh)).to.equal(totalEnergy);
    expect(await statuses(id)).to.deep.equal(['completed']);
  });

  it('comes back on a new line while the hub still holds the dead one, and its session goes on', async () => {
    const { id, pile } = await pileOf({ pace: { heartbeatMs: 100, retryMs: 200 }, line: { limits: { callTimeoutMs: 4_000 } } });
    await charging(id, pile);
    const offline = once(pile, 'offline');
    pile.faults.add('halfOpen' satisfies PileFault);
    await offline;
    expect(hub.lines.some(({ msg, stationId }) => msg === 'pile disconnected' && stationId === id)).to.equal(false);
    const online = once(pile, 'online');
    pile.faults.delete('halfOpen');
    await online;
    await hub.logged(({ msg, stationId }) => msg === 'pile disconnected' && stationId === id);
    const { totalEnergy } = await billed(pile);
    expect(Number((await cdrAt(hub, id)).kwh)).to.equal(totalEnergy);
    expect(await statuses(id)).to.deep.equal(['completed']);
  });
});
