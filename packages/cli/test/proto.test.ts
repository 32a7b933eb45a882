import { expect } from 'chai';
import { evroam } from './command.js';

const lines = (...values: unknown[]) => values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

describe('evroam proto', () => {
  it('lints OCPP line by line: a good one, a bad one, and what is no message at all', async () => {
    const { code, out } = await evroam(['proto', 'lint', 'ocpp', '--ndjson'], {
      input: lines(
        { version: '1.6', action: 'Heartbeat', kind: 'request', payload: {} },
        { version: '1.6', action: 'BootNotification', kind: 'request', payload: { chargePointVendor: 'x' } },
        { version: '1.6', action: 'Nonsense', kind: 'request', payload: {} },
        { version: '1.7', action: 'Heartbeat', kind: 'request', payload: {} },
        'not json',
        '[1,2]',
      ),
    });
    expect(code).to.equal(8);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows[0]).to.deep.equal({ ok: true });
    expect(rows[1]).to.include({ ok: false, code: 'OccurenceConstraintViolation' });
    expect(rows[1].violations[0]).to.include({ path: '/chargePointModel', keyword: 'required' });
    expect(rows.slice(2).map(({ ok, code: each }) => [ok, each])).to.deep.equal([
      [false, 'NotImplemented'],
      [false, 'NotSupported'],
      [false, 'RpcFrameworkError'],
      [false, 'RpcFrameworkError'],
    ]);
  });

  it('lints one payload for a person', async () => {
    const good = await evroam(['proto', 'lint', 'ocpp', '--ocpp', '2.0.1', '--action', 'Heartbeat'], { input: '{}' });
    expect(good).to.deep.equal({ code: 0, out: '✓ valid\n', talk: '' });
    const bad = await evroam(['proto', 'lint', 'ocpp', '--action', 'Heartbeat'], { input: '{"a\\u001b[31m":1}' });
    expect(bad.code).to.equal(8);
    expect(bad.out).to.include('FormationViolation').and.not.to.include('\u001b');
  });

  it('decodes a conversation with direction, clause and verdict', async () => {
    const { code, out } = await evroam(['proto', 'decode', 'ocpp', '--ndjson'], {
      input: lines(
        '[2,"1","Heartbeat",{}]',
        '[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]',
        '[2,"2","Reset",{"type":"Softly"}]',
        '[4,"2","NotSupported","",{}]',
        '[9,"3"]',
      ),
    });
    expect(code).to.equal(8);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ direction, frame, action, ok }) => [direction, frame, action, ok])).to.deep.equal([
      ['station -> csms', 'CALL', 'Heartbeat', true],
      ['csms -> station', 'CALLRESULT', 'Heartbeat', true],
      ['csms -> station', 'CALL', 'Reset', false],
      ['station -> csms', 'CALLERROR', 'Reset', true],
      [undefined, 'unreadable', undefined, false],
    ]);
    expect(rows[0].clause).to.equal('OCPP-J 1.6, 4.2.1');
  });

  it('lints OCPI line by line, whole objects and patches', async () => {
    const { code, out } = await evroam(['proto', 'lint', 'ocpi', '--ndjson'], {
      input: lines(
        { version: '2.2.1', object: 'Session', kind: 'patch', payload: { kwh: 3.5, last_updated: '2026-03-01T10:00:00Z' } },
        { version: '2.2.1', object: 'Session', kind: 'full', payload: { kwh: 3.5 } },
        { version: '2.2.1', object: 'Nothing', kind: 'full', payload: {} },
        '{',
      ),
    });
    expect(code).to.equal(8);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows[0]).to.deep.equal({ ok: true });
    expect(rows.slice(1).map(({ ok, code: each }) => [ok, each])).to.deep.equal([
      [false, 2001],
      [false, 2001],
      [false, 2001],
    ]);
    expect(rows[1].violations.map(({ path }: { path: string }) => path)).to.include('/id');
  });

  it('gives definitions as JSON Schema', async () => {
    const ocpp = await evroam(['proto', 'schema', 'ocpp', '2.1', 'heartbeat']);
    expect(JSON.parse(ocpp.out)).to.include({ type: 'object', title: 'Heartbeat request' });
    const ocpi = await evroam(['proto', 'schema', 'ocpi', '2.3.0', 'CDR']);
    expect(JSON.parse(ocpi.out).properties).to.have.property('total_cost');
    expect((await evroam(['proto', 'schema', 'ocpp', '1.6', 'Nothing'])).code).to.equal(3);
    expect((await evroam(['proto', 'schema', 'ocpi', '9', 'CDR'])).code).to.equal(2);
  });

  it('lists every message of each version', async () => {
    const count = async (version: string) => JSON.parse((await evroam(['proto', 'list', 'ocpp', version, '-o', 'json'])).out).length;
    expect([await count('1.6'), await count('2.0.1'), await count('2.1')]).to.deep.equal([39, 64, 91]);
    expect((await evroam(['proto', 'list', 'ocpi', '2.2.1', '--query', '[].name'])).out)
      .to.include('CDR')
      .and.to.include('hubclientinfo');
    const rows = async (what: string) => JSON.parse((await evroam(['proto', 'list', what, '-o', 'json'])).out).length;
    expect(await rows('tcec')).to.equal(15);
    // The 22 of a session, and the diagnostic ones.
    expect(await rows('gbt27930')).to.be.at.least(22);
    expect(await rows('ykc')).to.be.above(30);
  });

  it('says what is wrong with a YKC frame, and answers a program that asks line by line', async () => {
    const { code, out } = await evroam(['proto', 'decode', 'ykc', '--ndjson'], { input: lines({ hex: '68' }, { hex: 'zz' }, {}, 'x') });
    expect(code).to.equal(8);
    for (const line of out.trim().split('\n')) expect(JSON.parse(line).error).to.have.property('code');
  });

  it('reads a candump of a session and tells why it ended', async () => {
    const { out } = await evroam(['proto', 'decode', 'gbt27930', '-o', 'json'], {
      input: lines('(1.000) can0 1826F456#010100', '(1.250) can0 182756F4#A510'),
    });
    const { messages, summary } = JSON.parse(out);
    expect(messages.map(({ message }: { message: string }) => message)).to.deep.equal(['CHM', 'BHM']);
    expect(summary).to.deep.include({ edition: '2015', phase: 'handshake' });
    expect(summary.end).to.include({ cause: 'silence' });
  });
});

describe('evroam tariff price', () => {
  const tariff = {
    country_code: 'DE',
    party_id: 'ABC',
    id: 'T',
    currency: 'EUR',
    elements: [{ price_components: [{ type: 'ENERGY', price: 0.3333, vat: 19, step_size: 1 }] }],
    last_updated: '2026-01-01T00:00:00Z',
  };
  const session = {
    start_date_time: '2026-01-05T10:00:00Z',
    end_date_time: '2026-01-05T11:00:00Z',
    charging_periods: [{ start_date_time: '2026-01-05T10:00:00Z', dimensions: [{ type: 'ENERGY', volume: 10.001 }] }],
  };

  it('gives exact amounts, and rounds only when told', async () => {
    const input = lines({ version: '2.2.1', tariff, session });
    const exact = JSON.parse((await evroam(['tariff', 'price', '--ndjson'], { input })).out);
    expect(exact).to.include({ ok: true, currency: 'EUR' });
    expect(exact.total).to.include({ excl_vat: '3.3333333', incl_vat: '3.966666627' });
    expect(exact.trace[0]).to.include({ dimension: 'ENERGY', price: '0.3333', billed: '10.001', unit: 'kWh' });
    const rounded = JSON.parse((await evroam(['tariff', 'price', '--ndjson', '--rounding', 'perTotal'], { input })).out);
    expect(rounded.total).to.include({ excl_vat: '3.33', incl_vat: '3.97' });
  });

  it('says null where an amount cannot be known', async () => {
    const unknown = { ...tariff, elements: [{ price_components: [{ type: 'ENERGY', price: 0.3, step_size: 1 }] }] };
    const { out } = await evroam(['tariff', 'price', '--ndjson'], { input: lines({ version: '2.2.1', tariff: unknown, session }) });
    expect(JSON.parse(out).total.incl_vat).to.equal(null);
  });

  it('names what keeps it from pricing', async () => {
    const { code, out } = await evroam(['tariff', 'price', '--ndjson'], {
      input: lines({ version: '2.2.1', tariff, session: {} }, {}, 'x'),
    });
    expect(code).to.equal(8);
    for (const line of out.trim().split('\n')) expect(JSON.parse(line)).to.include.keys('ok', 'code', 'pointer', 'message');
  });

  it('shows a bill to a person', async () => {
    const { code, out } = await evroam(['tariff', 'price'], { input: JSON.stringify({ version: '2.2.1', tariff, session }) });
    expect(code).to.equal(0);
    expect(out)
      .to.match(/ENERGY .*10\.001 kWh/)
      .and.to.match(/TOTAL .*3\.3333333/);
  });
});

describe('evroam proto convert tcec', () => {
  const gun = {
    ...{ ConnectorID: '3137449320000000000000000A', ConnectorType: 4, VoltageUpperLimits: 750, VoltageLowerLimits: 200 },
    ...{ Current: 250, Power: 120, NationalStandard: 2 },
  };
  const station = {
    ...{ StationID: 'S1', OperatorID: '313744932', EquipmentOwnerID: '313744932', StationName: '南京路站', CountryCode: 'CN' },
    ...{ AreaCode: '310101', Address: `南京路1号${'长'.repeat(50)}`, ServiceTel: '4000000000', StationType: 1, StationStatus: 50 },
    ...{ ParkNums: 2, StationLng: 121.478, StationLat: 31.2284, Construction: 10 },
    EquipmentInfos: [{ EquipmentID: '31374493200000000000001', EquipmentType: 1, Power: 120, ConnectorInfos: [gun] }],
  };
  const page = { PageNo: 1, PageCount: 1, ItemSize: 1, StationInfos: [station] };
  const words = ['proto', 'convert', 'tcec', '--owner', 'CN-ABC'];

  it('makes OCPI locations of stations, at their place on the globe, and names what was lost', async () => {
    const { code, out, talk } = await evroam(words, { input: JSON.stringify(page) });
    expect(code, talk).to.equal(0);
    const [location] = JSON.parse(out);
    expect(location).to.include({ country_code: 'CN', party_id: 'ABC', id: 'S1', time_zone: 'Asia/Shanghai' });
    expect(Number(location.coordinates.longitude)).to.be.closeTo(121.4735, 5e-4);
    expect(location.evses[0].connectors[0].standard).to.equal('GBT_DC');
    expect(talk).to.include('S1: Address');
  });

  it('refuses what is no such answer, line by line, and a party that is none', async () => {
    const { code, out } = await evroam([...words, '--ndjson'], { input: lines(page, { StationInfos: [{}] }, 'x') });
    expect([
      code,
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).ok),
    ]).to.deep.equal([8, [true, false, false]]);
    expect((await evroam(['proto', 'convert', 'tcec', '--owner', 'nobody'], { input: '{}' })).code).to.equal(2);
  });
});
