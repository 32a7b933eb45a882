// A hub that fetches a partner's locations once, and tells how much memory it needed meanwhile: what was alive at the most, and the whole
// process at the most. Runs with --expose-gc.
import { OPERATOR, openBenchHub } from '../lib/bench-hub.mjs';

const { target } = JSON.parse(process.argv[2]);
const { hub, join } = await openBenchHub();
const partnerId = await join('NL-BIG', 'cpo', target);
globalThis.gc();
const before = process.memoryUsage();
const peak = { heap: 0, rss: 0 };
const look = () => {
  peak.rss = Math.max(peak.rss, process.memoryUsage().rss);
  globalThis.gc();
  peak.heap = Math.max(peak.heap, process.memoryUsage().heapUsed);
};
const timer = setInterval(look, 200);
const started = performance.now();
const fetched = await hub.roaming.syncPartner(OPERATOR, partnerId, { mode: 'delta', modules: ['locations'] });
clearInterval(timer);
look();
process.send({ fetched, seconds: (performance.now() - started) / 1000, before, peak });
