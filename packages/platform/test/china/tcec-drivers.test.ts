import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { boot, Device, eventually, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from '../roaming/partner-process.js';
import { addPile, BANDS, energy, furnishChina, portOf } from './fixture.js';
import { joinTcec, stated, TERMS } from './tcec-fixture.js';

const GUN = { standard: 'GBT_DC', powerType: 'dc', maxVoltage: 750, maxAmperage: 250 };

/** A T/CEC 102 platform, an OCPI CPO and a pile, each on the raw wire in a process of its own, an OCPP station, and a hub between them. */
describe("a T/CEC 102 platform's driver", function () {
  this.timeout(60_000);
  // The day on which the CPO charges.
  const clock = clockSetting(new Date('2026-03-02T12:10:00Z'), 60);
  const [epoch, rate] = clock.split(',').map(Number) as [number, number];
  const now = () => new Date(epoch + (Date.now() - epoch) * rate);
  const PILE = { id: 'PILE-T', pileCode: '20231212000040' };
  let atCpo = '';
  let hub: TestHub;
  let tcec: PartnerProcess;
  let cpo: PartnerProcess;
  let pile: PartnerProcess;
  let device: Device;
  let id: string;

  before(async () => {
    hub = await openHub({ EVROAM_CLOCK: clock });
    await furnishChina(hub);
    await must(hub.api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    await must(hub.api, 'POST', '/tariffs', {
      ...{ owner: 'CN-EVR', id: 'FLAT', currency: 'CNY', validFrom: '2020-01-01T00:00:00Z' },
      elements: [{ components: [energy(BANDS.flat)] }],
    });
    await must(hub.api, 'POST', '/tariffs', {
      ...{ owner: 'CN-EVR', id: 'DAY', currency: 'CNY', validFrom: '2020-01-01T00:00:00Z' },
      elements: [
        { components: [energy(BANDS.valley)], restrictions: { startTime: '00:00', endTime: '08:00' } },
        { components: [energy(BANDS.peak)], restrictions: { startTime: '08:00', endTime: '20:30' } },
        { components: [energy(BANDS.sharp)] },
      ],
    });
    await addPile(hub, PILE, { tariff: 'DAY' });
    pile = startPartner(new URL('../china/raw-pile.js', import.meta.url));
    await pile.ask('open', { port: portOf(hub), pileCode: PILE.pileCode, clock });
    device = await openStation(hub);
    cpo = startPartner();
    const market = {
      ...{ currency: 'CNY', price: 1, vat: 13, connector: { standard: 'GBT_DC', format: 'CABLE', power_type: 'DC' } },
      place: { address: '人民大道1号', city: '上海', country: 'CHN', time_zone: 'Asia/Shanghai' },
    };
    await cpo.ask('configure', { version: '2.2.1', role: 'CPO', country: 'DE', party: '221', market });
    const invited = await must(hub.api, 'POST', '/partners', { name: 'C', parties: [{ party: 'DE-221', role: 'cpo' }] });
    await cpo.ask('register', { versionsUrl: invited.versionsUrl, token: invited.token });
    ({ tcec, id } = await joinTcec(hub, { party: 'CN-TCU', role: 'emsp', clock }));
    for (const seller of ['CN-EVR', 'DE-221'])
      await must(hub.api, 'POST', '/agreements', {
        id: `${seller}-TCU`,
        seller,
        buyer: 'CN-TCU',
        effectiveFrom: '2026-01-01T00:00:00Z',
        ...TERMS,
      });
    await hub.logged(({ msg, locations }) => msg === 'partner fetched' && locations === 1);
  });
  after(async () => {
    device?.close();
    for (const one of [tcec, cpo, pile]) await one?.end();
    await hub?.close();
  });

  const heard = async (name: string, seq: string): Promise<Json[]> =>
    ((await tcec.ask('heard')) as Json[]).filter((one) => one.name === name && one.data.StartChargeSeq === seq).map(({ data }) => data);
  /** The gun at which stands what the hub shows of an EVSE: the owner's party in front. */
  const gunAt = async (party: string, uid: string): Promise<string> => {
    const { StationInfos } = await tcec.ask('ask', { name: 'query_stations_info', data: { PageSize: 50 } });
    const guns: Json[] = StationInfos.flatMap(({ EquipmentInfos }: Json) =>
      EquipmentInfos.flatMap(({ ConnectorInfos }: Json) => ConnectorInfos),
    );
    const found = guns.find(({ ConnectorID }) => ConnectorID === `${party.replace('-', '')}${uid}`);
    expect(found, JSON.stringify(guns.map(({ ConnectorID }) => ConnectorID))).to.not.equal(undefined);
    return found?.ConnectorID;
  };
  async function start(connector: string): Promise<string> {
    const seq = await tcec.ask('seq');
    const data = { StartChargeSeq: seq, ConnectorID: connector, QRCode: connector };
    const said = await tcec.ask('ask', { name: 'query_start_charge', data });
    expect(said).to.deep.equal({ StartChargeSeq: seq, StartChargeSeqStat: 1, ConnectorID: connector, SuccStat: 0, FailReason: 0 });
    return seq;
  }
  const billOf = async (seq: string): Promise<Json> => {
    const { bill } = await eventually(async () => {
      const all: Json[] = await tcec.ask('bills');
      return all.find((one) => one.bill.StartChargeSeq === seq);
    }, 'the bill');
    return bill;
  };

  it('sees own stations of both protocols and those of a network that agreed, each gun with its price', async () => {
    for (const [party, uid, prices] of [
      ['CN-EVR', 'CS-T-E1', [{ StartTime: '000000', ElecPrice: 0.791, SevicePrice: 0.452 }]],
      [
        'CN-EVR',
        `${PILE.id}-E1`,
        [
          { StartTime: '000000', ElecPrice: 0.339, SevicePrice: 0.452 },
          { StartTime: '080000', ElecPrice: 1.13, SevicePrice: 0.452 },
          { StartTime: '203000', ElecPrice: 1.356, SevicePrice: 0.452 },
        ],
      ],
      ['DE-221', '221-E1', [{ StartTime: '000000', ElecPrice: 1.13, SevicePrice: 0 }]],
    ] as const) {
      const EquipBizSeq = await tcec.ask('seq');
      const ConnectorID = await gunAt(party, uid);
      const { PolicyInfos } = await tcec.ask('ask', { name: 'query_equip_business_policy', data: { EquipBizSeq, ConnectorID } });
      expect(PolicyInfos).to.deep.equal(prices);
    }
  });

  it('starts nothing at a gun that it was not shown, and the same sequence twice only once', async () => {
    const StartChargeSeq = await tcec.ask('seq');
    const nowhere = { StartChargeSeq, ConnectorID: 'DE999E1', QRCode: 'DE999E1' };
    const said = await tcec.ask('ask', { name: 'query_start_charge', data: nowhere });
    expect([said.SuccStat, said.FailReason]).to.deep.equal([1, 1]);
    device.answers.set('RemoteStartTransaction', () => ({ status: 'Rejected' }));
    const seq = await start(await gunAt('CN-EVR', 'CS-T-E1'));
    await eventually(
      async () => (await heard('notification_start_charge_result', seq)).some((one) => one.StartChargeSeqStat === 4),
      'the refusal',
    );
    const again = await tcec.ask('ask', {
      name: 'query_start_charge',
      data: { ...nowhere, StartChargeSeq: seq, ConnectorID: await gunAt('CN-EVR', 'CS-T-E1') },
    });
    expect(again.StartChargeSeqStat).to.equal(4);
    expect(device.heard.filter(({ action }) => action === 'RemoteStartTransaction')).to.have.length(1);
    device.answers.delete('RemoteStartTransaction');
    device.heard.length = 0;
  });

  it('charges at our OCPP station: started, followed, stopped from afar, billed to the cent', async () => {
    const seq = await start(await gunAt('CN-EVR', 'CS-T-E1'));
    const { idTag } = await device.command('RemoteStartTransaction');
    const { transactionId } = await device.call('StartTransaction', {
      connectorId: 1,
      idTag,
      meterStart: 1000,
      timestamp: now().toISOString(),
    });
    await eventually(
      async () => (await heard('notification_start_charge_result', seq)).some((one) => one.StartChargeSeqStat === 2),
      'the start',
    );
    const begun = now();
    await eventually(async () => now().getTime() - begun.getTime() > 310_000, 'ten kWh at 120 kW');
    const meterValue = [
      { timestamp: now().toISOString(), sampledValue: [{ value: '10900', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }] },
    ];
    await device.call('MeterValues', { connectorId: 1, transactionId, meterValue });
    await eventually(
      async () => (await heard('notification_equip_charge_status', seq)).some(({ TotalPower }) => TotalPower === 9.9),
      'its progress',
    );
    const status = await tcec.ask('ask', { name: 'query_equip_charge_status', data: { StartChargeSeq: seq } });
    expect([status.StartChargeSeqStat, status.TotalPower]).to.deep.equal([2, 9.9]);
    const stop = await tcec.ask('ask', {
      name: 'query_stop_charge',
      data: { StartChargeSeq: seq, ConnectorID: await gunAt('CN-EVR', 'CS-T-E1') },
    });
    expect(stop.SuccStat).to.equal(0);
    await device.command('RemoteStopTransaction');
    await eventually(async () => (await heard('notification_stop_charge_result', seq)).some(({ SuccStat }) => SuccStat === 0), 'the stop');
    await device.call('StopTransaction', { transactionId, idTag, meterStop: 11_000, timestamp: now().toISOString(), reason: 'Remote' });
    const bill = await billOf(seq);
    expect([bill.TotalPower, bill.TotalElecMoney, bill.TotalSeviceMoney, bill.TotalMoney]).to.deep.equal([10, 7.91, 4.52, 12.43]);
    expect(bill.StopReason).to.equal(1);
  });

  it('charges at our 云快充 pile: as the pile showed it', async () => {
    const seq = await start(await gunAt('CN-EVR', `${PILE.id}-E1`));
    await eventually(
      async () => (await heard('notification_start_charge_result', seq)).some((one) => one.StartChargeSeqStat === 2),
      'the start',
    );
    const { amount, result } = await pile.ask('bill', { units: 100_000 });
    expect(result).to.equal(0);
    const bill = await billOf(seq);
    expect(bill.TotalPower).to.equal(10);
    expect(bill.TotalMoney).to.equal(amount / 1e4);
    // Every band has the same service fee: 0.40 and 13 %.
    expect(bill.TotalSeviceMoney).to.equal(4.52);
    expect(bill.TotalElecMoney).to.be.closeTo(amount / 1e4 - 4.52, 1e-9);
  });

  it("charges at an OCPI CPO's station: its one price is for service, with its tax", async () => {
    const seq = await start(await gunAt('DE-221', '221-E1'));
    atCpo = seq;
    await eventually(
      async () => (await heard('notification_start_charge_result', seq)).some((one) => one.StartChargeSeqStat === 2),
      'the start',
    );
    await cpo.ask('finish');
    const bill = await billOf(seq);
    expect([bill.TotalPower, bill.TotalElecMoney, bill.TotalSeviceMoney, bill.TotalMoney]).to.deep.equal([10, 11.3, 0, 11.3]);
  });

  it('is settled by the agreements, and every statement verifies and computes to the same', async () => {
    await eventually(async () => (await must(hub.api, 'GET', '/settlement/counts')).accepted === 3, 'the accepted CDRs');
    const { items } = await must(hub.api, 'GET', '/settlement/cdrs?buyer=CN-TCU');
    const orders: { raw: string; bill: Json }[] = await tcec.ask('bills');
    const [posted] = await cpo.ask('bills');
    const held: Record<string, Record<string, string>> = { 'CN-TCU': {}, 'DE-221': {} };
    const expected: Record<string, object> = {};
    for (const { key } of items) {
      const { cdr } = await must(hub.api, 'GET', `/settlement/cdrs/${key}`);
      const { raw, bill } = orders.find(
        (one) => one.bill.StartChargeSeq === (cdr.owner === 'DE-221' ? atCpo : cdr.authorizationReference),
      )!;
      held['CN-TCU']![cdr.id] = raw;
      const money = { gross: String(Math.round(bill.TotalMoney * 100)), due: String(Math.round(bill.TotalMoney * 100)) };
      expected[`CN-TCU ${cdr.id}`] = { form: 'tcec102', ...money };
      if (cdr.owner !== 'DE-221') continue;
      held['DE-221']![cdr.id] = posted;
      expected[`DE-221 ${cdr.id}`] = { form: '2.2.1', ...money };
    }
    expect(Object.keys(expected)).to.have.length(4);
    expect(await stated(hub, held)).to.deep.equal(expected);
    const { imbalance } = await must(hub.api, 'GET', '/settlement/ledger/trial');
    expect(Object.values(imbalance).map(Number)).to.satisfy((all: number[]) => all.every((each) => each === 0));
  });

  it('agrees on the orders of the day, and names the one that the partner has lost', async () => {
    const check = () => must(hub.api, 'POST', `/partners/${id}/checks`, { day: '2026-03-02' });
    const both = await check();
    expect([both.orders, both.differences]).to.deep.equal([3, []]);
    await tcec.ask('forget', { seq: atCpo });
    const { differences } = await check();
    expect(differences.map(({ seq, reason }: Json) => [seq, reason])).to.deep.equal([[atCpo, 'unknownThere']]);
  });
});

/** An OCPP 1.6 station with a gun of the Chinese standard. */
async function openStation(hub: TestHub): Promise<Device> {
  await must(hub.api, 'PUT', '/locations/CN-EVR/L-CS-T', {
    ...{ address: 'Nanjing Road 2', city: 'Shanghai', country: 'CHN', timeZone: 'Asia/Shanghai' },
    coordinates: { latitude: '31.2304', longitude: '121.4737' },
    evses: [{ uid: 'CS-T-E1', evseId: 'CN*EVR*ECST*1', connectors: [{ id: '1', format: 'cable', ...GUN, tariffIds: ['FLAT'] }] }],
  });
  const { password } = await must(hub.api, 'POST', '/stations', {
    ...{ id: 'CS-T', owner: 'CN-EVR', locationId: 'L-CS-T', connectors: [{ number: 1, evseUid: 'CS-T-E1', connectorId: '1' }] },
  });
  const device = await Device.open(hub.ocppUrl, 'CS-T', password, '1.6');
  await boot(device, '1.6');
  return device;
}
