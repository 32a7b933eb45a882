import type { Sql } from '../../edges/sql.js';
import type { CapturedFrame } from '../../kernel/captured.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import { type Page, type PageRequest, pageOf } from '../../kernel/page.js';

/** What is captured, since when and until when; `lost` frames came faster than they could be written, or beyond the limit. */
export interface Capture {
  id: string;
  stations: readonly StationId[];
  note?: string;
  startedAt: Date;
  until: Date;
  endedAt?: Date;
  frames: number;
  lost: number;
}

interface CaptureRow {
  operator_id: OperatorId;
  id: string;
  stations: StationId[];
  note: string | null;
  started_at: Date;
  until: Date;
  ended_at: Date | null;
  frames: string;
  lost: string;
}

export const migrations = [
  {
    name: 'gateway-capture-001',
    up: [
      `CREATE TABLE gateway_capture (
        operator_id text NOT NULL,
        id text NOT NULL,
        stations text[] NOT NULL,
        note text,
        started_at timestamptz NOT NULL,
        until timestamptz NOT NULL,
        ended_at timestamptz,
        frames bigint NOT NULL DEFAULT 0,
        lost bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (operator_id, id)
      )`,
      'CREATE INDEX gateway_capture_open ON gateway_capture (until) WHERE ended_at IS NULL',
      `CREATE TABLE gateway_capture_frame (
        operator_id text NOT NULL,
        capture_id text NOT NULL,
        seq bigint NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (operator_id, capture_id, seq),
        FOREIGN KEY (operator_id, capture_id) REFERENCES gateway_capture ON DELETE CASCADE
      )`,
    ],
  },
] as const;

export type CaptureStore = ReturnType<typeof createCaptureStore>;

const COLUMNS = 'operator_id, id, stations, note, started_at, until, ended_at, frames, lost';

export function createCaptureStore(sql: Sql) {
  return {
    async add(operatorId: OperatorId, { id, stations, note, startedAt, until }: Capture): Promise<void> {
      await sql(
        undefined,
        'INSERT INTO gateway_capture (operator_id, id, stations, note, started_at, until) VALUES ($1, $2, $3, $4, $5, $6)',
        [operatorId, id, stations, note ?? null, startedAt, until],
      );
    },

    async one(operatorId: OperatorId, id: string): Promise<Capture | undefined> {
      const rows = await sql<CaptureRow>(undefined, `SELECT ${COLUMNS} FROM gateway_capture WHERE operator_id = $1 AND id = $2`, [
        operatorId,
        id,
      ]);
      return rows[0] && read(rows[0]);
    },

    /** The newest first. */
    async page(operatorId: OperatorId, { limit, after }: PageRequest): Promise<Page<Capture>> {
      const rows = await sql<CaptureRow>(
        undefined,
        `SELECT ${COLUMNS} FROM gateway_capture
          WHERE operator_id = $1 AND ($2::text IS NULL OR (started_at, id) < (SELECT started_at, id FROM gateway_capture WHERE operator_id = $1 AND id = $2))
          ORDER BY started_at DESC, id DESC LIMIT $3`,
        [operatorId, after ?? null, limit + 1],
      );
      return pageOf(rows, limit, read, ({ id }) => id);
    },

    /** Those that were not ended, for a node that starts again. */
    async open(): Promise<{ operatorId: OperatorId; capture: Capture }[]> {
      const rows = await sql<CaptureRow>(undefined, `SELECT ${COLUMNS} FROM gateway_capture WHERE ended_at IS NULL`);
      return rows.map((row) => ({ operatorId: row.operator_id, capture: read(row) }));
    },

    /** Frames in the order given, numbered from `capture.frames`, which is moved on with them. */
    async write(operatorId: OperatorId, { id, frames }: Pick<Capture, 'id' | 'frames'>, given: readonly CapturedFrame[], lost: number) {
      await sql(
        undefined,
        `WITH moved AS (UPDATE gateway_capture SET frames = $3::bigint + cardinality($4::text[]), lost = lost + $5 WHERE operator_id = $1 AND id = $2 RETURNING id)
         INSERT INTO gateway_capture_frame (operator_id, capture_id, seq, body)
         SELECT $1, moved.id, $3::bigint + line.n, line.body::json FROM moved, unnest($4::text[]) WITH ORDINALITY AS line (body, n)`,
        // PostgreSQL keeps no NUL in a text; a frame that holds one has it as an escape already.
        [operatorId, id, frames, given.map((frame) => JSON.stringify(frame)), lost],
      );
    },

    async end(operatorId: OperatorId, id: string, at: Date): Promise<void> {
      await sql(undefined, 'UPDATE gateway_capture SET ended_at = $3 WHERE operator_id = $1 AND id = $2 AND ended_at IS NULL', [
        operatorId,
        id,
        at,
      ]);
    },

    /** In the order in which they came; the cursor is the number of the last one. */
    async frames(operatorId: OperatorId, id: string, { limit, after }: PageRequest): Promise<Page<CapturedFrame & { seq: number }>> {
      const rows = await sql<{ seq: string; body: CapturedFrame }>(
        undefined,
        `SELECT seq, body FROM gateway_capture_frame WHERE operator_id = $1 AND capture_id = $2 AND seq > $3 ORDER BY seq LIMIT $4`,
        [operatorId, id, after === undefined ? 0 : after, limit + 1],
      );
      return pageOf(
        rows,
        limit,
        ({ seq, body }) => ({ seq: Number(seq), ...body }),
        ({ seq }) => seq,
      );
    },

    /** False if there is none. */
    async remove(operatorId: OperatorId, id: string): Promise<boolean> {
      const rows = await sql(undefined, 'DELETE FROM gateway_capture WHERE operator_id = $1 AND id = $2 RETURNING id', [operatorId, id]);
      return rows.length === 1;
    },

    /** What ended before that is forgotten. */
    async forget(before: Date): Promise<number> {
      return (await sql(undefined, 'DELETE FROM gateway_capture WHERE ended_at < $1 RETURNING id', [before])).length;
    },
  };
}

function read(row: CaptureRow): Capture {
  return {
    ...{ id: row.id, stations: row.stations, startedAt: row.started_at, until: row.until },
    ...{ frames: Number(row.frames), lost: Number(row.lost) },
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}
