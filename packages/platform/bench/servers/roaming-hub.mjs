// A hub with two partners: BEN, which calls, and EMS, which is called. What was asked of it is durable when it answers; the work that
// follows (clearing, passing on) is begun only if `work` says so.
import { location } from '../../../ocpi/bench/lib/objects.mjs';
import { openBenchHub } from '../lib/bench-hub.mjs';

const { target, work = false } = JSON.parse(process.argv[2]);
const { hub, origin, join, joinCaller, agree, put } = await openBenchHub();
await join('DE-EMS', 'emsp', target);
const token = await joinCaller('NL-BEN');
await agree('NL-BEN', 'DE-EMS');
await put(token, 'NL-EVR', 'NL/BEN/LOC1', location);
if (work) await hub.startWork();
process.on('message', async (message) => {
  if (message === 'owed') process.send({ owed: await hub.outbox.lag(), cleared: await hub.settlement.counts('bench') });
});
process.send({ origin, token });
