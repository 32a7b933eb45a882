import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Registry, Version } from '@evroam/ocpp-core';
import * as v16 from '@evroam/ocpp-core/v16';
import * as v21 from '@evroam/ocpp-core/v21';
import * as v201 from '@evroam/ocpp-core/v201';

/** The three versions with their actions. */
export const registries: readonly (readonly [Version, Registry])[] = [
  ['1.6', v16],
  ['2.0.1', v201],
  ['2.1', v21],
];

/** The folder of published schemas and samples; undefined where there is none. Set but missing is a failure. */
export function conformanceFolder(): string | undefined {
  const set = process.env.EVROAM_CONFORMANCE;
  if (set !== undefined && set !== '') {
    const folder = join(set, 'ocpp');
    if (!existsSync(folder)) throw new Error(`EVROAM_CONFORMANCE is set, but ${folder} is not there`);
    return folder;
  }
  const checkout = join(dirname(fileURLToPath(import.meta.url)), '../../../../..');
  const beside = join(checkout, '../shared/conformance/ocpp');
  return existsSync(beside) ? beside : undefined;
}

export const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

export const jsonFilesIn = (...path: string[]): string[] =>
  readdirSync(join(...path))
    .filter((name) => name.endsWith('.json'))
    .sort();
