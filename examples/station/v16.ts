// A station that speaks OCPP 1.6: `node dist/station/v16.js [url]`. Plugs in, is started remotely, charges, stops, leaves.
import * as v16 from '@evroam/ocpp-core/v16';
import { connectOcpp, speak } from '@evroam/ocpp-core/websocket';

const url = process.argv[2] ?? 'ws://127.0.0.1:9016/ocpp';
let started: (idTag: string) => void = () => undefined;
const start = new Promise<string>((resolve) => {
  started = resolve;
});

const { endpoint } = await connectOcpp({
  url,
  identity: 'STATION-1',
  password: 'a-password-of-16',
  versions: [
    // Handlers set here are in place before the first command can come.
    speak<'station', typeof v16>(v16, (connection) =>
      connection.endpoint.handle(v16.RemoteStartTransaction, async ({ idTag }) => {
        started(idTag);
        return { status: 'Accepted' };
      }),
    ),
  ],
});
const now = () => new Date().toISOString();

const { status, interval } = await endpoint.call(v16.BootNotification, { chargePointVendor: 'Example', chargePointModel: 'AC-22' });
console.log(`boot ${status}, heartbeat every ${interval} s`);
await endpoint.call(v16.StatusNotification, { connectorId: 1, errorCode: 'NoError', status: 'Preparing' });
const idTag = await start;
const { transactionId } = await endpoint.call(v16.StartTransaction, { connectorId: 1, idTag, meterStart: 1_000, timestamp: now() });
await endpoint.call(v16.MeterValues, {
  connectorId: 1,
  transactionId,
  meterValue: [{ timestamp: now(), sampledValue: [{ value: '1500', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }] }],
});
await endpoint.call(v16.StopTransaction, { transactionId, meterStop: 2_000, timestamp: now(), reason: 'EVDisconnected' });
console.log(`transaction ${transactionId} of ${idTag} is told`);
endpoint.close();
