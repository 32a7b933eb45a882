const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** A decimal text times 10 to a power, as a whole number: exact, or undefined where it has finer places or passes 2^53. */
export function scaled(text: string, power: number): { value: number; cut: boolean } | undefined {
  const part = decimal.exec(text.trim());
  const digits = `${part?.[2] ?? ''}${part?.[3] ?? ''}`;
  if (!part || digits === '') return undefined;
  const shift = power + Number(part[4] ?? 0) - (part[3]?.length ?? 0);
  const kept = shift >= 0 ? digits + '0'.repeat(Math.min(shift, 400)) : digits.slice(0, Math.max(0, digits.length + shift));
  const lost = shift >= 0 ? '' : digits.slice(kept.length);
  const value = Number(kept === '' ? '0' : kept);
  if (!Number.isSafeInteger(value)) return undefined;
  return { value: part[1] === '-' ? 0 - value : value, cut: /[1-9]/.test(lost) };
}
