import { expect } from 'chai';
import { addStation, boot, Device, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { openHub, type TestHub } from './hub.js';

describe('places to charge', () => {
  let hub: TestHub;
  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnishParty(hub);
  });
  after(() => hub.close());

  const connector = (standard: string, more: object = {}) => ({
    id: '1',
    standard,
    format: 'cable',
    powerType: 'dc',
    maxVoltage: 920,
    maxAmperage: 300,
    maxPowerWatt: 150_000,
    tariffIds: ['FLAT'],
    ...more,
  });
  const location = (latitude: string, longitude: string, evses: object[], more: object = {}) => ({
    name: '=HYPERLINK("x")',
    address: 'Straat 1, "hoek"',
    city: 'Amsterdam',
    country: 'NLD',
    coordinates: { latitude, longitude },
    timeZone: 'Europe/Amsterdam',
    evses,
    ...more,
  });
  const search = async (query: string): Promise<string[]> =>
    (await must(hub.api, 'GET', `/search?${query}`)).items.map(({ evseUid }: Json) => evseUid);

  it('are found by place, plug, power, price and whether they are free', async () => {
    await must(
      hub.api,
      'PUT',
      '/locations/NL-EVR/AMS',
      location('52.3676', '4.9041', [{ uid: 'AMS-1', connectors: [connector('IEC_62196_T2_COMBO')] }]),
    );
    await must(
      hub.api,
      'PUT',
      '/locations/NL-EVR/HAA',
      location('52.3874', '4.6462', [{ uid: 'HAA-1', connectors: [connector('CHADEMO', { maxPowerWatt: 50_000, tariffIds: [] })] }]),
    );
    await must(
      hub.api,
      'PUT',
      '/locations/NL-EVR/DRAFT',
      location('52.3676', '4.9042', [{ uid: 'DRAFT-1', connectors: [connector('CHADEMO')] }], { publish: false }),
    );
    const password = await addStation(hub, 'UTR');
    const near = 'lat=52.37&lon=4.90';
    expect(await search(`${near}&radius=5000`)).to.deep.equal(['AMS-1']);
    expect(await search(`${near}&radius=30000`)).to.deep.equal(['AMS-1', 'HAA-1']);
    expect(await search(`${near}&radius=60000`)).to.deep.equal(['AMS-1', 'HAA-1', 'UTR-E1']);
    expect(await search('box=4.5,52.3,4.8,52.5')).to.deep.equal(['HAA-1']);
    expect(await search(`${near}&radius=60000&plug=CHADEMO`)).to.deep.equal(['HAA-1']);
    expect(await search(`${near}&radius=60000&power=100`)).to.deep.equal(['AMS-1']);
    expect(await search(`${near}&radius=60000&price=0.31`)).to.deep.equal(['AMS-1', 'UTR-E1']);
    expect(await search(`${near}&radius=60000&price=0.2`)).to.deep.equal([]);
    expect(await search(`${near}&radius=60000&free=true`)).to.deep.equal([]);
    const device = await Device.open(hub.ocppUrl, 'UTR', password, '1.6');
    await boot(device, '1.6');
    await device.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
    expect(await search(`${near}&radius=60000&free=true`)).to.deep.equal(['UTR-E1']);
    device.close();
    for (const wrong of ['', 'lat=91&lon=0', 'box=5,52,4,53', 'lat=a&lon=4'])
      expect((await hub.api('GET', `/search?${wrong}`)).status).to.equal(422);
  });

  it('are found by an index', async () => {
    const plan = await hub.database.transact(async (tx) => {
      await hub.database.sql(tx, 'SET LOCAL enable_seqscan = off');
      return hub.database.sql(
        tx,
        `EXPLAIN SELECT 1 FROM stations_connector WHERE place <@ box(point(4, 52), point(5, 53)) ORDER BY place <-> point(4.5, 52.5) LIMIT 5`,
      );
    });
    expect(JSON.stringify(plan)).to.include('stations_connector_place');
  });

  it('leave and come back as CSV and as OCPI, the same', async () => {
    const text = async (path: string) => {
      const response = await fetch(hub.addresses.admin + path, { headers: { authorization: `Bearer ${hub.adminKey}` } });
      return response.text();
    };
    const plain = ({ evses, updatedAt: _, ...rest }: Json) => ({
      ...rest,
      evses: evses.map(({ uid, connectors }: Json) => [uid, connectors.map(({ updatedAt: __, ...each }: Json) => each)]),
    });
    const before = plain(await must(hub.api, 'GET', '/locations/NL-EVR/AMS'));
    const csv = await text('/locations.csv');
    // Inert in a spreadsheet, and itself again when it comes back.
    expect(csv).to.include(`"'=HYPERLINK(""x"")"`);
    const wire = JSON.parse(await text('/locations.json'));
    for (const body of [{ csv }, wire]) {
      const { items } = await must(hub.api, 'POST', '/locations/NL-EVR/import', body);
      expect(items.map(({ outcome }: Json) => outcome)).to.deep.equal(items.map(() => 'changed'));
      expect(plain(await must(hub.api, 'GET', '/locations/NL-EVR/AMS'))).to.deep.equal(before);
    }
  });

  it('are told apart one by one when a file has faults', async () => {
    const { items } = await must(hub.api, 'POST', '/locations/NL-EVR/import', [{ id: 'BAD' }]);
    expect(items[0]).to.include({ id: 'BAD', outcome: 'refused' });
    const broken = await hub.api('POST', '/locations/NL-EVR/import', { csv: 'location,name\nX,"y' });
    expect([broken.status, broken.body.error.where]).to.deep.equal([422, 'body/csv']);
  });
});
