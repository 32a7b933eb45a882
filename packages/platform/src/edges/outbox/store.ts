import { fromJson } from '../../kernel/json.js';
import type { Tx } from '../../kernel/transact.js';
import type { Statement } from '../group-commit.js';
import type { Migration } from '../migrate.js';
import type { Sql } from '../sql.js';
import type { Delivery, Lag, ParkedEvent } from './delivery.js';

/**
 * The first row of a key is its lock, its retry time and its parking place; a handled row is deleted. Times are the database's own wall
 * time: retries and leases are no domain time, and nodes share no other clock.
 */
export const outboxMigrations: readonly Migration[] = [
  {
    name: 'outbox-001',
    up: [
      `CREATE TABLE outbox (
        consumer text NOT NULL,
        key text NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        operator_id text NOT NULL,
        body json NOT NULL,
        created_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        failures integer NOT NULL DEFAULT 0,
        reason text,
        PRIMARY KEY (consumer, key, id)
      )`,
    ],
  },
];

interface Row {
  id: string;
  operator_id: string;
  consumer: string;
  key: string;
  /** As text: parsed by pg, a body that is a string could not be told from one that is not parsed yet. */
  body: string;
  attempts: number;
  failures: number;
  created_at: Date;
}

/** An event to be saved; `body` is JSON text. */
export interface NewRow {
  consumer: string;
  key: string;
  body: string;
}

/** A delivery with the counts that its outcome is decided by. */
export interface Claimed {
  delivery: Delivery;
  failures: number;
}

export type OutboxStore = ReturnType<typeof createOutboxStore>;

// The id leaves as a text: where rows are put in order, `outbox.id` must be said, or "10" comes before "9".
const COLUMNS = 'id::text AS id, operator_id, consumer, key, body::text AS body, attempts, failures, created_at';
const FIRST = '(SELECT min(id) FROM outbox WHERE consumer = $1 AND key = $2)';

export function createOutboxStore(sql: Sql) {
  return {
    async insert(tx: Tx, operatorId: string, events: readonly NewRow[]): Promise<void> {
      await sql(
        tx,
        `INSERT INTO outbox (consumer, key, operator_id, body, created_at, due_at)
         SELECT c, k, $1, b::json, clock_timestamp(), clock_timestamp()
         FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS u(c, k, b, n) ORDER BY n`,
        [operatorId, events.map(({ consumer }) => consumer), events.map(({ key }) => key), events.map(({ body }) => body)],
      );
    },

    insertStatement(events: readonly (NewRow & { operatorId: string })[]): Statement {
      return {
        name: 'outbox-insert',
        // One JSON text, and its rows in their order: arrays would be escaped here and unescaped there.
        text: `INSERT INTO outbox (consumer, key, operator_id, body, created_at, due_at)
          SELECT consumer, key, "operatorId", body::json, clock_timestamp(), clock_timestamp()
          FROM ROWS FROM (json_to_recordset($1::json) AS (consumer text, key text, "operatorId" text, body text)) WITH ORDINALITY
            u(consumer, key, "operatorId", body, n) ORDER BY n`,
        values: [JSON.stringify(events)],
      };
    },

    /** Locks the key; false if another worker has it, or there is nothing due. `ORDER BY id LIMIT 1` would jump to the second row. */
    async lock(tx: Tx, consumer: string, key: string): Promise<boolean> {
      const [head] = await sql<{ due: boolean }>(
        tx,
        `SELECT due_at <= clock_timestamp() AS due FROM outbox
         WHERE consumer = $1 AND key = $2 AND id = ${FIRST} FOR UPDATE SKIP LOCKED`,
        [consumer, key],
      );
      return head?.due ?? false;
    },

    /** Locks and gives the first events of many keys that are due; what another worker has is left to it, which looks again. */
    async heads(tx: Tx, consumer: string, limit: number): Promise<Claimed[]> {
      const rows = await sql<Row>(tx, `${DUE_HEADS} SELECT ${COLUMNS} FROM outbox WHERE ${IS_DUE_HEAD} FOR UPDATE SKIP LOCKED`, [
        consumer,
        limit,
      ]);
      return rows.map((row) => claimed(row, row.attempts + 1));
    },

    async removeHeads(tx: Tx, consumer: string, heads: readonly Delivery[]): Promise<void> {
      await sql(tx, 'DELETE FROM outbox WHERE consumer = $1 AND (key, id) IN (SELECT * FROM unnest($2::text[], $3::bigint[]))', [
        consumer,
        heads.map(({ key }) => key),
        heads.map(({ id }) => id),
      ]);
    },

    async batch(tx: Tx, consumer: string, key: string, limit: number): Promise<Claimed[]> {
      const rows = await sql<Row>(tx, `SELECT ${COLUMNS} FROM outbox WHERE consumer = $1 AND key = $2 ORDER BY outbox.id LIMIT $3`, [
        consumer,
        key,
        limit,
      ]);
      return rows.map((row) => claimed(row, row.attempts + 1));
    },

    /** False if not all of them were there any more. */
    async remove(tx: Tx, consumer: string, key: string, ids: readonly string[]): Promise<boolean> {
      const rows = await sql(tx, 'DELETE FROM outbox WHERE consumer = $1 AND key = $2 AND id = ANY($3::bigint[]) RETURNING 1', [
        consumer,
        key,
        ids,
      ]);
      return rows.length === ids.length;
    },

    /** Records the outcome of an event that was not handled; a pause of Infinity parks it. */
    async setBack(tx: Tx, { id, consumer, key, attempt }: Delivery, failures: number, pauseMs: number, reason: string): Promise<void> {
      await sql(
        tx,
        `UPDATE outbox SET attempts = $4, failures = $5, due_at = ${AFTER('$6')}, reason = $7 WHERE consumer = $1 AND key = $2 AND id = $3`,
        [consumer, key, id, attempt, failures, pause(pauseMs), reason],
      );
    },

    /** Leases the first event of a key, if it is due. A lease counts as a failure until it has ended well: a worker that dies says nothing. */
    async lease(consumer: string, key: string, leaseMs: number): Promise<Claimed | undefined> {
      const [row] = await sql<Row>(
        undefined,
        `WITH head AS MATERIALIZED (
           SELECT id FROM outbox WHERE consumer = $1 AND key = $2 AND id = ${FIRST} AND due_at <= clock_timestamp() FOR UPDATE SKIP LOCKED)
         UPDATE outbox SET due_at = ${AFTER('$3')}, attempts = attempts + 1, failures = failures + 1
         WHERE consumer = $1 AND key = $2 AND id = (SELECT id FROM head) RETURNING ${COLUMNS}`,
        [consumer, key, leaseMs],
      );
      return row && claimed(row, row.attempts);
    },

    /** The same for the first events of many keys. */
    async leaseHeads(consumer: string, limit: number, leaseMs: number): Promise<Claimed[]> {
      const rows = await sql<Row>(
        undefined,
        `${DUE_HEADS}, mine AS MATERIALIZED (SELECT key, id FROM outbox WHERE ${IS_DUE_HEAD} FOR UPDATE SKIP LOCKED)
         UPDATE outbox SET due_at = ${AFTER('$3')}, attempts = attempts + 1, failures = failures + 1
         WHERE consumer = $1 AND (key, id) IN (SELECT key, id FROM mine) RETURNING ${COLUMNS}`,
        [consumer, limit, leaseMs],
      );
      return rows.map((row) => claimed(row, row.attempts));
    },

    /** The attempt number tells a worker whose lease ran out that the event is no longer its own. */
    async endLease({ id, consumer, key, attempt }: Delivery): Promise<void> {
      await sql(undefined, 'DELETE FROM outbox WHERE consumer = $1 AND key = $2 AND id = $3 AND attempts = $4', [
        consumer,
        key,
        id,
        attempt,
      ]);
    },

    async endLeases(consumer: string, ended: readonly Delivery[]): Promise<void> {
      await sql(
        undefined,
        `DELETE FROM outbox WHERE consumer = $1
            AND (key, id, attempts) IN (SELECT * FROM unnest($2::text[], $3::bigint[], $4::int[]))`,
        [consumer, ended.map(({ key }) => key), ended.map(({ id }) => id), ended.map(({ attempt }) => attempt)],
      );
    },

    async giveBack({ id, consumer, key, attempt }: Delivery, failures: number, pauseMs: number, reason: string): Promise<void> {
      await sql(
        undefined,
        `UPDATE outbox SET failures = $5, due_at = ${AFTER('$6')}, reason = $7
         WHERE consumer = $1 AND key = $2 AND id = $3 AND attempts = $4`,
        [consumer, key, id, attempt, failures, pause(pauseMs), reason],
      );
    },

    /**
     * Keys whose first event is due, at most `limit` of each consumer, the longest due first. Jumps from key to key over the primary key,
     * so the cost follows keys, not events.
     */
    async due(consumers: readonly string[], limit: number): Promise<{ consumer: string; key: string }[]> {
      return sql(
        undefined,
        `${HEADS} SELECT consumer, key FROM (
           SELECT consumer, key, row_number() OVER (PARTITION BY consumer ORDER BY due_at) AS place
           FROM head WHERE due_at <= clock_timestamp() AND consumer = ANY($1)) due
         WHERE place <= $2`,
        [consumers, limit],
      );
    },

    async lag(): Promise<Lag[]> {
      const rows = await sql<{ consumer: string; due_keys: number; parked_keys: number; oldest: number }>(
        undefined,
        `${HEADS}
         SELECT consumer, count(*) FILTER (WHERE due_at <= clock_timestamp())::int AS due_keys,
           count(*) FILTER (WHERE due_at = 'infinity')::int AS parked_keys,
           coalesce(max(extract(epoch FROM clock_timestamp() - due_at) * 1000) FILTER (WHERE due_at <= clock_timestamp()), 0)::float8 AS oldest
         FROM head GROUP BY consumer ORDER BY consumer`,
      );
      return rows.map((row) => ({
        consumer: row.consumer,
        dueKeys: row.due_keys,
        parkedKeys: row.parked_keys,
        oldestDueMs: Math.round(row.oldest),
      }));
    },

    async parked(consumer: string | undefined, limit: number): Promise<ParkedEvent[]> {
      const rows = await sql<Row & { reason: string | null; behind: number }>(
        undefined,
        `SELECT ${COLUMNS}, reason,
           (SELECT count(*)::int - 1 FROM outbox later WHERE later.consumer = o.consumer AND later.key = o.key) AS behind
         FROM outbox o WHERE due_at = 'infinity' AND ($1::text IS NULL OR consumer = $1) ORDER BY consumer, o.id LIMIT $2`,
        [consumer ?? null, limit],
      );
      return rows.map((row) => ({ ...claimed(row, row.attempts).delivery, reason: row.reason ?? '', behind: row.behind }));
    },

    /** Makes a parked key due again, its failures forgotten; false if none is parked there. */
    async unpark(consumer: string, key: string): Promise<boolean> {
      const rows = await sql(
        undefined,
        `UPDATE outbox SET due_at = clock_timestamp(), failures = 0 WHERE consumer = $1 AND key = $2 AND due_at = 'infinity' RETURNING 1`,
        [consumer, key],
      );
      return rows.length > 0;
    },

    /** Removes one parked event for good; the caller has written down why. */
    async discard(tx: Tx, consumer: string, key: string, id: string): Promise<boolean> {
      const rows = await sql(tx, `DELETE FROM outbox WHERE consumer = $1 AND key = $2 AND id = $3 AND due_at = 'infinity' RETURNING 1`, [
        consumer,
        key,
        id,
      ]);
      return rows.length > 0;
    },
  };
}

/** The first events of the keys of consumer $1 that are due, $2 at most: jumps from key to key, and no further than to the last of them. */
const DUE_HEADS = `WITH RECURSIVE head AS (
  (SELECT key, id, due_at FROM outbox WHERE consumer = $1 ORDER BY key, id LIMIT 1)
  UNION ALL
  SELECT next.* FROM head, LATERAL (
    SELECT key, id, due_at FROM outbox o WHERE o.consumer = $1 AND o.key > head.key ORDER BY key, id LIMIT 1) next)`;
const IS_DUE_HEAD = 'consumer = $1 AND (key, id) IN (SELECT key, id FROM head WHERE due_at <= clock_timestamp() LIMIT $2)';

const HEADS = `WITH RECURSIVE head AS (
  (SELECT consumer, key, due_at FROM outbox ORDER BY consumer, key, id LIMIT 1)
  UNION ALL
  SELECT next.* FROM head, LATERAL (
    SELECT consumer, key, due_at FROM outbox o WHERE (o.consumer, o.key) > (head.consumer, head.key)
    ORDER BY consumer, key, id LIMIT 1) next)`;

/** A negative pause stands for none that ends. */
const AFTER = (pauseMs: string) =>
  `CASE WHEN ${pauseMs}::float8 < 0 THEN 'infinity' ELSE clock_timestamp() + ${pauseMs}::float8 * interval '1 millisecond' END`;
const pause = (pauseMs: number) => (Number.isFinite(pauseMs) ? Math.max(0, pauseMs) : -1);

function claimed(row: Row, attempt: number): Claimed {
  const { id, consumer, key } = row;
  const body = fromJson<unknown>(row.body);
  return { failures: row.failures, delivery: { id, operatorId: row.operator_id, consumer, key, body, attempt, createdAt: row.created_at } };
}
