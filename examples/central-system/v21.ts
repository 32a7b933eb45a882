// A CSMS for OCPP 2.1: `node dist/central-system/v21.js [port]`. Then start dist/station/v21.js beside it.
import { createHash } from 'node:crypto';
import { Registration } from '@evroam/ocpp-core';
import { emptyJournal, hearEvent, type TransactionJournal } from '@evroam/ocpp-core/transactions';
import * as v21 from '@evroam/ocpp-core/v21';
import { passwordMatches, serveOcpp, speak } from '@evroam/ocpp-core/websocket';

const passwords: Readonly<Record<string, string>> = { 'STATION-1': 'a-password-of-16' };
const journals = new Map<string, TransactionJournal>();

const server = await serveOcpp({
  port: Number(process.argv[2] ?? 9021),
  host: '127.0.0.1',
  path: '/ocpp/',
  authenticate: async ({ identity, password }) => ({ accepted: passwordMatches(password, passwords[identity] ?? '') }),
  versions: [
    speak(
      v21,
      ({ identity, endpoint }) => {
        endpoint
          .handle(v21.BootNotification, async ({ chargingStation }) => {
            console.log(`${identity} boots: ${chargingStation.vendorName} ${chargingStation.model}`);
            return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
          })
          .handle(v21.Heartbeat, async () => ({ currentTime: new Date().toISOString() }))
          .handle(v21.StatusNotification, async ({ evseId, connectorStatus }) => {
            console.log(`${identity} EVSE ${evseId} is ${connectorStatus}`);
            return {};
          })
          .handle(v21.TransactionEvent, async (event) => {
            const { transactionId } = event.transactionInfo;
            const digest = createHash('sha256').update(JSON.stringify(event)).digest('hex');
            const heard = hearEvent(journals.get(transactionId) ?? emptyJournal, { ...event, digest });
            journals.set(transactionId, heard.journal);
            console.log(`${identity} ${transactionId} ${event.seqNo}: ${event.eventType}, ${heard.news}`);
            // Answered in the same way whatever it means; a token gets its verdict.
            return event.idToken ? { idTokenInfo: { status: 'Accepted' } } : {};
          })
          .handle(v21.OpenPeriodicEventStream, async () => ({ status: 'Accepted' }))
          .handle(v21.NotifyPeriodicEventStream, async ({ id, data }) => {
            console.log(`${identity} stream ${id}: ${data.length} values`);
          });
      },
      // Until it is accepted, a station may send nothing but its boot.
      { gate: () => new Registration('unknown') },
    ),
  ],
});
console.log(`listening on ${server.port}`);
