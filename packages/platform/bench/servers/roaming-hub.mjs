// A hub with two partners: BEN, which calls, and EMS, which is called. What was asked of it is durable when it answers; the work that
// follows (clearing, passing on) is begun only if `work` says so.
import { location } from '../../../ocpi/bench/lib/objects.mjs';
import { OPERATOR, openBenchHub } from '../lib/bench-hub.mjs';
import { chargedTariff } from '../lib/charged.mjs';

const { target, work = false } = JSON.parse(process.argv[2]);
const { hub, origin, join, joinCaller, agree, put } = await openBenchHub();
await join('DE-EMS', 'emsp', target);
const token = await joinCaller('NL-BEN');
await agree('NL-BEN', 'DE-EMS');
await put(token, 'NL-EVR', 'locations/NL/BEN/LOC1', location);
await put(token, 'NL-EVR', 'tariffs/NL/BEN/T-1', chargedTariff);
if (work) await hub.startWork();
process.on('message', async (message) => {
  if (message === 'owed') process.send({ owed: await hub.outbox.lag(), cleared: await hub.settlement.counts(OPERATOR) });
});
process.send({ origin, token });
