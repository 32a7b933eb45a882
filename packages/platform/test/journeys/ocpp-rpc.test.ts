import { expect } from 'chai';
import { RPCClient } from 'ocpp-rpc';
import { addStation, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { openHub, type TestHub } from './hub.js';

/** What is used of it: its own types demand every option, and know no answer. */
interface Client {
  protocol: string;
  connect(): Promise<unknown>;
  call(method: string, params: object): Promise<Json>;
  handle(answer: (call: { method?: string }) => object): void;
  close(): Promise<unknown>;
}
const Client = RPCClient as unknown as new (options: object) => Client;

describe('clients of the npm package ocpp-rpc, checking strictly, against a running hub', () => {
  let hub: TestHub;
  const clients: Client[] = [];
  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnishParty(hub);
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await hub.close();
  });

  async function connect(id: string, protocol: string): Promise<Client> {
    const password = await addStation(hub, id);
    const client = new Client({ endpoint: hub.ocppUrl, identity: id, password, protocols: [protocol], strictMode: true });
    client.handle(({ method }) => (method === 'GetConfiguration' ? { configurationKey: [], unknownKey: [] } : { status: 'Accepted' }));
    clients.push(client);
    await client.connect();
    expect(client.protocol).to.equal(protocol);
    return client;
  }

  const energyOf = (id: string) =>
    eventually(async () => {
      const [session, ...others] = (await must(hub.api, 'GET', `/sessions?station=${id}`)).items;
      expect(others).to.deep.equal([]);
      const cdr = (await must(hub.api, 'GET', '/cdrs')).items.find((each: Json) => each.sessionId === session?.id);
      return cdr && [session.status, session.kwh, cdr.kwh];
    }, 'the CDR');

  it('boots, charges and stops in OCPP 1.6', async () => {
    const client = await connect('RPC-16', 'ocpp1.6');
    const { status } = await client.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    expect(status).to.equal('Accepted');
    await client.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' });
    expect((await client.call('Authorize', { idTag: 'CARD1' })).idTagInfo.status).to.equal('Accepted');
    const start = { connectorId: 1, idTag: 'CARD1', meterStart: 100, timestamp: '2026-03-01T10:00:00Z' };
    const { transactionId } = await client.call('StartTransaction', start);
    const meterValue = [{ timestamp: '2026-03-01T10:05:00Z', sampledValue: [{ value: '700' }] }];
    expect(await client.call('MeterValues', { connectorId: 1, transactionId, meterValue })).to.deep.equal({});
    await client.call('StopTransaction', { transactionId, meterStop: 1350, timestamp: '2026-03-01T10:10:00Z' });
    expect(await energyOf('RPC-16')).to.deep.equal(['completed', '1.25', '1.25']);
  });

  it('boots, charges and stops in OCPP 2.0.1', async () => {
    const client = await connect('RPC-201', 'ocpp2.0.1');
    const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } };
    expect((await client.call('BootNotification', boot)).status).to.equal('Accepted');
    const timestamp = '2026-03-01T10:00:00Z';
    await client.call('StatusNotification', { evseId: 1, connectorId: 1, connectorStatus: 'Occupied', timestamp });
    const idToken = { idToken: 'CARD1', type: 'ISO14443' };
    expect((await client.call('Authorize', { idToken })).idTokenInfo.status).to.equal('Accepted');
    const event = (eventType: string, seqNo: number, minute: number, kwh: number, more: object = {}) =>
      client.call('TransactionEvent', {
        eventType,
        seqNo,
        timestamp: `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`,
        triggerReason: 'Authorized',
        transactionInfo: { transactionId: 'rpc' },
        meterValue: [
          {
            timestamp: `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`,
            sampledValue: [{ value: kwh, unitOfMeasure: { unit: 'kWh' } }],
          },
        ],
        ...more,
      });
    expect((await event('Started', 0, 0, 0.1, { idToken, evse: { id: 1, connectorId: 1 } })).idTokenInfo.status).to.equal('Accepted');
    await event('Updated', 1, 5, 0.7);
    await event('Ended', 2, 10, 1.350001);
    expect(await energyOf('RPC-201')).to.deep.equal(['completed', '1.250001', '1.250001']);
  });
});
