// What PostgreSQL costs: its keeper, the postmaster, and all that it forked (Linux).
import { readdirSync, readFileSync } from 'node:fs';
import { cpuSeconds } from '../../../ocpp-core/bench/measure.mjs';

/** CPU seconds so far of this process and all below it. A backend that ends takes its seconds along. */
export function postgresSeconds(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const isIts = (one) => one === pid || (parents.has(one) && isIts(parents.get(one)));
  let sum = 0;
  for (const one of parents.keys()) {
    try {
      if (isIts(one)) sum += cpuSeconds(one);
    } catch {
      // It ended meanwhile.
    }
  }
  return sum;
}
