import type { Infer, PolicyInfo } from '@evroam/gbt-adapter/tcec102';
import { type Dimension, priceBorders } from '@evroam/ocpi/pricing';
import { type Refused, refuse } from '../../../kernel/refusal.js';
import type { PartyId } from '../../../model/party.js';
import { rate } from '../../../model/rating.js';
import type { TariffVersion } from '../../../model/tariff.js';
import { fromNano, toNano } from './values.js';

export type Policy = Infer<typeof PolicyInfo>;

export const CHINA = 'Asia/Shanghai';
/** Prices on this wire have four places. T/CEC 102.3-2016, 业务策略 */
const PRICE_PLACES = 4;
/** T/CEC 102.3-2016, SumPeriod */
const MOST_PERIODS = 32;
const DAY_MINUTES = 24 * 60;
const TIME_OF_DAY = new Set(['startMinute', 'endMinute']);
const ENERGY: Dimension = 'ENERGY';
/** Any day: the prices of every day are the same. 2025-03-03 00:00 in China. */
const MIDNIGHT = Date.UTC(2025, 2, 2, 16);
const KWH_MILLI_WH = 1_000_000;

type Draft = Omit<TariffVersion, 'version' | 'updatedAt'>;

/** The periods of a gun as a tariff: what the driver pays, taxes in it, each price with its two fees. */
export function toTariff(
  policies: readonly Policy[],
  { owner, id, validFrom }: { owner: PartyId; id: string; validFrom: Date },
): { accepted: true; tariff: Draft } | Refused<'noPeriod' | 'notOnMinute' | 'priceTooFine'> {
  const sorted = [...policies].sort((a, b) => (a.StartTime < b.StartTime ? -1 : 1));
  if (sorted.length === 0) return refuse('noPeriod', 'a policy has at least one period');
  const elements: Draft['tariff']['elements'][number][] = [];
  for (const [i, { StartTime, ElecPrice, SevicePrice }] of sorted.entries()) {
    if (!StartTime.endsWith('00')) return refuse('notOnMinute', `a period begins at ${StartTime}, a tariff counts in minutes`);
    const [electricity, service] = [toNano(ElecPrice, PRICE_PLACES), toNano(SevicePrice, PRICE_PLACES)];
    if (electricity === undefined || service === undefined)
      return refuse('priceTooFine', `the prices from ${StartTime} have more than ${PRICE_PLACES} places`);
    const next = sorted[(i + 1) % sorted.length]!;
    elements.push({
      components: [
        {
          ...{ dimension: ENERGY, price: electricity + service, stepSize: 0 },
          fees: [
            { type: 'electricity', price: electricity },
            { type: 'service', price: service },
          ],
        },
      ],
      // The last period goes on over midnight until the first one begins.
      ...(sorted.length === 1 ? {} : { restrictions: { startMinute: minuteOf(StartTime), endMinute: minuteOf(next.StartTime) } }),
    });
  }
  return { accepted: true, tariff: { owner, id, text: {}, validFrom, tariff: { id, currency: 'CNY', taxIncluded: 'yes', elements } } };
}

/** A tariff as the periods of a gun, priced by the one rating engine; refused where they cannot say it. */
export function fromTariff(
  version: TariffVersion,
  timeZone: string,
):
  | { accepted: true; policies: Policy[] }
  | Refused<
      'currency' | 'timeZone' | 'priceLimit' | 'dimension' | 'fee' | 'restriction' | 'stepSize' | 'taxUnknown' | 'priceTooFine' | 'tooMany'
    > {
  const { tariff } = version;
  if (tariff.currency !== 'CNY') return refuse('currency', `orders of this standard are in CNY, not in ${tariff.currency}`);
  if (timeZone !== CHINA) return refuse('timeZone', `its times are those of China, not of ${timeZone}`);
  if (tariff.minPrice || tariff.maxPrice) return refuse('priceLimit', 'it knows no limit of a price');
  for (const { components, restrictions = {} } of tariff.elements) {
    const other = Object.keys(restrictions).find((name) => !TIME_OF_DAY.has(name));
    if (other !== undefined) return refuse('restriction', `its prices depend on the time of day, not on ${other}`);
    for (const { dimension, price, stepSize, fees = [] } of components) {
      if (dimension !== ENERGY && price !== 0n) return refuse('dimension', `it charges for energy, not for ${dimension}`);
      if (dimension === ENERGY && stepSize > 1) return refuse('stepSize', `it does not count in steps of ${stepSize} Wh`);
      const foreign = fees.find(({ type, price: part }) => part !== 0n && type !== 'electricity' && type !== 'service');
      if (foreign) return refuse('fee', `it knows electricity and service, not a ${foreign.type} fee`);
    }
  }
  const borders = priceBorders(tariff, timeZone, MIDNIGHT, MIDNIGHT + DAY_MINUTES * 60_000);
  const policies: Policy[] = [];
  for (const at of [MIDNIGHT, ...borders]) {
    const startedAt = new Date(at);
    const session = { startedAt, endedAt: new Date(at + 1000), currency: 'CNY' };
    const periods = [{ startedAt, energyMilliWh: KWH_MILLI_WH, chargingSeconds: 1, parkingSeconds: 0 }];
    const { fees, total } = rate([version], { ...session, periods }, { timeZone });
    if (total.afterTaxes === undefined) return refuse('taxUnknown', 'it shows what the driver pays, and the tax rate is not known');
    const electricity = fromNano(fees.electricity?.afterTaxes ?? 0n, PRICE_PLACES);
    const service = fromNano(fees.service?.afterTaxes ?? 0n, PRICE_PLACES);
    if (electricity.rest !== 0n || service.rest !== 0n)
      return refuse('priceTooFine', `the prices from minute ${(at - MIDNIGHT) / 60_000} have more than ${PRICE_PLACES} places`);
    const last = policies.at(-1);
    if (last?.ElecPrice === electricity.value && last.SevicePrice === service.value) continue;
    policies.push({ StartTime: timeText((at - MIDNIGHT) / 60_000), ElecPrice: electricity.value, SevicePrice: service.value });
  }
  if (policies.length > MOST_PERIODS) return refuse('tooMany', `a day has ${policies.length} prices, and it knows ${MOST_PERIODS} periods`);
  return { accepted: true, policies };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4));
const two = (n: number): string => String(n).padStart(2, '0');
const timeText = (minute: number): string => `${two(Math.floor(minute / 60))}${two(minute % 60)}00`;
