/** What one agreement of the matrix says, and what a session costs by it: worked out by hand, in euros. */
interface Terms {
  seller: string;
  buyer: string;
  agreement: object;
  /** Of a remote session and of one by card: they may have another energy. */
  buyerPays: readonly [remote: string, card: string];
  sellerGets: readonly [remote: string, card: string];
  /** What the hub takes before the tax on it. */
  fee: string;
}

const vat = (percent: number) => ({ tax: { name: 'VAT', percent } });
const agent = (fees?: object) => ({ sellerModel: 'agent', taxTreatment: 'domestic', ...vat(19), ...(fees ? { fees } : {}) });
const feeOf = (percent: number, perCdr: string, taxPercent = 19) => ({ percent, perCdr, taxPercent });
const same = (amount: string) => [amount, amount] as const;

function between(seller: string, buyer: string, agreement: object, buyerPays: string, sellerGets: string, fee: string): Terms {
  return { seller, buyer, agreement, buyerPays: same(buyerPays), sellerGets: same(sellerGets), fee };
}

/**
 * Every pair of the matrix. At a partner's station 10 kWh at 0.40 are 4.00, with 19 % of tax 4.76. At ours 0.512 kWh (remotely) or
 * 0.407 kWh (by card) at 0.45 and 1.00 for the start are 1.2304 or 1.18315, with 21 % of tax 1.488784 or 1.4316115.
 */
export const TERMS: readonly Terms[] = [
  between('DE-211', 'NL-211', agent(), '4.76', '4.76', '0.00'),
  // 2 % of 4.76 and 0.10 are 0.1952; its tax 0.038.
  between('DE-211', 'NL-221', agent({ buyer: feeOf(2, '0.10') }), '5.00', '4.76', '0.20'),
  // 1.5 % of 4.76 are 0.0714; its tax 0.0133.
  between('DE-211', 'NL-230', agent({ seller: feeOf(1.5, '0') }), '4.76', '4.68', '0.07'),
  // 0.25 and its tax 0.0475; 3 % of 4.76 are 0.1428 and its tax 0.0266.
  between('DE-221', 'NL-211', agent({ buyer: feeOf(0, '0.25'), seller: feeOf(3, '0') }), '5.06', '4.59', '0.39'),
  // Between countries: no tax on the price, none on the fee. 2 % of 4.00.
  between('DE-221', 'NL-221', { ...agent({ buyer: feeOf(2, '0') }), taxTreatment: 'reverseCharge' }, '4.08', '4.00', '0.08'),
  // The hub buys and sells: 4.00 and 10 % and 0.25 are 4.65, with tax 5.5335. What it keeps before tax is its fee.
  between(
    ...(['DE-221', 'NL-230'] as const),
    { ...agent(), sellerModel: 'principal', retail: { markUpPercent: 10, startFee: '0.25' } },
    ...(['5.53', '4.76', '0.65'] as const),
  ),
  // 5 % of 4.76 are 0.238 and its tax 0.0456, on both sides.
  between('DE-230', 'NL-211', agent({ buyer: feeOf(5, '0'), seller: feeOf(5, '0') }), '5.05', '4.47', '0.48'),
  // 0.333 and its tax 0.0627.
  between('DE-230', 'NL-221', agent({ buyer: feeOf(0, '0.333') }), '5.15', '4.76', '0.33'),
  // 2 % of 4.00 and 0.05.
  between('DE-230', 'NL-230', { ...agent({ seller: feeOf(2, '0.05') }), taxTreatment: 'reverseCharge' }, '4.00', '3.87', '0.13'),
  // We are the seller: what the buyer pays is ours, and nobody takes a fee.
  own('NL-211', { ...agent(), ...vat(21) }, ['1.49', '1.43']),
  own('NL-221', { ...agent(), ...vat(21), taxTreatment: 'reverseCharge' }, ['1.23', '1.18']),
  own('NL-230', { ...agent(), ...vat(21), rounding: 'perLine' }, ['1.49', '1.43']),
];

function own(buyer: string, agreement: object, amounts: readonly [string, string]): Terms {
  return { seller: 'NL-EVR', buyer, agreement, buyerPays: amounts, sellerGets: amounts, fee: '0.00' };
}
