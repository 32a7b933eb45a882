import { once } from 'node:events';
import {
  checkChargeOrders,
  JOINT_TEST,
  notificationChargeOrderInfo,
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStationStatus,
  notificationStopChargeResult,
  queryEquipAuth,
  queryEquipBusinessPolicy,
  queryEquipChargeStatus,
  queryStartCharge,
  queryStationStats,
  queryStationStatus,
  queryStopCharge,
  type RequestOf,
  STANDARD,
  XIAOJU,
} from '@evroam/gbt-adapter/tcec102';
import type { Bill } from '@evroam/gbt-adapter/tcec102/simulator';
import { expect } from 'chai';
import { GUN, type PartnerWorld, partnerWorld, seq } from './partner-world.js';

describe('a simulated T/CEC 102 partner, over HTTP', () => {
  let world: PartnerWorld;
  afterEach(() => world.down());

  for (const dialect of [STANDARD, XIAOJU, JOINT_TEST]) {
    it(`a hub's driver charges at its pile and is billed part by part (${dialect.name})`, async () => {
      world = await partnerWorld({ dialect });
      const { partner, client, time, bills } = world;
      const stations = [];
      for await (const station of client.stations({ pageSize: 1 })) stations.push(station);
      expect(stations).to.deep.equal(partner.stations);
      const ids = stations.map(({ StationID }) => StationID);
      expect(await client.call(queryEquipAuth, { EquipAuthSeq: seq(1), ConnectorID: GUN })).to.include({ SuccStat: 1, FailReason: 1 });
      await partner.plugIn(GUN);
      expect(await client.call(queryEquipAuth, { EquipAuthSeq: seq(2), ConnectorID: GUN })).to.include({ SuccStat: 0 });
      expect((await client.call(queryEquipBusinessPolicy, { EquipBizSeq: seq(3), ConnectorID: GUN })).PolicyInfos).to.deep.equal(
        partner.policy,
      );
      const start = { StartChargeSeq: seq(4), ConnectorID: GUN };
      expect(await client.call(queryStartCharge, start)).to.include({ SuccStat: 0, StartChargeSeqStat: 1 });
      expect(await client.call(queryStartCharge, start)).to.include({ SuccStat: 0, StartChargeSeqStat: 1 });
      expect(await client.call(queryStartCharge, { ...start, StartChargeSeq: seq(5) })).to.include({ SuccStat: 1, FailReason: 3 });
      time.advance(3000);
      const { StationStatusInfos } = await client.call(queryStationStatus, { StationIDs: ids });
      expect(StationStatusInfos[0]?.ConnectorStatusInfos[0]).to.include({ ConnectorID: GUN, Status: 3, ParkStatus: 50 });
      // 120 kW for half an hour, inside one period.
      time.advance(1_800_000);
      const status = await client.call(queryEquipChargeStatus, { StartChargeSeq: seq(4) });
      expect(status).to.include({
        StartChargeSeqStat: 2,
        TotalPower: 60,
        ElecMoney: 36.74,
        SeviceMoney: 30,
        TotalMoney: 66.74,
        SumPeriod: 1,
      });
      const confirmed = once(partner, 'confirmed');
      expect(await client.call(queryStopCharge, start)).to.include({ SuccStat: 0, StartChargeSeqStat: 3 });
      time.advance(2000);
      time.advance(5000);
      const [bill, result] = (await confirmed) as [Bill, number];
      expect(result).to.equal(0);
      expect(bills).to.deep.equal([bill]);
      expect(bill).to.include({ StartChargeSeq: seq(4), TotalPower: 60.06, StopReason: 1 });
      expect(bill.TotalMoney).to.equal(Math.round((bill.TotalElecMoney + bill.TotalSeviceMoney) * 100) / 100);
      expect(await client.call(queryStopCharge, start)).to.include({ SuccStat: 1, FailReason: 3 });
      const today = bill.EndTime.slice(0, 10);
      expect(
        (await client.call(queryStationStats, { StationID: ids[0]!, StartTime: today, EndTime: today })).StationStats.StationElectricity,
      ).to.equal(60);
      const day = [new Date(time.now().getTime() - 86_400_000), new Date(time.now().getTime() + 1000)] as const;
      expect((await partner.reconcile(...day)).DisputeOrders).to.deep.equal([]);
      bills.length = 0;
      expect((await partner.reconcile(...day)).DisputeOrders).to.deep.equal([
        { StartChargeSeq: seq(4), TotalPower: 60.06, TotalMoney: bill.TotalMoney, DisputeReason: 1 },
      ]);
    });
  }

  it('its driver charges at the hub, and it confirms one bill that adds up and disputes others', async () => {
    world = await partnerWorld();
    const { hub, partner, client } = world;
    hub.handle(queryStartCharge, ({ StartChargeSeq, ConnectorID }) => ({
      StartChargeSeq,
      StartChargeSeqStat: 1,
      ConnectorID,
      SuccStat: 0,
      FailReason: 0,
    }));
    hub.handle(queryStopCharge, ({ StartChargeSeq }) => ({ StartChargeSeq, StartChargeSeqStat: 3, SuccStat: 0, FailReason: 0 }));
    const { StartChargeSeq } = await partner.startAt('HUBGUN01', 'hlht://HUBGUN01.HUB000001/');
    expect(StartChargeSeq).to.match(/^PTN000001\d{18}$/);
    const about = { StartChargeSeq, ConnectorID: 'HUBGUN01', StartTime: '2026-10-09 10:00:00' };
    expect(await client.call(notificationStartChargeResult, { ...about, StartChargeSeqStat: 2 })).to.include({ SuccStat: 0 });
    expect(partner.trips.get(StartChargeSeq)).to.include({ state: 2, connectorId: 'HUBGUN01' });
    const status = {
      ...about,
      StartChargeSeqStat: 2,
      ConnectorStatus: 3,
      CurrentA: 100,
      VoltageA: 400,
      Soc: 50,
      EndTime: '2026-10-09 10:10:00',
      TotalPower: 5,
    };
    expect(await client.call(notificationEquipChargeStatus, status)).to.include({ SuccStat: 0 });
    expect(await client.call(notificationEquipChargeStatus, { ...status, StartChargeSeq: seq(77) })).to.include({ SuccStat: 1 });
    expect(await partner.stopAt(StartChargeSeq)).to.include({ SuccStat: 0 });
    expect(
      await client.call(notificationStopChargeResult, {
        StartChargeSeq,
        ConnectorID: 'HUBGUN01',
        StartChargeSeqStat: 4,
        SuccStat: 0,
        FailReason: 0,
      }),
    ).to.include({ SuccStat: 0 });
    const bill: RequestOf<typeof notificationChargeOrderInfo> = {
      ...about,
      EndTime: '2026-10-09 10:10:00',
      TotalPower: 5,
      TotalElecMoney: 3,
      TotalSeviceMoney: 2,
      TotalMoney: 5,
      StopReason: 1,
      SumPeriod: 1,
      ChargeDetails: [
        {
          DetailStartTime: '2026-10-09 10:00:00',
          DetailEndTime: '2026-10-09 10:10:00',
          ElecPrice: 0.6,
          SevicePrice: 0.4,
          DetailPower: 5,
          DetailElecMoney: 3,
          DetailSeviceMoney: 2,
        },
      ],
    };
    const confirm = async (change: object): Promise<number> =>
      (await client.call(notificationChargeOrderInfo, { ...bill, ...change })).ConfirmResult;
    expect(await confirm({ TotalMoney: 5.01 })).to.equal(1);
    expect(await confirm({ TotalPower: 6 })).to.equal(1);
    expect(await confirm({ StartChargeSeq: seq(78) })).to.equal(1);
    expect(await confirm({})).to.equal(0);
    expect(await confirm({})).to.equal(0);
    expect(await confirm({ TotalPower: 4, TotalMoney: 4, TotalElecMoney: 2, ChargeDetails: [] })).to.equal(1);
    const check = {
      CheckOrderSeq: seq(79),
      StartTime: '2026-10-09 00:00:00',
      EndTime: '2026-10-10 00:00:00',
      OrderCount: 2,
      TotalOrderPower: 10,
      TotalOrderMoney: 10.01,
    };
    const orders = [
      { StartChargeSeq, TotalPower: 5, TotalMoney: 5 },
      { StartChargeSeq: seq(80), TotalPower: 5, TotalMoney: 5.01 },
    ];
    expect(await client.call(checkChargeOrders, { ...check, ChargeOrders: orders })).to.deep.include({
      TotalDisputeOrder: 1,
      TotalDisputeMoney: 5.01,
      DisputeOrders: [{ ...orders[1], DisputeReason: 1 }],
    });
    const told = once(partner, 'status');
    await client.call(notificationStationStatus, { ConnectorStatusInfo: { ConnectorID: 'HUBGUN01', Status: 255 } });
    expect((await told)[0]).to.deep.equal({ ConnectorID: 'HUBGUN01', Status: 255 });
  });

  it('a vehicle that is full ends its order by itself', async () => {
    world = await partnerWorld({ needKWh: 12.34 });
    const { partner, client, time } = world;
    await partner.plugIn(GUN);
    await client.call(queryStartCharge, { StartChargeSeq: seq(1), ConnectorID: GUN });
    const [began, ended] = [once(partner, 'started'), once(partner, 'ended')];
    time.advance(3000);
    await began;
    time.advance(3_600_000);
    await ended;
    const confirmed = once(partner, 'confirmed');
    time.advance(5000);
    expect((await confirmed)[0]).to.include({ TotalPower: 12.34, StopReason: 2 });
  });
});
