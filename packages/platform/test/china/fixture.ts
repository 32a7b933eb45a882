import { once } from 'node:events';
import { type PileOptions, SimulatedPile } from '@evroam/gbt-adapter/ykc/simulator';
import type { TestHub } from '../journeys/hub.js';
import { eventually, type Json, must } from '../own-stations-fixture.js';

/** Prices of a day in four bands, taxes included at 13 %: every one has five decimals at the pile. */
export const BANDS = { sharp: ['1.200', '0.400'], peak: ['1.000', '0.400'], flat: ['0.700', '0.400'], valley: ['0.300', '0.400'] } as const;

export const energy = ([electricity, service]: readonly [string, string]) => ({
  dimension: 'ENERGY',
  fees: [
    { type: 'electricity', price: electricity },
    { type: 'service', price: service },
  ],
  taxPercent: 13,
  stepSize: 0,
});

/** Each half hour another band: whenever a test runs, it soon crosses a price. */
const elements = Array.from({ length: 48 }, (_, slot) => {
  const time = (n: number) => `${String(Math.floor(n / 2) % 24).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'}`;
  const band = (['sharp', 'peak', 'flat', 'valley'] as const)[slot % 4]!;
  return { components: [energy(BANDS[band])], restrictions: { startTime: time(slot), endTime: time(slot + 1) } };
});

/** A party, a tariff that a pile can charge by, one that it cannot, and cards. */
export async function furnishChina({ api }: Pick<TestHub, 'api'>): Promise<void> {
  for (const role of ['cpo', 'emsp']) await must(api, 'POST', '/parties', { party: 'CN-EVR', role, name: 'evroam' });
  const tariff = { owner: 'CN-EVR', currency: 'CNY', validFrom: '2020-01-01T00:00:00Z' };
  await must(api, 'POST', '/tariffs', { ...tariff, id: 'FOUR', elements });
  await must(api, 'POST', '/tariffs', {
    ...tariff,
    id: 'IDLE',
    elements: [{ components: [energy(BANDS.flat), { dimension: 'PARKING_TIME', fees: [{ type: 'idle', price: '6.00' }] }] }],
  });
  const token = (uid: string, more: object = {}) =>
    must(api, 'PUT', `/tokens/CN-EVR/${uid}`, {
      type: 'rfid',
      contractId: `CN-EVR-C${uid.slice(-8).padStart(8, '0')}`,
      issuerName: 'evroam',
      ...more,
    });
  await token('D14B0A54');
  await token('B10C4ED0', { valid: false });
  await token('APP1', { type: 'appUser' });
  await token('L1NSPGH98NA000000', { type: 'other' });
}

export interface Placed {
  id: string;
  pileCode: string;
}

/** A pile with so many guns at a location of its own in Shanghai. */
export async function addPile(
  { api }: Pick<TestHub, 'api'>,
  { id, pileCode }: Placed,
  { guns = 1, tariff = 'FOUR', pile = {} as object } = {},
): Promise<void> {
  const numbers = Array.from({ length: guns }, (_, i) => i + 1);
  const connector = {
    id: '1',
    standard: 'GBT_DC',
    format: 'cable',
    powerType: 'dc',
    maxVoltage: 750,
    maxAmperage: 250,
    maxPowerWatt: 120_000,
    tariffIds: [tariff],
  };
  await must(api, 'PUT', `/locations/CN-EVR/L-${id}`, {
    ...{ address: 'Nanjing Road 1', city: 'Shanghai', country: 'CHN', timeZone: 'Asia/Shanghai' },
    coordinates: { latitude: '31.2304', longitude: '121.4737' },
    evses: numbers.map((n) => ({ uid: `${id}-E${n}`, evseId: `CN*EVR*E${id.replace(/\W/g, '')}*${n}`, connectors: [connector] })),
  });
  const connectors = numbers.map((number) => ({ number, evseUid: `${id}-E${number}`, connectorId: '1' }));
  await must(api, 'POST', '/stations', { id, owner: 'CN-EVR', locationId: `L-${id}`, connectors });
  await must(api, 'PUT', `/stations/${id}/pile`, { pileCode, networks: ['127.0.0.0/8'], ...pile });
}

export const portOf = (hub: TestHub): number => Number(new URL(hub.addresses.ykc).port);
export const VEHICLE = { vin: 'L1NSPGH98NA000000', capacityKWh: 60, socPct: 20, maxPowerKw: 120 };

/** A pile that is on, logged in and has its model. */
export async function openPile(hub: TestHub, { pileCode }: Placed, options: Partial<PileOptions> = {}): Promise<SimulatedPile> {
  const pile = new SimulatedPile({ pileCode, port: portOf(hub), ...options });
  const online = once(pile, 'online');
  pile.start();
  await online;
  return pile;
}

/** The CDR of a location, once it is there. */
export const cdrAt = (hub: TestHub, id: string, nth = 1): Promise<Json> =>
  eventually(async () => {
    const { items } = await must(hub.api, 'GET', '/cdrs');
    return items.filter(({ place }: Json) => place.locationId === `L-${id}`)[nth - 1];
  }, `CDR ${nth} at ${id}`);

export const billsOf = async (hub: TestHub, id: string): Promise<Json[]> => (await must(hub.api, 'GET', `/stations/${id}/bills`)).items;
export const sessionsOf = async (hub: TestHub, id: string): Promise<Json[]> =>
  (await must(hub.api, 'GET', `/sessions?station=${id}`)).items;
