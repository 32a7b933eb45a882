// A hub at work with one CPO and many eMSPs, each a partner of its own that has an agreement with it.
import { location } from '../../../ocpi/bench/lib/objects.mjs';
import { OPERATOR, openBenchHub } from '../lib/bench-hub.mjs';

const { targets, locations } = JSON.parse(process.argv[2]);
const { hub, origin, join, joinCaller, agree, put } = await openBenchHub();
await hub.roaming.addHostedParty(OPERATOR, 'NL-HUB', 'hub', 'bench');
const token = await joinCaller('NL-BEN');
for (const { party, url } of targets) {
  await join(party, 'emsp', url);
  await agree('NL-BEN', party);
}
for (let n = 0; n < locations; n += 1) await put(token, 'NL-HUB', `locations/NL/BEN/F${n}`, location.replaceAll('LOC1', `F${n}`));
await hub.startWork();
process.send({ origin, token });
