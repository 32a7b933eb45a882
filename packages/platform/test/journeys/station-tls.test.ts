import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { addStation, boot, Device, eventually, furnishParty, must } from '../own-stations-fixture.js';
import { requestFor } from './certificate-request.js';
import { openHub, type TestHub } from './hub.js';

const certificates = new URL('../../../../ocpp-core/test/certificates/', import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(name, certificates));
const pem = (name: string) => readFileSync(pathOf(name), 'utf8');
const TRUST = { ca: pem('ca.pem') };

describe('stations over TLS', function () {
  this.timeout(60_000);
  let hub: TestHub;
  let url: string;
  const devices: Device[] = [];

  before(async () => {
    hub = await openHub({
      EVROAM_OCPP_TLS_PORT: '0',
      EVROAM_OCPP_TLS_CERT: pathOf('server.pem'),
      EVROAM_OCPP_TLS_KEY: pathOf('server.key'),
      EVROAM_OCPP_TLS_CLIENT_CA: pathOf('ca.pem'),
    });
    url = hub.addresses.ocppTls!.replace('/<identity>', '');
    await furnishParty(hub);
  });
  after(async () => {
    for (const device of devices) device.close();
    await hub?.close();
  });

  async function open(...args: Parameters<typeof Device.open>): Promise<Device> {
    const device = await Device.open(...args);
    devices.push(device);
    return device;
  }
  const refusal = (...args: Parameters<typeof Device.open>) =>
    open(...args).then(
      () => 'let in',
      (error: Error) => error.message,
    );

  it('profile 2: a password over TLS, and from then on no longer without', async () => {
    const password = await addStation(hub, 'TLS-2');
    const plain = await open(hub.ocppUrl, 'TLS-2', password, '1.6');
    await boot(plain, '1.6');
    expect(await refusal(url, 'TLS-2', 'wrong', '1.6', TRUST)).to.equal('refused with 401');
    const secure = await open(url, 'TLS-2', password, '1.6', TRUST);
    expect((await boot(secure, '1.6')).status).to.equal('Accepted');
    // The one that came in at the other door is the station no more.
    expect((await plain.closed).reason).to.include('replaced');
    const { answer } = await must(hub.api, 'POST', '/stations/TLS-2/commands/clearCache?wait=10', {});
    expect(answer.outcome).to.equal('accepted');
    expect(secure.heard.map(({ action }) => action)).to.include('ClearCache');
    expect(await refusal(hub.ocppUrl, 'TLS-2', password, '1.6')).to.equal('refused with 401');
    // Who does not know our authority does not come that far.
    expect(await refusal(url, 'TLS-2', password, '1.6')).to.match(/certificate/);
  });

  it('profile 3: a certificate that we signed, until it is revoked', async () => {
    const password = await addStation(hub, 'TLS-3');
    const first = await open(url, 'TLS-3', password, '2.0.1', TRUST);
    await boot(first, '2.0.1', 'TLS-3');
    const { csr, key } = requestFor('TLS-3');
    expect((await first.call('SignCertificate', { csr })).status).to.equal('Accepted');
    const { certificateChain } = await first.command('CertificateSigned');
    const own = { ...TRUST, key, cert: certificateChain };
    const second = await open(url, 'TLS-3', undefined, '2.0.1', own);
    expect((await boot(second, '2.0.1', 'TLS-3')).status).to.equal('Accepted');
    expect(await refusal(url, 'TLS-3', password, '2.0.1', TRUST), 'a password is no longer enough').to.equal('refused with 401');
    const { items } = await must(hub.api, 'GET', '/stations/TLS-3/certificates');
    expect((await hub.api('DELETE', `/stations/TLS-3/certificates/${items[0].serialNumber}`)).status).to.equal(204);
    await second.closed;
    expect(await refusal(url, 'TLS-3', undefined, '2.0.1', own)).to.equal('refused with 401');
  });

  it('profile 3: a certificate of an authority that the operator named, for the device whose serial number it bears', async () => {
    const tls = { ...TRUST, key: pem('station.key'), cert: pem('station.pem') };
    for (const id of ['TLS-4', 'TLS-5']) await addStation(hub, id);
    const device = await open(url, 'TLS-4', undefined, '1.6', tls);
    expect((await boot(device, '1.6', 'SN-1')).status).to.equal('Accepted');
    const thief = await open(url, 'TLS-5', undefined, '1.6', tls);
    // It is closed in the same moment: the answer may not come that far.
    const said = await boot(thief, '1.6', 'SN-2').then(
      ({ status }) => status,
      (error: Error) => error.message,
    );
    expect(said).to.be.oneOf(['Rejected', 'closed']);
    expect((await thief.closed).reason).to.equal('the certificate is of another station');
    const events = await eventually(async () => {
      const { items } = await must(hub.api, 'GET', '/security-events?station=TLS-5');
      return items.length > 0 && items;
    }, 'the event');
    expect(events[0].type).to.equal('InvalidChargingStationCertificate');
    const foreign = { ...TRUST, key: pem('other.key'), cert: pem('other.pem') };
    expect(await refusal(url, 'TLS-4', undefined, '1.6', foreign)).to.equal('refused with 401');
  });
});
