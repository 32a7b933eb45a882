/** Energy is a whole number of mWh from each register reading to the ledger: a Wh register, a kWh with four decimals and a W x s sum are all exact in it. */
export const MILLI_WH_PER_WH = 1_000;

/** mWh as kWh, exact, without trailing zeros: 1234500 -> "1.2345". */
export function kwhText(milliWh: number): string {
  return decimalText(BigInt(milliWh), 6);
}

/** An integer of 10^-places as a decimal text, exact, without trailing zeros but at least `least` decimals. */
export function decimalText(scaled: bigint, places: number, least = 0): string {
  const sign = scaled < 0n ? '-' : '';
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits
    .slice(digits.length - places)
    .replace(/0+$/, '')
    .padEnd(least, '0');
  return `${sign}${whole}${fraction ? `.${fraction}` : ''}`;
}
