import { expect } from 'chai';
import fc from 'fast-check';
import { agreedTariff, netTariff } from '../../../model/agreed-tariff.js';
import type { Cdr } from '../../../model/cdr.js';
import { partyId } from '../../../model/party.js';
import { rate } from '../../../model/rating.js';
import type { TariffVersion } from '../../../model/tariff.js';
import type { Token } from '../../../model/token.js';
import type { TcecOrder } from '../../tcec.js';
import { netCdr } from '../bridged/net.js';
import { billOf } from './bill.js';
import { gunName, seqOf, stationName, tokenOf } from './names.js';
import { type Status, toSession } from './sessions.js';
import { CHINA, toTariff } from './tariffs.js';

const owner = partyId('CN', 'TCE');
const now = new Date('2026-03-02T02:30:00Z');
const terms = { rounding: 'perTotal', taxTreatment: 'domestic', tax: { name: 'VAT', rate: 130_000 } } as const;

function tariff(ElecPrice: number, SevicePrice: number): TariffVersion {
  const made = toTariff([{ StartTime: '000000', ElecPrice, SevicePrice }], { owner, id: 'P', validFrom: new Date(0) });
  if (!made.accepted) throw new Error(made.reason);
  return { ...made.tariff, version: 1, updatedAt: now };
}

const order = {
  ...{ seq: '395815801'.padEnd(27, '0'), side: 'asked', state: 2, startedAt: now, buyer: partyId('NL', 'EMS') },
  gun: { connectorId: 'G', stationId: 'S', owner, locationId: 'S', evseUid: 'G' },
  token: { issuer: partyId('NL', 'EMS'), uid: 'CARD', type: 'rfid', contractId: 'NL-EMS-C1' } as Token,
} as TcecOrder;

const status = (state: number, TotalPower: number): Status => ({
  ...{ StartChargeSeq: order.seq, StartChargeSeqStat: state, ConnectorID: 'G', ConnectorStatus: 3, CurrentA: 0, VoltageA: 0, Soc: 0 },
  ...{ StartTime: '2026-03-02 10:20:00', EndTime: '2026-03-02 10:30:00', TotalPower },
});

/** 12.34 kWh over ten minutes. */
const cdr = (tariffs: readonly TariffVersion[]): Cdr =>
  ({
    ...{ owner, id: 'C', currency: 'CNY', tariffs, energyMilliWh: 12_340_000, chargingSeconds: 600, parkingSeconds: 0 },
    ...{ startedAt: new Date('2026-03-02T02:20:00Z'), endedAt: now },
    periods: [{ startedAt: new Date('2026-03-02T02:20:00Z'), energyMilliWh: 12_340_000, chargingSeconds: 600, parkingSeconds: 0 }],
    place: { timeZone: CHINA },
    total: { taxes: [], afterTaxes: 13_574_000_000n },
  }) as unknown as Cdr;

describe('orders of T/CEC 102', () => {
  it('a status that is unknown, or came late, takes no energy and no state away', () => {
    const first = toSession(order, owner, status(2, 3), undefined, now);
    expect([first.status, first.energyMilliWh]).to.deep.equal(['active', 3_000_000]);
    const unknown = toSession(order, owner, status(5, 0), first, now);
    expect([unknown.status, unknown.energyMilliWh]).to.deep.equal(['active', 3_000_000]);
    expect(toSession(order, owner, status(4, 2.5), unknown, now)).to.include({ status: 'completed', energyMilliWh: 3_000_000 });
  });

  it('a start that failed is invalid only while nothing has flowed', () => {
    const pending = toSession(order, owner, status(1, 0), undefined, now);
    expect(toSession(order, owner, status(4, 0), pending, now).status).to.equal('invalid');
    expect(toSession(order, owner, status(4, 0.01), pending, now).status).to.equal('completed');
  });

  it('a bill is what the agreement makes of the session, and its two fees are its total', () => {
    const made = billOf(cdr([tariff(0.6, 0.5)]), terms, { seq: order.seq, connectorId: 'G', stopReason: 0 });
    if (!made.accepted) throw new Error(made.detail);
    const { TotalPower, TotalElecMoney, TotalSeviceMoney, TotalMoney } = made.order;
    expect([TotalPower, TotalElecMoney, TotalSeviceMoney, TotalMoney]).to.deep.equal([12.34, 7.4, 6.17, 13.57]);
    expect(made.lost.map(({ field }) => field)).to.deep.equal(['TotalMoney', 'TotalElecMoney']);
  });

  it('no bill is made of what cannot be one: another currency, a credit, no tariff', () => {
    const named = { seq: order.seq, connectorId: 'G', stopReason: 0 };
    for (const [one, reason] of [
      [{ ...cdr([tariff(0.6, 0.5)]), currency: 'EUR' }, 'currency'],
      [{ ...cdr([tariff(0.6, 0.5)]), credit: { of: 'X' } }, 'credit'],
      [cdr([]), 'notPriceable'],
    ] as const)
      expect(billOf(one, terms, named)).to.include({ accepted: false, reason });
  });

  it('more periods than a bill has details are listed as lost, and the totals stay', () => {
    const whole = cdr([tariff(0.6, 0.5)]);
    const [one] = whole.periods;
    const periods = Array.from({ length: 40 }, (_, i) => ({
      ...one!,
      startedAt: new Date(one!.startedAt.getTime() + i * 1000),
      energyMilliWh: 308_500,
    }));
    const made = billOf({ ...whole, periods }, terms, { seq: order.seq, connectorId: 'G', stopReason: 0 });
    if (!made.accepted) throw new Error(made.detail);
    expect([made.order.SumPeriod, made.order.TotalMoney]).to.deep.equal([0, 13.57]);
    expect(made.lost.some(({ field }) => field === 'ChargeDetails')).to.equal(true);
  });

  it('before taxes a price is the one with them by the agreed rate, to the last digit, and nothing where no rate is known', () => {
    expect(netTariff(tariff(0.6, 0.5))).to.equal(undefined);
    const cents = fc.integer({ min: 0, max: 100_000 }).map((n) => n / 1e4);
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 0, max: 300_000 }), (electricity, service, taxRate) => {
        const gross = agreedTariff(tariff(electricity, service), { ...terms, tax: { name: 'VAT', rate: taxRate } });
        const net = netTariff(gross)!;
        const [before, after] = [gross, net].map((one) => one.tariff.elements[0]!.components[0]!);
        const exact = before!.price * 1_000_000n;
        const off = after!.price * BigInt(1_000_000 + taxRate) - exact;
        expect((off < 0n ? -off : off) * 2n <= BigInt(1_000_000 + taxRate)).to.equal(true);
        expect(after!.fees!.reduce((sum, { price }) => sum + price, 0n)).to.equal(after!.price);
      }),
      { numRuns: 200, seed: 37 },
    );
  });

  it('a CDR that is told before taxes keeps what the driver pays', () => {
    const told = netCdr(cdr([tariff(0.6, 0.5)]), terms);
    expect(told.total.afterTaxes).to.equal(13_574_000_000n);
    expect(told.total.beforeTaxes).to.equal(12_012_389_381n);
    expect(rate(told.tariffs, told, { timeZone: CHINA }).total.beforeTaxes).to.be.a('bigint');
  });

  it('names fit the standard, differ by owner, and are the same each time', () => {
    const parties = fc.constantFrom(partyId('CN', 'EVR'), partyId('DE', 'ABC'));
    fc.assert(
      fc.property(parties, fc.string({ minLength: 1, maxLength: 36 }), (party, id) => {
        expect(stationName(party, id).length).to.be.at.most(20);
        expect(gunName(party, id).length).to.be.at.most(23);
        expect(gunName(party, id)).to.equal(gunName(party, id));
        expect(gunName(partyId('CN', 'EVR'), id)).to.not.equal(gunName(partyId('DE', 'ABC'), id));
      }),
      { numRuns: 200, seed: 37 },
    );
    expect(seqOf('395815801', 'a command')).to.have.length(27);
    const token = tokenOf(owner, 'T', order.seq, now);
    expect(token.uid).to.match(/^[0-9A-F]{16}$/);
    expect(token.contractId.length).to.be.at.most(36);
  });
});
