import { once } from 'node:events';
import { LIMITS } from '@evroam/gbt-adapter/ykc';
import type { SimulatedPile } from '@evroam/gbt-adapter/ykc/simulator';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { addPile, billsOf, cdrAt, furnishChina, openPile, sessionsOf, VEHICLE } from './fixture.js';

const CARD = '00000000D14B0A54';

describe('an own 云快充 pile', function () {
  this.timeout(60_000);
  const A = { id: 'PILE-A', pileCode: '20231212000010' };
  let hub: TestHub;
  let pile: SimulatedPile;
  const command = (kind: string, body: object) => must(hub.api, 'POST', `/stations/${A.id}/commands/${kind}?wait=10`, body);
  const evse = async (id = A.id) => (await must(hub.api, 'GET', `/locations/CN-EVR/L-${id}`)).evses[0];
  const energyIs = (id: string) =>
    eventually(async () => (await sessionsOf(hub, id)).find(({ status, kwh }: Json) => status === 'active' && Number(kwh) > 0), 'energy');

  before(async () => {
    hub = await openHub({ EVROAM_YKC_PORT: '0' });
    await furnishChina(hub);
    await addPile(hub, A);
    pile = await openPile(hub, A);
  });
  after(async () => {
    pile?.stop();
    await hub?.close();
  });

  it('is let in by its code from its own network, and fetches the model of its tariff', async () => {
    expect(pile.modelNo).to.equal('0001');
    const { number, bands, slots, tariffs } = await must(hub.api, 'GET', `/stations/${A.id}/billing-model`);
    expect([number, tariffs]).to.deep.equal(['0001', [{ owner: 'CN-EVR', id: 'FOUR', version: 1 }]]);
    expect(bands[0]).to.deep.equal({ electricity: 135_600, service: 45_200 });
    expect(slots.slice(0, 5)).to.deep.equal([0, 1, 2, 3, 0]);
    await eventually(async () => (await evse()).status === 'available', 'available');
  });

  it('is refused from another network, with another SIM card, and when nobody knows it', async () => {
    const at = (n: number) => ({ id: `PILE-R${n}`, pileCode: `2023121200009${n}` });
    await addPile(hub, at(1), { pile: { networks: ['10.0.0.0/8'] } });
    await addPile(hub, at(2), { pile: { iccid: '89860000000000000001' } });
    for (const [n, options] of [
      [1, {}],
      [2, { iccid: '89860000000000000002' }],
      [3, {}],
    ] as const) {
      const { SimulatedPile } = await import('@evroam/gbt-adapter/ykc/simulator');
      const stranger = new SimulatedPile({ pileCode: at(n).pileCode, port: Number(new URL(hub.addresses.ykc).port), ...options });
      const offline = once(stranger, 'offline');
      stranger.start();
      expect((await offline)[0].code).to.equal('NotLoggedIn');
      stranger.stop();
    }
    const { items } = await must(hub.api, 'GET', '/security-events');
    expect(items.filter(({ type }: Json) => type === 'PileRefused').map(({ details }: Json) => details.split(' ')[0])).to.have.members([
      'network',
      'iccid',
    ]);
  });

  it('stays when another one claims its code: the one that answers a probe is the pile, and an alarm is raised', async () => {
    const { SimulatedPile } = await import('@evroam/gbt-adapter/ykc/simulator');
    const second = new SimulatedPile({ pileCode: A.pileCode, port: Number(new URL(hub.addresses.ykc).port) });
    const offline = once(second, 'offline');
    second.start();
    expect((await offline)[0].code).to.equal('NotLoggedIn');
    second.stop();
    const { items } = await must(hub.api, 'GET', `/security-events?station=${A.id}`);
    expect(items[0].details).to.match(/^incumbentAnswers/);
    expect((await command('trigger', { message: 'StatusNotification', connectorNumber: 1 })).answer.outcome).to.equal('accepted');
  });

  it('charges by card: energy as billed, price by band, each once whatever is repeated', async () => {
    pile.faults.add('recordTwice');
    pile.plugIn(1, VEHICLE);
    await eventually(async () => (await evse()).status === 'blocked', 'plugged in');
    expect(await pile.swipe(1, '00000000B10C4ED0')).to.equal(false);
    expect(await pile.swipe(1, CARD)).to.equal(true);
    const second = await eventually(
      async () => (await sessionsOf(hub, A.id)).find(({ status }: Json) => status === 'active'),
      'the session',
    );
    expect(second.token.uid).to.equal('D14B0A54');
    await eventually(async () => (await evse()).status === 'charging', 'charging');
    const settled = once(pile, 'settled');
    await command('trigger', { message: 'MeterValues', connectorNumber: 1 });
    await energyIs(A.id);
    pile.pressStop(1);
    const [record, result] = await settled;
    expect(result).to.equal(0);
    const cdr = await cdrAt(hub, A.id);
    expect(Number(cdr.kwh)).to.equal(record.totalEnergy);
    const [bill, ...others] = await billsOf(hub, A.id);
    expect(others).to.deep.equal([]);
    expect([bill.verdict, bill.faults, bill.isDone, bill.conflicts]).to.deep.equal(['agreed', [], true, 0]);
    expect(Number(bill.electricity) + Number(bill.service)).to.be.closeTo(Number(bill.ours), 1e-9);
    expect(Number(cdr.total.afterTaxes)).to.be.closeTo(Number(bill.ours), 1e-8);
    expect(Math.abs(Number(bill.shown) - Number(cdr.total.afterTaxes))).to.be.lessThan(0.0005);
    expect((await sessionsOf(hub, A.id)).map(({ status }: Json) => status)).to.deep.equal(['completed']);
    pile.faults.delete('recordTwice');
  });

  it('charges by VIN and is stopped from afar', async () => {
    expect(await pile.presentVin(1)).to.equal(true);
    const { id, token } = await eventually(
      async () => (await sessionsOf(hub, A.id)).find(({ status }: Json) => status === 'active'),
      'the session',
    );
    expect(token.uid).to.equal(VEHICLE.vin);
    const settled = once(pile, 'settled');
    await must(hub.api, 'POST', `/sessions/${id}/stop`);
    expect((await settled)[1]).to.equal(0);
    expect((await cdrAt(hub, A.id, 2)).sessionId).to.equal(id);
  });

  it('holds a bill whose amount is not what its model comes to, with the trace, until a person releases it', async () => {
    pile.faults.add('wrongAmount');
    expect(await pile.swipe(1, CARD)).to.equal(true);
    await command('trigger', { message: 'MeterValues', connectorNumber: 1 });
    await energyIs(A.id);
    const settled = once(pile, 'settled');
    pile.pressStop(1);
    expect((await settled)[1]).to.equal(0);
    pile.faults.delete('wrongAmount');
    const [bill] = await billsOf(hub, A.id);
    expect([bill.verdict, bill.faults]).to.deep.equal(['held', ['amountSum']]);
    expect(Number(bill.difference)).to.be.closeTo(0.01, 0.0003);
    expect(bill.trace.map(({ band }: Json) => band)).to.deep.equal(['sharp', 'peak', 'flat', 'valley']);
    const { items } = await must(hub.api, 'GET', '/sessions?held=true');
    expect(items.map(({ id }: Json) => id)).to.deep.equal([bill.sessionId]);
    await must(hub.api, 'POST', `/sessions/${bill.sessionId}/release`, {});
    expect((await cdrAt(hub, A.id, 3)).sessionId).to.equal(bill.sessionId);
  });

  it('brings its bill after a cut, and its session is heard once', async () => {
    expect(await pile.swipe(1, CARD)).to.equal(true);
    await eventually(async () => (await sessionsOf(hub, A.id)).some(({ status }: Json) => status === 'active'), 'the session');
    pile.faults.add('recordHeld');
    pile.pressStop(1);
    const settled = once(pile, 'settled');
    pile.cut();
    await eventually(async () => (await evse()).statusSource === 'offline', 'offline');
    expect((await settled)[1]).to.equal(0);
    pile.faults.delete('recordHeld');
    await cdrAt(hub, A.id, 4);
    expect((await sessionsOf(hub, A.id)).filter(({ status }: Json) => status !== 'completed')).to.deep.equal([]);
    expect(await billsOf(hub, A.id)).to.have.length(4);
  });

  it('takes a new tariff as a model with the next number, and no tariff that it cannot charge by', async () => {
    await must(hub.api, 'POST', '/tariffs', {
      ...{ id: 'FOUR', owner: 'CN-EVR', currency: 'CNY', validFrom: '2020-01-02T00:00:00Z' },
      elements: [{ components: [{ dimension: 'ENERGY', fees: [{ type: 'electricity', price: '0.500' }], taxPercent: 13, stepSize: 0 }] }],
    });
    const model = once(pile, 'model');
    expect(await must(hub.api, 'POST', `/stations/${A.id}/billing-model`)).to.deep.equal({ number: '0002', pushed: true });
    expect((await model)[0]).to.equal('0002');
    const idle = { id: 'PILE-I', pileCode: '20231212000077' };
    await addPile(hub, idle, { tariff: 'IDLE' });
    const { status, body } = await hub.api('POST', `/stations/${idle.id}/billing-model`);
    expect([status, body.error.code]).to.deep.equal([409, 'tariff_not_for_pile']);
  });

  const COMMANDS: readonly [kind: string, body: object, outcome: string][] = [
    ['reset', { hard: false }, 'accepted'],
    ['availability', { operative: false }, 'accepted'],
    ['availability', { operative: true }, 'accepted'],
    ['trigger', { message: 'StatusNotification', connectorNumber: 1 }, 'accepted'],
    ['sendLocalList', { version: 1, full: true, tokens: [{ uid: 'D14B0A54', type: 'rfid' }] }, 'accepted'],
    ['raw', { action: 'CardQuery', payload: { cards: [] } }, 'accepted'],
    ['raw', { action: 'Login', payload: {} }, 'notSupported'],
    ['unlock', { connectorNumber: 1 }, 'notSupported'],
    ['clearCache', {}, 'notSupported'],
    ['cost', { transactionKey: 'T1', total: 3.5 }, 'notSupported'],
  ];
  for (const [kind, body, outcome] of COMMANDS) {
    it(`${outcome === 'accepted' ? 'takes' : 'has no'} ${kind} ${JSON.stringify(body)}`, async () => {
      const back = kind === 'reset' ? once(pile, 'online') : undefined;
      const { state, answer } = await command(kind, body);
      expect([state, answer.outcome]).to.deep.equal(['answered', outcome]);
      await back;
    });
  }

  it('is offline without a guess', async () => {
    expect(LIMITS.idleTimeoutMs).to.equal(35_000);
    pile.stop();
    await eventually(async () => (await evse()).statusSource === 'offline', 'offline');
    expect((await command('reset', { hard: true })).answer.outcome).to.equal('stationOffline');
  });
});
