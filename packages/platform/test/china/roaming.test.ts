import { clockSetting } from '@evroam/platform/client';
import { expect } from 'chai';
import { openHub, type TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from '../roaming/partner-process.js';
import { addPile, BANDS, billsOf, furnishChina, portOf, sessionsOf } from './fixture.js';

/** An OCPI partner and a pile, each on the raw wire in a process of its own, and a hub between them. */
describe("an OCPI 2.2.1 eMSP's driver at an own 云快充 pile", function () {
  this.timeout(60_000);
  const A = { id: 'PILE-R', pileCode: '20231212000030' };
  // A minute in a second: what flows must be what a gun can give.
  const clock = clockSetting(new Date('2026-03-02T02:10:00Z'), 60);
  let hub: TestHub;
  let emsp: PartnerProcess;
  let pile: PartnerProcess;

  before(async () => {
    hub = await openHub({ EVROAM_CLOCK: clock });
    await furnishChina(hub);
    await addPile(hub, A);
    await must(hub.api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
    emsp = startPartner();
    await emsp.ask('configure', { version: '2.2.1', role: 'EMSP', country: 'NL', party: '221' });
    const { versionsUrl, token } = await must(hub.api, 'POST', '/partners', { name: 'E', parties: [{ party: 'NL-221', role: 'emsp' }] });
    await emsp.ask('register', { versionsUrl, token });
    await must(hub.api, 'POST', '/agreements', {
      ...{ id: 'EVR-221', seller: 'CN-EVR', buyer: 'NL-221', sellerModel: 'agent', taxTreatment: 'domestic', currency: 'CNY' },
      ...{ tax: { name: 'VAT', percent: 13 }, effectiveFrom: '2026-01-01T00:00:00Z' },
    });
    pile = startPartner(new URL('../china/raw-pile.js', import.meta.url));
    const model: { prices: number[]; slots: number[] } = await pile.ask('open', { port: portOf(hub), pileCode: A.pileCode, clock });
    expect(model.prices).to.deep.equal([180_800, 158_200, 124_300, 79_100]);
  });
  after(async () => {
    await emsp?.end();
    await pile?.end();
    await hub?.close();
  });

  it('charges: energy as the pile metered it, money as it showed it, electricity and service exact', async () => {
    const started = await emsp.ask('start', { card: 1, location: { location_id: `L-${A.id}`, evse_uid: `${A.id}-E1` } });
    expect(started.result).to.equal('ACCEPTED');
    await eventually(async () => (await sessionsOf(hub, A.id)).some(({ status }: Json) => status === 'active'), 'the session');
    await pile.ask('meter', { units: 2_000 });
    await eventually(async () => (await sessionsOf(hub, A.id)).some(({ kwh }: Json) => Number(kwh) === 0.2), 'its energy');
    const { band, amount, result } = await pile.ask('bill', { units: 10_500 });
    expect(result).to.equal(0);
    const [{ cdr }] = await eventually(async () => {
      const received: Json[] = await emsp.ask('cdrs');
      return received.length > 0 && received;
    }, 'the CDR');
    const [electricity, service] = Object.values(BANDS)[band]!.map(Number) as [number, number];
    expect(cdr.total_energy).to.equal(1.05);
    expect(cdr.total_cost.excl_vat).to.be.closeTo(1.05 * (electricity + service), 1e-9);
    expect(cdr.total_cost.incl_vat).to.be.closeTo(amount / 1e4, 1e-9);
    const [bill] = await billsOf(hub, A.id);
    // A bill has four decimals; in some bands the exact price of this energy has a fifth, and that is the whole difference.
    expect(bill.verdict).to.equal('agreed');
    expect(Number(bill.difference)).to.be.closeTo(amount / 1e4 - 1.05 * (electricity + service) * 1.13, 1e-9);
    expect(Number(bill.electricity)).to.be.closeTo(1.05 * electricity * 1.13, 1e-9);
    expect(Number(bill.service)).to.be.closeTo(1.05 * service * 1.13, 1e-9);
  });

  it('is settled, and the books balance', async () => {
    await eventually(async () => (await must(hub.api, 'GET', '/settlement/counts')).accepted === 1, 'the accepted CDR');
    const { imbalance } = await must(hub.api, 'GET', '/settlement/ledger/trial');
    expect(Object.values(imbalance).map(Number)).to.satisfy((all: number[]) => all.every((each) => each === 0));
  });
});
