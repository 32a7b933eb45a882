// Random histories of settlement: their paperwork, and how it is handed over. Used by the tests here, by the soak and by the drills.
import fc from 'fast-check';
import type { Agreement } from '../../model/agreement.js';
import { type Cdr, cdrKey } from '../../model/cdr.js';
import { type PartyId, partyId } from '../../model/party.js';
import type { TariffVersion } from '../../model/tariff.js';
import type { ClearingState } from '../cdr-clearing.js';
import { agreement, cdr, creditOf, OPERATOR, OURS, tariff, World, wireOf } from '../fixture.test.js';
import type { SettlementService } from '../service.js';

export type Message = { kind: 'cdr'; cdr: Cdr } | { kind: 'session'; cdr: Cdr };

/** One session's paperwork, whose messages may come in any order and more than once. */
export interface Story {
  pair: number;
  plot: 'plain' | 'credited' | 'revised' | 'lie' | 'lieRevised' | 'unknown' | 'late session' | 'stale' | 'early';
  minute: number;
  minutes: number;
  energyMilliWh: number;
}

const CPOS = ['ABC', 'BCD', 'CDE', 'DEF', 'EFG'].map((id) => partyId('DE', id));
const EMSPS = ['EVM', 'EVN', 'EVO', 'EVP', 'EVQ', 'EVS'].map((id) => partyId('NL', id));
const VAT = { name: 'VAT', rate: 210_000 };
const CITY_TAX = { name: 'city tax', rate: 15_000 };
const CURRENCIES = ['EUR', 'CNY', 'JPY', 'KWD'] as const;

interface Pair {
  agreement: Agreement;
  tariff: TariffVersion;
  /** All taxes together that are due on a price of this tariff, in 10^-4 of a per cent. */
  taxRate: number;
}

export const HUB_FEES = {
  buyer: { rate: 10_000, perCdr: 20_000_000n, taxRate: 210_000 },
  seller: { rate: 5_000, perCdr: 0n, taxRate: 210_000 },
};

/** Twelve parties with us: our sales, our purchases, and what passes between partners, in four currencies and under every treatment. */
export const PAIRS: readonly Pair[] = [
  ...EMSPS.map((buyer, i) => pairOf(OURS, buyer, i, {})),
  ...CPOS.map((seller, i) => pairOf(seller, OURS, i + 1, { retail: { markUpRate: 80_000, startFee: 100_000_000n } })),
  ...CPOS.flatMap((seller, i) =>
    EMSPS.map((buyer, j) =>
      pairOf(seller, buyer, i + j, {
        sellerModel: (i + j) % 2 === 0 ? 'agent' : 'principal',
        fees: HUB_FEES,
        taxTreatment: (['domestic', 'reverseCharge', 'exempt', 'outside'] as const)[(i + j) % 4] ?? 'domestic',
      }),
    ),
  ),
];

function pairOf(seller: PartyId, buyer: PartyId, n: number, changes: Partial<Agreement>): Pair {
  const currency = CURRENCIES[n % CURRENCIES.length] ?? 'EUR';
  const terms = agreement(seller, buyer, { currency, rounding: n % 3 === 0 ? 'perLine' : 'perTotal', ...changes });
  // A price leaves its tax open (the agreed one is due), says that there is none, or names two.
  const named = terms.taxTreatment === 'domestic' ? ([undefined, [], [VAT, CITY_TAX]] as const)[n % 3] : undefined;
  // Prices of the yen are a hundred times as many units.
  const factor = currency === 'JPY' ? 100n : 1n;
  const base = tariff(seller).tariff;
  const elements = base.elements.map((element) => ({
    ...element,
    components: element.components.map(({ dimension, stepSize, price }) => ({
      dimension,
      stepSize,
      price: price * factor,
      ...(named ? { taxes: named } : {}),
    })),
  }));
  const due = named ?? (terms.taxTreatment === 'domestic' ? [terms.tax] : []);
  return {
    agreement: terms,
    tariff: { ...tariff(seller, { id: `T-${buyer}`, currency, elements }), id: `T-${buyer}` },
    taxRate: due.reduce((sum, { rate }) => sum + rate, 0),
  };
}

export function pairBetween(seller: PartyId, buyer: PartyId): Pair {
  const found = PAIRS.find(({ agreement: terms }) => terms.seller === seller && terms.buyer === buyer);
  if (!found) throw new Error(`${seller} and ${buyer} agreed on nothing`);
  return found;
}

export const stories: fc.Arbitrary<Story> = fc.record({
  pair: fc.nat(PAIRS.length - 1),
  plot: fc.constantFrom('plain', 'plain', 'credited', 'revised', 'lie', 'lieRevised', 'unknown', 'late session', 'stale', 'early'),
  minute: fc.integer({ min: 0, max: 14 * 24 * 60 }),
  minutes: fc.integer({ min: 5, max: 600 }),
  energyMilliWh: fc.integer({ min: 0, max: 90_000_000 }),
});

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START = new Date('2026-11-01T00:00:00Z').getTime();
/** When a stale CDR's session was: it comes after its late window, and is not too old to be looked at. */
const STALE = START - 40 * DAY_MS;
/** Before the day from which any agreement is in force. */
const EARLY = new Date('2025-12-01T00:00:00Z').getTime();

/** The messages of a story, and what the other modules know beforehand. */
export function messagesOf(story: Story, n: number, world: World): Message[] {
  const { agreement: terms, tariff: version } = PAIRS[story.pair]!;
  const id = `H${String(n).padStart(5, '0')}`;
  const wish = {
    owner: terms.seller,
    buyer: terms.buyer,
    id,
    startedAt: new Date((story.plot === 'stale' ? STALE : story.plot === 'early' ? EARLY : START) + story.minute * MINUTE_MS),
    minutes: story.minutes,
    energyMilliWh: Math.min(story.energyMilliWh, story.minutes * 2_000_000),
    tariffs: [version],
    currency: terms.currency,
  };
  const honest = cdr(wish);
  const known = story.plot !== 'unknown' && story.plot !== 'late session';
  world.know(honest, { session: known });
  const lie = cdr({ ...wish, energyMilliWh: wish.energyMilliWh + 5_000_000 });
  const again = cdr({ ...wish, id: `${id}-2`, changes: { sessionId: `S-${id}` } });
  // A lie has the id of the honest CDR: a partner sends one of them.
  const first = story.plot === 'lie' || story.plot === 'lieRevised' ? lie : honest;
  for (const one of [first, again, creditOf(first)]) world.exchangedOf.set(cdrKey(one.owner, one.id), wireOf(one));
  const of = (...cdrs: Cdr[]): Message[] => cdrs.map((one) => ({ kind: 'cdr', cdr: one }));
  switch (story.plot) {
    case 'plain':
    case 'unknown':
    case 'stale':
    case 'early':
      return of(honest);
    case 'credited':
      return of(honest, creditOf(honest));
    case 'revised':
      return of(honest, creditOf(honest), again);
    case 'lie':
      return of(lie);
    case 'lieRevised':
      return of(lie, creditOf(lie), again);
    case 'late session':
      return [...of(honest), { kind: 'session', cdr: honest }];
  }
}

/** What becomes of a story's CDRs once all of its messages came, in whatever order: told by the plot, not by the code under test. */
export function endOf({ plot, pair }: Story, n: number): Map<string, ClearingState> {
  const id = `${PAIRS[pair]!.agreement.seller}/H${String(n).padStart(5, '0')}`;
  switch (plot) {
    case 'plain':
    case 'late session':
      return new Map([[id, 'accepted']]);
    case 'lie':
    case 'unknown':
      return new Map([[id, 'held']]);
    case 'stale':
      return new Map([[id, 'expired']]);
    case 'early':
      return new Map([[id, 'quarantined']]);
    case 'credited':
      return new Map<string, ClearingState>([[id, 'accepted']]).set(`${id}-C`, 'accepted');
    case 'revised':
      return new Map<string, ClearingState>([[id, 'accepted']]).set(`${id}-C`, 'accepted').set(`${id}-2`, 'accepted');
    case 'lieRevised':
      return new Map<string, ClearingState>([[id, 'declined']]).set(`${id}-C`, 'accepted').set(`${id}-2`, 'accepted');
  }
}

export function newWorld(): World {
  return new World(...PAIRS.map((pair) => pair.agreement));
}

/** Hands the messages over in the order given, some at a time, then lets settlement look again at what waits. */
export async function play(settlement: SettlementService, world: World, messages: readonly Message[], atOnce = 1): Promise<void> {
  for (let i = 0; i < messages.length; i += atOnce) {
    await Promise.all(messages.slice(i, i + atOnce).map((message) => hand(settlement, world, message)));
  }
  await lookAgain(settlement);
}

/** Lets settlement look again at all that waits, until that changes nothing more. */
export async function lookAgain(settlement: SettlementService): Promise<void> {
  while ((await settlement.sweep({ all: true })) > 0) {
    const { held = 0, quarantined = 0 } = await settlement.counts(OPERATOR);
    if (held + quarantined > 0) return;
  }
}

export async function hand(settlement: SettlementService, world: World, message: Message): Promise<void> {
  if (message.kind === 'session') world.know(message.cdr);
  else await settlement.record(OPERATOR, message.cdr, sourceOf(message.cdr));
}

export function sourceOf({ owner }: Cdr): 'own' | 'partner' {
  return owner === OURS ? 'own' : 'partner';
}

/** How many CDRs are among them. */
export function count(messages: readonly Message[]): number {
  return messages.filter(({ kind }) => kind === 'cdr').length;
}
