import type { Agreement } from '../model/agreement.js';
import type { PartyId, Role } from '../model/party.js';

/** The version in force at a moment: the newest that has begun and has not ended. */
export function inForceAt(versions: readonly Agreement[], at: Date): Agreement | undefined {
  const begun = versions.filter(
    ({ effectiveFrom, effectiveUntil }) => effectiveFrom <= at && (effectiveUntil === undefined || at < effectiveUntil),
  );
  return begun.reduce<Agreement | undefined>((best, one) => (best && best.version > one.version ? best : one), undefined);
}

/** Why this cannot be activated; undefined if it can. */
export function agreementFault(agreement: Agreement): string | undefined {
  if (agreement.seller === agreement.buyer) return 'seller and buyer are the same party';
  if (!/^[A-Z]{3}$/.test(agreement.currency)) return `"${agreement.currency}" is no ISO 4217 currency`;
  if (agreement.effectiveUntil && agreement.effectiveUntil <= agreement.effectiveFrom) return 'effectiveUntil is not after effectiveFrom';
  const negative = Object.entries(agreement.tolerance).find(([, value]) => value < 0);
  if (negative) return `tolerance ${negative[0]} is negative`;
  if (agreement.lateWindowDays < 0) return 'lateWindowDays is negative';
  return undefined;
}

/** What a person should know before an agreement is put into force. An error stops it, a warning asks to be read. */
export interface Finding {
  level: 'error' | 'warning';
  code:
    | 'fault'
    | 'currency'
    | 'unknownParty'
    | 'overlap'
    | 'gap'
    | 'fallsBack'
    | 'retroactive'
    | 'tolerance'
    | 'tax'
    | 'currencyChanged'
    | 'missingKey';
  message: string;
}

/** What a draft is looked at beside. */
export interface Surroundings {
  /** Every version of every agreement between the two, in force or not. */
  versions: readonly Agreement[];
  parties: readonly { party: PartyId; role: Role }[];
  now: Date;
}

/** 10^-4 of a per cent. Wider than that, a tolerance lets real money pass unseen. */
const WIDE_RATE = 50_000;
const HUNDRED_PERCENT = 1_000_000;

export function lint(draft: Agreement, { versions, parties, now }: Surroundings): Finding[] {
  const findings: Finding[] = [];
  const say = (level: Finding['level'], code: Finding['code'], message: string) => findings.push({ level, code, message });
  const fault = agreementFault(draft);
  if (fault !== undefined) say('error', 'fault', fault);
  if (!Intl.supportedValuesOf('currency').includes(draft.currency))
    say('error', 'currency', `"${draft.currency}" is no currency that is in use`);
  for (const [party, role] of [
    [draft.seller, 'cpo'],
    [draft.buyer, 'emsp'],
  ] as const) {
    if (!parties.some((one) => one.party === party && one.role === role))
      say('error', 'unknownParty', `no ${role.toUpperCase()} ${party} is known to this hub`);
    if (draft.signingKeys[party] === undefined)
      say('warning', 'missingKey', `there is no key of ${party}: its side of a statement cannot be verified`);
  }
  for (const other of versions.filter(({ id }) => id !== draft.id)) {
    if (isBefore(draft.effectiveFrom, other.effectiveUntil) && isBefore(other.effectiveFrom, draft.effectiveUntil))
      say('error', 'overlap', `${other.id} version ${other.version} is in force between the same parties in a part of that time`);
  }
  const earlier = versions.filter(({ effectiveFrom }) => effectiveFrom < draft.effectiveFrom);
  if (earlier.length > 0 && !earlier.some(({ effectiveUntil }) => !isBefore(effectiveUntil ?? FOR_EVER, draft.effectiveFrom)))
    say('warning', 'gap', 'the agreement before it ends earlier than this one begins: what is charged between has no terms');
  if (draft.effectiveUntil && versions.some(({ id, effectiveUntil }) => id === draft.id && isBefore(draft.effectiveUntil, effectiveUntil)))
    say('warning', 'fallsBack', 'an older version is in force again when this one has ended');
  if (draft.effectiveFrom < now)
    say('warning', 'retroactive', 'it begins in the past: what was charged since is priced by it if it is not yet');
  const last = versions.filter(({ id }) => id === draft.id).at(-1);
  if (last && last.currency !== draft.currency) say('warning', 'currencyChanged', `version ${last.version} was in ${last.currency}`);
  const { energyRate, costRate } = draft.tolerance;
  if (energyRate > WIDE_RATE || costRate > WIDE_RATE) say('warning', 'tolerance', 'a tolerance is wider than 5 %');
  if (draft.tax.rate < 0 || draft.tax.rate > HUNDRED_PERCENT) say('error', 'tax', 'the tax is not between 0 and 100 %');
  else if (draft.tax.rate > 0 && draft.taxTreatment === 'outside')
    say('warning', 'tax', 'a rate is given, and the treatment says that there is no tax');
  return findings;
}

const FOR_EVER = new Date(8_640_000_000_000_000);
const isBefore = (a: Date | undefined, b: Date | undefined): boolean => (a ?? FOR_EVER) < (b ?? FOR_EVER);

/** A term that differs. An absent side has no such term. */
export interface Difference {
  /** JSON Pointer. */
  at: string;
  before?: unknown;
  after?: unknown;
}

/** What changes from one version to the next, without the number of the version itself. */
export function difference(before: Agreement | undefined, after: Agreement): Difference[] {
  const [old, young] = [leaves(before ?? {}), leaves(after)];
  return [...new Set([...old.keys(), ...young.keys()])]
    .filter((at) => at !== '/version' && String(old.get(at)) !== String(young.get(at)))
    .sort()
    .map((at) => ({
      at,
      ...(old.has(at) ? { before: old.get(at) } : {}),
      ...(young.has(at) ? { after: young.get(at) } : {}),
    }));
}

function leaves(value: unknown, at = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (value instanceof Date) into.set(at, value.toISOString());
  else if (typeof value === 'bigint') into.set(at, value.toString());
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) if (inner !== undefined) leaves(inner, `${at}/${name}`, into);
  } else into.set(at, value);
  return into;
}
