import { NONE } from './compile.js';
import type { Tally } from './tally.js';

/** What step_size adds to one entry, in mWh or ms. */
export interface Step {
  readonly entry: number;
  readonly added: number;
}

/**
 * The steps of a session so far: energy once, reserved time once, and parking, or else charging time, once. The step of the last
 * component applies to the total, and what it adds is billed at that component's price. OCPI 2.2.1, 10.2.2
 */
export function stepsOf(tally: Tally): readonly Step[] {
  const steps: Step[] = [];
  raise(tally, tally.lastEnergy, steps);
  raise(tally, tally.lastReserved, steps);
  // Once any parking is billed, only parking is rounded.
  raise(tally, tally.lastParking === NONE ? tally.lastTime : tally.lastParking, steps);
  return steps;
}

function raise(tally: Tally, last: number, steps: Step[]): void {
  if (last === NONE) return;
  const { entries } = tally.plan;
  const { step, dimension } = entries[last]!;
  if (step === 0) return;
  let total = 0;
  for (let i = 0; i < tally.count; i++) {
    const index = tally.order[i]!;
    if (entries[index]!.dimension === dimension) total += tally.volumes[index]!;
  }
  const over = total - Math.floor(total / step) * step;
  if (over > 0) steps.push({ entry: last, added: step - over });
}
