import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockSetting } from '@evroam/platform/client';
import { openHub, type TestHub } from '../journeys/hub.js';
import { addStation, type Json, must } from '../own-stations-fixture.js';
import { type PartnerProcess, startPartner } from './partner-process.js';
import { TERMS } from './terms.js';

export const VERSIONS = ['2.1.1', '2.2.1', '2.3.0'] as const;
export type Version = (typeof VERSIONS)[number];
/** Three characters, so that a party tells its version. */
export const short = (version: Version) => version.replaceAll('.', '');

/** Our own station for the drivers of each version speaks another OCPP. */
const OCPP = { '2.1.1': '1.6', '2.2.1': '2.0.1', '2.3.0': '2.1' } as const;
const CHARGER = new URL('./raw-charger.js', import.meta.url);
/** A minute in a second: what flows must be what a connector can give. */
const RATE = 60;
/** Tokens that a raw eMSP has. */
const CARDS = 4;

/** A party in a process of its own, and the file from which it comes back after a kill. */
export class Peer {
  process: PartnerProcess;
  readonly file: string;
  readonly #program: URL | undefined;

  constructor(file: string, program?: URL) {
    this.file = file;
    this.#program = program;
    this.process = startPartner(program);
  }

  ask(name: string, args?: unknown): Promise<Json> {
    return this.process.ask(name, args);
  }

  async restart(): Promise<void> {
    this.process = startPartner(this.#program);
    await this.ask('restore', { file: this.file });
  }
}

export interface Matrix {
  hub: TestHub;
  emsps: ReadonlyMap<Version, Peer>;
  cpos: ReadonlyMap<Version, Peer>;
  chargers: ReadonlyMap<Version, Peer>;
  close(): Promise<void>;
}

export const stationOf = (emsp: Version) => `CS-${short(emsp)}`;
export const placeAt = (emsp: Version, connector: number) => ({
  location_id: `L-${stationOf(emsp)}`,
  evse_uid: `${stationOf(emsp)}-E${connector}`,
});

/** A hub, an eMSP and a CPO of each version and own stations, every party in a process of its own; each pair has its own agreement. */
export async function openMatrix(): Promise<Matrix> {
  const folder = mkdtempSync(join(tmpdir(), 'evroam-matrix-'));
  // The day on which the partners charge.
  const clock = clockSetting(new Date('2026-03-02T12:00:00Z'), RATE);
  const hub = await openHub({ EVROAM_CLOCK: clock });
  const emsps = new Map<Version, Peer>();
  const cpos = new Map<Version, Peer>();
  const chargers = new Map<Version, Peer>();
  await furnishOwn(hub);
  for (const version of VERSIONS) {
    for (const [role, country, all] of [
      ['EMSP', 'NL', emsps],
      ['CPO', 'DE', cpos],
    ] as const) {
      const peer = new Peer(join(folder, `${role}-${short(version)}.json`));
      all.set(version, peer);
      await peer.ask('configure', { version, role, country, party: short(version), file: peer.file });
      const parties = [{ party: `${country}-${short(version)}`, role: role.toLowerCase() }];
      const invited = await must(hub.api, 'POST', '/partners', { name: `${role} ${version}`, parties });
      await peer.ask('register', {
        versionsUrl: version === '2.1.1' ? invited.versionsUrl211 : invited.versionsUrl,
        token: invited.token,
      });
    }
    const id = stationOf(version);
    const charger = new Peer(join(folder, `${id}.json`), CHARGER);
    chargers.set(version, charger);
    const password = await addStation(hub, id, 2, ['OWN']);
    await charger.ask('open', { url: hub.ocppUrl, id, password, version: OCPP[version], clock, file: charger.file });
  }
  for (const { seller, buyer, agreement } of TERMS) {
    const rest = { id: `${seller}-${buyer}`, seller, buyer, currency: 'EUR', effectiveFrom: '2026-01-01T00:00:00Z' };
    await must(hub.api, 'POST', '/agreements', { ...rest, ...agreement });
  }
  const fetched = (module: string, count: number) =>
    hub.lines.filter((line) => line.msg === 'partner fetched' && line[module] === count).length;
  await hub.settled(async () => (fetched('tokens', CARDS) >= 3 && fetched('locations', 1) >= 3 ? true : undefined), 60_000);
  return {
    ...{ hub, emsps, cpos, chargers },
    async close() {
      for (const { process } of [...emsps.values(), ...cpos.values(), ...chargers.values()]) await process.end();
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function furnishOwn({ api }: TestHub): Promise<void> {
  for (const role of ['cpo', 'emsp']) await must(api, 'POST', '/parties', { party: 'NL-EVR', role, name: 'evroam' });
  await must(api, 'POST', '/parties', { party: 'NL-HUB', role: 'hub', name: 'the hub' });
  const priced = (dimension: string, type: string, price: string) => ({ dimension, fees: [{ type, price }], taxPercent: 21 });
  await must(api, 'POST', '/tariffs', {
    ...{ id: 'OWN', owner: 'NL-EVR', currency: 'EUR', validFrom: '2026-01-01T00:00:00Z' },
    elements: [{ components: [priced('ENERGY', 'electricity', '0.45'), priced('FLAT', 'start', '1.00')] }],
  });
}
