// The drivers of the live world: at each place somebody comes, charges for a while, and goes.
import { isRecord } from '../output/path.js';
import { HUB_PARTY } from './place.js';
import type { Charger, World } from './setup.js';

export interface DriversOptions {
  readonly world: World;
  readonly signal: AbortSignal;
  /** Between 0 and 1; a seed makes the day the same again. */
  readonly random: () => number;
  readonly tell: (event: string) => void;
}

const MINUTE_MS = 60_000;

/** Runs until the signal; a driver who fails tells it and comes again. */
export async function sendDrivers(options: DriversOptions): Promise<void> {
  const { world } = options;
  const places = world.chargers.flatMap((charger) => charger.connectors.map((connector) => ({ charger, connector })));
  await Promise.all([
    ...places.map(({ charger, connector }, index) => again(options, () => visit(options, charger, connector, index))),
    again(options, () => away(options)),
  ]);
}

async function again({ signal, tell, world, random }: DriversOptions, visitOnce: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await pause(world, signal, (1 + random() * 12) * MINUTE_MS);
    if (signal.aborted) return;
    try {
      await visitOnce();
    } catch (error) {
      if (!signal.aborted) tell(`a driver gave up: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** A car is plugged in; its driver starts with the partner's app or holds one of our cards to the charger. */
async function visit(
  { world, signal, random, tell }: DriversOptions,
  charger: Charger,
  connector: Charger['connectors'][number],
  index: number,
): Promise<void> {
  const connectorId = connector.number;
  await charger.part.ask('plugIn', { connectorId, powerW: 3_700 + Math.round(random() * 180) * 100 });
  try {
    if (random() < 0.7) {
      const { response, result } = await world.emsp.part.ask('start', {
        token: index % 4,
        location: world.location,
        evse: connector.evseUid,
        connector: '1',
      });
      tell(`${world.emsp.party} starts at ${connector.evseUid}: ${response}, ${result}`);
      if (result !== 'ACCEPTED') return;
    } else {
      const card = world.ownCards[index % world.ownCards.length] ?? '';
      const accepted = await charger.part.ask('startLocal', { connectorId, idToken: card });
      tell(`a card of ${HUB_PARTY} at ${connector.evseUid}: ${accepted ? 'charging' : 'refused'}`);
      if (!accepted) return;
    }
    await pause(world, signal, (15 + random() * 35) * MINUTE_MS);
    await charger.part.ask('stopLocal', { connectorId });
  } finally {
    await charger.part.ask('unplug', { connectorId });
  }
}

/** One of our drivers at the partner's station, through the hub. */
async function away({ world, signal, random, tell }: DriversOptions): Promise<void> {
  const { hub, cpo, ownCards } = world;
  const [place] = (await cpo.part.ask('locations')).flatMap(({ id, evses = [] }) =>
    evses.filter(({ status }) => status === 'AVAILABLE').map(({ uid }) => ({ locationId: id, evseUid: uid })),
  );
  if (!place) return;
  const before = new Set((await cpo.part.ask('sessions')).map(({ id }) => id));
  const answer = await hub.admin.ask('POST', '/admin/v1/roaming/starts', {
    body: { issuer: HUB_PARTY, tokenUid: ownCards[0], owner: cpo.party, ...place, connectorId: '1' },
  });
  tell(`a driver of ours starts at ${cpo.party} ${place.evseUid}${isRecord(answer) ? '' : ': no answer'}`);
  await pause(world, signal, (15 + random() * 20) * MINUTE_MS);
  const mine = (await cpo.part.ask('sessions')).filter(({ id, status }) => status === 'ACTIVE' && !before.has(id));
  for (const { id } of mine) await cpo.part.ask('unplug', { session: id });
}

/** Waits domain time, or until the world ends. */
function pause({ clock }: World, signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms / clock.rate);
    signal.addEventListener('abort', done, { once: true });
  });
}
