import { expect } from 'chai';
import fc from 'fast-check';
import { partyId } from '../../../model/party.js';
import { type Fees, fromOrder, type Order, type OrderFacts, toOrder, toStatus } from './orders.js';
import { differences, toAnswer } from './reconcile.js';
import { CHINA, fromTariff, type Policy, toTariff } from './tariffs.js';
import { fromNano, STEP_MILLI_WH, scaled } from './values.js';

const RUNS = { numRuns: 300, seed: 37 };
const owner = partyId('CN', 'TCE');
const ids = { owner, id: 'T', validFrom: new Date(0) };
const at = { seq: '313744932'.padEnd(27, '0'), connectorId: 'C'.padEnd(26, '1'), stopReason: 0 };
const MIDNIGHT = Date.UTC(2025, 2, 2, 16);

const orders = fc
  .record({
    offset: fc.nat(86_400),
    seconds: fc.integer({ min: 1, max: 200_000 }),
    parts: fc.array(fc.nat(50_000), { minLength: 1, maxLength: 6 }),
    electricity: fc.nat(10_000_000),
    service: fc.nat(10_000_000),
  })
  .filter(({ seconds, parts }) => seconds >= parts.length)
  .map(({ offset, seconds, parts, electricity, service }): { facts: OrderFacts; fees: Fees } => {
    const startedAt = new Date(MIDNIGHT + offset * 1000);
    const cut = (i: number) => new Date(startedAt.getTime() + Math.floor((seconds * i) / parts.length) * 1000);
    const endedAt = cut(parts.length);
    const periods = parts.map((units, i) => ({
      ...{ startedAt: cut(i), energyMilliWh: units * STEP_MILLI_WH, parkingSeconds: 0 },
      chargingSeconds: (cut(i + 1).getTime() - cut(i).getTime()) / 1000,
    }));
    const gross = { taxes: [], afterTaxes: BigInt(electricity + service) * 10_000_000n };
    const energyMilliWh = periods.reduce((sum, period) => sum + period.energyMilliWh, 0);
    return {
      facts: {
        startedAt,
        endedAt,
        periods,
        energyMilliWh,
        chargingSeconds: seconds,
        parkingSeconds: 0,
        total: gross,
        parts: { energy: gross },
      },
      fees: { electricity: BigInt(electricity) * 10_000_000n, service: BigInt(service) * 10_000_000n },
    };
  });

describe('T/CEC 102 and the model', () => {
  it('an order comes back as it was: energy, money, both fees, periods', () => {
    fc.assert(
      fc.property(orders, ({ facts, fees }) => {
        const { order, lost } = fromOrder(facts, fees, at);
        expect(lost).to.deep.equal([]);
        const back = toOrder(order);
        if (!back.accepted) throw new Error(back.reason);
        expect(back.facts).to.deep.equal(facts);
        expect(back.fees).to.deep.equal(fees);
        expect(fromOrder(back.facts, back.fees, at).order).to.deep.equal(order);
      }),
      RUNS,
    );
  });

  it('what two places cannot hold is listed to the last digit, and what is sent adds up', () => {
    const nano = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(orders, nano, nano, fc.nat(STEP_MILLI_WH - 1), ({ facts }, electricity, service, rest) => {
        const [first, ...others] = facts.periods;
        const periods = [{ ...first!, energyMilliWh: first!.energyMilliWh + rest }, ...others];
        const { order, lost } = fromOrder({ ...facts, periods, energyMilliWh: facts.energyMilliWh + rest }, { electricity, service }, at);
        expect(toOrder(order).accepted).to.equal(true);
        expect(order.TotalPower).to.equal(facts.energyMilliWh / 1e6);
        const restOf = (field: string) => BigInt(lost.find((each) => each.field === field)?.detail.split(' ')[0] ?? 0);
        expect(restOf('TotalPower')).to.equal(BigInt(rest));
        const money = (value: number) => scaled(value, 2)! * 10_000_000n;
        expect(money(order.TotalMoney) + restOf('TotalMoney')).to.equal(electricity + service);
        expect(money(order.TotalElecMoney) + restOf('TotalElecMoney')).to.equal(electricity);
      }),
      RUNS,
    );
  });

  it('a policy comes back as it was, whatever its periods', () => {
    const price = fc.nat(100_000).map((n) => n / 1e4);
    const policies = fc
      .uniqueArray(fc.record({ minute: fc.nat(1439), ElecPrice: price, SevicePrice: price }), {
        selector: ({ minute }) => minute,
        minLength: 1,
        maxLength: 12,
      })
      .map((list) =>
        list.sort((a, b) => a.minute - b.minute).map(({ minute, ...prices }, i) => ({ minute: i === 0 ? 0 : minute, ...prices })),
      )
      .map((list): Policy[] =>
        list
          .map(({ minute, ...prices }) => ({
            StartTime: `${String(Math.floor(minute / 60)).padStart(2, '0')}${String(minute % 60).padStart(2, '0')}00`,
            ...prices,
          }))
          // Two neighbours at one price are one period.
          .filter(
            ({ ElecPrice, SevicePrice }, i, all) =>
              i === 0 || all[i - 1]!.ElecPrice !== ElecPrice || all[i - 1]!.SevicePrice !== SevicePrice,
          ),
      );
    fc.assert(
      fc.property(policies, (given) => {
        const there = toTariff(given, ids);
        if (!there.accepted) throw new Error(there.detail);
        const back = fromTariff({ ...there.tariff, version: 1, updatedAt: new Date(0) }, CHINA);
        if (!back.accepted) throw new Error(back.detail);
        expect(back.policies).to.deep.equal(given);
      }),
      RUNS,
    );
  });

  it('refuses a tariff and an order that it cannot say', () => {
    const made = toTariff([{ StartTime: '000000', ElecPrice: 1, SevicePrice: 0.5 }], ids);
    if (!made.accepted) throw new Error(made.reason);
    const version = { ...made.tariff, version: 1, updatedAt: new Date(0) };
    const why = (more: object, zone = CHINA) => {
      const result = fromTariff({ ...version, tariff: { ...version.tariff, ...more } }, zone);
      return result.accepted ? 'said' : result.reason;
    };
    const [element] = version.tariff.elements;
    expect(why({})).to.equal('said');
    expect(why({ currency: 'EUR' })).to.equal('currency');
    expect(why({}, 'Europe/Berlin')).to.equal('timeZone');
    expect(why({ minPrice: { beforeTaxes: 1n } })).to.equal('priceLimit');
    expect(why({ taxIncluded: 'no' })).to.equal('taxUnknown');
    expect(why({ elements: [{ ...element, restrictions: { weekdays: [1] } }] })).to.equal('restriction');
    expect(why({ elements: [{ components: [{ ...element!.components[0], dimension: 'FLAT' }] }] })).to.equal('dimension');
    const order: Order = {
      ...{ StartChargeSeq: at.seq, ConnectorID: at.connectorId, StartTime: '2025-03-03 10:00:00', EndTime: '2025-03-03 11:00:00' },
      ...{ TotalPower: 10, TotalElecMoney: 7, TotalSeviceMoney: 4, TotalMoney: 11, StopReason: 0 },
    };
    const reason = (more: Partial<Order>) => {
      const result = toOrder({ ...order, ...more });
      return result.accepted ? 'taken' : result.reason;
    };
    expect(reason({})).to.equal('taken');
    expect(reason({ TotalMoney: 11.01 })).to.equal('moneySum');
    expect(reason({ TotalPower: 10.001 })).to.equal('tooFine');
    expect(reason({ EndTime: '2025-03-03 09:00:00' })).to.equal('endsBeforeStart');
    const detail = { DetailStartTime: order.StartTime, DetailEndTime: order.EndTime, DetailPower: 9 };
    expect(reason({ ChargeDetails: [detail] })).to.equal('energySum');
  });

  it('never makes an unknown order one that is not billed', () => {
    expect(toStatus(5, 'active', 1000)).to.deep.equal({ status: 'active', isDoubtful: true });
    expect(toStatus(77, undefined, 0)).to.deep.equal({ status: 'pending', isDoubtful: true });
    expect(toStatus(4, 'pending', 0).status).to.equal('invalid');
    expect(toStatus(4, 'pending', 1).status).to.equal('completed');
    expect(toStatus(3, 'active', 0)).to.deep.equal({ status: 'active', isDoubtful: false, isStopping: true });
  });

  it('names what differs between two lists of orders', () => {
    const one = (n: number, power: number, money: number) => ({ StartChargeSeq: `S${n}`, TotalPower: power, TotalMoney: money });
    const found = differences(
      [one(1, 10, 11), one(2, 10, 11), one(3, 10, 11), one(5, 1, 1)],
      [one(1, 10, 11), one(2, 10, 11.01), one(3, 9.99, 11), one(4, 2, 3.5)],
    );
    expect(found.map(({ seq, reason }) => [seq, reason])).to.deep.equal([
      ['S2', 'moneyDiffers'],
      ['S3', 'energyDiffers'],
      ['S4', 'unknownHere'],
      ['S5', 'unknownThere'],
    ]);
    const asked = {
      CheckOrderSeq: 'C',
      StartTime: '2025-03-03 00:00:00',
      EndTime: '2025-03-04 00:00:00',
      OrderCount: 4,
      TotalOrderPower: 0,
      TotalOrderMoney: 0,
      ChargeOrders: [],
    };
    const { TotalDisputeOrder, TotalDisputePower, TotalDisputeMoney, DisputeOrders } = toAnswer(asked, found);
    expect([TotalDisputeOrder, TotalDisputePower, TotalDisputeMoney]).to.deep.equal([3, 21.99, 25.51]);
    expect(DisputeOrders.map(({ DisputeReason }) => DisputeReason)).to.deep.equal([2, 3, 1]);
  });

  it('rounds half up, also below zero', () => {
    expect(fromNano(5_000_000n, 2)).to.deep.equal({ value: 0.01, rest: -5_000_000n });
    expect(fromNano(-5_000_001n, 2)).to.deep.equal({ value: -0.01, rest: 4_999_999n });
  });
});
