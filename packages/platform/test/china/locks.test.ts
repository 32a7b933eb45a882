import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SimulatedPile } from '@evroam/gbt-adapter/ykc/simulator';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { addStation, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { addPile, furnishChina, openPile, sessionsOf, VEHICLE } from './fixture.js';

describe('ground locks', function () {
  this.timeout(60_000);
  const A = { id: 'PILE-L', pileCode: '20231212000020' };
  let hub: TestHub;
  let pile: SimulatedPile;
  const lock = (path = '', id = A.id) => `/stations/${id}/locks/1${path}`;
  const is = (position: string, bay?: string) =>
    eventually(async () => {
      const found = await must(hub.api, 'GET', lock());
      return found.state.position === position && (bay === undefined || found.state.bay === bay) && found;
    }, `the arm ${position}`);

  before(async () => {
    hub = await openHub();
    await furnishChina(hub);
    await addPile(hub, A);
    await must(hub.api, 'PUT', lock(), { driver: 'ykc' });
    pile = await openPile(hub, A, { hasGroundLocks: true });
    await is('raised', 'empty');
  });
  after(async () => {
    pile?.stop();
    await hub?.close();
  });

  it('is lowered for a start and raised when its session has ended and the bay is free', async () => {
    const place = { locationId: `L-${A.id}`, evseUid: `${A.id}-E1` };
    await must(hub.api, 'POST', '/starts', { issuer: 'CN-EVR', uid: 'APP1', ...place });
    await is('lowered');
    const started = once(pile, 'started');
    pile.plugIn(1, VEHICLE);
    await started;
    await eventually(async () => (await sessionsOf(hub, A.id)).find(({ status }: Json) => status === 'active'), 'the session');
    await is('lowered');
    const ended = once(pile, 'ended');
    pile.pressStop(1);
    await ended;
    await eventually(async () => (await sessionsOf(hub, A.id)).find(({ status }: Json) => status === 'completed'), 'the end');
    pile.unplug(1);
    pile.tellAll();
    await is('raised', 'empty');
  });

  it('is moved by a person, and one that is stuck is tried a few times and raises an alarm', async () => {
    expect((await must(hub.api, 'POST', lock('/lower'))).position).to.equal('lowered');
    expect((await must(hub.api, 'POST', lock('/raise'))).position).to.equal('raised');
    pile.faults.add('lockStuck');
    const { tries, position } = await must(hub.api, 'POST', lock('/lower'));
    expect([tries, position]).to.deep.equal([1, 'raised']);
    await hub.logged(({ msg }) => msg === 'a ground lock does not move: a person has to look');
    const items = await eventually(async () => {
      const { items: found } = await must(hub.api, 'GET', `/security-events?station=${A.id}`);
      return found.length > 0 && found;
    }, 'the alarm');
    expect(items.map(({ type }: Json) => type)).to.deep.equal(['GroundLockStuck']);
    expect((await must(hub.api, 'GET', lock())).state.failed).to.equal(true);
  });

  it('behind any HTTP service does the same', async () => {
    let position = 'raised';
    const asked: string[] = [];
    const cloud = createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.authorization}`);
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (request.method === 'POST') position = JSON.parse(body).to;
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ position, bay: 'empty', batteryPercent: 71 }));
      });
    });
    cloud.listen(0, '127.0.0.1');
    await once(cloud, 'listening');
    await furnishParty(hub);
    await addStation(hub, 'CS-L');
    const url = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}/arm/7`;
    await must(hub.api, 'PUT', lock('', 'CS-L'), { driver: 'http', url, token: 'secret-of-the-arm' });
    const shown = await must(hub.api, 'GET', lock('', 'CS-L'));
    expect([shown.state.position, shown.state.batteryPercent, shown.driver]).to.deep.equal(['raised', 71, { kind: 'http', url }]);
    expect((await must(hub.api, 'POST', lock('/lower', 'CS-L'))).position).to.equal('lowered');
    expect(asked).to.deep.equal(['GET Bearer secret-of-the-arm', 'POST Bearer secret-of-the-arm']);
    cloud.close();
    cloud.closeAllConnections();
    await once(cloud, 'close');
    expect((await must(hub.api, 'POST', lock('/raise', 'CS-L'))).tries).to.equal(1);
    const { status } = await hub.api('PUT', lock('', 'CS-L'), { driver: 'http' });
    expect(status).to.equal(422);
  });
});
