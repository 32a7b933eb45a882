import { once } from 'node:events';
import { type SimulatedPile, timeFrom } from '@evroam/gbt-adapter/ykc/simulator';
import { expect } from 'chai';
import { clockFromSetting, clockSetting } from '#kernel/clock.js';
import { openHub, type TestHub } from '../journeys/hub.js';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { addPile, cdrAt, furnishChina, openPile, sessionsOf, VEHICLE } from './fixture.js';

const MINUTE = 60_000;

/** F20: who cannot be heard is not billed for standing there, and what does not move is not moved for ever. */
describe('a charger that is offline', function () {
  this.timeout(60_000);
  const setting = clockSetting(new Date('2026-03-02T02:00:00Z'), 300);
  const clock = clockFromSetting(setting);
  const A = { id: 'PILE-O', pileCode: '20231212000090' };
  const lock = (path = '') => `/stations/${A.id}/locks/1${path}`;
  let hub: TestHub;
  let pile: SimulatedPile;

  before(async () => {
    hub = await openHub({ EVROAM_CLOCK: setting });
    await furnishParty(hub);
    await furnishChina(hub);
    await addPile(hub, A);
    await must(hub.api, 'PUT', lock(), { driver: 'ykc' });
    pile = await openPile(hub, A, { hasGroundLocks: true, time: timeFrom(clock), pace: { retryMs: 30_000 } });
    await eventually(async () => (await must(hub.api, 'GET', lock())).state.position === 'raised', 'the arm');
  });
  after(async () => {
    pile?.stop();
    await hub?.close();
  });

  const reach = (moment: number) => eventually(async () => clock.now().getTime() > moment, 'that moment');
  const ask = async () => {
    const place = { locationId: `L-${A.id}`, evseUid: `${A.id}-E1` };
    const { requestId } = await must(hub.api, 'POST', '/starts', { issuer: 'CN-EVR', uid: 'APP1', ...place });
    return requestId as string;
  };
  const phaseOf = async (requestId: string) => (await must(hub.api, 'GET', `/starts/${requestId}`)).state.phase;
  const stands = (position: string, tries = 0) =>
    eventually(async () => {
      const { state } = await must(hub.api, 'GET', lock());
      return state.position === position && state.wanted === position && state.tries === tries && state;
    }, `the arm ${position}`);

  it('counts no idle time from the moment that it is no longer heard', async () => {
    const element = {
      components: [
        { dimension: 'ENERGY', fees: [{ type: 'electricity', price: '0.30' }], taxPercent: 21 },
        { dimension: 'PARKING_TIME', fees: [{ type: 'idle', price: '6.00' }], taxPercent: 21 },
      ],
    };
    const idle = { id: 'IDLE-O', owner: 'NL-EVR', currency: 'EUR', validFrom: '2020-01-01T00:00:00Z', elements: [element] };
    await must(hub.api, 'POST', '/tariffs', idle);
    const password = await addStation(hub, 'CS-O', 1, [idle.id]);
    const device = await Device.open(hub.ocppUrl, 'CS-O', password, '1.6');
    await boot(device, '1.6');
    const began = clock.now().getTime();
    const at = (minutes: number) => new Date(began - 60 * MINUTE + minutes * MINUTE).toISOString();
    const start = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: at(0) };
    const { transactionId } = await device.call('StartTransaction', start);
    const suspended = { connectorId: 1, errorCode: 'NoError', status: 'SuspendedEV', timestamp: at(20) };
    await device.call('StatusNotification', suspended);
    device.cut();
    await eventually(
      async () => (await must(hub.api, 'GET', '/locations/NL-EVR/L-CS-O')).evses[0].statusSource === 'offline',
      'that it is offline',
    );
    const heardUntil = clock.now().getTime();
    await reach(heardUntil + 30 * MINUTE);
    const again = await Device.open(hub.ocppUrl, 'CS-O', password, '1.6');
    await boot(again, '1.6');
    await again.call('StopTransaction', { transactionId, meterStop: 1_000, timestamp: clock.now().toISOString() });
    const cdr = await cdrAt(hub, 'CS-O');
    const seconds = cdr.periods.reduce((sum: number, { parkingSeconds }: Json) => sum + parkingSeconds, 0);
    // Ten minutes of grace after it was suspended; the hub noticed the cut between these two moments.
    const suspendedAt = Date.parse(at(20));
    expect(seconds).to.be.within((began - suspendedAt) / 1000 - 600, (heardUntil - suspendedAt) / 1000 - 600);
    expect(Date.parse(cdr.endedAt) - heardUntil).to.be.at.least(30 * MINUTE);
    again.close();
  });

  it('raises the arm again when the start for which it went down is refused, or nobody answers', async () => {
    pile.emergencyStop();
    const refused = await ask();
    await eventually(async () => (await phaseOf(refused)) === 'rejected', 'the refusal');
    await stands('raised');
    pile.repair();
  });

  it('raises the arm again when nobody comes', async () => {
    const accepted = await ask();
    await eventually(async () => (await phaseOf(accepted)) === 'accepted', 'the answer');
    await stands('lowered');
    await eventually(async () => (await phaseOf(accepted)) === 'expired', 'that nobody came');
    await stands('raised');
  });

  it('whose arm nobody can reach: it is tried three times, a person is called once, and it obeys when it is heard again', async () => {
    pile.stop();
    await eventually(
      async () => (await must(hub.api, 'GET', `/locations/CN-EVR/L-${A.id}`)).evses[0].statusSource === 'offline',
      'offline',
    );
    await must(hub.api, 'POST', lock('/lower'));
    await hub.logged(({ msg }) => msg === 'a ground lock does not move: a person has to look');
    const failed = await must(hub.api, 'GET', lock());
    expect([failed.state.tries, failed.state.failed]).to.deep.equal([3, true]);
    await reach(clock.now().getTime() + 10 * MINUTE);
    expect((await must(hub.api, 'GET', lock())).state.tries).to.equal(3);
    const { items } = await must(hub.api, 'GET', `/security-events?station=${A.id}`);
    expect(items.filter(({ type }: Json) => type === 'GroundLockStuck')).to.have.length(1);
    const online = once(pile, 'online');
    pile.start();
    await online;
    pile.plugIn(1, VEHICLE);
    expect(await pile.swipe(1, '00000000D14B0A54')).to.equal(true);
    await eventually(async () => (await sessionsOf(hub, A.id)).some(({ status }: Json) => status === 'active'), 'the session');
    await stands('lowered');
    pile.pressStop(1);
    const cdr = await cdrAt(hub, A.id);
    expect(cdr.periods.every(({ parkingSeconds }: Json) => parkingSeconds === 0)).to.equal(true);
  });
});
