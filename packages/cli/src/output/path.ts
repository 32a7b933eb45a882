/** The steps of a path such as `items[0].evses[].uid`; `[]` means each. Nothing when it is not a path. */
export function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const pattern = /(?:^|\.)([^.[\]]+)|\[(\d*)\]/y;
  let at = 0;
  while (at < path.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(path);
    if (!found) return undefined;
    if (found[1] !== undefined) steps.push(found[1]);
    else steps.push(found[2] === '' ? EACH : Number(found[2]));
    at = pattern.lastIndex;
  }
  return steps.length > 0 ? steps : undefined;
}

const EACH: unique symbol = Symbol('each');
type Step = string | number | typeof EACH;

/** What stands at the path; undefined when nothing does. */
export function at(value: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step === EACH) return Array.isArray(value) ? value.map((item) => at(item, rest)).filter((item) => item !== undefined) : undefined;
  if (typeof step === 'number') return Array.isArray(value) ? at(value[step], rest) : undefined;
  return isRecord(value) && Object.hasOwn(value, step) ? at(value[step], rest) : undefined;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
