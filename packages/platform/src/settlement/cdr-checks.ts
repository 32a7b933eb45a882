import { moneyText } from '../kernel/money.js';
import { kwhText } from '../kernel/quantity.js';
import type { Agreement, Tolerance } from '../model/agreement.js';
import type { Cdr } from '../model/cdr.js';
import { isReserved } from '../model/session.js';
import type { TariffVersion } from '../model/tariff.js';
import { sameUid } from '../model/token.js';
import type { Doubt, Finding, Unfit } from './cdr-clearing.js';
import { type Charge, toMinor } from './charge.js';
import { boundsOf, periodOf } from './period.js';

/** What a session is to settlement: enough to compare a CDR with. */
export interface KnownSession {
  id: string;
  energyMilliWh: number;
  startedAt: Date;
  endedAt: Date;
  /** What the connector can give, where it is known. */
  maxPowerWatt?: number;
}

/** Rates are written in 10^-4 of a per cent. */
const RATE_ONE = 1_000_000;
/** A clock ahead of ours by this much is still no future. */
const FUTURE_MS = 5 * 60_000;
/** The strongest connector there is (megawatt charging), for places whose own limit is not known. */
const MOST_WATT = 3_750_000;
/** A meter may show a little more than the rating. */
const POWER_SLACK = 1.05;
const DAY_MS = 86_400_000;

/** The hard rules: what breaks one of them cannot be looked at further. */
export function unfit(cdr: Cdr, agreement: Agreement | undefined, receivedAt: Date, now = receivedAt): Finding<Unfit>[] {
  const findings: Finding<Unfit>[] = [];
  const { startedAt, endedAt, energyMilliWh } = cdr;
  if (cdr.place.owner !== cdr.owner) findings.push({ code: 'notOfParty', theirs: cdr.place.owner, ours: cdr.owner });
  if (endedAt < startedAt) findings.push({ code: 'endBeforeStart', theirs: span(startedAt, endedAt) });
  // By the clock of whoever looks: the one that received it may have been behind.
  if (endedAt.getTime() > now.getTime() + FUTURE_MS)
    findings.push({ code: 'inFuture', theirs: endedAt.toISOString(), ours: now.toISOString() });
  if (energyMilliWh < 0) findings.push({ code: 'energyNegative', theirs: `${kwhText(energyMilliWh)} kWh` });
  else if (energyMilliWh > mostEnergy(cdr, MOST_WATT))
    findings.push({ code: 'energyImplausible', theirs: `${kwhText(energyMilliWh)} kWh` });
  if (!agreement) return [...findings, { code: 'noAgreement' }];
  if (agreement.currency !== cdr.currency) findings.push({ code: 'wrongCurrency', theirs: cdr.currency, ours: agreement.currency });
  const oldest = receivedAt.getTime() - agreement.tolerance.ageDays * DAY_MS;
  if (endedAt.getTime() < oldest)
    findings.push({ code: 'tooOld', theirs: endedAt.toISOString(), ours: `${agreement.tolerance.ageDays} days` });
  return findings;
}

/** A credit bears its original: same party, currency, token and session, and is itself no original of a credit. */
export function creditDoubts(credit: Cdr, original: Cdr): Finding<Doubt>[] {
  if (original.credit) return [{ code: 'creditOfCredit', theirs: original.id }];
  const same =
    credit.owner === original.owner &&
    credit.currency === original.currency &&
    credit.token.issuer === original.token.issuer &&
    sameUid(credit.token.uid, original.token.uid) &&
    credit.sessionId === original.sessionId &&
    credit.energyMilliWh === original.energyMilliWh &&
    negates(credit, original);
  return same ? [] : [{ code: 'creditOfOther', theirs: original.id }];
}

/** OCPI negates total_cost and nothing else; a part that one side left out cannot be compared. */
function negates(credit: Cdr, original: Cdr): boolean {
  const opposite = (a: bigint | undefined, b: bigint | undefined) => a === undefined || b === undefined || a === -b;
  return opposite(credit.total.beforeTaxes, original.total.beforeTaxes) && opposite(credit.total.afterTaxes, original.total.afterTaxes);
}

/** A CDR beside the session that we know of it. */
export function sessionDoubts(
  cdr: Cdr,
  session: KnownSession,
  { energyMilliWh, energyRate, seconds, clockSeconds }: Tolerance,
): Finding<Doubt>[] {
  const findings: Finding<Doubt>[] = [];
  const energyRoom = Math.max(energyMilliWh, (session.energyMilliWh * energyRate) / RATE_ONE);
  const tooMuch = session.maxPowerWatt !== undefined && cdr.energyMilliWh > mostEnergy(cdr, session.maxPowerWatt) + energyRoom;
  if (Math.abs(cdr.energyMilliWh - session.energyMilliWh) > energyRoom || tooMuch) {
    findings.push({ code: 'energyDiffers', theirs: `${kwhText(cdr.energyMilliWh)} kWh`, ours: `${kwhText(session.energyMilliWh)} kWh` });
  }
  // A CDR begins with the reservation that was used, a session with the plug. OCPI 2.2.1, 10.3.1
  const startedAt = cdr.periods.find((period) => !isReserved(period))?.startedAt ?? cdr.startedAt;
  const lengths = [secondsOf(startedAt, cdr.endedAt), secondsOf(session.startedAt, session.endedAt)] as const;
  if (Math.abs(lengths[0] - lengths[1]) > seconds)
    findings.push({ code: 'timeDiffers', theirs: `${lengths[0]} s`, ours: `${lengths[1]} s` });
  const skew = Math.max(Math.abs(secondsOf(session.startedAt, startedAt)), Math.abs(secondsOf(session.endedAt, cdr.endedAt)));
  if (skew > clockSeconds) {
    findings.push({ code: 'clockDiffers', theirs: span(startedAt, cdr.endedAt), ours: span(session.startedAt, session.endedAt) });
  }
  return findings;
}

/** The tariffs in the CDR beside the versions that we know to have been sold at its start. */
export function tariffDoubts(cdr: Cdr, known: readonly (TariffVersion | undefined)[]): Finding<Doubt>[] {
  if (cdr.tariffs.length === 0) return [{ code: 'unknownTariff' }];
  return cdr.tariffs.flatMap((theirs, i): Finding<Doubt>[] => {
    const ours = known[i];
    if (!ours) return [{ code: 'unknownTariff', theirs: theirs.id }];
    return priceText(ours) === priceText(theirs)
      ? []
      : [{ code: 'tariffDiffers', theirs: theirs.id, ours: `${ours.id} version ${ours.version}` }];
  });
}

/** The CDR with the tariffs that were sold, where we know them to be others than it says; the CDR itself where they are not. */
export function asSold(cdr: Cdr, known: readonly (TariffVersion | undefined)[]): Cdr {
  const tariffs = cdr.tariffs.map((theirs, i) => {
    const ours = known[i];
    return ours && priceText(ours) !== priceText(theirs) ? ours : theirs;
  });
  return tariffs.some((tariff, i) => tariff !== cdr.tariffs[i]) ? { ...cdr, tariffs } : cdr;
}

/** What decides a price: OCPI shows fees only as their sum, and neither texts nor validity change it. */
function priceText({ tariff: { currency, taxIncluded, elements, minPrice, maxPrice } }: TariffVersion): string {
  const priced = elements.map(({ components, restrictions }) => [
    components.map(({ dimension, price, stepSize, taxes }) => [dimension, price, stepSize, taxes?.map(({ rate }) => rate)]),
    Object.entries(restrictions ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  const limits = [minPrice?.beforeTaxes, minPrice?.afterTaxes, maxPrice?.beforeTaxes, maxPrice?.afterTaxes];
  return JSON.stringify([currency, taxIncluded, priced, limits], (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}

/** Their total beside ours: after tax where they give it, else before. `lines` is how many amounts were added up. */
export function costDoubts(cdr: Cdr, ours: Charge, lines: number, { costMinor, costRate }: Tolerance): Finding<Doubt>[] {
  const { currency, total } = cdr;
  const [theirs, mine] =
    total.afterTaxes === undefined ? [total.beforeTaxes, ours.net] : [total.afterTaxes, ours.gross + ours.selfAssessed];
  if (theirs === undefined) return [];
  const minor = toMinor(theirs, currency);
  const size = mine < 0n ? -mine : mine;
  const byRate = (size * BigInt(costRate)) / BigInt(RATE_ONE);
  const byLine = BigInt(costMinor * Math.max(1, lines));
  const room = byRate > byLine ? byRate : byLine;
  const apart = minor > mine ? minor - mine : mine - minor;
  return apart <= room ? [] : [{ code: 'costDiffers', theirs: moneyText({ minor, currency }), ours: moneyText({ minor: mine, currency }) }];
}

/** Received later than the late window after the period in which the session ended. */
export function isLate(cdr: Cdr, { cycle, lateWindowDays }: Agreement, receivedAt: Date): boolean {
  return receivedAt.getTime() > lateAfter(cdr.endedAt, cycle, lateWindowDays).getTime();
}

/** When a CDR of this event becomes too late. */
export function lateAfter(eventAt: Date, cycle: Agreement['cycle'], lateWindowDays: number): Date {
  return new Date(boundsOf(periodOf(eventAt, cycle)).until.getTime() + lateWindowDays * DAY_MS);
}

function mostEnergy({ startedAt, endedAt }: Cdr, watt: number): number {
  return (watt * POWER_SLACK * Math.max(0, endedAt.getTime() - startedAt.getTime())) / 3_600;
}

function secondsOf(from: Date, until: Date): number {
  return Math.round((until.getTime() - from.getTime()) / 1000);
}

function span(from: Date, until: Date): string {
  return `${from.toISOString()} to ${until.toISOString()}`;
}
