// A station that speaks OCPP 2.0.1: `node dist/station/v201.js [url]`. Boots, tells a transaction, sends one event twice, leaves.
import * as v201 from '@evroam/ocpp-core/v201';
import { connectOcpp, speak } from '@evroam/ocpp-core/websocket';

const { endpoint } = await connectOcpp({
  url: process.argv[2] ?? 'ws://127.0.0.1:9201/ocpp',
  identity: 'STATION-1',
  password: 'a-password-of-16',
  versions: [speak<'station', typeof v201>(v201)],
});
const now = () => new Date().toISOString();
const chargingStation = { vendorName: 'Example', model: 'AC-22' };
const transactionInfo = { transactionId: 'T-1' };

const { status, interval } = await endpoint.call(v201.BootNotification, { reason: 'PowerUp', chargingStation });
console.log(`boot ${status}, heartbeat every ${interval} s`);
await endpoint.call(v201.StatusNotification, { timestamp: now(), connectorStatus: 'Occupied', evseId: 1, connectorId: 1 });
await endpoint.call(v201.TransactionEvent, {
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
await endpoint.call(v201.TransactionEvent, reading);
await endpoint.call(v201.TransactionEvent, reading);
await endpoint.call(v201.TransactionEvent, {
  eventType: 'Ended',
  timestamp: now(),
  triggerReason: 'StopAuthorized',
  seqNo: 2,
  transactionInfo: { ...transactionInfo, stoppedReason: 'Local' },
});
console.log('the transaction is told');
endpoint.close();
