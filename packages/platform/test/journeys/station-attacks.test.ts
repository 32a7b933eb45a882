import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { requestFor } from './certificate-request.js';
import { openHub, type TestHub } from './hub.js';

describe('attacks on and by stations', () => {
  let hub: TestHub;
  const devices: Device[] = [];
  before(async function () {
    this.timeout(60_000);
    hub = await openHub();
    await furnishParty(hub);
  });
  after(async () => {
    for (const device of devices) device.close();
    await hub.close();
  });

  async function connect(id: string, password: string, version = '1.6'): Promise<Device> {
    const device = await Device.open(hub.ocppUrl, id, password, version);
    devices.push(device);
    return device;
  }
  async function newStation(id: string, version = '1.6'): Promise<{ device: Device; password: string }> {
    const password = await addStation(hub, id);
    const device = await connect(id, password, version);
    await boot(device, version);
    return { device, password };
  }
  const refusal = (id: string, password: string) =>
    Device.open(hub.ocppUrl, id, password, '1.6').then(
      () => 'let in',
      (error: Error) => error.message,
    );
  const sessionsAt = async (id: string): Promise<Json[]> => (await must(hub.api, 'GET', `/sessions?station=${id}`)).items;
  const start = (device: Device, at: string, more: object = {}) =>
    device.call('StartTransaction', { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: at, ...more });
  const readings = (transactionId: number, timestamp: string, wattHours: number) => ({
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp, sampledValue: [{ value: String(wattHours) }] }],
  });
  const events = async (id: string): Promise<string[]> =>
    (await must(hub.api, 'GET', `/security-events?station=${id}`)).items.map(({ type }: Json) => type);

  it('A1: nobody comes in without the right password, and nothing is written about them', async () => {
    const { password } = await newStation('A1');
    for (const [id, secret] of [
      ['A1', 'wrong'],
      ['a1', password],
      ['A1 ', password],
      ['A2-none', password],
    ] as const)
      expect(await refusal(id, secret), id).to.equal('refused with 401');
    expect((await must(hub.api, 'GET', '/stations')).items.map(({ id }: Json) => id)).not.to.include('a1');
  });

  it('A2: the newest connection is the station; the old one is closed and its session goes on', async () => {
    const { device: old, password } = await newStation('A2');
    const { transactionId } = await start(old, '2026-03-01T10:00:00Z');
    const device = await connect('A2', password);
    expect((await old.closed).code).to.equal(1008);
    await device.call('MeterValues', readings(transactionId, '2026-03-01T10:05:00Z', 400));
    await device.call('StopTransaction', { transactionId, meterStop: 500, timestamp: '2026-03-01T10:06:00Z' });
    expect((await sessionsAt('A2')).map(({ kwh }) => kwh)).to.deep.equal(['0.5']);
    expect(await events('A2')).to.include('ConnectionReplaced');
    const { answer } = await must(hub.api, 'POST', '/stations/A2/commands/clearCache?wait=10', {});
    expect(answer.outcome).to.equal('accepted');
    expect([old, device].map(({ heard }) => heard.some(({ action }) => action === 'ClearCache'))).to.deep.equal([false, true]);
  });

  it('A2: what an overtaken connection still says is not written', async () => {
    const { device } = await newStation('A2-STALE');
    const { transactionId } = await start(device, '2026-03-01T10:00:00Z');
    // Another node has let the station in meanwhile.
    await hub.database.sql(undefined, `UPDATE holder SET epoch = nextval('holder_epoch') WHERE name = 'A2-STALE'`);
    const failed = await device.call('MeterValues', readings(transactionId, '2026-03-01T10:05:00Z', 400)).then(
      () => 'answered',
      (error: Error) => error.message,
    );
    expect(failed).to.equal('closed');
    expect((await device.closed).code).to.equal(1008);
    expect((await sessionsAt('A2-STALE'))[0].kwh).to.equal('0');
  });

  it('A5: a station neither meters nor stops the transaction of another, nor guesses its number', async () => {
    const { device: honest } = await newStation('A5-H');
    const { device: thief } = await newStation('A5-T');
    const { transactionId } = await start(honest, '2026-03-01T10:00:00Z');
    await thief.call('MeterValues', readings(transactionId, '2026-03-01T10:05:00Z', 90_000));
    await thief.call('StopTransaction', { transactionId, meterStop: 99_000, timestamp: '2026-03-01T10:06:00Z' });
    expect((await sessionsAt('A5-H')).map(({ status, kwh }) => [status, kwh])).to.deep.equal([['active', '0']]);
    const { items } = await must(hub.api, 'GET', '/unmatched-stops');
    expect(items.filter(({ stationId }: Json) => stationId === 'A5-T')).to.have.length(1);
    const second = await start(honest, '2026-03-01T11:00:00Z', { meterStart: 5 });
    expect(Math.abs(second.transactionId - transactionId)).to.be.greaterThan(1);
  });

  it('A6: message ids that begin at "1" again are no repeats, and repeats are no second session', async () => {
    const { device } = await newStation('A6');
    const first = await device.call(
      'StartTransaction',
      { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: '2026-03-01T10:00:00Z' },
      '1',
    );
    await device.call('StopTransaction', { transactionId: first.transactionId, meterStop: 10, timestamp: '2026-03-01T10:01:00Z' }, '2');
    const other = await device.call(
      'StartTransaction',
      { connectorId: 1, idTag: 'CARD1', meterStart: 10, timestamp: '2026-03-01T11:00:00Z' },
      '1',
    );
    expect(other.transactionId).not.to.equal(first.transactionId);
    const again = await device.call(
      'StartTransaction',
      { connectorId: 1, idTag: 'card1', meterStart: 10, timestamp: '2026-03-01T11:00:00Z' },
      '9',
    );
    expect(again.transactionId).to.equal(other.transactionId);
    expect(await sessionsAt('A6')).to.have.length(2);
  });

  it('A7: a register that cannot be true is kept, held and not priced, until a person says what is right', async () => {
    const { device } = await newStation('A7');
    const { transactionId } = await start(device, '2026-03-01T10:00:00Z', { meterStart: 1_000 });
    await device.call('MeterValues', readings(transactionId, '2026-03-01T10:05:00Z', 1_500));
    await device.call('MeterValues', readings(transactionId, '2026-03-01T10:06:00Z', 1_500_000));
    await device.call('StopTransaction', { transactionId, meterStop: 2_000_000, timestamp: '2026-03-01T10:10:00Z' });
    const [held] = await eventually(async () => {
      const { items } = await must(hub.api, 'GET', '/sessions?held=true');
      const own = items.filter(({ stationId }: Json) => stationId === 'A7');
      return own.length > 0 && own;
    }, 'a held session');
    const cdrs = async () => (await must(hub.api, 'GET', '/cdrs')).items.filter(({ sessionId }: Json) => sessionId === held.id);
    const { flags, samples } = await must(hub.api, 'GET', `/sessions/${held.id}/curve`);
    expect([flags, samples.map(({ registerMilliWh }: Json) => registerMilliWh)]).to.deep.equal([
      ['registerJumped'],
      // The registers that the start and the stop named are readings as well.
      [1_000_000, 1_500_000, 1_500_000_000, 2_000_000_000],
    ]);
    expect(await cdrs()).to.deep.equal([]);
    await must(hub.api, 'POST', `/sessions/${held.id}/release`, { kwh: '0.75' });
    const [cdr] = await eventually(async () => {
      const found = await cdrs();
      return found.length > 0 && found;
    }, 'the CDR');
    expect([cdr.kwh, cdr.total.beforeTaxes]).to.deep.equal(['0.75', '0.2250']);
    expect((await hub.api('POST', `/sessions/${held.id}/release`, {})).status).to.equal(409);
  });

  it('A7: times of 1970 and of the future are moved, and the session is marked', async () => {
    const { device } = await newStation('A7-CLOCK');
    for (const [from, until] of [
      ['1970-01-01T00:10:00Z', '1970-01-01T00:20:00Z'],
      ['2060-01-01T00:10:00Z', '2060-01-01T00:20:00Z'],
    ] as const) {
      const { transactionId } = await start(device, from);
      await device.call('StopTransaction', { transactionId, meterStop: 1_000, timestamp: until });
    }
    const sessions = await eventually(async () => {
      const { items } = await must(hub.api, 'GET', '/cdrs');
      const own = items.filter(({ place }: Json) => place.locationId === 'L-A7-CLOCK');
      return own.length === 2 && own;
    }, 'two CDRs');
    for (const { startedAt, endedAt, kwh } of sessions) {
      expect(Date.now() - Date.parse(endedAt)).to.be.within(-1_000, 60_000);
      expect(Date.parse(endedAt) - Date.parse(startedAt)).to.equal(600_000);
      expect(kwh).to.equal('1');
    }
  });

  it('A8: neither huge, deep nor broken frames reach anybody else', async () => {
    const { device: neighbour } = await newStation('A8-N');
    const { password } = await newStation('A8');
    const headers = { authorization: `Basic ${Buffer.from(`A8:${password}`).toString('base64')}` };
    const attack = (data: string | Buffer) =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(`${hub.ocppUrl}/A8`, 'ocpp1.6', { headers });
        socket.once('open', () => {
          socket.send(data, () => setImmediate(() => socket.close()));
        });
        socket.once('close', () => resolve());
        socket.once('error', reject);
      });
    await attack(`[2,"1","DataTransfer",{"vendorId":"x","data":"${'y'.repeat(5_000_000)}"}]`);
    await attack(`[2,"1","Authorize",${'['.repeat(200_000)}`);
    await attack('[2,"1","Authorize",{"__proto__":{"idTag":"CARD1"}}]');
    await attack(Buffer.from([0xff, 0xfe, 0x00]));
    expect(await neighbour.call('Heartbeat', {})).to.have.property('currentTime');
  });

  it('A10: what a station says of itself is text, whatever it looks like', async () => {
    const password = await addStation(hub, 'A10');
    const device = await connect('A10', password);
    const nasty = { chargePointVendor: "<script>'; DROP --", chargePointModel: '=cmd|calc!\u001b[2J' };
    await device.call('BootNotification', nasty);
    const { items } = await must(hub.api, 'GET', '/stations');
    expect(items.find(({ id }: Json) => id === 'A10').about).to.include({ vendor: nasty.chargePointVendor, model: nasty.chargePointModel });
  });

  for (const version of ['1.6', '2.0.1']) {
    it(`a station that is not accepted yet says nothing but that it is there, OCPP ${version}`, async () => {
      const id = `PENDING-${version}`;
      const password = await addStation(hub, id);
      await must(hub.api, 'PATCH', `/stations/${id}`, { registration: 'pending' });
      const device = await connect(id, password, version);
      expect((await boot(device, version)).status).to.equal('Pending');
      const says = (action: string, payload: object) =>
        device.call(action, payload).then(
          () => 'answered',
          (error: Error) => error.message,
        );
      const authorize = version === '1.6' ? { idTag: 'CARD1' } : { idToken: { idToken: 'CARD1', type: 'ISO14443' } };
      expect(await says('Authorize', authorize)).to.equal('SecurityError');
      await must(hub.api, 'PATCH', `/stations/${id}`, { registration: 'rejected' });
      expect((await boot(device, version)).status).to.equal('Rejected');
      await must(hub.api, 'PATCH', `/stations/${id}`, { registration: 'accepted' });
      expect((await boot(device, version)).status).to.equal('Accepted');
      expect(await says('Authorize', authorize)).to.equal('answered');
    });

    it(`a security event is kept, and a certificate is signed in the station's own name only, OCPP ${version}`, async () => {
      const id = `SEC-${version}`;
      const { device } = await newStation(id, version);
      await device.call('SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: '2026-03-01T10:00:00Z' });
      expect(await events(id)).to.include('TamperDetectionActivated');
      expect((await device.call('SignCertificate', { csr: requestFor('SOMEBODY-ELSE').csr })).status).to.equal('Rejected');
      expect((await device.call('SignCertificate', { csr: requestFor(id).csr })).status).to.equal('Accepted');
      const { certificateChain } = await device.command('CertificateSigned');
      expect(new X509Certificate(certificateChain).subject).to.include(`CN=${id}`);
      const { items } = await must(hub.api, 'GET', `/stations/${id}/certificates`);
      expect(items).to.have.length(1);
      expect((await hub.api('DELETE', `/stations/${id}/certificates/${items[0].serialNumber}`)).status).to.equal(204);
      expect((await device.closed).reason).to.include('revoked');
    });
  }

  it('F10: starts of many stations at once wait for one another and not for ever, with few connections to the database', async function () {
    this.timeout(60_000);
    const few = await openHub({ EVROAM_DATABASE_POOL: '4' });
    const fleet: Device[] = [];
    try {
      await furnishParty(few);
      for (const version of ['1.6', '2.0.1']) {
        for (let n = 0; n < 12; n += 1) {
          const id = `F10-${version}-${n}`;
          fleet.push(await Device.open(few.ocppUrl, id, await addStation(few, id), version));
        }
      }
      await Promise.all(fleet.map((device, n) => boot(device, n < 12 ? '1.6' : '2.0.1')));
      const begin = (device: Device, n: number) =>
        n < 12
          ? start(device, '2026-03-01T10:00:00Z')
          : device.call('TransactionEvent', {
              eventType: 'Started',
              timestamp: '2026-03-01T10:00:00Z',
              triggerReason: 'Authorized',
              seqNo: 0,
              transactionInfo: { transactionId: `storm-${n}` },
              evse: { id: 1 },
              idToken: { idToken: 'CARD1', type: 'ISO14443' },
            });
      await Promise.all(fleet.map(begin));
      const [row] = await few.database.sql<{ n: number }>(undefined, 'SELECT count(*)::int AS n FROM charging_session');
      expect(row!.n).to.equal(24);
    } finally {
      for (const device of fleet) device.close();
      await few.close();
    }
  });

  it('F24: a certificate that ends soon is warned of once at each mark', async () => {
    const { gateway } = hub.hub;
    const insert = (id: string, days: number) =>
      hub.database.sql(
        undefined,
        `INSERT INTO gateway_certificate (operator_id, station_id, serial_number, use, issued_at, expires_at) VALUES ('main', $1, $1, 'ChargingStationCertificate', now(), now() + $2 * interval '1 day')`,
        [id, days],
      );
    await Promise.all([insert('F24-40', 40), insert('F24-20', 20), insert('F24-1', 0.5)]);
    await gateway.warnOfCertificates();
    await gateway.warnOfCertificates();
    expect(await events('F24-40')).to.deep.equal([]);
    expect(await events('F24-20')).to.deep.equal(['CertificateExpiresIn30Days']);
    expect((await events('F24-1')).sort()).to.deep.equal([
      'CertificateExpiresIn1Days',
      'CertificateExpiresIn30Days',
      'CertificateExpiresIn7Days',
    ]);
  });
});
