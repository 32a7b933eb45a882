// Both ends of T/CEC 102 over HTTP: a simulated partner with its stations, and a platform whose driver charges there. `node dist/tcec-partner/partner.js`
import { once } from 'node:events';
import {
  connect,
  type Keys,
  notificationChargeOrderInfo,
  notificationEquipChargeStatus,
  notificationStartChargeResult,
  notificationStationStatus,
  notificationStopChargeResult,
  queryEquipBusinessPolicy,
  queryStartCharge,
  queryStopCharge,
  serve,
} from '@evroam/gbt-adapter/tcec102';
import { overHttp } from '@evroam/gbt-adapter/tcec102/http';
import { listen } from '@evroam/gbt-adapter/tcec102/node';
import { addsUp, SimulatedPartner, timeFrom } from '@evroam/gbt-adapter/tcec102/simulator';

const secrets = {
  operatorSecret: 'operator secret',
  dataSecret: '1234567890abcdef',
  dataSecretIV: '1234567890abcdef',
  sigSecret: 'signature secret',
};
const ours: Keys = { operatorId: 'MA0000001', ...secrets }; // the partner gave them to us
const theirs: Keys = { operatorId: 'MA0000002', ...secrets }; // we gave them to the partner

// Domain time is 600 times as fast; both platforms look at the same clock.
const began = Date.now();
const time = timeFrom({ now: () => new Date(Date.parse('2026-10-09T01:00:00Z') + (Date.now() - began) * 600), rate: 600 });

const hub = serve({
  operatorId: ours.operatorId,
  now: time.now,
  partnerOf: (id) => (id === theirs.operatorId ? { keys: theirs } : undefined),
})
  .handle(notificationStationStatus, ({ ConnectorStatusInfo: { ConnectorID, Status } }) => {
    console.log(`gun ${ConnectorID} has status ${Status}`);
    return { Status: 0 };
  })
  .handle(notificationStartChargeResult, ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0, FailReason: 0 }))
  .handle(notificationStopChargeResult, ({ StartChargeSeq }) => ({ StartChargeSeq, SuccStat: 0, FailReason: 0 }))
  .handle(notificationEquipChargeStatus, ({ StartChargeSeq, TotalPower, TotalMoney = 0 }) => {
    console.log(`charging: ${TotalPower.toFixed(2)} kWh, ${TotalMoney.toFixed(2)} CNY`);
    return { StartChargeSeq, SuccStat: 0 };
  })
  .handle(notificationChargeOrderInfo, (bill) => {
    const { StartChargeSeq, ConnectorID, TotalPower, TotalElecMoney, TotalSeviceMoney, TotalMoney } = bill;
    console.log(`bill: ${TotalPower} kWh, electricity ${TotalElecMoney} + service ${TotalSeviceMoney} = ${TotalMoney} CNY`);
    return { StartChargeSeq, ConnectorID, ConfirmResult: addsUp(bill) ? 0 : 1 };
  });
const hubServer = await listen(hub.receive, { port: 0 });

const to = overHttp(`http://127.0.0.1:${hubServer.port}/evcs/v20161110`);
const partner = new SimulatedPartner({ operatorId: theirs.operatorId, inbound: ours, outbound: theirs, to, time });
const partnerServer = await listen(partner.receive, { port: 0 });
const client = connect({ keys: ours, now: time.now, to: overHttp(`http://127.0.0.1:${partnerServer.port}/evcs/v20161110`) });

const guns: string[] = [];
for await (const { StationName, EquipmentInfos } of client.stations()) {
  const own = EquipmentInfos.flatMap(({ ConnectorInfos }) => ConnectorInfos.map(({ ConnectorID }) => ConnectorID));
  console.log(`${StationName}: ${own.length} guns`);
  guns.push(...own);
}
const ConnectorID = guns[0] ?? '';
const { PolicyInfos } = await client.call(queryEquipBusinessPolicy, { EquipBizSeq: `${ours.operatorId}202610090000000001`, ConnectorID });
for (const { StartTime, ElecPrice, SevicePrice } of PolicyInfos) console.log(`from ${StartTime}: ${ElecPrice} + ${SevicePrice} CNY/kWh`);

await partner.plugIn(ConnectorID);
const StartChargeSeq = `${ours.operatorId}202610090000000002`;
const started = once(partner, 'started');
await client.call(queryStartCharge, { StartChargeSeq, ConnectorID });
await started;
await new Promise<void>((resolve) => time.after(600_000, resolve));
const confirmed = once(partner, 'confirmed');
await client.call(queryStopCharge, { StartChargeSeq, ConnectorID });
await confirmed;
partner.stop();
await Promise.all([hubServer.close(), partnerServer.close()]);
