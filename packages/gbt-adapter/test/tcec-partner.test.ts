import { once } from 'node:events';
import {
  checkChargeOrders,
  connect,
  JOINT_TEST,
  type Keys,
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
  queryStationsInfo,
  queryStopCharge,
  type RequestOf,
  STANDARD,
  serve,
  type TcecClient,
  type TcecError,
  type TcecServer,
  XIAOJU,
} from '@evroam/gbt-adapter/tcec102';
import { overHttp } from '@evroam/gbt-adapter/tcec102/http';
import { listen } from '@evroam/gbt-adapter/tcec102/node';
import { addsUp, type Bill, compareOrders, ManualTime, type PartnerOptions, SimulatedPartner } from '@evroam/gbt-adapter/tcec102/simulator';
import { expect } from 'chai';
import { Agent } from 'undici';

const HUB = 'HUB000001';
const PARTNER = 'PTN000001';
const keysOf = (operatorId: string, salt: string): Keys => ({
  operatorId,
  operatorSecret: `${salt} operator`,
  dataSecret: `${salt}-data-secret!!`.padEnd(16, '0').slice(0, 16),
  dataSecretIV: `${salt}-vector-iv!!!`.padEnd(16, '0').slice(0, 16),
  sigSecret: `${salt} signature`,
});
const TO_PARTNER = keysOf(HUB, 'toward');
const TO_HUB = keysOf(PARTNER, 'inward');
const GUN = `${PARTNER}000111`;
const seq = (n: number): string => `${HUB}20261009${String(n).padStart(10, '0')}`;

describe('a simulated T/CEC 102 partner, over HTTP', () => {
  const time = new ManualTime(new Date('2026-10-09T01:00:00Z'));
  const now = (): Date => time.now();
  const closing: (() => Promise<unknown>)[] = [];
  let partner: SimulatedPartner;
  let hub: TcecServer;
  let client: TcecClient;
  let refused: string[];
  const bills: Bill[] = [];

  /** Both servers on a port of their own; the hub hears, and remembers nothing but what a test looks at. */
  async function up(options: Partial<PartnerOptions> = {}): Promise<void> {
    const { dialect = STANDARD } = options;
    refused = [];
    bills.length = 0;
    hub = serve({
      operatorId: HUB,
      now,
      partnerOf: (id) => (id === PARTNER ? { keys: TO_HUB, dialect } : undefined),
      refused: ({ error, interface: name }) => void refused.push(`${name} ${error.message.replace(/\d{6,}/g, '#')}`),
    });
    for (const definition of [notificationStartChargeResult, notificationStopChargeResult] as const)
      hub.handle(definition, ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0, FailReason: 0 }));
    hub
      .handle(notificationStationStatus, () => ({ Status: 0 }))
      .handle(notificationEquipChargeStatus, ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0 }))
      .handle(notificationChargeOrderInfo, (bill) => {
        bills.push(bill);
        return { StartChargeSeq: bill.StartChargeSeq, ConnectorID: bill.ConnectorID, ConfirmResult: addsUp(bill) ? 0 : 1 };
      })
      .handle(checkChargeOrders, (request) => compareOrders.answer(request, bills));
    const dispatcher = new Agent();
    const hubAt = await listen(hub.receive, { port: 0 });
    partner = new SimulatedPartner({
      operatorId: PARTNER,
      inbound: TO_PARTNER,
      outbound: TO_HUB,
      time,
      to: overHttp(`http://127.0.0.1:${hubAt.port}/evcs/v20161110`, { dispatcher }),
      ...options,
    });
    const partnerAt = await listen(partner.receive, { port: 0 });
    client = connect({
      keys: TO_PARTNER,
      now,
      dialect,
      to: overHttp(`http://127.0.0.1:${partnerAt.port}/evcs/v20161110/`, { dispatcher }),
    });
    closing.push(hubAt.close, partnerAt.close, () => dispatcher.close());
  }
  afterEach(async () => {
    partner.stop();
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  for (const dialect of [STANDARD, XIAOJU, JOINT_TEST]) {
    it(`a hub's driver charges at its pile and is billed part by part (${dialect.name})`, async () => {
      await up({ dialect });
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
    await up();
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

  it('has faults of the envelope by name, which the hub refuses alike', async () => {
    await up();
    await partner.pushStatus(GUN);
    const failures: string[] = [];
    partner.on('failed', ({ code, ret }) => failures.push(`${code} ${ret}`));
    for (const fault of ['badSignature', 'oldTimeStamp', 'wrongOperator', 'reusedSeq'] as const) {
      partner.faults.clear();
      partner.faults.add(fault);
      await partner.pushStatus(GUN);
    }
    // Who is no partner gets an answer that nobody signed with a key it knows.
    expect(failures).to.deep.equal(['Signature 4001', 'Signature 4001', 'Signature undefined', 'Signature 4001']);
    expect(refused.map((text) => /wrong$|out of the window$|is no partner$|used before$/.exec(text)?.[0])).to.deep.equal([
      'wrong',
      'out of the window',
      'is no partner',
      'used before',
    ]);
  });

  it('has faults of a start, a token and a bill by name', async () => {
    await up({ faults: ['startUnknown', 'orderTwice', 'wrongMoney'] });
    const states: number[] = [];
    hub.handle(notificationStartChargeResult, ({ StartChargeSeq, StartChargeSeqStat }) => {
      states.push(StartChargeSeqStat);
      return { StartChargeSeq, SuccStat: 0, FailReason: 0 };
    });
    await partner.plugIn(GUN);
    await client.call(queryStartCharge, { StartChargeSeq: seq(1), ConnectorID: GUN });
    const began = once(partner, 'started');
    time.advance(3000);
    await began;
    const confirmed = once(partner, 'confirmed');
    time.advance(600_000);
    await partner.unplug(GUN);
    time.advance(5000);
    expect((await confirmed)[1]).to.equal(1);
    expect(states).to.deep.equal([5]);
    expect(bills.map(({ StopReason }) => StopReason)).to.deep.equal([4, 4]);
    expect(Math.round((bills[0]!.TotalMoney - bills[0]!.TotalElecMoney - bills[0]!.TotalSeviceMoney) * 100)).to.equal(1);

    partner.faults.clear();
    partner.faults.add('forgetsTokens');
    const error = await client.call(queryStationsInfo, {}).then(
      () => expect.fail('it succeeded'),
      (failed: TcecError) => failed,
    );
    expect([error.code, error.ret]).to.deep.equal(['Token', 4002]);
    partner.faults.clear();
    partner.faults.add('busy');
    const codes: string[] = [];
    for (let i = 0; i < 3; i += 1)
      codes.push(
        await client.call(queryStationsInfo, {}).then(
          () => 'ok',
          ({ code }: TcecError) => code,
        ),
      );
    expect(codes.sort()).to.deep.equal(['Busy', 'ok', 'ok']);
  });

  it('a vehicle that is full ends its order by itself', async () => {
    await up({ needKWh: 12.34 });
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

  it('its listener answers only what is a call', async () => {
    await up();
    const at = await listen(partner.receive, { port: 0 });
    closing.push(at.close);
    const status = async (path: string, method = 'POST', body?: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${at.port}${path}`, { method, ...(body === undefined ? {} : { body }) })).status;
    expect(await status('/evcs/v1/query_token', 'GET')).to.equal(405);
    expect(await status('/elsewhere/query_token')).to.equal(404);
    expect(await status('/evcs/v1/../../etc')).to.equal(404);
    expect(await status('/evcs/v1/query_token', 'POST', '{')).to.equal(200);
    expect(await status('/evcs/v1/query_token', 'POST', 'x'.repeat(17 * 1024 * 1024)).catch(() => 413)).to.equal(413);
    const nobody = overHttp('http://127.0.0.1:9/evcs/v1', { timeoutMs: 2000 });
    expect(
      await nobody({ interface: 'query_token', body: '{}' }).then(
        () => 'answered',
        ({ code }: TcecError) => code,
      ),
    ).to.equal('Transport');
    expect(() => overHttp('ftp://127.0.0.1/')).to.throw();
  });
});
