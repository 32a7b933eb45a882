import { PricingError } from '@evroam/ocpi/pricing';
import { type Refused, refuse } from '../kernel/refusal.js';
import { agreedTariff, type Terms } from '../model/agreed-tariff.js';
import type { Agreement } from '../model/agreement.js';
import { type Cdr, cdrKey } from '../model/cdr.js';
import type { PartyId } from '../model/party.js';
import { type Rated, rate } from '../model/rating.js';
import { isReserved } from '../model/session.js';
import type { TariffVersion } from '../model/tariff.js';
import { asSold, costDoubts, creditDoubts, isLate, type KnownSession, sessionDoubts, tariffDoubts, unfit } from './cdr-checks.js';
import { apply, type CdrLife, type ClearingEvent, type Doubt, type Finding } from './cdr-clearing.js';
import { type Charge, charge, type ExactCharge, exactOf, hubFee, retail } from './charge.js';
import type { Account, Entry } from './ledger.js';
import { type Deal, p1a, p1b, p1c, p1d, p3, p9, returnDispute } from './postings.js';

/** Everything that a decision about a CDR rests on, gathered beforehand. */
export interface Facts {
  cdr: Cdr;
  receivedAt: Date;
  /** When it is looked at; the moment of receipt if absent. */
  now?: Date;
  hosted: ReadonlySet<PartyId>;
  agreement?: Agreement;
  session?: KnownSession;
  /** The tariffs of the CDR as we know them, in its order. */
  knownTariffs: readonly (TariffVersion | undefined)[];
  /** The account of an own driver. */
  payer: Account;
  /** Another CDR of the same session was accepted and stands. */
  otherStands: boolean;
  /** A credit of this CDR came first and waits. */
  creditWaits: boolean;
  /** What a credit CDR wants to undo. */
  original?: Original;
}

export interface Original {
  cdr: Cdr;
  life: CdrLife;
  entries: readonly Entry[];
  agreement?: Agreement;
  charge?: Charge;
  tariffs?: readonly TariffVersion[];
}

/** What becomes of a CDR: its life, and what is posted with it, both or none. */
export interface Decision {
  life: CdrLife;
  entries: readonly Entry[];
  charge?: Charge;
  /** The price to an own driver, or of our sale as a principal. */
  sold?: Charge;
  tariffs?: readonly TariffVersion[];
  original?: { life: CdrLife };
}

/** Own drivers at own stations need no agreement between companies. */
export const AT_HOME: Terms = { rounding: 'perTotal', taxTreatment: 'domestic', tax: { name: '', rate: 0 } };

/** Looks at a CDR, new or waiting: the same facts give the same decision, in whatever order they came. */
export function clear(life: CdrLife, facts: Facts): Decision {
  const { cdr, agreement, receivedAt, now } = facts;
  let next = life;
  if (life.clearing.state === 'received' || life.clearing.state === 'quarantined') {
    const findings = unfit(cdr, agreement, receivedAt, now).filter(({ code }) => code !== 'noAgreement' || !atHome(facts));
    if (findings.length > 0) return { life: moved(life, { type: 'unfit', findings }), entries: [] };
    next = moved(life, { type: 'fit' });
  }
  return cdr.credit ? clearCredit(next, facts) : clearCharge(next, facts);
}

/** A person takes the CDR as it is: it is posted at our own price all the same. */
export function approve(life: CdrLife, facts: Facts, by: 'one' | 'two'): Decision | Refused<'illegal' | 'notPriceable'> {
  if (facts.cdr.credit) return refuse('illegal', 'a credit is accepted with its original, or declined');
  const priced = price(facts);
  if ('accepted' in priced) return priced;
  const move = apply(
    life,
    by === 'two'
      ? { type: 'approvedByTwo' }
      : { type: 'approved', ...(facts.session && !facts.otherStands ? { sessionId: facts.session.id } : {}) },
  );
  return move.accepted ? { ...priced, life: move.life } : move;
}

function clearCharge(life: CdrLife, facts: Facts): Decision {
  const { cdr, agreement, session, otherStands, creditWaits, hosted } = facts;
  const tolerance = agreement?.tolerance;
  const priced = price(facts);
  const doubts: Finding<Doubt>[] = [];
  // Nobody came, and it was we who kept the connector free: there is no session to look for.
  const isOwnNoShow = hosted.has(cdr.owner) && cdr.sessionId === undefined && cdr.periods.every(isReserved);
  if (!session && !isOwnNoShow) doubts.push({ code: 'noSession', ...(cdr.sessionId === undefined ? {} : { theirs: cdr.sessionId }) });
  if (session && tolerance) doubts.push(...sessionDoubts(cdr, session, tolerance));
  if (otherStands && !creditWaits) doubts.push({ code: 'secondOfSession' });
  if (!hosted.has(cdr.owner)) doubts.push(...tariffDoubts(cdr, facts.knownTariffs));
  if ('accepted' in priced) doubts.push({ code: 'notPriceable', ...(priced.detail === undefined ? {} : { ours: priced.detail }) });
  else if (tolerance) doubts.push(...costDoubts(cdr, priced.charge, priced.lines, tolerance));
  const late = agreement !== undefined && isLate(cdr, agreement, facts.receivedAt);
  if (late) doubts.push({ code: 'late' });

  const matched = session && life.clearing.state !== 'matched' ? moved(life, { type: 'matched', sessionId: session.id }) : life;
  if (doubts.length === 0 && !('accepted' in priced)) return { ...priced, life: moved(matched, { type: 'agreed' }) };
  const held = moved(matched, { type: 'doubted', findings: doubts });
  return { life: late ? moved(held, { type: 'expired' }) : held, entries: [] };
}

/** A credit follows its original: it mirrors what was posted, or withdraws what was not accepted yet. */
function clearCredit(life: CdrLife, { cdr, original }: Facts): Decision {
  const hold = (...findings: Finding<Doubt>[]): Decision => ({ life: moved(life, { type: 'doubted', findings }), entries: [] });
  if (!original) return hold({ code: 'creditBeforeOriginal', ...(cdr.credit ? { theirs: cdr.credit.of } : {}) });
  if (original.life.credit === 'full') return hold({ code: 'creditedAlready', theirs: original.cdr.id });
  const doubts = creditDoubts(cdr, original.cdr);
  if (doubts.length > 0) return hold(...doubts);

  let undone = original.life;
  const entries: Entry[] = [];
  const deal = dealOf(cdr);
  if (undone.dispute === 'open') {
    const opened = original.entries.filter(({ posting }) => posting === 'P2.open').at(-1);
    if (opened) entries.push(...returnDispute(dealOf(original.cdr), opened));
    undone = moved(undone, { type: 'settledDispute' });
  }
  if (undone.clearing.state === 'held') undone = moved(undone, { type: 'declined', reason: 'withdrawn' });
  if (undone.clearing.state === 'quarantined') undone = moved(undone, { type: 'rejected', reason: 'withdrawn' });
  const posted = original.entries.filter(({ posting }) => !posting.startsWith('P2'));
  const mirror = p3(deal, posted, { feeOnCredit: original.agreement?.feeOnCredit ?? 'returned', price: original.charge?.gross ?? 0n });
  if (Array.isArray(mirror)) entries.push(...mirror);
  const accepted = moved(life, { type: 'agreed' });
  return {
    life: accepted,
    entries,
    original: { life: moved(undone, { type: 'credited' }) },
    ...(posted.length > 0 && original.charge ? { charge: negated(original.charge) } : {}),
    ...(original.tariffs ? { tariffs: original.tariffs } : {}),
  };
}

interface Priced {
  entries: Entry[];
  charge: Charge;
  sold?: Charge;
  /** What it was priced by, where that is not what the CDR says. */
  tariffs?: readonly TariffVersion[];
  /** How many amounts were added up. */
  lines: number;
}

/** Our own price, by the tariffs that were sold, and its postings. */
export function price(facts: Facts): Priced | Refused<'notPriceable'> {
  const { agreement, hosted, payer } = facts;
  const cdr = asSold(facts.cdr, facts.knownTariffs);
  const priced = priceBy(cdr, agreement, hosted, payer);
  return 'accepted' in priced || cdr === facts.cdr ? priced : { ...priced, tariffs: cdr.tariffs };
}

function priceBy(
  cdr: Cdr,
  agreement: Agreement | undefined,
  hosted: ReadonlySet<PartyId>,
  payer: Account,
): Priced | Refused<'notPriceable'> {
  const terms: Terms = agreement ?? AT_HOME;
  const exact = rated(cdr, terms);
  if ('accepted' in exact) return exact;
  const lines = exact.lines.length;
  const bought = charge(exact, terms);
  const deal = dealOf(cdr);
  const ours = { seller: hosted.has(cdr.owner), buyer: hosted.has(cdr.token.issuer) };
  if (ours.seller && ours.buyer) return { entries: p9(deal, bought, payer), charge: bought, lines };
  if (ours.seller) return { entries: p1c(deal, bought), charge: bought, lines };
  if (!ours.buyer && agreement?.sellerModel !== 'principal') {
    const fee = (side: 'buyer' | 'seller') => hubFee(bought.gross, agreement?.fees?.[side], cdr.currency, terms.taxTreatment);
    return { entries: p1a(deal, bought, { buyer: fee('buyer'), seller: fee('seller') }), charge: bought, lines };
  }
  // Our driver is a consumer and taxed at home, whatever was agreed between the companies.
  const resale: Terms = ours.buyer && terms.taxTreatment === 'reverseCharge' ? { ...terms, taxTreatment: 'domestic' } : terms;
  const base = rated(cdr, resale);
  if ('accepted' in base) return base;
  const tax = resale.taxTreatment === 'domestic' ? resale.tax : { ...resale.tax, rate: 0 };
  const sold = charge(agreement?.retail ? retail(base, agreement.retail, tax) : base, resale);
  return { entries: ours.buyer ? p1d(deal, bought, sold, payer) : p1b(deal, bought, sold), charge: bought, sold, lines };
}

/** The exact price of a CDR between the parties of an agreement. */
export function rated(cdr: Cdr, terms: Terms): ExactCharge | Refused<'notPriceable'> {
  const known = ratedBy(cdr, terms);
  return 'accepted' in known ? known : exactOf(known, terms);
}

/** The rating behind it, with the reason of every amount. */
export function ratedBy(cdr: Cdr, terms: Terms): Rated | Refused<'notPriceable'> {
  try {
    return rate(agreedTariffs(cdr, terms), cdr, { timeZone: cdr.place.timeZone });
  } catch (error) {
    // What the engine cannot price is a finding about the CDR; anything else is a bug.
    if (error instanceof PricingError) return refuse('notPriceable', error.message);
    throw error;
  }
}

/**
 * The tariffs of a CDR as agreed. CDRs bring their tariffs along, the same few again and again: one copy of each is kept, since the
 * rating engine prepares a tariff once for each copy. Forgetting them costs time and nothing else.
 */
export function agreedTariffs(cdr: Cdr, terms: Terms): TariffVersion[] {
  return cdr.tariffs.map((version) => {
    const text = JSON.stringify([version.owner, version.tariff, terms.taxTreatment, terms.tax], (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    const known = agreedByText.get(text) ?? agreedTariff(version, terms);
    if (agreedByText.size >= MOST_TARIFFS) agreedByText.clear();
    agreedByText.set(text, known);
    return known;
  });
}

const agreedByText = new Map<string, TariffVersion>();
const MOST_TARIFFS = 1000;

export function dealOf(cdr: Cdr): Deal {
  return {
    cdr: cdrKey(cdr.owner, cdr.id),
    seller: cdr.owner,
    buyer: cdr.token.issuer,
    currency: cdr.currency,
    eventAt: cdr.endedAt,
    jurisdiction: cdr.place.country,
  };
}

function atHome({ cdr, hosted }: Facts): boolean {
  return hosted.has(cdr.owner) && hosted.has(cdr.token.issuer);
}

export function negated({ currency, fees, net, tax, selfAssessed, gross, rounding }: Charge): Charge {
  return {
    currency,
    fees: fees.map(({ type, net: fee }) => ({ type, net: -fee })),
    net: -net,
    tax: -tax,
    selfAssessed: -selfAssessed,
    gross: -gross,
    rounding: -rounding,
  };
}

/** A move that the caller has made sure of: another one is a bug. */
function moved(life: CdrLife, event: ClearingEvent): CdrLife {
  const move = apply(life, event);
  if (!move.accepted) throw new Error(move.detail);
  return move.life;
}
