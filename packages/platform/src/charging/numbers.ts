/** Whole numbers as stretches from and to, ascending and apart from each other: a thousand events in order are one pair. */
export type Numbers = readonly (readonly [from: number, to: number])[];

export function hasNumber(numbers: Numbers, n: number): boolean {
  return numbers.some(([from, to]) => from <= n && n <= to);
}

export function withNumber(numbers: Numbers, n: number): Numbers {
  if (hasNumber(numbers, n)) return numbers;
  const before = numbers.filter(([, to]) => to < n);
  const after = numbers.filter(([from]) => from > n);
  const left = before.at(-1)?.[1] === n - 1 ? before.pop() : undefined;
  const right = after[0]?.[0] === n + 1 ? after.shift() : undefined;
  return [...before, [left?.[0] ?? n, right?.[1] ?? n], ...after];
}

/** True if a number between the first and the last is missing. */
export function hasGap(numbers: Numbers): boolean {
  return numbers.length > 1;
}
