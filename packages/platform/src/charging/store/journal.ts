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

interface Packed extends Entry {
  data: Buffer;
  digest: string;
}

interface Row {
  no: string;
  id: string;
  operator_id: OperatorId;
  state: string;
  facts_rev: number;
  facts: unknown;
  told_at: Date | null;
}

interface Open {
  row: Row;
  state: ChargingState;
  touched: boolean;
  tell: boolean;
  ended: boolean;
}

/** Facts are read once and kept, so many at most: they are large, and a running session is written every minute. */
const FACTS_KEPT = 20_000;
/** How often others hear of a running session's readings, ms of domain time: starts and stops are told at once. */
const TELL_EVERY_MS = 60_000;

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
  const facts = new Map<string, { rev: number; facts: SessionFacts }>();
  let toWake: OutboxEvent[] = [];

  const plan: GroupCommitPlan<Packed, Entered> = {
    key: ({ source }) => source,
    read: (entries) => {
      const sources = [...new Set(entries.map(({ source }) => source))];
      return [
        {
          name: 'charging-holders',
          text: 'SELECT name, epoch::text AS epoch FROM holder WHERE name = ANY($1::text[])',
          values: [[...new Set(entries.map(({ hold }) => hold.name))]],
        },
        {
          name: 'charging-lock',
          text: `SELECT s.no::text AS no, s.id, s.operator_id, s.state::text AS state, s.facts_rev, s.told_at,
              CASE WHEN s.facts_rev = k.rev THEN NULL ELSE s.facts::text END AS facts
            FROM charging_session s JOIN unnest($1::bigint[], $2::integer[]) k(no, rev) ON s.no = k.no
            ORDER BY s.no FOR UPDATE OF s`,
          values: [numbers(sources), numbers(sources.map((source) => facts.get(source)?.rev ?? 0))],
        },
        {
          name: 'charging-samples',
          text: `INSERT INTO charging_sample (source, at, digest, data)
            SELECT s, a, d, b FROM unnest($1::bigint[], $2::timestamptz[], $3::bytea[], $4::bytea[], $5::text[], $6::bigint[]) u(s, a, d, b, n, e)
            CROSS JOIN LATERAL (${HELD('u.n', 'u.e')}) held ON CONFLICT DO NOTHING RETURNING source::text AS source, encode(digest, 'hex') AS digest`,
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
    fold: (entries, [holders, locked, inserted]) => {
      const now = clock.now();
      const epochs = new Map((holders as QueryResult<{ name: string; epoch: string }>).rows.map(({ name, epoch }) => [name, epoch]));
      const fresh = new Set(
        (inserted as QueryResult<{ source: string; digest: string }>).rows.map(({ source, digest }) => `${source} ${digest}`),
      );
      const open = new Map((locked as QueryResult<Row>).rows.map((row) => [row.no, opened(row)]));
      const outcomes = entries.map((entry): Outcome<Entered> => {
        const { source, hold, digest, message } = entry;
        if (epochs.get(hold.name) !== hold.epoch) return { error: new Overtaken(`a newer connection of ${hold.name} has taken over`) };
        const session = open.get(source);
        const about = session ? { sessionId: session.row.id } : {};
        if (!fresh.delete(`${source} ${digest}`)) return { answer: { change: 'none', ...about } };
        if (!session) return { answer: { change: 'kept' } };
        return { answer: { change: hear(session, message, now), ...about } };
      });
      const changed = [...open.values()].filter(({ touched }) => touched);
      const events = changed.flatMap(({ row, tell, ended }) => eventsOfSession(row, tell, ended));
      toWake.push(...events);
      return {
        writes: changed.length === 0 ? [] : [update(changed, now), ...(events.length === 0 ? [] : [outbox.statement(events)])],
        outcomes,
      };
    },
  };

  function opened(row: Row): Open {
    const known = facts.get(row.no);
    const mine = row.facts === null && known ? known.facts : fromJson<SessionFacts>(row.facts);
    if (!known || known.rev !== row.facts_rev) {
      facts.set(row.no, { rev: row.facts_rev, facts: mine });
      if (facts.size > FACTS_KEPT) facts.delete(facts.keys().next().value as string);
    }
    return { row, state: readProgress(row.state, mine), touched: false, tell: false, ended: false };
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
      return commit.submit({ ...entry, data, digest: digestOf(entry.message, data).toString('hex') });
    },
    waiting: () => commit.waiting(),
    stop: () => commit.stop(),
  };
}

export type Journal = ReturnType<typeof createJournal>;

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
  const { told_at: toldAt } = session.row;
  if (change === 'ended' || (change !== 'none' && (!toldAt || now.getTime() - toldAt.getTime() >= TELL_EVERY_MS))) session.tell = true;
  return change;
}

const STRENGTH: Readonly<Record<Change, number>> = { none: 0, kept: 1, metered: 2, disordered: 3, ended: 4 };

function eventsOfSession({ id, operator_id: operatorId }: Row, tell: boolean, ended: boolean): (OutboxEvent & { operatorId: string })[] {
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
      numbers(changed.map(({ row }) => row.no)),
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
