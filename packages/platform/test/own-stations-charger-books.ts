import { expect } from 'chai';
import type { TestDatabase } from '#edges/testing.js';
import { eventually, must } from './own-stations-fixture.js';
import { type Charged, type FleetMember, reported } from './own-stations-fleet.js';
import type { KillableHub } from './own-stations-killable.js';

const SESSIONS = `charging_session s WHERE station_id LIKE 'F-%'`;
const CDRS = `charging_cdr c JOIN charging_session s ON s.id = c.session_id WHERE s.station_id LIKE 'F-%'`;

/** Registers, sessions and CDRs of OCPP chargers say the same, each session once, none open. Gives a line for the log. */
export async function expectChargerBooks(
  database: TestDatabase,
  hub: Pick<KillableHub, 'api'>,
  fleet: readonly FleetMember[],
): Promise<string> {
  const charged = fleet.flatMap((member) => [...member.charged.values()]);
  expect(
    fleet.reduce((sum, { dropped }) => sum + dropped, 0),
    'messages given up by stations',
  ).to.equal(0);
  expect(charged.every(({ endMilliWh }) => endMilliWh !== undefined)).to.equal(true);
  const select = <T extends object>(query: string) => database.sql<T>(undefined, query);
  const count = async (from: string) => (await select<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`))[0]!.n;
  const jumped = charged.filter(({ jumpedMilliWh }) => jumpedMilliWh > 0);

  await eventually(async () => (await count(`${SESSIONS} AND phase = 'ended'`)) === charged.length, 'all sessions to end', 60_000);
  expect(await count(`${SESSIONS} AND phase <> 'ended'`), 'sessions left open').to.equal(0);
  expect(await count(SESSIONS)).to.equal(charged.length);
  await eventually(async () => (await count(CDRS)) + (await count(`${SESSIONS} AND held`)) >= charged.length, 'the CDRs', 60_000);

  // A person looks at what the meters made of it.
  const held = await select<{ id: string; station: string; flags: string[] }>(
    `SELECT id, station_id AS station, state->'flags' AS flags FROM ${SESSIONS} AND held ORDER BY station_id, started_at`,
  );
  const suspects = new Set(jumped.map(({ stationId }) => stationId));
  expect(
    held.filter(({ station }) => !suspects.has(station)),
    'held without a reason',
  ).to.deep.equal([]);
  expect(held.length).to.equal(jumped.length);
  await releaseAll(hub, held, jumped);
  await eventually(async () => (await count(CDRS)) === charged.length, 'the CDRs of released sessions', 30_000);

  const wanted = energies(charged.map((session) => [session.stationId, reported(session)]));
  const sessions = await select<{ station: string; mwh: string }>(
    `SELECT station_id AS station, (SELECT sum((p->>'energyMilliWh')::bigint) FROM jsonb_array_elements(state->'periods') p)::text AS mwh FROM ${SESSIONS}`,
  );
  const cdrs = await select<{ station: string; mwh: string }>(
    `SELECT s.station_id AS station, c.body->>'energyMilliWh' AS mwh FROM ${CDRS}`,
  );
  expect(energies(sessions.map(({ station, mwh }) => [station, Number(mwh)]))).to.deep.equal(wanted);
  expect(energies(cdrs.map(({ station, mwh }) => [station, Number(mwh)]))).to.deep.equal(wanted);
  const total = charged.reduce((sum, session) => sum + reported(session), 0);
  const corrected = await count(`${SESSIONS} AND state->'flags' @> '["clockCorrected"]'`);
  const messages = await count('charging_sample');
  return `${fleet.length} chargers: ${charged.length} sessions, ${total / 1_000_000} kWh, ${messages} messages kept, ${held.length} held and released, ${corrected} with a corrected clock`;
}

async function releaseAll(
  { api }: Pick<KillableHub, 'api'>,
  held: readonly { id: string; station: string }[],
  jumped: readonly Charged[],
): Promise<void> {
  const byStation = new Map<string, Charged[]>();
  for (const session of jumped) byStation.set(session.stationId, [...(byStation.get(session.stationId) ?? []), session]);
  for (const { id, station } of held) {
    const session = byStation.get(station)!.shift()!;
    await must(api, 'POST', `/sessions/${id}/release`, { kwh: (reported(session) / 1_000_000).toFixed(6) });
  }
}

/** The energies of each station, in order of size. */
function energies(of: readonly (readonly [station: string, milliWh: number])[]): Record<string, number[]> {
  const by: Record<string, number[]> = {};
  for (const [station, milliWh] of of) {
    by[station] ??= [];
    by[station].push(milliWh);
  }
  for (const list of Object.values(by)) list.sort((a, b) => a - b);
  return by;
}
