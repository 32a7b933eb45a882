// A pile in a process of its own: `node pile.process.js PORT FAULT...`; time runs 600 times as fast. Ends when its parent is gone.
import { type PileFault, SimulatedPile, timeFrom } from '@evroam/gbt-adapter/ykc/simulator';
import { PILE } from './platform.js';

const [port, ...faults] = process.argv.slice(2);
const began = Date.now();
const epoch = Date.parse('2025-01-01T00:00:00Z');
const time = timeFrom({ now: () => new Date(epoch + (Date.now() - began) * 600), rate: 600 });
const pile = new SimulatedPile({
  pileCode: PILE,
  port: Number(port),
  time,
  faults: faults as PileFault[],
  hasGroundLocks: true,
  line: { limits: { callTimeoutMs: 300 } },
});
pile.plugIn(1, { vin: 'L1NSPGH98NA000000', capacityKWh: 60, socPct: 20, maxPowerKw: 60 });
pile.start();
process.on('disconnect', () => process.exit(0));
