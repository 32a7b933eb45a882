import { createPrivateKey, createPublicKey } from 'node:crypto';
import { defaultPolicies, price, readCdr, readTariff, roundAmount } from '@evroam/ocpi/pricing';
import { blockHash, buildStatement, type Entry, entryHash, merkleTree, sealBlock, showLegs } from '@evroam/ocpi/statement';

/** A key that is the same in each run: the 32 secret bytes, in the DER frame of RFC 8410. */
export function keyPair(byte: number) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

export const hub = keyPair(7);

const wireTariff = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'DAY-NIGHT',
  currency: 'EUR',
  elements: [
    { price_components: [{ type: 'FLAT', price: 0.5, vat: 21, step_size: 1 }] },
    { price_components: [{ type: 'ENERGY', price: 0.3, vat: 21, step_size: 1 }], restrictions: { start_time: '07:00', end_time: '23:00' } },
    { price_components: [{ type: 'ENERGY', price: 0.2, vat: 21, step_size: 1 }] },
  ],
  last_updated: '2026-01-01T00:00:00Z',
};

/** The bytes of a CDR as the partner sent them; this partner indents its JSON. */
export function rawCdr(id: string, kwh: number, hour: string): string {
  const start = `2026-10-05T${hour}:00:00Z`;
  const end = `2026-10-05T${hour}:45:00Z`;
  const cdr = {
    country_code: 'NL',
    party_id: 'CPO',
    id,
    start_date_time: start,
    end_date_time: end,
    session_id: `S-${id}`,
    currency: 'EUR',
    charging_periods: [{ start_date_time: start, dimensions: [{ type: 'ENERGY', volume: kwh }] }],
    total_energy: kwh,
    remark: 'Größe 充电',
    last_updated: end,
  };
  return JSON.stringify(cdr, null, 1);
}

const party = (partyId: string) => ({ countryCode: 'NL', partyId, name: `Party ${partyId}` });
const RECEIVABLE = 'Receivable(NL*MSP)';

/** A statement of `count` CDRs, built and signed, with the raw CDRs that the partner sent. */
export function statementWorld(count = 3) {
  const { input, raws } = statementInput(count);
  return { ...buildStatement(input, hub.privateKey), raws };
}

/** What a statement of `count` CDRs is built from: each with its entry in one of two blocks, among entries of others. */
export function statementInput(count = 3) {
  const tariff = readTariff('2.2.1', wireTariff);
  const raws = new Map<string, string>();
  const entries: Entry[] = [];
  const lines = Array.from({ length: count }, (_, i) => {
    const id = `CDR-${i}`;
    const raw = rawCdr(id, 10 + i * 1.25, String((i * 5) % 24).padStart(2, '0'));
    raws.set(id, raw);
    const session = readCdr('2.2.1', JSON.parse(raw));
    const priced = { timeZone: 'Europe/Amsterdam', tariffs: [tariff], session };
    const due = roundAmount(
      price([tariff], session, priced).lines.map(({ amount }) => amount),
      'EUR',
    ).afterTaxes!;
    entries.push(entryOf(`E-${i}`, RECEIVABLE, 'Payable(NL*CPO)', due), entryOf(`X-${i}`, 'Receivable(BE*OTH)', 'Payable(NL*CPO)', 999n));
    return {
      kind: 'cdr' as const,
      cdr: { countryCode: 'NL', partyId: 'CPO', id, version: '2.2.1' as const, raw },
      sessionId: `S-${id}`,
      energyMilliWh: session.periods.reduce((sum, p) => sum + p.energyMilliWh, 0),
      basis: 'rated' as const,
      priced,
      account: RECEIVABLE,
      due,
      entries: [`E-${i}`],
    };
  });
  const ledger = seal(entries);
  return { input: { ...head(), ...ledger, lines }, raws };
}

function head() {
  return {
    id: 'ST-2026-10-MSP',
    version: 1,
    issuer: party('HUB'),
    counterparty: party('MSP'),
    period: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
    issuedAt: '2026-11-02T08:00:00.000Z',
    currency: 'EUR',
    accounts: [{ name: RECEIVABLE, side: 'debit' as const }],
    agreement: {
      id: 'AG-1',
      version: 4,
      rounding: 'perTotal' as const,
      policies: defaultPolicies,
      terms: { sellerModel: 'agent', eMspFee: '0' },
    },
  };
}

/** An entry of two legs. */
export function entryOf(id: string, debit: string, credit: string, amount: bigint): Entry {
  const leg = (account: string, side: 'debit' | 'credit') => ({
    account,
    side,
    currency: 'EUR',
    amount: amount.toString(),
    salt: `${side}-${id}`,
  });
  return { id, postedAt: '2026-10-05T12:00:00.000Z', kind: 'cdr', legs: [leg(debit, 'debit'), leg(credit, 'credit')] };
}

function seal(all: readonly Entry[]) {
  const cut = Math.ceil(all.length / 2);
  const groups = [all.slice(0, cut), all.slice(cut)];
  const hashes = groups.map((group) => group.map(entryHash));
  const first = sealBlock(hashes[0]!, { height: 41, previous: '0'.repeat(64), sealedAt: '2026-10-05T12:00:01.000Z' }, hub.privateKey);
  const blocks = [first];
  if (hashes[1]!.length > 0)
    blocks.push(sealBlock(hashes[1]!, { height: 42, previous: blockHash(first), sealedAt: '2026-10-05T12:00:02.000Z' }, hub.privateKey));
  const trees = hashes.map(merkleTree);
  const mine = (entry: Entry) => entry.id.startsWith('E');
  const inclusions = groups.flatMap((group, g) =>
    group.flatMap((entry, index) => (mine(entry) ? [{ entry: entry.id, block: 41 + g, index, path: trees[g]!.path(index) }] : [])),
  );
  return { entries: all.filter(mine).map((entry) => showLegs(entry, ({ account }) => account === RECEIVABLE)), inclusions, blocks };
}
