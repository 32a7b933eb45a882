import { type ManualClock, manualClock, type SimulatedStation, startStation } from '@evroam/ocpp-core/station';
import * as v21 from '@evroam/ocpp-core/v21';
import * as v201 from '@evroam/ocpp-core/v201';
import { expect } from 'chai';
import { Csms } from './csms.js';

const noon = new Date('2026-01-15T12:00:00Z');
const currentTime = noon.toISOString();

for (const [version, actions] of [
  ['2.0.1', v201],
  ['2.1', v21],
] as const) {
  describe(`a simulated station that speaks OCPP ${version}`, () => {
    let csms: Csms;
    let clock: ManualClock;
    let station: SimulatedStation;
    let verdict: string;

    beforeEach(async () => {
      verdict = 'Accepted';
      csms = new Csms(actions, {
        BootNotification: () => ({ status: 'Accepted', currentTime, interval: 3_600 }),
        Heartbeat: () => ({ currentTime }),
        Authorize: () => ({ idTokenInfo: { status: verdict } }),
        TransactionEvent: ({ idToken }) => (idToken ? { idTokenInfo: { status: verdict } } : {}),
      });
      clock = manualClock(noon);
      station = startStation({
        version,
        url: await csms.open(),
        identity: 'CS1',
        password: 'secret',
        clock,
        connectors: 2,
        meterIntervalSeconds: 900,
        backOff: { minimumMs: 5, randomMs: 0, doublings: 0 },
      });
      await station.accepted;
    });
    afterEach(async () => {
      await station.stop();
      await csms.server?.close();
    });

    const events = () => csms.all('TransactionEvent');

    it('tells a session in numbered events, with evse and token in the first alone', async () => {
      station.plugIn(1, { powerW: 11_000, needMilliWh: 8_000_000 });
      await station.startLocal(1, 'TAG');
      await station.drained();
      await clock.advance(3_600_000);
      station.stopLocal(1);
      await station.drained();
      const told = events();
      expect(told.map(({ eventType, triggerReason, seqNo }) => [eventType, triggerReason, seqNo])).to.deep.equal([
        ['Started', 'Authorized', 0],
        ['Updated', 'MeterValuePeriodic', 1],
        ['Updated', 'MeterValuePeriodic', 2],
        // Full after 8 kWh, seen at the third reading.
        ['Updated', 'MeterValuePeriodic', 3],
        ['Updated', 'MeterValuePeriodic', 4],
        ['Ended', 'StopAuthorized', 5],
      ]);
      expect(told.filter(({ evse, idToken }) => evse || idToken)).to.have.length(1);
      expect(new Set(told.map(({ transactionInfo }) => (transactionInfo as { transactionId: string }).transactionId)).size).to.equal(1);
      expect(told[3]?.transactionInfo).to.include({ chargingState: 'SuspendedEV' });
      expect(told[5]?.transactionInfo).to.include({ chargingState: 'EVConnected', stoppedReason: 'Local' });
      expect(told[5]).to.have.nested.property('meterValue[0].sampledValue[0].value', 8_000);
    });

    it('starts at the central system’s word, with the id of the request, under its profile', async () => {
      station.plugIn(2);
      const request = {
        evseId: 2,
        remoteStartId: 77,
        idToken: { idToken: 'APP', type: 'Central' },
        chargingProfile: {
          id: 1,
          stackLevel: 0,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Relative',
          chargingSchedule: [{ id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 4_000 }] }],
        },
      };
      expect(await csms.call('RequestStartTransaction', request)).to.include({ status: 'Accepted' });
      const started = await csms.wait('TransactionEvent');
      expect(started).to.have.nested.property('transactionInfo.remoteStartId', 77);
      await station.drained();
      expect(station.state(2).powerW).to.equal(4_000);
      const { transactionId } = started.transactionInfo as { transactionId: string };
      expect(await csms.call('GetTransactionStatus', { transactionId })).to.include({ ongoingIndicator: true });
      expect(await csms.call('RequestStopTransaction', { transactionId: 'other' })).to.include({ status: 'Rejected' });
      expect(await csms.call('RequestStopTransaction', { transactionId })).to.include({ status: 'Accepted' });
      expect((await csms.wait('TransactionEvent', 1, ({ eventType }) => eventType === 'Ended')).triggerReason).to.equal('RemoteStop');
      await station.drained();
      expect(await csms.call('GetTransactionStatus', { transactionId })).to.deep.equal({ ongoingIndicator: false, messagesInQueue: false });
    });

    it('marks what happened offline, and leaves no gap', async () => {
      station.plugIn(1);
      await station.startLocal(1, 'TAG');
      await station.drained();
      station.goOffline();
      await clock.advance(1_800_000);
      station.unplug(1);
      station.goOnline();
      await station.drained();
      expect(events().map(({ seqNo, offline }) => [seqNo, offline ?? false])).to.deep.equal([
        [0, false],
        [1, true],
        [2, true],
        [3, true],
      ]);
      expect(csms.all('BootNotification')).to.have.length(1);
    });

    it('ends what the central system does not let charge', async () => {
      station.plugIn(1);
      verdict = 'Blocked';
      expect(await station.startLocal(1, 'TAG')).to.deep.equal({ accepted: false, reason: 'refused' });
      await csms.call('RequestStartTransaction', { remoteStartId: 1, evseId: 1, idToken: { idToken: 'X', type: 'Central' } });
      const ended = await csms.wait('TransactionEvent', 1, ({ eventType }) => eventType === 'Ended');
      expect(ended).to.include({ triggerReason: 'Deauthorized' });
    });

    it('lets its variables be read, written and reported in parts', async () => {
      const component = { name: 'SampledDataCtrlr' };
      const variable = { name: 'TxUpdatedInterval' };
      const set = {
        setVariableData: [
          { component, variable, attributeValue: '60' },
          { component, variable, attributeValue: 'often' },
        ],
      };
      const { setVariableResult } = await csms.call('SetVariables', set);
      expect((setVariableResult as { attributeStatus: string }[]).map(({ attributeStatus }) => attributeStatus)).to.deep.equal([
        'Accepted',
        'Rejected',
      ]);
      const asked = {
        getVariableData: [
          { component, variable },
          { component: { name: 'Nothing' }, variable },
          { component, variable: { name: 'Nothing' } },
        ],
      };
      const { getVariableResult } = await csms.call('GetVariables', asked);
      const results = getVariableResult as { attributeStatus: string; attributeValue?: string }[];
      expect(results.map(({ attributeStatus, attributeValue }) => attributeValue ?? attributeStatus)).to.deep.equal([
        '60',
        'UnknownComponent',
        'UnknownVariable',
      ]);
      expect(await csms.call('GetBaseReport', { requestId: 5, reportBase: 'FullInventory' })).to.include({ status: 'Accepted' });
      const last = await csms.wait('NotifyReport', 1, ({ tbc }) => tbc === false);
      expect(last).to.include({ requestId: 5, seqNo: 1 });
      expect(csms.all('NotifyReport').flatMap(({ reportData }) => reportData as unknown[])).to.have.length(4);
    });
  });
}
