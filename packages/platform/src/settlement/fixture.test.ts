// A small trade for the tests of this module: our own parties, a partner eMSP, a partner CPO, and CDRs between them.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Tariff } from '@evroam/ocpi/pricing';
import type { TestDatabase } from '../edges/testing.js';
import type { OperatorId } from '../kernel/ids.js';
import { type Agreement, DEFAULT_TOLERANCE } from '../model/agreement.js';
import { type Cdr, cdrKey } from '../model/cdr.js';
import { type PartyId, partyId, splitPartyId } from '../model/party.js';
import { rate } from '../model/rating.js';
import type { TariffVersion } from '../model/tariff.js';
import type { KnownSession } from './cdr-checks.js';
import type { SettlementPorts } from './ports.js';

export const OPERATOR = 'op-1' as OperatorId;
export const OURS = partyId('NL', 'EVR');
export const EMSP = partyId('NL', 'EVM');
export const CPO = partyId('DE', 'ABC');

/** RFC 8410's own Ed25519 example key: a test key for everyone to see. */
export const KEY: KeyObject = createPrivateKey(
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n',
);
export const PUBLIC_KEY = createPublicKey(KEY);

export const NOON = new Date('2026-11-10T12:00:00Z');
const MINUTE_MS = 60_000;

/** 0.35 EUR per kWh by day, 0.25 by night, each with 0.10 service fee, and 0.50 EUR to start; 21 % VAT on top. */
export function tariff(owner: PartyId, changes: Partial<Tariff> = {}): TariffVersion {
  const energy = (electricity: bigint) => ({
    dimension: 'ENERGY' as const,
    price: electricity + 100_000_000n,
    stepSize: 1,
    taxes: [{ name: 'VAT', rate: 210_000 }],
    fees: [
      { type: 'electricity' as const, price: electricity },
      { type: 'service' as const, price: 100_000_000n },
    ],
  });
  return {
    owner,
    id: 'DAY-NIGHT',
    version: 1,
    tariff: {
      id: 'DAY-NIGHT',
      currency: 'EUR',
      taxIncluded: 'no',
      elements: [
        { components: [{ dimension: 'FLAT', price: 500_000_000n, stepSize: 1, taxes: [{ name: 'VAT', rate: 210_000 }] }] },
        { components: [energy(250_000_000n)], restrictions: { startMinute: 480, endMinute: 1_320 } },
        { components: [energy(150_000_000n)] },
      ],
      ...changes,
    },
    text: { en: 'day and night' },
    validFrom: new Date('2026-01-01T00:00:00Z'),
    updatedAt: new Date('2026-01-01T00:00:00Z'),
  };
}

export interface CdrWish {
  owner?: PartyId;
  buyer?: PartyId;
  id?: string;
  startedAt?: Date;
  minutes?: number;
  energyMilliWh?: number;
  tariffs?: readonly TariffVersion[];
  currency?: string;
  changes?: Partial<Cdr>;
}

/** An hour of charging, 20 kWh, priced as its tariff says unless told otherwise. */
export function cdr(wish: CdrWish = {}): Cdr {
  const { owner = OURS, id = 'CDR-1', startedAt = NOON, minutes = 60, energyMilliWh = 20_000_000, changes = {} } = wish;
  const tariffs = wish.tariffs ?? [tariff(owner)];
  const currency = wish.currency ?? 'EUR';
  const endedAt = new Date(startedAt.getTime() + minutes * MINUTE_MS);
  const seconds = (endedAt.getTime() - startedAt.getTime()) / 1000;
  const periods = [{ startedAt, tariffId: tariffs[0]?.id ?? '', energyMilliWh, chargingSeconds: seconds, parkingSeconds: 0 }];
  const bare = {
    owner,
    id,
    sessionId: `S-${id}`,
    startedAt,
    endedAt,
    token: { issuer: wish.buyer ?? (owner === OURS ? EMSP : OURS), uid: 'TAG-1', type: 'rfid' as const, contractId: 'NL-EVM-C1' },
    authMethod: 'command' as const,
    place: {
      owner,
      locationId: 'L1',
      evseUid: 'E1',
      connectorId: '1',
      address: 'Kade 1',
      city: 'Utrecht',
      country: 'NLD',
      coordinates: { latitude: '52.09', longitude: '5.11' },
      standard: 'IEC_62196_T2',
      format: 'socket' as const,
      powerType: 'ac3Phase' as const,
      timeZone: 'Europe/Amsterdam',
    },
    currency,
    periods,
    tariffs,
    energyMilliWh,
    chargingSeconds: seconds,
    parkingSeconds: 0,
    updatedAt: endedAt,
  };
  const { total } = rate(tariffs, bare, { timeZone: 'Europe/Amsterdam' });
  return { ...bare, total, ...changes };
}

/** The credit CDR of a CDR: everything copied, the total negated. OCPI 2.2.1, 10.3.1.1 */
export function creditOf(original: Cdr, id = `${original.id}-C`): Cdr {
  const { beforeTaxes, taxes, afterTaxes } = original.total;
  return {
    ...original,
    id,
    credit: { of: original.id },
    total: {
      taxes: taxes.map((tax) => ({ ...tax, amount: -tax.amount })),
      ...(beforeTaxes === undefined ? {} : { beforeTaxes: -beforeTaxes }),
      ...(afterTaxes === undefined ? {} : { afterTaxes: -afterTaxes }),
    },
  };
}

export function agreement(seller: PartyId, buyer: PartyId, changes: Partial<Agreement> = {}): Agreement {
  return {
    id: `AGR-${seller}-${buyer}`,
    version: 1,
    seller,
    buyer,
    sellerModel: 'agent',
    taxTreatment: 'domestic',
    tax: { name: 'VAT', rate: 210_000 },
    currency: 'EUR',
    rounding: 'perTotal',
    tolerance: DEFAULT_TOLERANCE,
    cycle: 'monthly',
    lateWindowDays: 14,
    signingKeys: {},
    effectiveFrom: new Date('2026-01-01T00:00:00Z'),
    ...changes,
  };
}

/** The CDR as OCPI 2.2.1 shows it to a partner: what rating and comparison read. */
export function wireOf(c: Cdr): Buffer {
  const { countryCode, party } = splitPartyId(c.owner);
  return Buffer.from(
    JSON.stringify({
      country_code: countryCode,
      party_id: party,
      id: c.id,
      start_date_time: c.startedAt.toISOString(),
      end_date_time: c.endedAt.toISOString(),
      session_id: c.sessionId,
      currency: c.currency,
      charging_periods: c.periods.map((p) => ({
        start_date_time: p.startedAt.toISOString(),
        dimensions: [
          { type: 'ENERGY', volume: p.energyMilliWh / 1e6 },
          { type: 'TIME', volume: p.chargingSeconds / 3600 },
        ],
        ...(p.tariffId === undefined ? {} : { tariff_id: p.tariffId }),
      })),
      total_energy: c.energyMilliWh / 1e6,
      ...(c.credit ? { credit: true, credit_reference_id: c.credit.of } : {}),
    }),
  );
}

/** What the other modules know, as maps that a test fills. */
export class World implements SettlementPorts {
  readonly agreementsOf = new Map<string, Agreement>();
  readonly sessionsOf = new Map<string, KnownSession>();
  readonly tariffsOf = new Map<string, TariffVersion>();
  readonly exchangedOf = new Map<string, Buffer>();
  parties: readonly PartyId[] = [OURS];

  constructor(...agreements: readonly Agreement[]) {
    for (const one of agreements) this.agree(one);
  }

  agree(one: Agreement): void {
    this.agreementsOf.set(`${one.seller} ${one.buyer}`, one);
  }

  /** Makes everything known that lets a CDR pass. */
  know(c: Cdr, { session = true, exchanged = true } = {}): void {
    if (session && c.sessionId !== undefined) {
      this.sessionsOf.set(`${c.owner}/${c.sessionId}`, {
        id: c.sessionId,
        energyMilliWh: c.energyMilliWh,
        startedAt: c.startedAt,
        endedAt: c.endedAt,
      });
    }
    for (const one of c.tariffs) if (!this.tariffsOf.has(`${c.owner}/${one.id}`)) this.tariffsOf.set(`${c.owner}/${one.id}`, one);
    if (exchanged) this.exchangedOf.set(cdrKey(c.owner, c.id), wireOf(c));
  }

  readonly agreements: SettlementPorts['agreements'] = {
    between: async (operatorId, asked) =>
      asked.map(({ seller, buyer, at }) => {
        const found = operatorId === OPERATOR ? this.agreementsOf.get(`${seller} ${buyer}`) : undefined;
        return found && at >= found.effectiveFrom ? found : undefined;
      }),
    pinnedKeys: async (_, party) => [...this.agreementsOf.values()].flatMap(({ signingKeys }) => signingKeys[party] ?? []),
  };
  readonly sessions: SettlementPorts['sessions'] = {
    find: async (_, wanted) => wanted.map(({ owner, sessionId }) => this.sessionsOf.get(`${owner}/${sessionId}`)),
  };
  readonly tariffs: SettlementPorts['tariffs'] = {
    at: async (_, asked) => asked.map(({ owner, id }) => this.tariffsOf.get(`${owner}/${id}`)),
  };
  readonly exchanged: SettlementPorts['exchanged'] = {
    of: async (_, owner, id) => {
      const bytes = this.exchangedOf.get(cdrKey(owner, id));
      return bytes && { version: '2.2.1', bytes };
    },
  };
  readonly hosted: SettlementPorts['hosted'] = { parties: async () => this.parties };
  readonly signer: SettlementPorts['signer'] = { keyOf: async () => KEY };
}

/** Empties the tables as only a test may: their guards are switched off for it. */
export async function forget({ sql, transact }: TestDatabase): Promise<void> {
  await transact(async (tx) => {
    await sql(tx, "SET LOCAL session_replication_role = 'replica'");
    const tables = await sql<{ name: string }>(tx, "SELECT tablename AS name FROM pg_tables WHERE tablename LIKE 'settlement%'");
    for (const { name } of tables) await sql(tx, `DELETE FROM ${name}`);
  });
}
