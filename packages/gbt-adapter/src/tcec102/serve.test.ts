import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { notificationEquipChargeStatus, queryEquipBusinessPolicy, queryEquipChargeStatus, queryStartCharge } from './charging.js';
import { connect, memorySequence, type TcecClient } from './connect.js';
import { checkKeys, encrypt, type Keys, sign } from './crypto.js';
import { JOINT_TEST, STANDARD, spell, XIAOJU } from './dialect.js';
import { sealRequest, sealResponse } from './envelope.js';
import { TcecError } from './errors.js';
import type { Handle } from './handle.js';
import type { RequestOf, ResponseOf } from './interface.js';
import { lint } from './lint.js';
import { page } from './paging.js';
import { memoryGuard } from './replay.js';
import { type ServeOptions, serve, type TcecServer } from './serve.js';
import { notificationStationStatus, queryStationStatus, queryStationsInfo } from './stations.js';
import { stampOf, stampText, timeOf, timeText } from './time.js';
import { queryToken } from './token.js';
import { memoryTokens } from './tokens.js';

const KEYS: Keys = {
  operatorId: '987654321',
  operatorSecret: 'operator secret',
  dataSecret: '1234567890abcdef',
  dataSecretIV: 'fedcba0987654321',
  sigSecret: 'a signature secret',
};
const NOW = new Date('2026-10-09T04:00:00Z');
const SEQ = '987654321202610090000000001';
const START: RequestOf<typeof queryStartCharge> = { StartChargeSeq: SEQ, ConnectorID: '32010600019236010000000001' };
const started = ({ StartChargeSeq, ConnectorID }: typeof START): ResponseOf<typeof queryStartCharge> => ({
  StartChargeSeq,
  StartChargeSeqStat: 1,
  ConnectorID,
  SuccStat: 0,
  FailReason: 0,
});

function ends(options: Partial<ServeOptions> = {}): { server: TcecServer; refused: string[]; faults: unknown[]; client: TcecClient } {
  const [refused, faults]: [string[], unknown[]] = [[], []];
  const server = serve({
    operatorId: '123456789',
    partnerOf: (id) => (id === KEYS.operatorId ? { keys: KEYS } : undefined),
    now: () => NOW,
    refused: ({ error }) => void refused.push(`${error.code}: ${error.message}`),
    fault: (error) => void faults.push(error),
    ...options,
  });
  return { server, refused, faults, client: connect({ keys: KEYS, to: server.receive, now: () => NOW }) };
}
const post = async (
  to: Handle,
  envelope: unknown,
  { name = 'query_start_charge', token }: { name?: string; token?: string } = {},
): Promise<Record<string, unknown>> =>
  JSON.parse(
    (
      await to({
        interface: name,
        authorization: token === undefined ? undefined : `Bearer ${token}`,
        body: typeof envelope === 'string' ? envelope : JSON.stringify(envelope),
      })
    ).body,
  );
const failure = (promise: Promise<unknown>): Promise<TcecError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: TcecError) => error,
  );
const stamp = (seq: string, at = NOW): { timeStamp: string; seq: string } => ({ timeStamp: stampText(at), seq });

describe('a T/CEC 102 server', () => {
  it('refuses a bad signature, an unknown operator, an old time stamp and a repeated sequence alike, and decrypts none of them', async () => {
    const { server, refused } = ends();
    const spoilt = 'this is no ciphertext at all';
    const seal = (keys: Keys, at: { timeStamp: string; seq: string }, Data = spoilt) => ({
      OperatorID: keys.operatorId,
      Data,
      TimeStamp: at.timeStamp,
      Seq: at.seq,
      Sig: sign(keys, keys.operatorId, Data, at.timeStamp, at.seq),
    });
    const good = seal(KEYS, stamp('0001'));
    const answers = [
      await post(server.receive, { ...good, Sig: `${good.Sig.slice(1)}0` }),
      await post(server.receive, {
        ...good,
        Sig: createHash('md5').update(`${good.OperatorID}${good.Data}${good.TimeStamp}${good.Seq}`).digest('hex').toUpperCase(),
      }),
      await post(server.receive, seal({ ...KEYS, operatorId: '000000000' }, stamp('0001'))),
      await post(server.receive, seal(KEYS, stamp('0002', new Date(NOW.getTime() - 601_000)))),
      await post(server.receive, seal(KEYS, stamp('0002', new Date(NOW.getTime() + 601_000)))),
      await post(server.receive, seal(KEYS, { timeStamp: '20261399000000', seq: '0002' })),
    ];
    await post(server.receive, good);
    answers.push(await post(server.receive, good));
    for (const { Ret, Msg, Data, Sig } of answers) {
      expect([Ret, Msg, Data]).to.deep.equal([4001, '签名错误', '']);
      expect(Sig).to.match(/^[0-9A-F]{32}$/);
    }
    expect(refused.map((text) => text.replace(/\d{6,}/g, '#'))).to.deep.equal([
      'Signature: the signature of # is wrong',
      'Signature: the signature of # is wrong',
      'Signature: # is no partner',
      'Signature: the time stamp # is out of the window',
      'Signature: the time stamp # is out of the window',
      'Signature: the time stamp # is out of the window',
      'Token: the token is missing, over or not theirs',
      'Signature: # 0001 was used before',
    ]);
  });

  it('answers 4003 for a missing part, 4002 without a token, 4004 for what does not fit, 500 for its own fault', async () => {
    const { server, faults } = ends();
    expect((await post(server.receive, 'no JSON')).Ret).to.equal(4003);
    for (const missing of ['OperatorID', 'Data', 'TimeStamp', 'Seq', 'Sig']) {
      const { [missing]: _, ...rest } = { ...sealRequest(KEYS, '{}', stamp('0001')) } as Record<string, unknown>;
      expect((await post(server.receive, rest)).Ret).to.equal(4003);
    }
    const { token } = await memoryTokens().issue(KEYS.operatorId, NOW);
    expect((await post(server.receive, sealRequest(KEYS, '{}', stamp('0002')), { token })).Ret).to.equal(4002);
    const tokens = { issue: () => ({ token: 't', seconds: 60 }), isValid: () => true };
    const open = ends({ tokens });
    open.server.handle(queryStartCharge, () => {
      throw new Error('the database is away');
    });
    open.server.handle(queryStationStatus, () => ({ Total: 1, StationStatusInfos: [], Extra: 1 }) as ResponseOf<typeof queryStationStatus>);
    const ask = async (name: string, data: string, seq: string, keys = KEYS) =>
      (await post(open.server.receive, sealRequest(keys, data, stamp(seq)), { name, token: 't' })).Ret;
    expect(await ask('query_start_charge', JSON.stringify(START), '0001')).to.equal(500);
    expect(await ask('query_start_charge', '{"StartChargeSeq":5}', '0002')).to.equal(4004);
    expect(await ask('query_start_charge', 'no JSON', '0003')).to.equal(4004);
    expect(await ask('query_start_charge', '{}', '0004', { ...KEYS, dataSecret: 'another secret!!' })).to.equal(4004);
    expect(await ask('query_nothing', '{}', '0005')).to.equal(4004);
    expect(await ask('query_station_status', '{"StationIDs":["1"]}', '0006')).to.equal(500);
    expect(await ask('query_station_status', JSON.stringify({ StationIDs: Array(51).fill('1') }), '0007')).to.equal(4004);
    expect(open.faults).to.have.length(2);
    expect(faults).to.deep.equal([]);
  });

  it('tells a wrong operator secret by its reason, and only to who signed', async () => {
    const { server } = ends();
    const wrong = connect({ keys: { ...KEYS, operatorSecret: 'guess' }, to: server.receive, now: () => NOW });
    expect(await wrong.call(queryToken, { OperatorID: KEYS.operatorId, OperatorSecret: 'guess' })).to.include({
      SuccStat: 1,
      FailReason: 2,
      AccessToken: '',
    });
    expect(await wrong.call(queryToken, { OperatorID: '000000000', OperatorSecret: 'guess' })).to.include({ SuccStat: 1, FailReason: 1 });
    expect((await failure(wrong.call(queryStationsInfo, {}))).message).to.include('reason 2');
  });

  it('forgets sequences after the window, and refuses rather than forgets when it is full', async () => {
    const guard = memoryGuard({ most: 2 });
    const later = new Date(NOW.getTime() + 1_200_001);
    expect([
      await guard.isFirst('a', 's', '1', NOW),
      await guard.isFirst('a', 's', '1', NOW),
      await guard.isFirst('b', 's', '1', NOW),
      await guard.isFirst('c', 's', '1', NOW),
    ]).to.deep.equal([true, false, true, false]);
    expect(await guard.isFirst('c', 's', '1', later)).to.equal(true);
  });

  it('takes a token back after its time, and knows the newest few of a partner', async () => {
    const tokens = memoryTokens({ seconds: 60 });
    const given = await Promise.all([1, 2, 3, 4, 5].map(() => tokens.issue('987654321', NOW)));
    const valid = (at: Date, who = '987654321') => Promise.all(given.map(({ token }) => tokens.isValid(who, token, at)));
    expect(await valid(NOW)).to.deep.equal([false, true, true, true, true]);
    expect(await valid(NOW, '000000000')).to.deep.equal(Array(5).fill(false));
    expect(await valid(new Date(NOW.getTime() + 60_000))).to.deep.equal(Array(5).fill(false));
  });
});

describe('a T/CEC 102 client', () => {
  it('gets a token once, and again when it is over or the partner forgot it', async () => {
    let now = NOW;
    let forgets = false;
    const real = memoryTokens({ seconds: 600 });
    let issued = 0;
    const tokens = {
      issue: (id: string, at: Date) => {
        issued += 1;
        forgets = false;
        return real.issue(id, at);
      },
      isValid: (id: string, token: string, at: Date) => !forgets && real.isValid(id, token, at),
    };
    const { server } = ends({ tokens, now: () => now });
    server.handle(queryStartCharge, started);
    const client = connect({ keys: KEYS, to: server.receive, now: () => now });
    await Promise.all([client.call(queryStartCharge, START), client.call(queryStartCharge, START)]);
    await client.call(queryStartCharge, START);
    expect(issued).to.equal(1);
    now = new Date(NOW.getTime() + 541_000);
    await client.call(queryStartCharge, START);
    expect(issued).to.equal(2);
    forgets = true;
    await client.call(queryStartCharge, START);
    expect(issued).to.equal(3);
  });

  it('does not send what the 2016 text does not have', async () => {
    const { client } = ends();
    const status: RequestOf<typeof notificationStationStatus> = { ConnectorStatusInfo: { ConnectorID: '1', Status: 7 } };
    for (const call of [
      client.call(notificationStationStatus, status),
      client.call(queryStartCharge, { ...START, StartChargeSeq: 'short' }),
      client.call(queryStartCharge, { ...START, QrCode: 'x' } as typeof START),
      client.call(queryStationStatus, { StationIDs: Array(51).fill('1') }),
    ]) {
      expect((await failure(call)).code).to.be.oneOf(['Parameters', 'Token']);
    }
  });

  it('takes no answer that is wrongly signed, about something else, or none at all', async () => {
    const { server } = ends({ tokens: { issue: () => ({ token: 't', seconds: 60 }), isValid: () => true } });
    server.handle(queryStartCharge, started);
    const sequence = memorySequence();
    const through = (change: (body: string) => { status: number; body: string }): TcecClient =>
      connect({
        keys: KEYS,
        sequence,
        now: () => NOW,
        to: async (request) =>
          request.interface === 'query_token' ? server.receive(request) : change((await server.receive(request)).body),
      });
    const code = async (change: (body: string) => { status: number; body: string }) =>
      (await failure(through(change).call(queryStartCharge, START))).code;
    const answer = (data: object, ret = 0) => ({
      status: 200,
      body: JSON.stringify(sealResponse(KEYS, ret, '', ret === 0 ? JSON.stringify(data) : '')),
    });
    expect(await code((body) => ({ status: 200, body: body.replace(/"Sig":".{4}/, '"Sig":"0000') }))).to.equal('Signature');
    expect(await code(() => answer({ ...started(START), StartChargeSeq: `${SEQ.slice(0, -1)}9` }))).to.equal('Response');
    expect(await code(() => answer({ SuccStat: 0 }))).to.equal('Response');
    expect(await code(() => ({ status: 502, body: '' }))).to.equal('Transport');
    expect(await code(() => ({ status: 200, body: '<html>' }))).to.equal('Response');
    expect(await code(() => ({ status: 200, body: '{"Data":""}' }))).to.equal('Response');
    expect(await code(() => answer({}, -1))).to.equal('Busy');
    expect(await code(() => ({ status: 200, body: '{"Ret":4004,"Msg":"no","Data":null}' }))).to.equal('Parameters');
    expect(await code(() => ({ status: 200, body: '{"Ret":"0","Msg":"","Data":null}' }))).to.equal('Signature');
    expect(await code(() => answer({}, 77))).to.equal('System');
  });

  it('reads a network page by page, and not for ever', async () => {
    const { server, client } = ends();
    const stations = Array.from({ length: 23 }, (_, i) => ({ ...STATION, StationID: String(i) }));
    server.handle(queryStationsInfo, (request) => page(stations, request));
    const ids: string[] = [];
    for await (const { StationID } of client.stations({ pageSize: 10 })) ids.push(StationID);
    expect(ids).to.deep.equal(stations.map(({ StationID }) => StationID));
    expect(await client.call(queryStationsInfo, {})).to.include({ PageNo: 1, PageCount: 3, ItemSize: 23 });
    expect((await failure(client.call(queryStationsInfo, { PageSize: 5000 }))).code).to.equal('Parameters');
    server.handle(queryStationsInfo, () => ({ PageNo: 1, PageCount: 9999, ItemSize: 1, StationInfos: [] }));
    const endless = async () => {
      for await (const _ of client.stations()) expect.fail('there is none');
    };
    expect((await failure(endless())).code).to.equal('Response');
  });

  it('counts its sequence within a second, and never uses one twice', async () => {
    const next = memorySequence();
    const first = await next(NOW);
    expect(first).to.deep.equal({ timeStamp: '20261009120000', seq: '0001' });
    expect((await next(new Date(NOW.getTime() - 5000))).seq).to.equal('0002');
    const all = new Set<string>();
    for (let i = 0; i < 12_000; i += 1) {
      const { timeStamp, seq } = await next(NOW);
      expect(seq).to.have.length(4);
      all.add(timeStamp + seq);
    }
    expect(all.size).to.equal(12_000);
    expect((await next(new Date(NOW.getTime() + 60_000))).seq).to.equal('0001');
  });
});

describe('dialects', () => {
  const status: ResponseOf<typeof queryEquipChargeStatus> = {
    StartChargeSeq: SEQ,
    StartChargeSeqStat: 2,
    ConnectorID: '1',
    ConnectorStatus: 3,
    CurrentA: 31.8,
    VoltageA: 381.2,
    Soc: 55,
    StartTime: '2026-10-09 12:00:00',
    EndTime: '2026-10-09 12:30:00',
    TotalPower: 2.25,
    ElecMoney: 1.38,
    SeviceMoney: 1.13,
    TotalMoney: 2.51,
    SumPeriod: 1,
    ChargeDetails: [
      {
        DetailStartTime: '2026-10-09 12:00:00',
        DetailEndTime: '2026-10-09 24:00:00',
        ElecPrice: 0.6123,
        SevicePrice: 0.5,
        DetailPower: 2.25,
        DetailElecMoney: 1.38,
        DetailSeviceMoney: 1.13,
      },
    ],
  };

  it('are spoken to a partner and understood from every one', async () => {
    for (const dialect of [STANDARD, XIAOJU, JOINT_TEST]) {
      const { server, client } = ends({ partnerOf: () => ({ keys: KEYS, dialect }) });
      server
        .handle(queryEquipChargeStatus, () => status)
        .handle(queryStationStatus, () => ({ Total: 7, StationStatusInfos: [] }))
        .handle(queryEquipBusinessPolicy, ({ EquipBizSeq, ConnectorID }) => ({
          EquipBizSeq,
          ConnectorID,
          SuccStat: 0,
          FailReason: 0,
          SumPeriod: 1,
          PolicyInfos: [{ StartTime: '000000', ElecPrice: 0.3, SevicePrice: 0.5 }],
        }));
      expect(await client.call(queryEquipChargeStatus, { StartChargeSeq: SEQ })).to.deep.equal(status);
      expect((await client.call(queryStationStatus, { StationIDs: ['1'] })).Total).to.equal(7);
      expect((await client.call(queryEquipBusinessPolicy, { EquipBizSeq: SEQ, ConnectorID: '1' })).PolicyInfos[0]).to.deep.equal({
        StartTime: '000000',
        ElecPrice: 0.3,
        SevicePrice: 0.5,
      });
    }
    const said = spell(XIAOJU, 'query_equip_charge_status', 'response', status) as Record<string, unknown>;
    expect(said).to.include({ ServiceMoney: 1.13, ElectMoney: 1.38 }).and.to.not.have.any.keys('SeviceMoney', 'ElecMoney');
    expect(spell(XIAOJU, 'notification_equip_charge_status', 'request', status)).to.include({ ElecMoney: 1.38 });
    expect(spell(XIAOJU, 'query_station_status', 'response', { Total: 1 })).to.deep.equal({ Total: '1' });
    expect(
      spell({ name: 'municipal', always: { StationID: { BusineHours724: 1 } } }, 'query_stations_info', 'response', {
        StationInfos: [{ StationID: '1' }],
      }),
    ).to.deep.equal({ StationInfos: [{ BusineHours724: 1, StationID: '1' }] });
  });

  it('numbers as texts, null for absent, a small first letter and fields of a vendor are taken; null is never a nought', async () => {
    const heard: unknown[] = [];
    const { server, client } = ends({ tokens: { issue: () => ({ token: 't', seconds: 60 }), isValid: () => true } });
    server.handle(notificationEquipChargeStatus, (request, { raw }) => {
      heard.push(request, (raw as { PlateNo: string }).PlateNo);
      return { StartChargeSeq: request.StartChargeSeq, SuccStat: 0 };
    });
    const { StartChargeSeqStat, ...rest } = status;
    const theirs = { ...rest, startChargeSeqStat: '2', TotalPower: '2.25', ElecMoney: null, PlateNo: '苏A00000', ConnectorID: 1 };
    const ask = async (data: object, seq: string) =>
      post(server.receive, sealRequest(KEYS, JSON.stringify(data), stamp(seq)), { name: 'notification_equip_charge_status', token: 't' });
    expect((await ask(theirs, '0001')).Ret).to.equal(0);
    const { ElecMoney, ...expected } = status;
    expect(ElecMoney).to.equal(1.38);
    expect(heard).to.deep.equal([{ ...expected, PlateNo: '苏A00000' }, '苏A00000']);
    expect((await ask({ ...theirs, TotalPower: null }, '0002')).Ret).to.equal(4004);
    expect((await ask({ ...theirs, TotalPower: '2,25' }, '0003')).Ret).to.equal(4004);
    expect(client).to.be.an('object');
  });

  it('a list of statuses is handled one by one', async () => {
    const heard: string[] = [];
    const { server } = ends({ partnerOf: () => ({ keys: KEYS, dialect: JOINT_TEST }) });
    server.handle(notificationStationStatus, ({ ConnectorStatusInfo }) => {
      heard.push(`${ConnectorStatusInfo.ConnectorID} ${ConnectorStatusInfo.Status}`);
      return { Status: 0 };
    });
    const client = connect({ keys: KEYS, to: server.receive, dialect: JOINT_TEST, now: () => NOW });
    await client.call(notificationStationStatus, { ConnectorStatusInfo: { ConnectorID: 'A', Status: 1 } });
    const { token } = {
      token: (await client.call(queryToken, { OperatorID: KEYS.operatorId, OperatorSecret: KEYS.operatorSecret })).AccessToken!,
    };
    const many = {
      ConnectorStatusInfos: [
        { ConnectorID: 'B', Status: '3' },
        { ConnectorID: 'C', Status: 255 },
      ],
    };
    expect(
      (await post(server.receive, sealRequest(KEYS, JSON.stringify(many), stamp('9000')), { name: 'notification_stationStatus', token }))
        .Ret,
    ).to.equal(0);
    expect(heard).to.deep.equal(['A 1', 'B 3', 'C 255']);
  });

  it('are named by the lint', () => {
    expect(
      lint('query_equip_business_policy', 'response', {
        EquipBizSeq: SEQ,
        ConnectorID: '1',
        SuccStat: 0,
        FailReason: 0,
        SumPeriod: 1,
        PolicyInfos: [{ StartTime: '000000', ElecPrice: 0.30001, ServicePrice: 0.5 }],
      }),
    ).to.deep.equal([
      { level: 'deviation', message: "/PolicyInfos/0 must have required property 'SevicePrice'" },
      { level: 'deviation', message: '/PolicyInfos/0/ServicePrice must NOT have additional properties' },
      { level: 'deviation', message: '/PolicyInfos/0/ElecPrice must be multiple of 0.0001' },
    ]);
    expect(lint('query_token', 'request', {})).to.deep.equal([
      { level: 'error', message: "/OperatorID must have required property 'OperatorID'" },
    ]);
    expect(() => lint('query_nothing', 'request', {})).to.throw(TcecError);
  });
});

describe('keys and times', () => {
  it('are checked before they are used, and never printed', () => {
    expect(checkKeys(KEYS)).to.equal(KEYS);
    for (const wrong of [
      { dataSecret: 'short' },
      { dataSecretIV: '十六个汉字十六个汉字十六个汉字十' },
      { operatorId: '12' },
      { sigSecret: '' },
    ]) {
      expect(() => checkKeys({ ...KEYS, ...wrong }))
        .to.throw(TcecError)
        .that.satisfies(({ message }: TcecError) => !message.includes('secret value') && message.length < 60);
    }
    expect(() => encrypt({ ...KEYS, dataSecret: 'short' }, 'x')).to.throw();
  });

  it('are China time, and 24:00 is the next day', () => {
    expect([timeText(NOW), stampText(NOW)]).to.deep.equal(['2026-10-09 12:00:00', '20261009120000']);
    expect(timeOf('2026-10-09 24:00:00')?.toISOString()).to.equal('2026-10-09T16:00:00.000Z');
    expect(timeOf('2026-10-09 12:00:00')).to.deep.equal(NOW);
    expect([timeOf('2026-02-30 12:00:00'), timeOf('2026-10-09T12:00:00'), stampOf('2026'), stampOf('20261301000000')]).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

const STATION = {
  StationID: '1',
  OperatorID: '123456789',
  EquipmentOwnerID: '123456789',
  StationName: '示例',
  CountryCode: 'CN',
  AreaCode: '320106',
  Address: '示例路1号',
  ServiceTel: '4000000000',
  StationType: 1,
  StationStatus: 50,
  ParkNums: 2,
  StationLng: 118.796877,
  StationLat: 32.060255,
  Construction: 4,
  EquipmentInfos: [],
};
