// What both partners of the demo world have in common.
import { join } from 'node:path';
import type { SimulatorEvent } from '@evroam/ocpi/simulator';
import { keepFile } from './durable.js';

/** What a partner tells of itself as it goes. */
export interface PartnerNews {
  readonly at: string;
  readonly direction: SimulatorEvent['direction'];
  readonly what: string;
  readonly id?: string;
  readonly error?: string;
}

/** News of an event; nothing for a bare HTTP exchange, which another event names. */
export function toNews({ at, direction, what, id, error }: SimulatorEvent): PartnerNews | undefined {
  if (/^[A-Z]+ \//.test(what) && error === undefined) return undefined;
  return { at: at.toISOString(), direction, what, ...(id === undefined ? {} : { id }), ...(error === undefined ? {} : { error }) };
}

/** Keeps the key by which the hub's statements are judged; gives its file. */
export function keepPinnedKey(folder: string, pem: string): string {
  keepFile(folder, 'hub.pub.pem', pem);
  return join(folder, 'hub.pub.pem');
}
