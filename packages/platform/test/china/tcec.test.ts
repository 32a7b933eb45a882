import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from '../roaming/partner-process.js';
import { furnishChina } from './fixture.js';
import { joinTcec, stated, TERMS } from './tcec-fixture.js';

/** An OCPI partner and a T/CEC 102 platform, each on the raw wire in a process of its own, and a hub between them. */
describe("an OCPI 2.2.1 eMSP's driver at a T/CEC 102 partner's pile", function () {
  this.timeout(60_000);
  const clock = clockSetting(new Date('2026-03-02T02:10:00Z'), 60);
  let hub: TestHub;
  let emsp: PartnerProcess;
  let tcec: PartnerProcess;
  let id: string;

  before(async () => {
    hub = await openHub({ EVROAM_CLOCK: clock });
    await furnishChina(hub);
    await must(hub.api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    emsp = startPartner();
    await emsp.ask('configure', { version: '2.2.1', role: 'EMSP', country: 'NL', party: '221' });
    const invited = await must(hub.api, 'POST', '/partners', { name: 'E', parties: [{ party: 'NL-221', role: 'emsp' }] });
    await emsp.ask('register', { versionsUrl: invited.versionsUrl, token: invited.token });
    await must(hub.api, 'POST', '/agreements', {
      ...{ id: 'TCE-221', seller: 'CN-TCE', buyer: 'NL-221', effectiveFrom: '2026-01-01T00:00:00Z' },
      ...TERMS,
    });
    ({ tcec, id } = await joinTcec(hub, { party: 'CN-TCE', role: 'cpo', clock }));
  });
  after(async () => {
    await emsp?.end();
    await tcec?.end();
    await hub?.close();
  });

  it('reads the stations of both pages, with status, price, and coordinates of the world', async () => {
    const [locations] = await eventually(async () => {
      const { items } = await must(hub.api, 'GET', `/partners/${id}/imports`);
      return items[0]?.state === 'done' && items;
    }, 'the import');
    expect([locations.pages, locations.kept, locations.refused]).to.deep.equal([2, 2, 0]);
    const all: Json[] = await emsp.ask('locations');
    const one = all.find((location) => location.id === 'S1');
    expect(one.evses.map(({ uid, status }: Json) => [uid, status])).to.deep.equal([[await tcec.ask('gun', { station: 1 }), 'AVAILABLE']]);
    // 113.46, 23.16 in GCJ-02 lies some 500 m off.
    expect(Number(one.coordinates.longitude)).to.be.closeTo(113.4546, 2e-3);
    expect(Number(one.coordinates.longitude)).to.not.equal(113.46);
  });

  it('charges: energy as metered, money as billed, electricity and service exact', async () => {
    const uid = await tcec.ask('gun', { station: 1 });
    const started = await emsp.ask('start', { card: 1, location: { location_id: 'S1', evse_uid: uid } });
    expect(started.result).to.equal('ACCEPTED');
    await tcec.ask('begin');
    await eventually(async () => (await emsp.ask('states')).includes('ACTIVE'), 'the session');
    expect((await tcec.ask('meter', { units: 300 })).SuccStat).to.equal(0);
    const order = (await tcec.ask('orders')).at(-1);
    await eventually(async () => {
      const { items } = await must(hub.api, 'GET', '/roaming/sessions');
      return items.some(({ id: seq, kwh }: Json) => seq === order.seq && Number(kwh) === 3);
    }, 'its energy');
    const { bill, answer } = await tcec.ask('bill', { units: 1234 });
    expect(answer.ConfirmResult).to.equal(0);
    const [{ cdr }] = await eventually(async () => {
      const received: Json[] = await emsp.ask('cdrs');
      return received.length > 0 && received;
    }, 'the CDR');
    expect(cdr.id).to.equal(order.seq);
    expect(cdr.total_energy).to.equal(12.34);
    expect(cdr.total_cost.incl_vat).to.equal(bill.TotalMoney);
    expect(cdr.total_cost.excl_vat).to.be.closeTo(bill.TotalMoney / 1.13, 1e-4);
  });

  it('is settled by the agreement, and both statements verify and compute to the same', async () => {
    const [order] = await tcec.ask('orders');
    const { cdr } = await eventually(async () => {
      const { items } = await must(hub.api, 'GET', '/settlement/cdrs?state=accepted');
      return items.length > 0 && must(hub.api, 'GET', `/settlement/cdrs/CN-TCE/${order.seq}`);
    }, 'the accepted CDR');
    const { TotalElecMoney, TotalSeviceMoney } = JSON.parse(order.billed);
    expect(Number(cdr.fees.electricity.afterTaxes)).to.equal(Math.round(TotalElecMoney * 1e9));
    expect(Number(cdr.fees.service.afterTaxes)).to.equal(Math.round(TotalSeviceMoney * 1e9));
    const [{ raw }] = await emsp.ask('cdrs');
    const billed = await stated(hub, { 'NL-221': { [order.seq]: raw }, 'CN-TCE': { [order.seq]: order.billed } });
    const money = { gross: '1357', due: '1357' };
    expect(billed).to.deep.equal({
      [`NL-221 ${order.seq}`]: { form: '2.2.1', ...money },
      [`CN-TCE ${order.seq}`]: { form: 'tcec102', ...money },
    });
  });

  it('takes a bill twice as one, and disputes another under its sequence and one that does not add up', async () => {
    const { answer } = await tcec.ask('bill', {});
    expect(answer.ConfirmResult).to.equal(0);
    for (const change of [{ TotalElecMoney: 8.4, TotalMoney: 14.57 }, { TotalMoney: 99.99 }]) {
      const { answer: other } = await tcec.ask('bill', { change });
      expect(other.ConfirmResult).to.equal(1);
    }
    expect(await must(hub.api, 'GET', '/settlement/counts')).to.include({ accepted: 1 });
  });

  it('goes on with the status that the partner pushes', async () => {
    expect((await tcec.ask('push', { station: 2, status: 255 })).Status).to.equal(0);
    await eventually(async () => {
      const all: Json[] = await emsp.ask('locations');
      return all.find((location) => location.id === 'S2')?.evses[0].status === 'OUTOFORDER';
    }, 'the fault');
  });

  it('finds the session of a start whose answer was lost: what came of it is asked and not guessed', async () => {
    await tcec.ask('silent', { is: true });
    const known = (await emsp.ask('states')).length;
    const failed = await emsp
      .ask('start', { card: 2, location: { location_id: 'S1', evse_uid: await tcec.ask('gun', { station: 1 }) } })
      .then(
        () => undefined,
        (error: Error) => error.message,
      );
    expect(failed).to.match(/unknown/);
    await tcec.ask('silent', { is: false });
    await eventually(
      async () => (await emsp.ask('states')).length === known + 1 && (await emsp.ask('states')).includes('ACTIVE'),
      'the session',
    );
  });

  it('stops for its driver, tells the result once, and bills what flowed', async () => {
    const { seq } = (await tcec.ask('orders')).at(-1);
    expect((await emsp.ask('stop', { session: 'nobody-s' })).result).to.equal('UNKNOWN_SESSION');
    expect((await emsp.ask('stop', { session: seq })).result).to.equal('ACCEPTED');
    const asked: Json[] = await tcec.ask('heard');
    expect(asked.filter(({ name }) => name === 'query_stop_charge').map(({ data }) => data.StartChargeSeq)).to.deep.equal([seq]);
    for (const SuccStat of [0, 0]) expect((await tcec.ask('stopped')).SuccStat).to.equal(SuccStat);
    const results = await eventually(async () => {
      const all: Json[] = await emsp.ask('heard');
      const told = all.filter(({ path }) => path.startsWith('/commands/STOP_SESSION/')).map(({ body }) => body?.result);
      return told.length > 0 && told;
    }, 'the result');
    expect(results).to.deep.equal(['ACCEPTED']);
    expect((await tcec.ask('bill', { units: 50 })).answer.ConfirmResult).to.equal(0);
    await eventually(async () => (await must(hub.api, 'GET', '/settlement/counts')).accepted === 2, 'the second CDR');
  });

  it('refuses what is not proved, alike and before it is decrypted, and keeps no secret in clear', async () => {
    const call = { name: 'notification_stationStatus', data: { ConnectorStatusInfo: { ConnectorID: 'X', Status: 1 } } };
    const refused: Json[] = [];
    for (const more of [
      { change: { after: { Sig: '0'.repeat(32) } } },
      { change: { before: { TimeStamp: '20200101000000' } } },
      { change: { before: { OperatorID: '999999999' } } },
      { change: { before: { Data: 'bm90IGEgY2lwaGVydGV4dA==' }, after: { Sig: 'F'.repeat(32) } } },
      { twice: true },
    ])
      refused.push(await tcec.ask('attack', { ...call, ...more }));
    expect(refused.map(({ Ret, Msg, Data }) => [Ret, Msg, Data])).to.deep.equal(refused.map(() => [4001, '签名错误', '']));
    expect((await tcec.ask('attack', { ...call, bearer: 'guessed' })).Ret).to.equal(4002);
    // It owns piles here and has no drivers: it sees no station of anybody.
    const curious = await tcec.ask('attack', { name: 'query_stations_info', data: {} });
    expect(curious.Ret).to.equal(4004);
    const rows = await hub.database.sql<{ sealed_given: string; sealed_issued: string }>(undefined, 'SELECT * FROM roaming_tcec_peer');
    const { keys } = await must(hub.api, 'POST', `/partners/${id}/tcec/keys`);
    expect(JSON.stringify(rows)).to.not.contain('Secret');
    // The keys before are over, and the new ones open.
    expect((await tcec.ask('attack', call)).Ret).to.equal(4001);
    await tcec.ask('join', { keys, url: hub.addresses.tcec });
    expect((await tcec.ask('ask', call)).Status).to.equal(1);
    await must(hub.api, 'POST', `/partners/${id}/suspend`);
    expect((await tcec.ask('attack', call)).Ret).to.equal(4001);
  });
});
