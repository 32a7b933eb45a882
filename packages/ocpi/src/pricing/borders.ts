import { planOf } from './plan.js';
import type { Policies } from './policies.js';
import type { Tariff } from './tariff.js';

/**
 * The instants (epoch ms) strictly between two others at which another price component may become active by the clock.
 * A new charging period is due at each. OCPI 2.2.1, 10.4.4
 */
export function priceBorders(tariff: Tariff, timeZone: string, from: number, until: number, policies: Partial<Policies> = {}): number[] {
  const { windowAt } = planOf([tariff], timeZone, policies).compiled[0]!;
  const borders: number[] = [];
  let window = windowAt(from);
  while (window.to < until) {
    const next = windowAt(window.to);
    // Windows also end where a stretch of the calendar was computed: only another set of components is a border.
    if (next.set !== window.set) borders.push(window.to);
    window = next;
  }
  return borders;
}
