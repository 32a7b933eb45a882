import type { Migration } from '#edges/migrate.js';
import { outboxMigrations } from '#edges/outbox.js';

/** `counted` and `disorder` are the effects in the database, `sent` stands for a wire: written outside the outbox's transaction. */
export const drillMigrations: readonly Migration[] = [
  ...outboxMigrations,
  {
    name: 'drill-001',
    up: [
      'CREATE TABLE source (key text PRIMARY KEY, n int NOT NULL)',
      'CREATE TABLE counted (key text PRIMARY KEY, n int NOT NULL)',
      'CREATE TABLE disorder (key text, had int, got int)',
      'CREATE TABLE sent (id int GENERATED ALWAYS AS IDENTITY, key text, n int)',
      'CREATE TABLE cure (at timestamptz)',
    ],
  },
];
