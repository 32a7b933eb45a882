import type { Sql } from '../../../edges/sql.js';
import type { OperatorId, StationId } from '../../../kernel/ids.js';
import { fromJson, toJson } from '../../../kernel/json.js';
import type { Tx } from '../../../kernel/transact.js';
import { type LockState, nextTry } from './lock.js';
import type { Driver, LockId } from './ports.js';

export interface KeptLock extends LockId {
  operatorId: OperatorId;
  locationId: string;
  evseUid: string;
  driver: Driver;
  state: LockState;
  heardAt?: Date;
}

interface LockRow {
  operator_id: OperatorId;
  station_id: StationId;
  connector_number: number;
  location_id: string;
  evse_uid: string;
  driver: Driver;
  sealed_token: string | null;
  state: unknown;
  heard_at: Date | null;
}

const COLUMNS = 'operator_id, station_id, connector_number, location_id, evse_uid, driver, sealed_token, state, heard_at';
/** Locks that are moved in one round. */
const ROUND = 50;

export type LockStore = ReturnType<typeof createLockStore>;

export function createLockStore(sql: Sql, { seal, unseal }: { seal: (text: string) => string; unseal: (text: string) => string }) {
  const read = (row: LockRow): KeptLock => ({
    operatorId: row.operator_id,
    stationId: row.station_id,
    connectorNumber: row.connector_number,
    locationId: row.location_id,
    evseUid: row.evse_uid,
    driver: row.sealed_token === null || row.driver.kind !== 'http' ? row.driver : { ...row.driver, token: unseal(row.sealed_token) },
    state: fromJson<LockState>(row.state),
    ...(row.heard_at === null ? {} : { heardAt: row.heard_at }),
  });

  return {
    async put({ operatorId, stationId, connectorNumber, locationId, evseUid, driver, state }: KeptLock): Promise<void> {
      const { token, ...plain } = driver.kind === 'http' ? driver : { ...driver, token: undefined };
      await sql(
        undefined,
        `INSERT INTO gateway_ground_lock (operator_id, station_id, connector_number, location_id, evse_uid, driver, sealed_token, state)
         VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8::jsonb)
         ON CONFLICT (operator_id, station_id, connector_number) DO UPDATE
           SET location_id = EXCLUDED.location_id, evse_uid = EXCLUDED.evse_uid, driver = EXCLUDED.driver, sealed_token = EXCLUDED.sealed_token`,
        [operatorId, stationId, connectorNumber, locationId, evseUid, JSON.stringify(plain), token ? seal(token) : null, toJson(state)],
      );
    },

    async lock(tx: Tx | undefined, operatorId: OperatorId, { stationId, connectorNumber }: LockId): Promise<KeptLock | undefined> {
      const rows = await sql<LockRow>(
        tx,
        `SELECT ${COLUMNS} FROM gateway_ground_lock WHERE operator_id = $1 AND station_id = $2 AND connector_number = $3${tx ? ' FOR UPDATE' : ''}`,
        [operatorId, stationId, connectorNumber],
      );
      return rows[0] && read(rows[0]);
    },

    async atEvse(operatorId: OperatorId, locationId: string, evseUid: string): Promise<KeptLock[]> {
      const rows = await sql<LockRow>(
        undefined,
        `SELECT ${COLUMNS} FROM gateway_ground_lock WHERE operator_id = $1 AND location_id = $2 AND evse_uid = $3`,
        [operatorId, locationId, evseUid],
      );
      return rows.map(read);
    },

    async save(tx: Tx, { operatorId, stationId, connectorNumber, state }: KeptLock, now: Date, heardAt: Date | undefined): Promise<void> {
      await sql(
        tx,
        `UPDATE gateway_ground_lock SET state = $4::jsonb, try_at = $5, heard_at = coalesce($6, heard_at)
          WHERE operator_id = $1 AND station_id = $2 AND connector_number = $3`,
        [operatorId, stationId, connectorNumber, toJson(state), nextTry(state, now) ?? null, heardAt ?? null],
      );
    },

    async due(now: Date): Promise<KeptLock[]> {
      const rows = await sql<LockRow>(
        undefined,
        `SELECT ${COLUMNS} FROM gateway_ground_lock WHERE try_at <= $1 ORDER BY try_at LIMIT ${ROUND}`,
        [now],
      );
      return rows.map(read);
    },

    async locks(operatorId: OperatorId, limit: number): Promise<KeptLock[]> {
      const rows = await sql<LockRow>(
        undefined,
        `SELECT ${COLUMNS} FROM gateway_ground_lock WHERE operator_id = $1 ORDER BY station_id, connector_number LIMIT $2`,
        [operatorId, limit],
      );
      return rows.map(read);
    },
  };
}
