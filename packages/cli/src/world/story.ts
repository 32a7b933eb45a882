// The story, once: three drivers roam, everything is priced, settled, stated, and judged by the partners themselves.
import { join } from 'node:path';
import { imbalanceOf } from '../imbalance.js';
import { isRecord } from '../output/path.js';
import type { Row } from '../output/show.js';
import { findLost } from './audit.js';
import { keepFile } from './durable.js';
import { judge, tamper } from './judge.js';
import { reviseLie } from './lie.js';
import { HUB_PARTY } from './place.js';
import type { World } from './setup.js';
import { until } from './waiting.js';

/** What the story came to; every number is counted. */
export interface StoryResult {
  readonly sessions: number;
  readonly cdrs: number;
  readonly statements: number;
  readonly ledgerImbalance: string;
  readonly statementVerified: boolean;
  readonly tamperDetected: boolean;
  readonly lost: number;
}

/** Domain minutes that a session goes on behind the border of its tariff. */
const BEHIND_BORDER_MS = 15 * 60_000;
/** Domain minutes until the border: all sessions have begun by then, also on a slow machine. */
const BEFORE_BORDER_MS = 50 * 60_000;

export async function tellStory(world: World, onStep: (step: string) => void): Promise<StoryResult> {
  const { hub, clock, emsp, cpo } = world;
  const { admin } = hub;

  onStep(`${emsp.party} reads locations and tariffs`);
  const border = nextMinute(clock.now().getTime() + BEFORE_BORDER_MS);
  await world.releaseTariff(border);
  await emsp.part.ask('pull');

  onStep(`two drivers of ${emsp.party} start at our chargers, one of ours at ${cpo.party}`);
  const [first] = world.chargers;
  if (!first) throw new Error('the world has no charger');
  for (const { number } of first.connectors) await first.part.ask('plugIn', { connectorId: number, powerW: number === 1 ? 11_000 : 7_400 });
  const started = await Promise.all(
    first.connectors.map(({ evseUid }, index) =>
      emsp.part.ask('start', { token: index, location: world.location, evse: evseUid, connector: '1' }),
    ),
  );
  for (const { response, result } of started)
    if (response !== 'ACCEPTED' || result !== 'ACCEPTED') throw new Error(`a start was answered ${response}, then ${result}`);
  const away = await startAway(world);

  onStep('they charge until the price has changed');
  const end = border.getTime() + BEHIND_BORDER_MS;
  await until('the border of the tariff', async () => (clock.now().getTime() >= end ? true : undefined), { withinMs: 120_000 });

  onStep('they stop; CDRs go out and come in');
  const running = await emsp.part.ask('sessions');
  const stopped = running.filter(({ status }) => status === 'ACTIVE');
  for (const { id } of stopped) {
    const { response } = await emsp.part.ask('stop', { session: id });
    if (response !== 'ACCEPTED') throw new Error(`the stop of ${id} was answered ${response}`);
  }
  await cpo.part.ask('unplug', { session: away });
  await first.part.ask('drained');
  for (const { number } of first.connectors) await first.part.ask('unplug', { connectorId: number });

  onStep('every CDR is priced again, matched and posted');
  const revised = await reviseLie(world, onStep);
  // Held, declined, taken back by a credit and sent anew: three ids, one net amount.
  if (revised.ids.length !== 3)
    throw new Error(`a declined CDR with its credit and the new one have three ids, not ${revised.ids.join(' ')}`);
  // The CPO's only session has three CDRs now: the declined one, its credit, and the new one.
  const wanted = stopped.length + 3;
  const settled = await until('all CDRs to be accepted and exchanged', async () => {
    const mine = await cdrsOf(world);
    const taken = (await emsp.part.ask('cdrs')).length;
    return mine.length >= wanted &&
      mine.every(({ key, state }) => state === (key === revised.key ? 'declined' : 'accepted')) &&
      taken >= stopped.length
      ? mine
      : undefined;
  }).catch(async (error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}: ${JSON.stringify(await cdrsOf(world))}`, { cause: error });
  });

  await expectBorder(world, border);

  onStep('the period closes; statements are issued');
  const statements = await closeAndState(world);

  onStep('each partner judges its own statement, in its own process');
  const { verified, detected } = await judgeAll(world, statements);

  onStep('the journals of all parts are held against the hub');
  const { lost } = await findLost(world);
  const trial = await admin.ask('GET', '/admin/v1/settlement/ledger/trial');
  return {
    sessions: await count(world),
    cdrs: settled.length,
    statements: statements.length,
    ledgerImbalance: imbalanceOf(trial),
    statementVerified: verified,
    tamperDetected: detected,
    lost: lost.length,
  };
}

/** Each of our own CDRs has a period that begins where the price changed: else the story proved less than it says. */
async function expectBorder({ hub: { admin }, emsp }: World, border: Date): Promise<void> {
  let crossed = 0;
  for await (const { id, token, periods } of admin.list('/admin/v1/cdrs')) {
    if (!isRecord(token) || token.issuer !== emsp.party) continue;
    const begins = listOf(periods).map(({ startedAt }) => Date.parse(String(startedAt)));
    if (!begins.includes(border.getTime()))
      throw new Error(`no period of the CDR ${String(id)} begins at ${border.toISOString()}, where the price changed`);
    crossed += 1;
  }
  if (crossed < 2) throw new Error(`${crossed} CDRs cross the border of the tariff; two should`);
}

const nextMinute = (ms: number): Date => new Date(Math.ceil(ms / 60_000) * 60_000);

/** One of our drivers starts at the partner CPO, through the hub; gives the session's id there. */
async function startAway({ hub, cpo, ownCards }: World): Promise<string> {
  const place = await until(`a free place of ${cpo.party}`, async () => {
    for await (const location of hub.admin.list('/admin/v1/locations', { own: 'false' })) {
      if (location.owner !== cpo.party || !Array.isArray(location.evses)) continue;
      const evse = location.evses.filter(isRecord).find(({ status }) => status === 'available');
      if (evse) return { locationId: String(location.id), evseUid: String(evse.uid) };
    }
    return undefined;
  });
  const known = (await cpo.part.ask('sessions')).length;
  const asked = await hub.admin.ask('POST', '/admin/v1/roaming/starts', {
    body: { issuer: HUB_PARTY, tokenUid: ownCards[0], owner: cpo.party, ...place, connectorId: '1' },
  });
  const command = isRecord(asked) ? String(asked.commandId) : '';
  const state = await until('the result of our start', async () => {
    const answer = await hub.admin.ask('GET', `/admin/v1/roaming/starts/${command}`);
    return isRecord(answer) && answer.state !== 'waiting' ? answer.state : undefined;
  });
  const session = (await cpo.part.ask('sessions'))[known];
  if (!session) throw new Error(`${cpo.party} began no session; our start ended as ${JSON.stringify(state)}`);
  return session.id;
}

/** CDRs between us and the two partners of this world. */
async function cdrsOf({ hub, emsp, cpo }: World): Promise<Row[]> {
  const mine: Row[] = [];
  for await (const cdr of hub.admin.list('/admin/v1/settlement/cdrs')) {
    if (cdr.buyer === emsp.party || cdr.owner === cpo.party) mine.push(cdr);
  }
  return mine;
}

/** Closes the period of the story; gives the statements of its two partners. */
async function closeAndState({ hub: { admin }, emsp, cpo }: World): Promise<Row[]> {
  const periods = await admin.ask('GET', '/admin/v1/settlement/periods');
  const open = listOf(periods).filter(({ state }) => state !== 'closed');
  for (const { name } of open) {
    await admin.ask('POST', `/admin/v1/settlement/periods/${String(name)}/close`, {
      body: { reason: 'the story has been told' },
    });
  }
  return until('the statements', async () => {
    const found: Row[] = [];
    for await (const statement of admin.list('/admin/v1/settlement/statements')) {
      if ([emsp.party, cpo.party].includes(String(statement.counterparty)) && statement.state !== 'draft') found.push(statement);
    }
    return found.length >= 2 ? found : undefined;
  });
}

/** True, true when every partner's process accepts its statement and refuses it, naming the line, with one byte changed. */
async function judgeAll(
  { hub: { admin }, emsp, cpo }: World,
  statements: readonly Row[],
): Promise<{ verified: boolean; detected: boolean }> {
  let verified = statements.length > 0;
  let detected = statements.length > 0;
  for (const { id, counterparty } of statements) {
    const { folder, key } = counterparty === emsp.party ? emsp : cpo;
    const bundle = await admin.bytes(`/admin/v1/settlement/statements/${encodeURIComponent(String(id))}/bundle`);
    const name = `${String(id).replace(/[^\w.-]/g, '-')}.json`;
    keepFile(join(folder, 'statements'), name, bundle);
    keepFile(join(folder, 'tampered'), name, tamper(bundle));
    const cdrs = join(folder, 'cdrs');
    const right = await judge({ statement: join(folder, 'statements', name), key, cdrs });
    const wrong = await judge({ statement: join(folder, 'tampered', name), key, cdrs });
    verified &&= right.code === 0 && right.compared > 0;
    detected &&= wrong.code === 8 && wrong.line !== undefined;
  }
  return { verified, detected };
}

/** Sessions of this world, at our chargers and at the partner's. */
async function count({ hub: { admin }, chargers, cpo }: World): Promise<number> {
  const ids = new Set(chargers.map(({ id }) => id));
  let sessions = 0;
  for await (const { stationId } of admin.list('/admin/v1/sessions')) if (ids.has(String(stationId))) sessions += 1;
  for await (const { owner } of admin.list('/admin/v1/roaming/sessions')) if (owner === cpo.party) sessions += 1;
  return sessions;
}

export const listOf = (value: unknown): Row[] =>
  (isRecord(value) && Array.isArray(value.items) ? value.items : Array.isArray(value) ? value : []).filter(isRecord);
