import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId } from '../../../kernel/ids.js';
import { agreedTariff, netTariff, type Terms } from '../../../model/agreed-tariff.js';
import type { Agreement } from '../../../model/agreement.js';
import type { Cdr } from '../../../model/cdr.js';
import type { PartyId } from '../../../model/party.js';
import { rate } from '../../../model/rating.js';
import type { TariffVersion } from '../../../model/tariff.js';
import { inForceAt } from '../../agreement.js';

export interface NetNeeds {
  store: { agreementVersions(operatorId: OperatorId, seller: PartyId, buyer: PartyId): Promise<Agreement[]> };
  clock: Clock;
}

export type Net = ReturnType<typeof createNet>;

/** Prices with taxes for whoever can only be told those before: by the rate that the two agreed, and by no other. */
export function createNet({ store, clock }: NetNeeds) {
  const termsOf = async (operatorId: OperatorId, seller: PartyId, buyer: PartyId, at: Date): Promise<Terms | undefined> =>
    inForceAt(await store.agreementVersions(operatorId, seller, buyer), at);

  /** Undefined where the rate is not known: a tax is not guessed. */
  async function tariff<T extends Omit<TariffVersion, 'version'>>(
    operatorId: OperatorId,
    one: T,
    buyers: readonly PartyId[],
  ): Promise<T | undefined> {
    if (one.tariff.taxIncluded !== 'yes') return one;
    for (const buyer of buyers) {
      const terms = await termsOf(operatorId, one.owner, buyer, clock.now());
      const net = terms && netTariff(agreedTariff({ version: 0, ...one }, terms));
      if (net) return { ...one, tariff: net.tariff };
    }
    return undefined;
  }

  /** The same CDR if it says what it costs before taxes. What it cannot say is left out, and then its form has no place for it. */
  async function cdr(operatorId: OperatorId, one: Cdr): Promise<Cdr> {
    const { owner, token, startedAt, total } = one;
    if (total.beforeTaxes !== undefined && one.tariffs.every(({ tariff: { taxIncluded } }) => taxIncluded !== 'yes')) return one;
    const terms = await termsOf(operatorId, owner, token.issuer, startedAt);
    return terms ? netCdr(one, terms) : one;
  }

  return { tariff, cdr };
}

/** The sender's total after taxes stays; what it is before them follows from the rating by the agreed rate. */
export function netCdr(cdr: Cdr, terms: Terms): Cdr {
  const agreed = cdr.tariffs.map((one) => agreedTariff(one, terms));
  const rated = rate(agreed, cdr, { timeZone: cdr.place.timeZone });
  const { parts = {} } = cdr;
  const net = <A extends Cdr['total']>(amount: A): A => {
    const { afterTaxes } = amount;
    const whole = rated.total.afterTaxes;
    const before = rated.total.beforeTaxes;
    if (amount.beforeTaxes !== undefined || afterTaxes === undefined || whole === undefined || before === undefined) return amount;
    // In the proportion of the rating, so that several rates come out right; without a price there is no tax.
    const beforeTaxes = whole === 0n ? afterTaxes : (afterTaxes * before * 2n + whole) / (whole * 2n);
    const taxes = afterTaxes === beforeTaxes ? [] : [{ name: terms.tax.name, rate: terms.tax.rate, amount: afterTaxes - beforeTaxes }];
    return { ...amount, beforeTaxes, taxes };
  };
  return {
    ...cdr,
    total: net(cdr.total),
    parts: Object.fromEntries(Object.entries(parts).map(([name, amount]) => [name, net(amount)])),
    tariffs: agreed.map((one) => netTariff(one) ?? one),
  };
}
