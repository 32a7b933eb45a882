// Made-up locations, tariffs and tokens, the same ones for the same seed.
import type { Party } from '../headers.js';
import type { Location } from '../v221/locations.js';
import type { Tariff } from '../v221/tariffs.js';
import type { Token } from '../v221/tokens.js';

/** What a seed is made for. */
export interface SeedOptions {
  readonly party: Party;
  readonly count: number;
  /** The last_updated of everything. */
  readonly at: Date;
  readonly seed?: number;
  readonly currency?: string;
}

/** A source of numbers in [0, 1), the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const streets = ['Harbour', 'Mill', 'Station', 'Orchard', 'Bridge', 'Garden', 'Foundry', 'Lake'];

/** Locations with one to four EVSEs each, one connector an EVSE. */
export function seedLocations({ party, count, at, seed = 1 }: SeedOptions): Location[] {
  const random = numbers(seed);
  const last_updated = at.toISOString();
  return Array.from({ length: count }, (_, index): Location => {
    const id = `LOC${index + 1}`;
    const evses = Array.from({ length: 1 + Math.floor(random() * 4) }, (__, number) => {
      const isFast = random() < 0.3;
      return {
        uid: `${id}-E${number + 1}`,
        evse_id: `${party.country}*${party.party}*E${String(index + 1).padStart(4, '0')}${number + 1}`,
        status: 'AVAILABLE' as const,
        capabilities: ['REMOTE_START_STOP_CAPABLE', 'RFID_READER', 'CHARGING_PROFILE_CAPABLE'] as const,
        connectors: [
          {
            id: '1',
            standard: isFast ? ('IEC_62196_T2_COMBO' as const) : ('IEC_62196_T2' as const),
            format: isFast ? ('CABLE' as const) : ('SOCKET' as const),
            power_type: isFast ? ('DC' as const) : ('AC_3_PHASE' as const),
            max_voltage: isFast ? 800 : 230,
            max_amperage: isFast ? 250 : 32,
            max_electric_power: isFast ? 150_000 : 22_000,
            tariff_ids: ['T1'],
            last_updated,
          },
        ],
        last_updated,
      };
    });
    return {
      country_code: party.country,
      party_id: party.party,
      id,
      publish: true,
      name: `${streets[index % streets.length]} ${index + 1}`,
      address: `${streets[index % streets.length]} Street ${1 + Math.floor(random() * 200)}`,
      city: 'Utrecht',
      postal_code: `${3500 + (index % 100)} AA`,
      country: 'NLD',
      coordinates: { latitude: (52 + random()).toFixed(6), longitude: (5 + random()).toFixed(6) },
      evses,
      time_zone: 'Europe/Amsterdam',
      last_updated,
    };
  });
}

/** One tariff: a price per kWh, excluding 21 % VAT, and nothing else. */
export function seedTariffs({ party, at, currency = 'EUR' }: SeedOptions, pricePerKwh = 0.4): Tariff[] {
  return [
    {
      country_code: party.country,
      party_id: party.party,
      id: 'T1',
      currency,
      elements: [{ price_components: [{ type: 'ENERGY', price: pricePerKwh, vat: 21, step_size: 1 }] }],
      last_updated: at.toISOString(),
    },
  ];
}

/** RFID tokens that may always charge. */
export function seedTokens({ party, count, at, seed = 1 }: SeedOptions): Token[] {
  const random = numbers(seed ^ 0x7f4a7c15);
  return Array.from(
    { length: count },
    (_, index): Token => ({
      country_code: party.country,
      party_id: party.party,
      uid: `04${Array.from({ length: 12 }, () => Math.floor(random() * 16).toString(16))
        .join('')
        .toUpperCase()}`,
      type: 'RFID',
      contract_id: `${party.country}-${party.party}-C${String(index + 1).padStart(8, '0')}`,
      issuer: `Simulated ${party.party}`,
      valid: true,
      whitelist: 'ALLOWED',
      last_updated: at.toISOString(),
    }),
  );
}
