import {
  checkKeys,
  connect,
  encrypt,
  JOINT_TEST,
  lint,
  normalise,
  notificationEquipChargeStatus,
  notificationStationStatus,
  queryEquipBusinessPolicy,
  queryEquipChargeStatus,
  queryStationStatus,
  queryToken,
  type ResponseOf,
  STANDARD,
  sealRequest,
  spell,
  stampOf,
  stampText,
  TcecError,
  timeOf,
  timeText,
  XIAOJU,
} from '@evroam/gbt-adapter/tcec102';
import { expect } from 'chai';
import { ends, KEYS, NOW, post, SEQ, stamp } from './tcec-ends.js';

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

describe('a hostile message', () => {
  it('cannot lend fields through a prototype', () => {
    const schema = queryEquipChargeStatus.request;
    const given: unknown = JSON.parse('{"__proto__":{"StartChargeSeq":"987654321202610090000000001"},"Other":1}');
    const read = normalise(schema, given) as Record<string, unknown>;
    expect(read.StartChargeSeq).to.equal(undefined);
    expect(Object.getPrototypeOf(read)).to.equal(Object.prototype);
    expect(read.Other).to.equal(1);
  });
});
