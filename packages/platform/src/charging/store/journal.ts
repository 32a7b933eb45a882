import type { QueryResult } from 'pg';
import type { Database } from '../../edges/database.js';
import { createGroupCommit, type GroupCommitPlan, type Outcome, type Statement } from '../../edges/group-commit.js';
import { HELD, Overtaken } from '../../edges/holder.js';
import type { Outbox } from '../../edges/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import type { OutboxEvent } from '../../kernel/events.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson } from '../../kernel/json.js';
import { priceBorders } from '../../model/rating.js';
import { consumers } from '../events.js';
import { readProgress, writeProgress } from '../progress.js';
import { digestOf, eventsOf, type HeardMessage, pack } from '../samples.js';
import { apply, atPossibleTime, type Change, type ChargingState, isHeld, type SessionFacts } from '../session.js';

/** A message of a station about a session, or about a connector where nobody charges as far as we know. */
export interface Entry {
  operatorId: OperatorId;
  /** The number of the session, or of the connector. */
  source: string;
  message: HeardMessage;
  hold: { name: string; epoch: string };
}

export interface Entered {
  change: Change;
  /** The session's id; absent for a connector. */
  sessionId?: string;
}

/** A session as it stood when this node saw it last; true as long as its row has this version. */
interface Kept {
  no: string;
  id: string;
  operatorId: OperatorId;
  /** The transaction that wrote the row: another one's is another version, and none of one that was rolled back is ever seen. */
  version: string;
  factsRev: number;
  toldAt: Date | null;
  state: ChargingState;
}

interface Packed extends Entry {
  data: Buffer;
  digest: string;
  /** What its batch relies on; PostgreSQL gives only what is of another version. */
  kept: Kept | undefined;
}

interface Row {
  no: string;
  id: string;
  operator_id: OperatorId;
  version: string;
  state: string;
  facts_rev: number;
  facts: unknown;
  told_at: Date | null;
}

interface Open {
  kept: Kept;
  state: ChargingState;
  touched: boolean;
  tell: boolean;
  ended: boolean;
}

/** Sessions are read once and kept, so many at most: a running one is written every minute. */
const SESSIONS_KEPT = 20_000;
/** How often others hear of a running session's readings, ms of domain time: starts and stops are told at once. */
const TELL_EVERY_MS = 60_000;
const NO_VERSION = '0';

/** Hears messages of all stations in few commits. Each is kept once, under its natural key, and moves its session once. */
export function createJournal({
  database,
  outbox,
  clock,
}: {
  database: Database;
  outbox: Pick<Outbox, 'statement' | 'wake'>;
  clock: Clock;
}) {
  const sessions = new Map<string, Kept>();
  let toWake: OutboxEvent[] = [];

  const plan: GroupCommitPlan<Packed, Entered> = {
    key: ({ source }) => source,
    read: (entries) => {
      const sources = [...new Set(entries.map(({ source }) => source))];
      for (const entry of entries) entry.kept = sessions.get(entry.source);
      return [
        {
          name: 'charging-lock',
          text: `WITH locked AS MATERIALIZED (
              SELECT s.no, s.id, s.operator_id, s.told_at, s.facts_rev, s.xmin AS version, s.xmin = k.version AS known,
                CASE WHEN s.xmin = k.version THEN NULL ELSE s.state::text END AS state,
                CASE WHEN s.xmin = k.version OR s.facts_rev = k.rev THEN NULL ELSE s.facts::text END AS facts
              FROM charging_session s JOIN unnest($1::bigint[], $2::xid[], $3::integer[]) k(no, version, rev) ON s.no = k.no
              ORDER BY s.no FOR UPDATE OF s)
            SELECT no::text AS no, id, operator_id, told_at, facts_rev, version::text AS version, state, facts FROM locked WHERE NOT known`,
          values: [
            numbers(sources),
            numbers(sources.map((source) => sessions.get(source)?.version ?? NO_VERSION)),
            numbers(sources.map((source) => sessions.get(source)?.factsRev ?? 0)),
          ],
        },
        {
          // One row for all: what was inserted and what is not held any more, and the version that the sessions get.
          name: 'charging-samples',
          text: `WITH heard AS MATERIALIZED (
              SELECT u.*, EXISTS (${HELD('u.n', 'u.e')}) AS held
              FROM unnest($1::bigint[], $2::timestamptz[], $3::bytea[], $4::bytea[], $5::text[], $6::bigint[]) u(s, a, d, b, n, e)),
            kept AS (
              INSERT INTO charging_sample (source, at, digest, data) SELECT s, a, d, b FROM heard WHERE held
              ON CONFLICT DO NOTHING RETURNING source, digest)
            SELECT pg_current_xact_id()::xid::text AS version,
              (SELECT string_agg(source || ' ' || encode(digest, 'hex'), ',') FROM kept) AS fresh,
              (SELECT string_agg(DISTINCT s || ' ' || e, ',') FROM heard WHERE NOT held) AS overtaken`,
          values: [
            numbers(entries.map(({ source }) => source)),
            texts(entries.map(({ message }) => message.at.toISOString())),
            bytea(entries.map(({ digest }) => digest)),
            bytea(entries.map(({ data }) => data.toString('hex'))),
            entries.map(({ hold }) => hold.name),
            numbers(entries.map(({ hold }) => hold.epoch)),
          ],
        },
      ];
    },
    fold: (entries, [locked, inserted]) => {
      const now = clock.now();
      const { version, fresh: saved, overtaken } = (inserted as QueryResult<Inserted>).rows[0]!;
      const fresh = new Set(saved?.split(','));
      const lost = new Set(overtaken?.split(','));
      const relied = new Map(entries.map(({ source, kept }) => [source, kept]));
      const read = new Map((locked as QueryResult<Row>).rows.map((row) => [row.no, keptOf(row, relied.get(row.no))]));
      const open = new Map<string, Open>();
      for (const { source, kept } of entries) {
        const session = read.get(source) ?? kept;
        if (session && !open.has(source))
          open.set(source, { kept: session, state: session.state, touched: false, tell: false, ended: false });
      }
      const outcomes = entries.map((entry): Outcome<Entered> => {
        const { source, hold, digest, message } = entry;
        const session = open.get(source);
        const about = session ? { sessionId: session.kept.id } : {};
        if (fresh.delete(`${source} ${digest}`)) return { answer: { change: session ? hear(session, message, now) : 'kept', ...about } };
        if (lost.has(`${source} ${hold.epoch}`)) return { error: new Overtaken(`a newer connection of ${hold.name} has taken over`) };
        return { answer: { change: 'none', ...about } };
      });
      for (const session of open.values()) keep(session, version, now);
      const changed = [...open.values()].filter(({ touched }) => touched);
      const events = changed.flatMap(({ kept, tell, ended }) => eventsOfSession(kept, tell, ended));
      toWake.push(...events);
      return {
        writes: changed.length === 0 ? [] : [update(changed, now), ...(events.length === 0 ? [] : [outbox.statement(events)])],
        outcomes,
      };
    },
  };

  /** Facts of the revision that was relied on are not read again: they are large. */
  function keptOf(row: Row, relied: Kept | undefined): Kept {
    const { no, id, version, told_at: toldAt, facts_rev: factsRev } = row;
    const facts = relied && row.facts === null ? relied.state.facts : fromJson<SessionFacts>(row.facts);
    return { no, id, operatorId: row.operator_id, version, factsRev, toldAt, state: readProgress(row.state, facts) };
  }

  /** Should the transaction be lost, the row does not get this version, and the session is read again. */
  function keep({ kept, state, touched, tell, ended }: Open, version: string, now: Date): void {
    if (ended) sessions.delete(kept.no);
    else sessions.set(kept.no, touched ? { ...kept, version, state, toldAt: tell ? now : kept.toldAt } : kept);
    if (sessions.size > SESSIONS_KEPT) sessions.delete(sessions.keys().next().value as string);
  }

  const commit = createGroupCommit({
    database,
    plan,
    onBatch: () => {
      // What was saved is looked at soon; a hint too many costs an empty look.
      const events = toWake;
      toWake = [];
      if (events.length > 0) outbox.wake(events);
    },
  });

  return {
    /** Resolves when the message is durable. Rejects with Overtaken when a newer connection holds the station. */
    enter(entry: Entry): Promise<Entered> {
      const data = pack(entry.message);
      return commit.submit({ ...entry, data, digest: digestOf(entry.message, data), kept: undefined });
    },
    waiting: () => commit.waiting(),
    stop: () => commit.stop(),
  };
}

export type Journal = ReturnType<typeof createJournal>;

interface Inserted {
  version: string;
  fresh: string | null;
  overtaken: string | null;
}

function hear(session: Open, message: HeardMessage, now: Date): Change {
  let change: Change = 'none';
  for (const event of eventsOf(message)) {
    const { facts } = session.state;
    const heard = atPossibleTime(session.state, event, now);
    const result = apply(heard.state, heard.event, (from, until) => priceBorders(facts.tariffs, facts.timeZone, from, until));
    if (result.state !== session.state) session.touched = true;
    session.state = result.state;
    if (result.change === 'ended') session.ended = true;
    if (STRENGTH[result.change] > STRENGTH[change]) change = result.change;
  }
  const { toldAt } = session.kept;
  if (change === 'ended' || (change !== 'none' && (!toldAt || now.getTime() - toldAt.getTime() >= TELL_EVERY_MS))) session.tell = true;
  return change;
}

const STRENGTH: Readonly<Record<Change, number>> = { none: 0, kept: 1, metered: 2, disordered: 3, ended: 4 };

function eventsOfSession({ id, operatorId }: Kept, tell: boolean, ended: boolean): (OutboxEvent & { operatorId: string })[] {
  const event = (consumer: string) => ({ operatorId, consumer, key: id, body: { sessionId: id } });
  return [...(tell ? [event(consumers.sessionChanged)] : []), ...(ended ? [event(consumers.sessionEnded)] : [])];
}

/** Between two tellings only what no index holds is written: the row stays where it is, and its eleven indexes too. */
function update(changed: readonly Open[], now: Date): Statement {
  return {
    name: 'charging-update',
    text: `UPDATE charging_session s SET state = u.state::jsonb, phase = u.phase, ended_at = u.ended, disordered = u.disordered, held = u.held,
        updated_at = CASE WHEN u.tell THEN $7 ELSE s.updated_at END, told_at = CASE WHEN u.tell THEN $7 ELSE s.told_at END
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::boolean[], $6::boolean[], $8::boolean[])
        u(no, state, phase, ended, disordered, held, tell) WHERE s.no = u.no`,
    values: [
      numbers(changed.map(({ kept }) => kept.no)),
      changed.map(({ state }) => writeProgress(state)),
      texts(changed.map(({ state }) => state.phase)),
      changed.map(({ state }) => (state.phase === 'ended' ? state.endedAt : null)),
      changed.map(({ state }) => state.disordered === true),
      changed.map(({ state }) => isHeld(state) && state.phase === 'ended'),
      now,
      changed.map(({ tell }) => tell),
    ],
  };
}

// Array literals of values that need no escaping: pg's own escaping costs more than the statement.
const numbers = (values: readonly (string | number)[]) => `{${values.join(',')}}`;
const texts = numbers;
const bytea = (hex: readonly string[]) => `{${hex.map((each) => `"\\\\x${each}"`).join(',')}}`;
