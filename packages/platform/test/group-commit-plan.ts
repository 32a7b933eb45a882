import type { QueryResult } from 'pg';
import type { GroupCommitPlan } from '#edges/group-commit.js';
import type { Migration } from '#edges/migrate.js';

export interface Count {
  session: number;
  n: number;
}

export const countMigrations: readonly Migration[] = [
  {
    name: 'count-001',
    up: [
      'CREATE TABLE session (id int PRIMARY KEY, count int NOT NULL DEFAULT 0)',
      'CREATE TABLE reading (session int, n int, PRIMARY KEY (session, n))',
      'INSERT INTO session SELECT s FROM generate_series(0, 199) s',
    ],
  },
];

/** Each event is a row under its natural key and adds one to its session: rows and counts must agree, whatever was killed. */
export const countPlan: GroupCommitPlan<Count, { repeat: boolean }> = {
  key: ({ session }) => String(session),
  read: (events) => [
    {
      name: 'c-lock',
      text: 'SELECT id FROM session WHERE id = ANY($1::int[]) ORDER BY id FOR UPDATE',
      values: [events.map(({ session }) => session)],
    },
    {
      name: 'c-insert',
      text: 'INSERT INTO reading SELECT * FROM unnest($1::int[], $2::int[]) ON CONFLICT DO NOTHING RETURNING session, n',
      values: [events.map(({ session }) => session), events.map(({ n }) => n)],
    },
  ],
  fold(events, [, inserted]) {
    const fresh = new Set((inserted as QueryResult<Count>).rows.map(({ session, n }) => `${session} ${n}`));
    const added = new Map<number, number>();
    const outcomes = events.map(({ session, n }) => {
      const repeat = !fresh.delete(`${session} ${n}`);
      if (!repeat) added.set(session, (added.get(session) ?? 0) + 1);
      return { answer: { repeat } };
    });
    const write = {
      name: 'c-update',
      text: 'UPDATE session SET count = count + u.c FROM unnest($1::int[], $2::int[]) u(id, c) WHERE session.id = u.id',
      values: [[...added.keys()], [...added.values()]],
    };
    return { writes: added.size > 0 ? [write] : [], outcomes };
  },
};
