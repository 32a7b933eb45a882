// What the live view shows, read from the hub; and what an operator does at the end of a day: close it, state it.
import { join } from 'node:path';
import { imbalanceOf } from '../imbalance.js';
import type { LiveState } from '../live-view.js';
import { isRecord } from '../output/path.js';
import type { Row } from '../output/show.js';
import { keepFile } from './durable.js';
import { judge } from './judge.js';
import { HUB_PARTY } from './place.js';
import type { World } from './setup.js';
import { listOf } from './story.js';

/** Reads the hub as it is now. */
export async function readState(
  world: World,
  before: LiveState | undefined,
  heard: ReadonlyMap<string, string>,
  events: readonly string[],
): Promise<LiveState> {
  const { admin } = world.hub;
  const [own, away, location, partners, trial, counts] = await Promise.all([
    firstPage(world, '/admin/v1/sessions?phase=charging&limit=20'),
    firstPage(world, '/admin/v1/roaming/sessions?limit=200'),
    admin.ask('GET', `/admin/v1/locations/${HUB_PARTY}/${world.location}`),
    firstPage(world, '/admin/v1/partners?limit=100'),
    admin.ask('GET', '/admin/v1/settlement/ledger/trial'),
    admin.ask('GET', '/admin/v1/settlement/counts'),
  ]);
  const now = world.clock.now();
  const sessions = [...own, ...away.filter(({ status }) => status === 'active')];
  const known = [world.emsp.id, world.cpo.id];
  return {
    now: now.toISOString().slice(0, 16).replace('T', ' '),
    rate: world.clock.rate,
    places: [
      { name: 'stations', url: world.hub.addresses.ocpp },
      { name: 'partners', url: world.hub.addresses.ocpi },
      { name: 'admin API', url: world.hub.addresses.admin },
    ],
    stations: evsesOf(location).map(({ uid, status }) => {
      const session = own.find(({ place }) => isRecord(place) && place.evseUid === uid);
      return {
        id: String(uid),
        status: String(status),
        power: powerOf(session, before),
        energy: session ? kWh(session) : '',
      };
    }),
    sessions: sessions.map((session) => ({
      id: String(session.id).slice(-8),
      parties: `${isRecord(session.token) ? String(session.token.issuer) : '?'} at ${String(session.owner)}`,
      place: isRecord(session.place) ? String(session.place.evseUid) : '',
      status: String(session.status),
      energy: kWh(session),
      cost: isRecord(session.total)
        ? `${String(session.total.afterTaxes ?? session.total.beforeTaxes ?? '').slice(0, 8)} ${String(session.currency)}`
        : '',
    })),
    partners: partners
      .filter(({ id }) => known.includes(String(id)))
      .map(({ parties, status, version }) => {
        const [party] = listOf(parties);
        const name = String(party?.party ?? '?');
        return {
          party: name,
          role: String(party?.role ?? ''),
          protocol: `OCPI ${String(version ?? '')}`,
          status: String(status),
          lastHeard: heard.get(name) ?? '',
        };
      }),
    balances: (isRecord(trial) ? listOf(trial.balances) : []).map(({ account, balance, currency }) => ({
      account: typeof account === 'string' ? account : JSON.stringify(account),
      amount: `${String(balance)} ${String(currency)}`,
    })),
    imbalance: imbalanceOf(trial),
    counts: countsOf(counts),
    events,
  };
}

async function firstPage({ hub: { admin } }: World, path: string): Promise<Row[]> {
  return listOf(await admin.ask('GET', path));
}

const kWh = ({ kwh }: Row): string => `${Number(kwh).toFixed(2)} kWh`;
const evsesOf = (location: unknown): Row[] => (isRecord(location) && Array.isArray(location.evses) ? location.evses.filter(isRecord) : []);

function powerOf(session: Row | undefined, before: LiveState | undefined): string {
  if (!session || !before) return '';
  const now = Date.parse(String(session.updatedAt)) - Date.parse(String(session.startedAt));
  return now > 0 ? `${((Number(session.kwh) * 3_600_000) / now).toFixed(1)} kW` : '';
}

/** Numbers of a nested answer, by their last names. */
function countsOf(value: unknown): Record<string, number> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]): [string, number][] =>
      typeof part === 'number'
        ? [[name, part]]
        : isRecord(part)
          ? Object.entries(countsOf(part))
          : /^\d+$/.test(String(part))
            ? [[name, Number(part)]]
            : [],
    ),
  );
}

/** Closes every period that is over and lets the partners judge their statements; tells of each. */
export async function endOfDay(world: World, judged: Set<string>, tell: (event: string) => void): Promise<void> {
  const { admin } = world.hub;
  const today = world.clock.now().toISOString().slice(0, 10);
  for (const { name, state } of listOf(await admin.ask('GET', '/admin/v1/settlement/periods'))) {
    if (state === 'closed' || String(name).length !== 10 || String(name) >= today) continue;
    await admin.ask('POST', `/admin/v1/settlement/periods/${String(name)}/close`, { body: { reason: 'the day is over' } });
    tell(`the period ${String(name)} is closed`);
  }
  for await (const { id, state, counterparty } of admin.list('/admin/v1/settlement/statements')) {
    const key = String(id);
    const partner = [world.emsp, world.cpo].find(({ party }) => party === counterparty);
    if (!partner || state === 'draft' || judged.has(key)) continue;
    judged.add(key);
    const bundle = await admin.bytes(`/admin/v1/settlement/statements/${encodeURIComponent(key)}/bundle`);
    const name = `${key.replace(/[^\w.-]/g, '-')}.json`;
    keepFile(join(partner.folder, 'statements'), name, bundle);
    const { code, compared } = await judge({
      statement: join(partner.folder, 'statements', name),
      key: partner.key,
      cdrs: join(partner.folder, 'cdrs'),
    });
    tell(`${partner.party} judged its statement ${key}: ${code === 0 ? `it holds, ${compared} CDRs equal` : `IT DOES NOT HOLD (${code})`}`);
  }
}
