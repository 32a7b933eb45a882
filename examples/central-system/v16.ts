// A central system for OCPP 1.6: `node dist/central-system/v16.js [port]`. Then start dist/station/v16.js beside it.
import { OcppError } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import { passwordMatches, serveOcpp, speak } from '@evroam/ocpp-core/websocket';

const passwords: Readonly<Record<string, string>> = { 'STATION-1': 'a-password-of-16' };
let nextTransactionId = 1;

const server = await serveOcpp({
  port: Number(process.argv[2] ?? 9016),
  host: '127.0.0.1',
  path: '/ocpp/',
  authenticate: async ({ identity, password }) => ({ accepted: passwordMatches(password, passwords[identity] ?? '') }),
  versions: [
    speak(v16, ({ identity, endpoint }) => {
      endpoint
        .handle(v16.BootNotification, async ({ chargePointVendor, chargePointModel }) => {
          console.log(`${identity} boots: ${chargePointVendor} ${chargePointModel}`);
          return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
        })
        .handle(v16.Heartbeat, async () => ({ currentTime: new Date().toISOString() }))
        .handle(v16.StatusNotification, async ({ connectorId, status }) => {
          console.log(`${identity} connector ${connectorId} is ${status}`);
          // A command in the middle of a message: calls cross, and neither waits for the other.
          if (status === 'Preparing') void remoteStart();
          return {};
        })
        .handle(v16.Authorize, async ({ idTag }) => ({ idTagInfo: { status: idTag.startsWith('04') ? 'Accepted' : 'Invalid' } }))
        .handle(v16.StartTransaction, async ({ idTag, meterStart }) => {
          const transactionId = nextTransactionId;
          nextTransactionId += 1;
          console.log(`${identity} transaction ${transactionId} of ${idTag} starts at ${meterStart} Wh`);
          return { transactionId, idTagInfo: { status: 'Accepted' } };
        })
        .handle(v16.MeterValues, async () => ({}))
        .handle(v16.StopTransaction, async ({ transactionId, meterStop }) => {
          console.log(`${identity} transaction ${transactionId} ends at ${meterStop} Wh`);
          return {};
        });

      async function remoteStart(): Promise<void> {
        try {
          const { status } = await endpoint.call(v16.RemoteStartTransaction, { idTag: '04A2B3C4', connectorId: 1 });
          console.log(`${identity} will start: ${status}`);
        } catch (error) {
          if (!(error instanceof OcppError)) throw error;
          console.log(`${identity} cannot start: ${error.code} ${error.message}`);
        }
      }
    }),
  ],
});
console.log(`listening on ${server.port}`);
