import { type SimulatedStation, startStation, stationClock } from '@evroam/ocpp-core/station';
import { expect } from 'chai';
import { clockFromSetting, clockSetting } from '#kernel/clock.js';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { openHub, type TestHub } from './hub.js';

/** A minute of domain time passes in a tenth of a second. */
const RATE = 600;

describe('a charging session begins', () => {
  const setting = clockSetting(new Date('2026-03-02T08:00:00Z'), RATE);
  const clock = clockFromSetting(setting);
  let hub: TestHub;
  const stations: SimulatedStation[] = [];
  const devices: Device[] = [];
  const passwords = new Map<string, string>();
  before(async function () {
    this.timeout(60_000);
    hub = await openHub({ EVROAM_CLOCK: setting });
    await furnishParty(hub);
    await must(hub.api, 'PUT', '/vehicles/VID:A0B1C2D3E4F5', { issuer: 'NL-EVR', uid: 'AUTO1' });
  });
  after(async () => {
    for (const device of devices) device.close();
    await Promise.all(stations.map((station) => station.stop()));
    await hub.close();
  });

  async function simulate(id: string, version: '1.6' | '2.0.1' | '2.1', connectors = 1): Promise<SimulatedStation> {
    const password = await addStation(hub, id, connectors);
    const station = startStation({ url: hub.ocppUrl, identity: id, password, version, connectors, clock: stationClock(clock) });
    stations.push(station);
    await station.accepted;
    return station;
  }

  async function device(id: string, version: string, tariffIds?: string[]): Promise<Device> {
    const password = await addStation(hub, id, 1, tariffIds);
    passwords.set(id, password);
    const opened = await Device.open(hub.ocppUrl, id, password, version);
    devices.push(opened);
    await boot(opened, version);
    return opened;
  }

  const sessionsAt = async (id: string): Promise<Json[]> => (await must(hub.api, 'GET', `/sessions?station=${id}`)).items;
  const sessionAt = (id: string, status: string) =>
    eventually(async () => (await sessionsAt(id)).find((session) => session.status === status), `a session that is ${status}`);
  const startAt = (id: string, uid: string, evse = 1) =>
    must(hub.api, 'POST', '/starts', { issuer: 'NL-EVR', uid, locationId: `L-${id}`, evseUid: `${id}-E${evse}` });
  const phaseOf = async (requestId: string): Promise<Json> => (await must(hub.api, 'GET', `/starts/${requestId}`)).state;
  const comesTo = (requestId: string, phase: string) =>
    eventually(async () => {
      const state = await phaseOf(requestId);
      return state.phase === phase && state;
    }, `the start to be ${phase}`);

  for (const version of ['1.6', '2.0.1', '2.1'] as const) {
    describe(`with a card, OCPP ${version}`, () => {
      it('that is known; energy, cost and CDR follow', async () => {
        const station = await simulate(`CARD-${version}`, version);
        station.plugIn(1, { powerW: 11_000 });
        expect(await station.startLocal(1, 'CARD1')).to.include({ accepted: true });
        const running = await eventually(async () => {
          const [session] = await sessionsAt(`CARD-${version}`);
          return Number(session?.kwh) > 0 && session;
        }, 'energy');
        expect(running.status).to.equal('active');
        expect(Number(running.total.beforeTaxes)).to.be.greaterThan(0);
        station.stopLocal(1);
        const { kwh, id } = await sessionAt(`CARD-${version}`, 'completed');
        const cdr = await eventually(
          async () => (await must(hub.api, 'GET', '/cdrs')).items.find((each: Json) => each.sessionId === id),
          'the CDR',
        );
        expect(cdr.kwh).to.equal(kwh);
        const metered = station.state(1).milliWh;
        expect(Number(kwh)).to.equal(version === '1.6' ? Math.floor(metered / 1000) / 1000 : metered / 1_000_000);
      });

      it('that is not: the station is told, and no session begins', async () => {
        const station = await simulate(`NO-${version}`, version);
        station.plugIn();
        for (const uid of ['BLOCKED', 'NOBODY'])
          expect(await station.startLocal(1, uid)).to.deep.equal({ accepted: false, reason: 'refused' });
        expect(await sessionsAt(`NO-${version}`)).to.deep.equal([]);
      });

      it('while the station is offline, and is told of it afterwards', async () => {
        const station = await simulate(`OFF-${version}`, version);
        station.plugIn();
        station.goOffline();
        await eventually(async () => !station.isOnline, 'the line to be down');
        expect(await station.startLocal(1, 'CARD2')).to.include({ accepted: true });
        await eventually(async () => station.state(1).milliWh > 100_000, 'energy');
        station.stopLocal(1);
        station.goOnline();
        await station.drained();
        const session = await sessionAt(`OFF-${version}`, 'completed');
        expect(session.token.uid).to.equal('CARD2');
        expect(Number(session.kwh)).to.be.greaterThan(0.09);
        expect(await sessionsAt(`OFF-${version}`)).to.have.length(1);
      });

      it('and nobody plugs in: the time-out ends it', async () => {
        const station = await simulate(`LATE-${version}`, version);
        expect(await station.startLocal(1, 'CARD1')).to.deep.equal({ accepted: false, reason: 'noVehicle' });
        expect(await sessionsAt(`LATE-${version}`)).to.deep.equal([]);
      });
    });

    describe(`from the app, OCPP ${version}`, () => {
      it('and is the one that was asked for', async () => {
        const id = `APP-${version}`;
        const station = await simulate(id, version, 2);
        station.plugIn(2);
        const { requestId } = await startAt(id, 'APP1', 2);
        const { sessionId, late } = await comesTo(requestId, 'started');
        expect(late).to.equal(false);
        const session = await must(hub.api, 'GET', `/sessions/${sessionId}`);
        expect([session.token.uid, session.authMethod, session.place.evseUid]).to.deep.equal(['APP1', 'command', `${id}-E2`]);
        await must(hub.api, 'POST', `/sessions/${sessionId}/stop`);
        await sessionAt(id, 'completed');
      });

      it('is refused by a station that is busy, and by us for a token that is not valid', async () => {
        const id = `BUSY-${version}`;
        const station = await simulate(id, version);
        station.plugIn();
        await station.startLocal(1, 'CARD1');
        const { requestId } = await startAt(id, 'APP1');
        expect(await comesTo(requestId, 'rejected')).to.include({ reason: 'rejectedByStation' });
        const refused = await hub.api('POST', '/starts', { issuer: 'NL-EVR', uid: 'BLOCKED', locationId: `L-${id}` });
        expect([refused.status, refused.body.error.code]).to.deep.equal([409, 'token_not_valid']);
        station.stopLocal(1);
      });

      it('is refused when the station is not there', async () => {
        await addStation(hub, `GONE-${version}`);
        const { requestId } = await startAt(`GONE-${version}`, 'APP1');
        expect(await comesTo(requestId, 'rejected')).to.include({ reason: 'stationOffline' });
      });

      it('expires when it was accepted and nobody came', async function () {
        this.timeout(30_000);
        await simulate(`NOSHOW-${version}`, version);
        const { requestId } = await startAt(`NOSHOW-${version}`, 'APP1');
        await comesTo(requestId, 'accepted');
        await comesTo(requestId, 'expired');
      });
    });
  }

  it('late, after nobody knew what had become of the start: it is linked all the same', async () => {
    const opened = await device('SLOW', '2.0.1');
    opened.answers.set('RequestStartTransaction', () => undefined);
    const { requestId } = await startAt('SLOW', 'APP1');
    const { remoteStartId } = await opened.command('RequestStartTransaction');
    opened.cut();
    await comesTo(requestId, 'unknown');
    const again = await Device.open(hub.ocppUrl, 'SLOW', passwords.get('SLOW')!, '2.0.1');
    devices.push(again);
    const timestamp = clock.now().toISOString();
    await again.call('TransactionEvent', {
      eventType: 'Started',
      timestamp,
      triggerReason: 'RemoteStart',
      seqNo: 0,
      transactionInfo: { transactionId: 'late-one', remoteStartId },
      evse: { id: 1 },
    });
    expect(await phaseOf(requestId)).to.include({ phase: 'started', late: true });
    expect((await sessionAt('SLOW', 'active')).token.uid).to.equal('APP1');
  });

  describe('by the QR code on the EVSE', () => {
    it('which may be a link', async () => {
      const station = await simulate('QR', '2.0.1');
      station.plugIn();
      const { requestId } = await must(hub.api, 'POST', '/starts', {
        issuer: 'NL-EVR',
        uid: 'APP1',
        qr: 'https://example.com/c/NL*EVR*EQR*1?from=app',
      });
      await comesTo(requestId, 'started');
      station.stopLocal(1);
    });
    it('is refused for a code that stands on none of ours', async () => {
      const { status } = await hub.api('POST', '/starts', { issuer: 'NL-EVR', uid: 'APP1', qr: 'NL*EVR*ENONE*9' });
      expect(status).to.equal(404);
    });
    it('expires when nobody plugs in', async function () {
      this.timeout(30_000);
      await simulate('QR-2', '1.6');
      const { requestId } = await must(hub.api, 'POST', '/starts', { issuer: 'NL-EVR', uid: 'APP1', qr: 'nl*evr*eqr2*1' });
      await comesTo(requestId, 'expired');
    });
  });

  describe('by the vehicle itself (autocharge)', () => {
    it('whose address is bound to a contract, in 1.6 and 2.x', async () => {
      const old = await simulate('AUTO-16', '1.6');
      old.plugIn();
      expect(await old.startLocal(1, 'VID:A0B1C2D3E4F5')).to.include({ accepted: true });
      expect((await sessionAt('AUTO-16', 'active')).token).to.include({ uid: 'AUTO1', contractId: 'NL-EVR-C000AUTO1' });
      old.stopLocal(1);
      const opened = await device('AUTO-2X', '2.1');
      const answer = await opened.call('Authorize', { idToken: { idToken: 'a0:b1:c2:d3:e4:f5', type: 'MacAddress' } });
      expect(answer.idTokenInfo.status).to.equal('Accepted');
    });
    it('is refused for a vehicle that nobody bound', async () => {
      const station = await simulate('AUTO-NO', '1.6');
      station.plugIn();
      expect(await station.startLocal(1, 'VID:000000000000')).to.deep.equal({ accepted: false, reason: 'refused' });
    });
    it('by its contract in another spelling', async () => {
      const opened = await device('PNC', '2.0.1');
      const answer = await opened.call('Authorize', { idToken: { idToken: 'NLEVRC000AUTO1', type: 'eMAID' } });
      expect(answer.idTokenInfo.status).to.equal('Accepted');
    });
    it('ends when the vehicle goes before the plug is in', async () => {
      const station = await simulate('AUTO-GO', '2.0.1');
      expect(await station.startLocal(1, 'VID:A0B1C2D3E4F5')).to.deep.equal({ accepted: false, reason: 'noVehicle' });
      expect(await sessionsAt('AUTO-GO')).to.deep.equal([]);
    });
  });

  describe('on a reservation', () => {
    const reserve = (id: string, minutes: number) =>
      must(hub.api, 'POST', '/reservations', {
        issuer: 'NL-EVR',
        uid: 'CARD2',
        locationId: `L-${id}`,
        until: new Date(clock.now().getTime() + minutes * 60_000).toISOString(),
      });
    const becomes = (id: string, phase: string) =>
      eventually(async () => {
        const { state } = await must(hub.api, 'GET', `/reservations/${id}`);
        return state.phase === phase && state;
      }, `the reservation to be ${phase}`);

    for (const version of ['1.6', '2.0.1', '2.1']) {
      it(`that the station keeps and the session names, OCPP ${version}`, async () => {
        const id = `RES-${version}`;
        const opened = await device(id, version);
        const reservation = await reserve(id, 120);
        await becomes(reservation.id, 'active');
        const asked = await opened.command('ReserveNow');
        expect(asked.parentIdTag ?? asked.groupIdToken.idToken).to.equal('FLEET');
        const timestamp = clock.now().toISOString();
        if (version === '1.6') {
          const { reservationId } = asked;
          await opened.call('StartTransaction', { connectorId: 1, idTag: 'CARD2', meterStart: 0, timestamp, reservationId });
        } else {
          await opened.call('TransactionEvent', {
            eventType: 'Started',
            timestamp,
            triggerReason: 'Authorized',
            seqNo: 0,
            reservationId: asked.id,
            transactionInfo: { transactionId: `on-${version}` },
            evse: { id: 1 },
            idToken: { idToken: 'CARD2', type: 'ISO14443' },
          });
        }
        const { sessionId } = await becomes(reservation.id, 'used');
        expect((await sessionAt(id, 'active')).id).to.equal(sessionId);
      });

      it(`is refused by the station, and can be given back, OCPP ${version}`, async () => {
        const id = `RES-NO-${version}`;
        const opened = await device(id, version);
        opened.answers.set('ReserveNow', () => ({ status: 'Occupied' }));
        expect(await becomes((await reserve(id, 30)).id, 'rejected')).to.include({ reason: 'rejectedByStation' });
        opened.answers.set('ReserveNow', () => ({ status: 'Accepted' }));
        const reservation = await reserve(id, 30);
        await becomes(reservation.id, 'active');
        expect((await hub.api('DELETE', `/reservations/${reservation.id}`)).status).to.equal(204);
        expect((await opened.command('CancelReservation')).reservationId).to.equal(reservation.number);
        expect((await hub.api('DELETE', `/reservations/${reservation.id}`)).status).to.equal(409);
      });
    }

    it('that runs out is a no-show', async function () {
      this.timeout(30_000);
      await device('RES-OUT', '1.6');
      const reservation = await reserve('RES-OUT', 5);
      await becomes(reservation.id, 'active');
      expect(await becomes(reservation.id, 'expired')).to.include({ noShow: true });
    });

    describe('that costs something', () => {
      const cdrOf = (found: (cdr: Json) => boolean) =>
        eventually(async () => (await must(hub.api, 'GET', '/cdrs?limit=200')).items.find(found), 'its CDR');
      before(() =>
        must(hub.api, 'POST', '/tariffs', {
          id: 'KEPT-FREE',
          owner: 'NL-EVR',
          currency: 'EUR',
          validFrom: '2020-01-01T00:00:00Z',
          elements: [
            {
              components: [{ dimension: 'FLAT', fees: [{ type: 'reservation', price: '2.00' }] }],
              restrictions: { reservation: 'expires' },
            },
            {
              components: [{ dimension: 'TIME', fees: [{ type: 'reservation', price: '6.00' }] }],
              restrictions: { reservation: 'reservation' },
            },
            { components: [{ dimension: 'ENERGY', fees: [{ type: 'electricity', price: '0.30' }] }] },
          ],
        }),
      );

      it('bills those who do not come, once and to the minute', async function () {
        this.timeout(30_000);
        await device('RES-FEE', '2.0.1', ['KEPT-FREE']);
        const reservation = await reserve('RES-FEE', 30);
        const { cdrId } = await eventually(async () => {
          const { state } = await must(hub.api, 'GET', `/reservations/${reservation.id}`);
          return state.cdrId && state;
        }, 'the fee of the reservation');
        const cdr = await cdrOf(({ id }) => id === cdrId);
        const hours = (Date.parse(cdr.endedAt) - Date.parse(cdr.startedAt)) / 3_600_000;
        const seconds = cdr.periods.reduce((sum: number, { reservationSeconds }: Json) => sum + reservationSeconds, 0);
        expect(cdr).to.deep.include({ endedAt: reservation.until, kwh: '0', chargingSeconds: 0 });
        expect(cdr).not.to.have.property('sessionId');
        expect(seconds).to.equal(Math.round(hours * 3600));
        // 2.00 that it expired, and 6.00 an hour for the time in which nobody else could charge.
        expect(Number(cdr.total.beforeTaxes)).to.be.closeTo(2 + (seconds / 3600) * 6, 0.000_001);
        const settled = await eventually(async () => {
          const { status, body } = await hub.api('GET', `/settlement/cdrs/NL-EVR/${cdrId}`);
          return status === 200 && body.life.clearing.state === 'accepted' && body;
        }, 'the fee to be taken by settlement');
        expect(settled.life.clearing).not.to.have.property('sessionId');
      });

      it('begins with the time before the plug for those who come', async () => {
        const opened = await device('RES-USED', '1.6', ['KEPT-FREE']);
        const reservation = await reserve('RES-USED', 600);
        await becomes(reservation.id, 'active');
        const { reservationId } = await opened.command('ReserveNow');
        const at = (minutes: number) => new Date(Date.parse(reservation.requestedAt) + minutes * 60_000).toISOString();
        await eventually(async () => clock.now() > new Date(at(40)), 'forty minutes to pass');
        const start = { connectorId: 1, idTag: 'CARD2', meterStart: 0, timestamp: at(20), reservationId };
        const { transactionId } = await opened.call('StartTransaction', start);
        await opened.call('StopTransaction', { transactionId, meterStop: 5000, timestamp: at(40) });
        const { id } = await sessionAt('RES-USED', 'completed');
        const cdr = await cdrOf(({ sessionId }) => sessionId === id);
        expect(cdr).to.include({ startedAt: at(0), endedAt: at(40), kwh: '5', chargingSeconds: 1200 });
        // 20 minutes at 6.00 an hour and 5 kWh at 0.30.
        expect([cdr.parts.reservation.beforeTaxes, cdr.total.beforeTaxes].map(Number)).to.deep.equal([2, 3.5]);
      });
    });

    it('that a station removes by itself is over', async () => {
      const opened = await device('RES-GONE', '2.0.1');
      const reservation = await reserve('RES-GONE', 600);
      await becomes(reservation.id, 'active');
      await opened.call('ReservationStatusUpdate', { reservationId: reservation.number, reservationUpdateStatus: 'Removed' });
      await becomes(reservation.id, 'cancelled');
    });
  });

  it('and can be followed as it goes, to its end', async () => {
    const station = await simulate('LIVE', '2.0.1');
    station.plugIn();
    await station.startLocal(1, 'CARD1');
    const { id } = await sessionAt('LIVE', 'active');
    const response = await fetch(`${hub.addresses.admin}/sessions/${id}/events`, { headers: { authorization: `Bearer ${hub.adminKey}` } });
    expect(response.headers.get('content-type')).to.equal('text/event-stream');
    const seen: Json[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      for (const line of decoder.decode(chunk as Uint8Array).split('\n'))
        if (line.startsWith('data: ')) seen.push(JSON.parse(line.slice(6)));
      if (seen.length === 4) station.stopLocal(1);
    }
    expect(seen.at(-1).status).to.equal('completed');
    const energies = seen.map(({ kwh }) => Number(kwh));
    expect(energies).to.deep.equal([...energies].sort((a, b) => a - b));
    const curve = await must(hub.api, 'GET', `/sessions/${id}/curve`);
    expect(curve.samples.length).to.be.greaterThan(3);
    expect(curve.samples.some(({ values }: Json) => values.some(({ measurand }: Json) => measurand === 'Power.Active.Import'))).to.equal(
      true,
    );
  });
});
