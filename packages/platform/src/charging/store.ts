import type { Sql } from '../edges/sql.js';
import { createCdrStore } from './store/cdrs.js';
import { createMatchingStore } from './store/matching.js';
import { createPauseStore } from './store/pauses.js';
import { createReservationStore } from './store/reservations.js';
import { createSampleStore } from './store/samples.js';
import { createSessionStore } from './store/sessions.js';
import { createStartRequestStore } from './store/start-requests.js';

export type { Journal } from './store/journal.js';
export type { SessionQuery, StoredSession } from './store/sessions.js';
export type ChargingStore = ReturnType<typeof createStore>;

export function createStore(sql: Sql) {
  return {
    ...createSessionStore(sql),
    ...createStartRequestStore(sql),
    ...createReservationStore(sql),
    ...createSampleStore(sql),
    ...createPauseStore(sql),
    ...createCdrStore(sql),
    ...createMatchingStore(sql),
  };
}
