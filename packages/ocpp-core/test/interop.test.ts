import { OcppError } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import * as v201 from '@evroam/ocpp-core/v201';
import { connectOcpp, type OcppServer, serveOcpp, speak } from '@evroam/ocpp-core/websocket';
import { expect } from 'chai';
import { RPCClient, RPCServer } from 'ocpp-rpc';

const time = '2026-01-15T10:00:00Z';
const password = 'secret-of-16-char';
const boot16 = { chargePointVendor: 'Vendor', chargePointModel: 'Model' };
const boot201 = { reason: 'PowerUp', chargingStation: { vendorName: 'Vendor', model: 'Model' } } as const;
const accepted = { status: 'Accepted', currentTime: time, interval: 300 } as const;
const event = {
  eventType: 'Started',
  timestamp: time,
  triggerReason: 'CablePluggedIn',
  seqNo: 0,
  transactionInfo: { transactionId: 'T1' },
  meterValue: [{ timestamp: time, sampledValue: [{ value: 12.5, unitOfMeasure: { unit: 'kWh', multiplier: 0 } }] }],
} as const;

describe('with the npm package ocpp-rpc as a strict client', () => {
  let server: OcppServer;
  let client: RPCClient;
  const called: string[] = [];

  before(async () => {
    server = await serveOcpp({
      host: '127.0.0.1',
      authenticate: async (handshake) => ({ accepted: handshake.password?.toString() === password }),
      versions: [
        speak<'csms', typeof v16>(v16, ({ endpoint }) => {
          endpoint
            .handle(v16.BootNotification, async () => accepted)
            .handle(v16.Heartbeat, async () => {
              // A call of ours crosses the answer.
              called.push((await endpoint.call(v16.Reset, { type: 'Soft' })).status);
              return { currentTime: time };
            })
            .handle(v16.Authorize, async () => {
              throw new OcppError('SecurityError', 'not here');
            });
        }),
        speak<'csms', typeof v201>(v201, ({ endpoint }) => {
          endpoint
            .handle(v201.BootNotification, async () => accepted)
            .handle(v201.TransactionEvent, async () => {
              called.push(
                (
                  await endpoint.call(v201.GetVariables, {
                    getVariableData: [{ component: { name: 'EVSE' }, variable: { name: 'Power' } }],
                  })
                ).getVariableResult[0]?.attributeStatus ?? '',
              );
              return { idTokenInfo: { status: 'Accepted' } };
            });
        }),
      ],
    });
  });
  after(() => server.close());
  afterEach(async () => {
    await client.close();
  });

  const connected = async (protocol: string) => {
    called.length = 0;
    const options = {
      endpoint: `ws://127.0.0.1:${server.port}`,
      identity: 'RDAM|1',
      password,
      protocols: [protocol],
      strictMode: true,
      reconnect: false,
    };
    // Its type asks for every option, its code for few.
    client = new RPCClient(options as unknown as ConstructorParameters<typeof RPCClient>[0]);
    await client.connect();
    expect(client.protocol).to.equal(protocol);
    return client;
  };

  it('speaks OCPP 1.6', async () => {
    const station = await connected('ocpp1.6');
    station.handle('Reset', async () => ({ status: 'Accepted' }));
    expect(await station.call('BootNotification', boot16)).to.deep.equal(accepted);
    expect(await station.call('Heartbeat', {})).to.deep.equal({ currentTime: time });
    expect(called).to.deep.equal(['Accepted']);
    for (const [action, payload, code] of [
      ['Authorize', { idTag: 'T' }, 'SecurityError'],
      ['StartTransaction', { connectorId: 1, idTag: 'T', meterStart: 0, timestamp: time }, 'NotSupported'],
    ] as const) {
      const error: unknown = await station.call(action, payload).catch((reason: unknown) => reason);
      expect(Reflect.get(Object(error), 'rpcErrorCode'), action).to.equal(code);
    }
  });

  it('speaks OCPP 2.0.1', async () => {
    const station = await connected('ocpp2.0.1');
    station.handle('GetVariables', async () => ({
      getVariableResult: [{ attributeStatus: 'UnknownComponent', component: { name: 'EVSE' }, variable: { name: 'Power' } }],
    }));
    expect(await station.call('BootNotification', boot201)).to.deep.equal(accepted);
    expect(await station.call('TransactionEvent', event)).to.deep.equal({ idTokenInfo: { status: 'Accepted' } });
    expect(called).to.deep.equal(['UnknownComponent']);
  });
});

describe('with the npm package ocpp-rpc as a strict server', () => {
  let server: RPCServer;
  let port: number;
  const failures: unknown[] = [];

  before(async () => {
    server = new RPCServer({ protocols: ['ocpp1.6', 'ocpp2.0.1'], strictMode: true });
    server.auth((accept, reject, handshake) => {
      if (handshake.password?.toString() === password) accept({});
      else reject(401, 'no');
    });
    server.on('client', (client) => {
      client.on('strictValidationFailure', (failure: unknown) => failures.push(failure));
      client.handle('BootNotification', async () => accepted);
      client.handle('Heartbeat', async () => {
        await client.call('Reset', { type: 'Hard' });
        return { currentTime: time };
      });
      client.handle('TransactionEvent', async () => {
        await client.call('GetLocalListVersion', {});
        return { idTokenInfo: { status: 'Accepted' } };
      });
    });
    const http = await server.listen(0, '127.0.0.1');
    port = (http.address() as { port: number }).port;
  });
  after(() => server.close({ code: 1001, reason: 'end', awaitPending: false, force: true }));

  it('a station of ours speaks OCPP 1.6', async () => {
    const { endpoint } = await connectOcpp({
      url: `ws://127.0.0.1:${port}`,
      identity: 'CP 1',
      password,
      versions: [speak<'station', typeof v16>(v16)],
    });
    endpoint.handle(v16.Reset, async ({ type }) => ({ status: type === 'Hard' ? 'Accepted' : 'Rejected' }));
    expect(await endpoint.call(v16.BootNotification, boot16)).to.deep.equal(accepted);
    expect(await endpoint.call(v16.Heartbeat, {})).to.deep.equal({ currentTime: time });
    const error: unknown = await endpoint.call(v16.Authorize, { idTag: 'T' }).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'NotImplemented', fromPeer: true });
    endpoint.close();
  });

  it('a station of ours speaks OCPP 2.0.1', async () => {
    const { endpoint } = await connectOcpp({
      url: `ws://127.0.0.1:${port}`,
      identity: 'CP2',
      password,
      versions: [speak<'station', typeof v201>(v201)],
    });
    endpoint.handle(v201.GetLocalListVersion, async () => ({ versionNumber: 0 }));
    expect(await endpoint.call(v201.BootNotification, boot201)).to.deep.equal(accepted);
    expect(await endpoint.call(v201.TransactionEvent, event)).to.deep.equal({ idTokenInfo: { status: 'Accepted' } });
    endpoint.close();
    expect(failures).to.deep.equal([]);
  });

  it('refuses a station of ours with a wrong password', async () => {
    const refused: unknown = await connectOcpp({
      url: `ws://127.0.0.1:${port}`,
      identity: 'CP3',
      password: 'wrong',
      versions: [speak<'station', typeof v16>(v16)],
    }).catch((reason: unknown) => reason);
    expect(refused).to.be.instanceOf(OcppError);
    expect((refused as OcppError).details).to.deep.equal({ status: 401 });
  });
});
