import { furnishParty } from '../own-stations-fixture.js';
import { type Dialect, driverContract } from './driver.contract.js';
import { openHub, type TestHub } from './hub.js';

const in16: Dialect = {
  version: '1.6',
  status: (connectorId, status) => [
    'StatusNotification',
    { connectorId, status: status === 'free' ? 'Available' : 'Faulted', errorCode: status === 'free' ? 'NoError' : 'OtherError' },
  ],
  async begin(device, idTag, timestamp, meterStart) {
    const { transactionId, idTagInfo } = await device.call('StartTransaction', { connectorId: 1, idTag, timestamp, meterStart });
    return { name: String(transactionId), verdict: idTagInfo.status };
  },
  meter: (device, name, timestamp, value) =>
    device.call('MeterValues', {
      connectorId: 1,
      transactionId: Number(name),
      meterValue: [{ timestamp, sampledValue: [{ value: String(value) }] }],
    }),
  end: (device, name, timestamp, meterStop) => device.call('StopTransaction', { transactionId: Number(name), timestamp, meterStop }),
  authorize: async (device, idTag) => (await device.call('Authorize', { idTag })).idTagInfo.status,
};

function in2x(version: '2.0.1' | '2.1'): Dialect {
  const name = `tx-${version}`;
  const event = (eventType: string, timestamp: string, value: number, seqNo: number, more: object = {}) => ({
    eventType,
    timestamp,
    seqNo,
    triggerReason: eventType === 'Updated' ? 'MeterValuePeriodic' : 'Authorized',
    transactionInfo: { transactionId: name, chargingState: 'Charging' },
    meterValue: [{ timestamp, sampledValue: [{ value }] }],
    ...more,
  });
  return {
    version,
    status: (evseId, status) => [
      'StatusNotification',
      { evseId, connectorId: 1, timestamp: new Date().toISOString(), connectorStatus: status === 'free' ? 'Available' : 'Faulted' },
    ],
    async begin(device, uid, at, value) {
      const more = { evse: { id: 1, connectorId: 1 }, idToken: { idToken: uid, type: 'ISO14443' } };
      const { idTokenInfo } = await device.call('TransactionEvent', event('Started', at, value, 0, more));
      return { name, verdict: idTokenInfo.status };
    },
    meter: (device, _, at, value, seqNo) => device.call('TransactionEvent', event('Updated', at, value, seqNo)),
    end: (device, _, at, value, seqNo) => device.call('TransactionEvent', event('Ended', at, value, seqNo)),
    authorize: async (device, uid) => (await device.call('Authorize', { idToken: { idToken: uid, type: 'ISO14443' } })).idTokenInfo.status,
  };
}

describe('the driver port', () => {
  let hub: TestHub;
  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnishParty(hub);
  });
  after(() => hub.close());

  for (const dialect of [in16, in2x('2.0.1'), in2x('2.1')]) driverContract(dialect, () => hub);
});
