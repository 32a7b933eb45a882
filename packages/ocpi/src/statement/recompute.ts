import { type OcpiVersion, PricingError, readCdr, roundAmount, type Tariff } from '../pricing/index.js';
import { amountOf, minor, rate } from './build.js';
import type { MinorAmount, PricedRecord, StatementBundle, StatementLine } from './bundle.js';
import { canonical, digest } from './canonical.js';
import { type Fault, fault, readBundle, type StatementSource } from './read.js';
import { sessionJson, sessionOf, tariffOf } from './snapshot.js';

/** A partner's own copies of the CDRs, byte for byte, by `id` or by `CC*PID*id`. */
export type OwnCdrs = ReadonlyMap<string, string | Uint8Array> | Readonly<Record<string, string | Uint8Array>>;

/** What came of one line. */
export interface RecomputedLine {
  readonly line: number;
  readonly cdr?: string;
  readonly ok: boolean;
  /** Whether the partner's own bytes were compared; `missing`: it gave CDRs, but not this one. */
  readonly ownCdr: 'equal' | 'differs' | 'missing' | 'notGiven';
  /** The price made again, rounded by the agreement; absent where the line was not priced. */
  readonly rounded?: MinorAmount;
  /** What was accepted minus what was priced, after taxes (else before), in minor units; other than 0 only for `claimed` and `approved`. */
  readonly difference?: string;
  readonly faults: readonly Fault[];
}

/** The result for all lines. */
export interface Recomputed {
  readonly ok: boolean;
  readonly lines: readonly RecomputedLine[];
  /** Faults of the text or shape, for which no line could be looked at. */
  readonly faults: readonly Fault[];
}

/**
 * Prices each line again from the tariffs and sessions in the statement, and compares the partner's own CDRs with what was
 * priced. It proves the arithmetic; who said so is `verify`'s part: call both.
 */
export function recompute(source: StatementSource, options: { readonly cdrs?: OwnCdrs } = {}): Recomputed {
  const { bundle, faults } = readBundle(source);
  if (!bundle) return { ok: false, lines: [], faults };
  // Read once: a tariff is made ready to price by when it is first used.
  const tariffs = bundle.tariffs.map(tariffOf);
  const lines = bundle.lines.map((line, i) => recomputeLine(bundle, tariffs, line, i, options.cdrs));
  return { ok: faults.length === 0 && lines.every(({ ok }) => ok), lines, faults };
}

function recomputeLine(
  bundle: StatementBundle,
  tariffs: readonly Tariff[],
  line: StatementLine,
  i: number,
  own: OwnCdrs | undefined,
): RecomputedLine {
  const faults: Fault[] = [];
  const at = `/lines/${i}`;
  const raw = line.cdr && own ? find(own, line.cdr) : undefined;
  const ownCdr =
    line.cdr && raw !== undefined ? compareOwn(line, raw, bundle, at, faults) : own === undefined || !line.cdr ? 'notGiven' : 'missing';
  const priced = line.priced ? priceAgain(bundle, tariffs, line, at, faults) : {};
  const cdr = line.cdr && `${line.cdr.countryCode}*${line.cdr.partyId}*${line.cdr.id}`;
  return { line: i, ...(cdr === undefined ? {} : { cdr }), ok: faults.length === 0, ownCdr, ...priced, faults };
}

function find(own: OwnCdrs, { countryCode, partyId, id }: NonNullable<StatementLine['cdr']>): string | Uint8Array | undefined {
  const get = (key: string) =>
    own instanceof Map ? own.get(key) : Object.hasOwn(own, key) ? (own as Readonly<Record<string, string | Uint8Array>>)[key] : undefined;
  return get(`${countryCode}*${partyId}*${id}`) ?? get(id);
}

/** First the digest; where it differs, what in the own CDR would have been priced otherwise. */
function compareOwn(
  line: StatementLine,
  raw: string | Uint8Array,
  bundle: StatementBundle,
  at: string,
  faults: Fault[],
): 'equal' | 'differs' {
  const cdr = line.cdr!;
  const equal = digest(raw) === cdr.digest;
  if (!equal) faults.push(fault(`${at}/cdr/digest`, 'your copy of the CDR has another digest'));
  // How an order says what was priced is not OCPI's business: the same bytes are the same order.
  if (cdr.version === 'tcec102') return equal ? 'equal' : 'differs';
  try {
    const text = typeof raw === 'string' ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8');
    const json: unknown = JSON.parse(text);
    const energy = typeof json === 'object' && json !== null && 'total_energy' in json ? json.total_energy : undefined;
    if (typeof energy === 'number' && Math.round(energy * 1e6) !== line.energyMilliWh) {
      faults.push(fault(`${at}/energyMilliWh`, `your copy of the CDR says ${energy} kWh`));
    }
    if (line.priced) compareSession(line.priced, cdr.version, json, bundle, at, faults);
  } catch (error) {
    if (!(error instanceof PricingError || error instanceof SyntaxError)) throw error;
    faults.push(fault(`${at}/cdr`, `your copy of the CDR cannot be read: ${error.message}`));
  }
  return equal ? 'equal' : 'differs';
}

function compareSession(
  priced: PricedRecord,
  version: OcpiVersion,
  json: unknown,
  bundle: StatementBundle,
  at: string,
  faults: Fault[],
): void {
  const { session } = priced;
  const reservation = session.reservation === undefined ? {} : { reservation: session.reservation };
  const mine = sessionJson(readCdr(version, json, { policies: bundle.agreement.policies, ...reservation }));
  const where = firstDifference(mine, session, `${at}/priced/session`);
  if (where !== undefined) faults.push(fault(where, 'your copy of the CDR says otherwise than what was priced'));
}

function firstDifference(a: unknown, b: unknown, at: string): string | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? undefined : at;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${at}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function priceAgain(
  bundle: StatementBundle,
  known: readonly Tariff[],
  line: StatementLine,
  at: string,
  faults: Fault[],
): { rounded?: MinorAmount; difference?: string } {
  const { timeZone, tariffs, session, exact } = line.priced!;
  const snapshots = tariffs.map((n) => known[n]);
  const missing = snapshots.indexOf(undefined);
  if (missing >= 0) {
    faults.push(fault(`${at}/priced/tariffs/${missing}`, 'the tariff is not in the statement'));
    return {};
  }
  try {
    const given = snapshots.filter((t) => t !== undefined);
    const again = rate({ timeZone, tariffs: given, session: sessionOf(session) }, bundle.agreement, line.kind === 'credit');
    if (canonical(minor(again.total)) !== canonical(exact))
      faults.push(fault(`${at}/priced/exact`, `the price is ${canonical(minor(again.total))}`));
    const rounded = minor(roundAmount(again.lines, bundle.header.currency, bundle.agreement.rounding));
    if (line.basis === 'rated' && canonical(rounded) !== canonical(line.amount))
      faults.push(fault(`${at}/amount`, `the price, rounded, is ${canonical(rounded)}`));
    return { rounded, difference: (whole(line.amount) - whole(rounded)).toString() };
  } catch (error) {
    if (!(error instanceof PricingError)) throw error;
    faults.push(fault(`${at}/priced`, `cannot be priced: ${error.message}`));
    return {};
  }
}

function whole(amount: MinorAmount): bigint {
  const { beforeTaxes, afterTaxes } = amountOf(amount);
  return afterTaxes ?? beforeTaxes ?? 0n;
}
