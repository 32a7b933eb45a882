import { expect } from 'chai';
import { addStation, boot, Device, eventually, type Json, must } from '../own-stations-fixture.js';
import type { TestHub } from './hub.js';

/** A version, and what its stations say that is not the same in all. */
export interface Dialect {
  version: '1.6' | '2.0.1' | '2.1';
  status(connectorNumber: number, status: 'free' | 'broken'): [action: string, payload: object];
  /** Begins a session; gives what to name it by. */
  begin(device: Device, uid: string, at: string, wattHours: number): Promise<{ name: string; verdict: string }>;
  meter(device: Device, name: string, at: string, wattHours: number, seqNo: number): Promise<Json>;
  end(device: Device, name: string, at: string, wattHours: number, seqNo: number): Promise<Json>;
  authorize(device: Device, uid: string): Promise<string>;
}

/** Commands that every operator can give, and the message that each becomes in 1.6 and 2.x; undefined where a version has none. */
const COMMANDS: readonly [kind: string, body: object, in16: string | undefined, in2x: string | undefined][] = [
  ['unlock', { connectorNumber: 1 }, 'UnlockConnector', 'UnlockConnector'],
  ['reset', { hard: false }, 'Reset', 'Reset'],
  ['availability', { operative: false, connectorNumber: 1 }, 'ChangeAvailability', 'ChangeAvailability'],
  ['trigger', { message: 'StatusNotification', connectorNumber: 1 }, 'TriggerMessage', 'TriggerMessage'],
  ['trigger', { message: 'SignCertificate' }, 'ExtendedTriggerMessage', 'TriggerMessage'],
  ['getVariables', { variables: [{ component: 'OCPPCommCtrlr', name: 'HeartbeatInterval' }] }, 'GetConfiguration', 'GetVariables'],
  ['setVariable', { component: 'OCPPCommCtrlr', name: 'HeartbeatInterval', value: '600' }, 'ChangeConfiguration', 'SetVariables'],
  ['localListVersion', {}, 'GetLocalListVersion', 'GetLocalListVersion'],
  [
    'sendLocalList',
    { version: 3, full: true, tokens: [{ uid: 'CARD1', type: 'rfid', groupId: 'FLEET' }] },
    'SendLocalList',
    'SendLocalList',
  ],
  ['clearCache', {}, 'ClearCache', 'ClearCache'],
  ['firmware', { url: 'https://updates.example.com/1.bin' }, 'UpdateFirmware', 'UpdateFirmware'],
  ['log', { url: 'ftp://logs.example.com/' }, 'GetDiagnostics', 'GetLog'],
  ['log', { url: 'ftp://logs.example.com/', security: true }, 'GetLog', 'GetLog'],
  [
    'setProfile',
    { connectorNumber: 1, profile: { id: 1, stackLevel: 0, purpose: 'default', unit: 'A', periods: [{ startSecond: 0, limit: 16.06 }] } },
    'SetChargingProfile',
    'SetChargingProfile',
  ],
  [
    'setProfile',
    { connectorNumber: 0, profile: { id: 2, stackLevel: 0, purpose: 'station', unit: 'W', periods: [{ startSecond: 0, limit: 11000 }] } },
    'SetChargingProfile',
    'SetChargingProfile',
  ],
  ['clearProfile', { profileId: 1 }, 'ClearChargingProfile', 'ClearChargingProfile'],
  ['compositeSchedule', { connectorNumber: 1, seconds: 3600 }, 'GetCompositeSchedule', 'GetCompositeSchedule'],
  ['cost', { transactionKey: 'T1', total: 3.5 }, undefined, 'CostUpdated'],
  ['certificates', {}, 'GetInstalledCertificateIds', 'GetInstalledCertificateIds'],
  ['raw', { action: 'DataTransfer', payload: { vendorId: 'com.example' } }, 'DataTransfer', 'DataTransfer'],
];

/** Answers that are no plain `status: Accepted`. */
const ANSWERS: Readonly<Record<string, (payload: Json) => Json>> = {
  UnlockConnector: () => ({ status: 'Unlocked' }),
  GetVariables: ({ getVariableData }) => ({
    getVariableResult: getVariableData.map((each: object) => ({ ...each, attributeStatus: 'Accepted', attributeValue: '300' })),
  }),
  SetVariables: ({ setVariableData }) => ({
    setVariableResult: setVariableData.map(({ component, variable }: Json) => ({ component, variable, attributeStatus: 'Accepted' })),
  }),
  GetConfiguration: () => ({ configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] }),
  GetLocalListVersion: () => ({}),
  UpdateFirmware: () => ({}),
  GetDiagnostics: () => ({ fileName: 'log.zip' }),
  CostUpdated: () => ({}),
};

/** What the gateway promises of every version: the same calls, the same outcomes. */
export function driverContract({ version, ...says }: Dialect, hub: () => TestHub): void {
  describe(`a station of OCPP ${version}`, () => {
    const id = `C-${version}`;
    let device: Device;
    let password: string;
    const command = (kind: string, body: object) => must(hub().api, 'POST', `/stations/${id}/commands/${kind}?wait=10`, body);

    before(async () => {
      password = await addStation(hub(), id);
      device = await Device.open(hub().ocppUrl, id, password, version);
      for (const [action, answer] of Object.entries(ANSWERS)) device.answers.set(action, answer);
      device.answers.set('GetLocalListVersion', () => (version === '1.6' ? { listVersion: 3 } : { versionNumber: 3 }));
      if (version !== '1.6') device.answers.set('UpdateFirmware', () => ({ status: 'Accepted' }));
    });
    after(() => device.close());

    it('is registered, and asked once what it is made of', async () => {
      expect((await boot(device, version)).status).to.equal('Accepted');
      await device.command(version === '1.6' ? 'GetConfiguration' : 'GetBaseReport');
      if (version !== '1.6') {
        const { requestId } = await device.command('GetBaseReport');
        const item = { component: { name: 'EVSE' }, variable: { name: 'Power' }, variableAttribute: [{ value: '22000' }] };
        const part = { requestId, generatedAt: '2026-03-01T10:00:00Z', reportData: [item] };
        await device.call('NotifyReport', { ...part, seqNo: 1, tbc: false });
        await device.call('NotifyReport', { ...part, seqNo: 0, tbc: true });
      }
      const { items } = await eventually(async () => {
        const { status, body } = await hub().api('GET', `/stations/${id}/inventory`);
        return status === 200 && body;
      }, 'the inventory');
      expect(items).to.have.length(version === '1.6' ? 1 : 2);
      const before = device.heard.length;
      await boot(device, version);
      await device.call('Heartbeat', {});
      expect(device.heard.slice(before).map(({ action }) => action)).not.to.include('GetBaseReport');
    });

    it('tells the status of its connectors', async () => {
      const shown = async () => (await must(hub().api, 'GET', `/locations/NL-EVR/L-${id}`)).evses[0].status;
      await device.call(...says.status(1, 'free'));
      expect(await shown()).to.equal('available');
      await device.call(...says.status(1, 'broken'));
      expect(await shown()).to.equal('outOfOrder');
      await device.call(...says.status(1, 'free'));
    });

    it('is told who may charge', async () => {
      expect(await says.authorize(device, 'CARD1')).to.equal('Accepted');
      expect(await says.authorize(device, 'BLOCKED')).to.equal('Blocked');
      expect(await says.authorize(device, 'NOBODY')).to.equal(version === '1.6' ? 'Invalid' : 'Unknown');
    });

    it('charges: the session, its energy and its CDR, each once whatever is repeated', async () => {
      const { name, verdict } = await says.begin(device, 'CARD1', '2026-03-01T10:00:00Z', 1000);
      expect(verdict).to.equal('Accepted');
      const again = await says.begin(device, 'CARD1', '2026-03-01T10:00:00Z', 1000);
      expect(again.name).to.equal(name);
      for (const seqNo of [1, 1, 2]) await says.meter(device, name, `2026-03-01T10:0${seqNo}:00Z`, 1000 + seqNo * 100, seqNo);
      for (let i = 0; i < 2; i += 1) await says.end(device, name, '2026-03-01T10:05:00Z', 1500, 3);
      const [cdr, ...others] = await eventually(async () => {
        const { items } = await must(hub().api, 'GET', '/cdrs');
        const own = items.filter(({ place }: Json) => place.locationId === `L-${id}`);
        return own.length > 0 && own;
      }, 'the CDR');
      expect(others).to.deep.equal([]);
      expect([cdr.kwh, cdr.total.beforeTaxes]).to.deep.equal(['0.5', '0.1500']);
      const { items: sessions } = await must(hub().api, 'GET', `/sessions?station=${id}`);
      expect(sessions.map(({ status, kwh }: Json) => [status, kwh])).to.deep.equal([['completed', '0.5']]);
    });

    for (const [kind, body, in16, in2x] of COMMANDS) {
      const action = version === '1.6' ? in16 : in2x;
      it(`${action ? `takes ${kind} as ${action}` : `has no ${kind}`}`, async () => {
        const before = device.heard.length;
        const { state, answer } = await command(kind, body);
        expect([state, answer.outcome]).to.deep.equal(['answered', action ? 'accepted' : 'notSupported']);
        expect(device.heard.slice(before).map((heard) => heard.action)).to.deep.equal(action ? [action] : []);
      });
    }

    it('says no, and the operator hears it', async () => {
      device.answers.set('Reset', () => ({ status: 'Rejected' }));
      expect((await command('reset', { hard: true })).answer.outcome).to.equal('rejected');
      expect((await command('raw', { action: 'Reset', payload: { type: 'Sideways' } })).answer.outcome).to.equal('rejected');
      expect((await hub().api('POST', `/stations/${id}/commands/setVariable`, { name: 'AuthorizationKey', value: 'x' })).status).to.equal(
        409,
      );
    });

    it('is in doubt about a command whose answer the line swallowed, and the command is not sent again', async () => {
      device.answers.set('Reset', () => undefined);
      const asked = must(hub().api, 'POST', `/stations/${id}/commands/reset?wait=20`, { hard: true });
      const count = () =>
        device.heard.filter(({ action, payload }) => action === 'Reset' && payload.type !== 'Soft' && payload.type !== 'OnIdle').length;
      await eventually(async () => count() === 2, 'the second hard reset');
      device.cut();
      expect((await asked).state).to.equal('inDoubt');
      expect(count()).to.equal(2);
    });

    it('is offline without a guess, and is asked for its status when it is back', async () => {
      const evse = async () => (await must(hub().api, 'GET', `/locations/NL-EVR/L-${id}`)).evses[0];
      await eventually(async () => (await evse()).statusSource === 'offline', 'offline');
      expect((await evse()).status).to.equal('unknown');
      expect((await command('unlock', { connectorNumber: 1 })).answer.outcome).to.equal('stationOffline');
      device = await Device.open(hub().ocppUrl, id, password, version);
      await device.command('TriggerMessage');
      await device.call(...says.status(1, 'free'));
      expect((await evse()).status).to.equal('available');
    });

    it('takes a new password, and the old one is worth nothing', async () => {
      let offered: string | undefined;
      device.answers.set('ChangeConfiguration', ({ value }) => {
        offered = value;
        return { status: 'Accepted' };
      });
      device.answers.set('SetVariables', ({ setVariableData: [first] }) => {
        offered = first.attributeValue;
        const { component, variable } = first;
        return { setVariableResult: [{ component, variable, attributeStatus: 'Accepted' }] };
      });
      await must(hub().api, 'POST', `/stations/${id}/password`);
      const secret = version === '1.6' ? Buffer.from(offered!, 'hex') : Buffer.from(offered!);
      expect(secret.length).to.be.within(16, 40);
      const refusal = await Device.open(hub().ocppUrl, id, password, version).then(
        () => 'let in',
        (error: Error) => error.message,
      );
      expect(refusal).to.equal('refused with 401');
      device = await Device.open(hub().ocppUrl, id, secret, version);
      await device.call('Heartbeat', {});
    });
  });
}
