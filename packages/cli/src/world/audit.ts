// What the parts were told is safe, and the hub does not have: counted from their own journals, message by message.
import { join } from 'node:path';
import type { Admin } from '../admin.js';
import { isRecord } from '../output/path.js';
import type { Row } from '../output/show.js';
import { journalOf } from './charger.js';
import { readJournal } from './durable.js';
import type { World } from './setup.js';

export interface Lost {
  readonly part: string;
  readonly what: string;
  readonly id: string;
}

/** Every acknowledged message of every journal that has no trace in the hub. */
export async function findLost({
  hub: { admin },
  chargers,
  emsp,
  cpo,
}: World): Promise<{ readonly lost: readonly Lost[]; readonly looked: number }> {
  const sessions = await collect(admin.list('/admin/v1/sessions'));
  const partnerSessions = await collect(admin.list('/admin/v1/roaming/sessions'));
  const lost: Lost[] = [];
  let looked = 0;
  for (const { id, folder } of chargers) {
    const own = sessions.filter((session) => session.stationId === id);
    for (const { what, key, holds } of stationFacts(readJournal(journalOf(folder)))) {
      looked += 1;
      if (!own.some(holds)) lost.push({ part: id, what, id: key });
    }
  }
  for (const [partner, known] of [
    [emsp, sessions],
    [cpo, partnerSessions],
  ] as const) {
    const ids = new Set(known.map(({ id }) => String(id)));
    const cdrs = new Set<string>();
    for (const entry of readJournal(join(partner.folder, 'journal.ndjson')).filter(isRecord)) {
      const { what, value } = entry;
      if (typeof what !== 'string' || !isRecord(value) || typeof value.id !== 'string') continue;
      const isCdr = what === 'cdrs.post';
      if (!isCdr && !/^sessions\.(put|patch)$/.test(what)) continue;
      looked += 1;
      const there = isCdr ? cdrs.has(value.id) || (await hasCdr(admin, value)) : ids.has(value.id);
      if (isCdr && there) cdrs.add(value.id);
      if (!there) lost.push({ part: partner.party, what, id: value.id });
    }
  }
  return { lost, looked };
}

async function hasCdr(admin: Admin, cdr: Readonly<Record<string, unknown>>): Promise<boolean> {
  const owner = `${String(cdr.country_code)}-${String(cdr.party_id)}`;
  const answer = await admin
    .ask('GET', `/admin/v1/settlement/cdrs/${owner}/${encodeURIComponent(String(cdr.id))}`)
    .catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'not-found') return undefined;
      throw error;
    });
  return answer !== undefined;
}

interface Fact {
  readonly what: string;
  readonly key: string;
  /** True for the session of the hub in which the message left its mark. */
  holds(session: Row): boolean;
}

/** What a station's journal says must be in the hub: each start, each reading, each stop. */
function stationFacts(entries: readonly unknown[]): Fact[] {
  const facts: Fact[] = [];
  const starts = new Map<number, { at: string; idTag: string; meterStart: number }>();
  for (const entry of entries.filter(isRecord)) {
    const { action, request, response } = entry;
    if (!isRecord(request)) continue;
    if (action === 'StartTransaction' && isRecord(response) && typeof response.transactionId === 'number') {
      const start = { at: String(request.timestamp), idTag: String(request.idTag), meterStart: Number(request.meterStart) };
      starts.set(response.transactionId, start);
      facts.push({ what: 'StartTransaction', key: String(response.transactionId), holds: (session) => began(session, start) });
    }
    const start = typeof request.transactionId === 'number' ? starts.get(request.transactionId) : undefined;
    if (!start) continue;
    if (action === 'StopTransaction') {
      const wh = Number(request.meterStop) - start.meterStart;
      facts.push({
        what: 'StopTransaction',
        key: String(request.transactionId),
        holds: (session) => began(session, start) && session.endedAt !== undefined && Math.round(Number(session.kwh) * 1000) === wh,
      });
    }
    if (action === 'MeterValues') {
      const wh = registerOf(request) - start.meterStart;
      if (!Number.isNaN(wh))
        facts.push({
          what: 'MeterValues',
          key: String(request.transactionId),
          holds: (session) => began(session, start) && Math.round(Number(session.kwh) * 1000) >= wh,
        });
    }
  }
  return facts;
}

const began = (session: Row, start: { at: string; idTag: string }): boolean =>
  Date.parse(String(session.startedAt)) === Date.parse(start.at) &&
  isRecord(session.token) &&
  String(session.token.uid).toUpperCase() === start.idTag.toUpperCase();

/** The energy register of a MeterValues request, in Wh. */
function registerOf(request: Readonly<Record<string, unknown>>): number {
  const samples = (Array.isArray(request.meterValue) ? request.meterValue : [])
    .filter(isRecord)
    .flatMap(({ sampledValue }) => (Array.isArray(sampledValue) ? sampledValue.filter(isRecord) : []));
  const energy = samples.find(({ measurand }) => measurand === undefined || measurand === 'Energy.Active.Import.Register');
  if (!energy) return Number.NaN;
  return Number(energy.value) * (energy.unit === 'kWh' ? 1000 : 1);
}

async function collect(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
