import { normalise, notificationChargeOrderInfo, spell } from '@evroam/gbt-adapter/tcec102';
import { PricingError } from '@evroam/ocpi/pricing';
import { type Refused, refuse } from '../../../kernel/refusal.js';
import { agreedTariff, type Terms } from '../../../model/agreed-tariff.js';
import type { Cdr } from '../../../model/cdr.js';
import { rate } from '../../../model/rating.js';
import type { TcecPeer } from '../../tcec.js';
import { type Fees, fromOrder, type Order } from './orders.js';
import type { Lost } from './values.js';
import { dialectOf } from './wire.js';

/** A bill has at most so many details. T/CEC 102.3-2016, 充电明细 */
const MOST_DETAILS = 32;

/** A CDR as the bill of an order, priced by the agreement: electricity is what the tariff says, the service fee all the rest. */
export function billOf(
  cdr: Cdr,
  terms: Terms | undefined,
  named: { seq: string; connectorId: string; stopReason: number },
): { accepted: true; order: Order; lost: Lost[] } | Refused<'currency' | 'notPriceable' | 'credit'> {
  if (cdr.credit) return refuse('credit', 'this standard knows no credit: it goes to the partner as an adjustment of its statement');
  if (cdr.currency !== 'CNY') return refuse('currency', `orders of this standard are in CNY, not in ${cdr.currency}`);
  const fees = feesOf(cdr, terms);
  if ('accepted' in fees) return fees;
  const isLong = cdr.periods.length > MOST_DETAILS;
  const { order, lost } = fromOrder({ ...cdr, ...(isLong ? { periods: [] } : {}), parts: cdr.parts ?? {} }, fees, named);
  return { accepted: true, order, lost: isLong ? [...lost, { field: 'ChargeDetails', detail: `${cdr.periods.length} periods` }] : lost };
}

function feesOf(cdr: Cdr, terms: Terms | undefined): Fees | Refused<'notPriceable'> {
  const tariffs = terms ? cdr.tariffs.map((tariff) => agreedTariff(tariff, terms)) : cdr.tariffs;
  if (tariffs.length === 0 && cdr.energyMilliWh > 0) return refuse('notPriceable', `CDR ${cdr.id} names no tariff`);
  try {
    const { total, fees } = rate(tariffs, cdr, { timeZone: cdr.place.timeZone });
    if (total.afterTaxes === undefined) return refuse('notPriceable', `the tax on CDR ${cdr.id} is not known`);
    const electricity = fees.electricity?.afterTaxes ?? 0n;
    return { electricity, service: total.afterTaxes - electricity };
  } catch (error) {
    if (error instanceof PricingError) return refuse('notPriceable', error.message);
    throw error;
  }
}

const { name, request } = notificationChargeOrderInfo;

/** The bytes of a bill as the partner reads them, in its own spelling; a digest of them is the same on both sides. */
export const bytesOf = (order: Order, peer: TcecPeer): Buffer =>
  Buffer.from(JSON.stringify(spell(dialectOf(peer), name, 'request', normalise(request, order))));

/** And back: in the standard's spelling. */
export const orderIn = (bytes: Buffer): Order => normalise(request, JSON.parse(bytes.toString('utf8'))) as Order;
