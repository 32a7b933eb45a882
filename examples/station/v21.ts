// A station that speaks OCPP 2.1: `node dist/station/v21.js [url]`. Boots, tells a transaction, sends one event twice, leaves.
import * as v21 from '@evroam/ocpp-core/v21';
import { connectOcpp, speak } from '@evroam/ocpp-core/websocket';

const { endpoint } = await connectOcpp({
  url: process.argv[2] ?? 'ws://127.0.0.1:9021/ocpp',
  identity: 'STATION-1',
  password: 'a-password-of-16',
  versions: [speak<'station', typeof v21>(v21)],
});
const now = () => new Date().toISOString();
const chargingStation = { vendorName: 'Example', model: 'AC-22' };
const transactionInfo = { transactionId: 'T-1' };

const { status, interval } = await endpoint.call(v21.BootNotification, { reason: 'PowerUp', chargingStation });
console.log(`boot ${status}, heartbeat every ${interval} s`);
await endpoint.call(v21.StatusNotification, { timestamp: now(), connectorStatus: 'Occupied', evseId: 1, connectorId: 1 });
await endpoint.call(v21.TransactionEvent, {
  eventType: 'Started',
  timestamp: now(),
  triggerReason: 'Authorized',
  seqNo: 0,
  transactionInfo: { ...transactionInfo, chargingState: 'Charging' },
  evse: { id: 1, connectorId: 1 },
  idToken: { idToken: '04A2B3C4', type: 'ISO14443' },
});
const reading = {
  eventType: 'Updated',
  timestamp: now(),
  triggerReason: 'MeterValuePeriodic',
  seqNo: 1,
  transactionInfo,
  meterValue: [{ timestamp: now(), sampledValue: [{ value: 1.5, unitOfMeasure: { unit: 'kWh' } }] }],
} as const;
// As after a lost answer: the CSMS tells the repeat by its number.
await endpoint.call(v21.TransactionEvent, reading);
await endpoint.call(v21.TransactionEvent, reading);
// A stream of values: opened with a CALL, then sent without answers.
await endpoint.call(v21.OpenPeriodicEventStream, { constantStreamData: { id: 7, variableMonitoringId: 1, params: { interval: 5 } } });
const data = [230.4, 230.2].map((volts, second) => ({ t: second, v: String(volts) }));
await endpoint.call(v21.NotifyPeriodicEventStream, { id: 7, pending: 0, basetime: now(), data });
await endpoint.call(v21.TransactionEvent, {
  eventType: 'Ended',
  timestamp: now(),
  triggerReason: 'StopAuthorized',
  seqNo: 2,
  transactionInfo: { ...transactionInfo, stoppedReason: 'Local' },
});
console.log('the transaction is told');
endpoint.close();
