import { keepPartitions, type Partitioned } from '../../edges/partitions.js';
import type { Sql } from '../../edges/sql.js';

/** Months of the stations' time. */
const SAMPLES: Partitioned = { table: 'charging_sample', column: 'at', cut: 'month', ahead: 2, lock: 7_305_119_005 };

export function createSampleStore(sql: Sql) {
  return {
    /** Makes the partitions of this month and the next ones, and drops those that ended before `keepFrom`. Gives what it dropped. */
    keepSamples: (now: Date, keepFrom: Date): Promise<string[]> => keepPartitions(sql, SAMPLES, now, keepFrom),
  };
}
