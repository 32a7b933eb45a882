import type { Period, Profile, Purpose } from './profile.js';

/** What the limits are worked out for. */
export interface CompositeRequest {
  readonly profiles: readonly Profile[];
  /** The EVSE or connector; 0 is the whole station, where only profiles of the station count. */
  readonly evseId: number;
  readonly from: Date;
  readonly durationSeconds: number;
  readonly unit: 'A' | 'W';
  /** The running transaction; Relative profiles begin with it. Without one, as if it began at `from`. */
  readonly transaction?: { readonly id: string; readonly startedAt: Date };
  /** The transaction charges by its priority profile (OCPP 2.1, K21). */
  readonly priority?: boolean;
  /** Volts between a phase and neutral. */
  readonly voltage: number;
  /** Phases of the EVSE. */
  readonly phases: number;
  /** What the hardware allows, in thousandths of the unit asked for; what no profile limits has this limit. */
  readonly hardwareMilli: number;
}

/** One stretch of the result, in the unit asked for. */
export interface CompositePeriod {
  readonly startSeconds: number;
  /** Thousandths of the unit, an integer. */
  readonly limitMilli: number;
  readonly phases: number;
}

const DAY_MS = 86_400_000;

/** Longest stretch that is worked out: a year of a daily schedule of 1,024 periods is 375,000 moments. */
const MAX_DURATION_SECONDS = 366 * 86_400;

/**
 * The limits that result from all profiles: of each purpose the highest stack level that is valid and has a period at the
 * moment; over the purposes the lowest limit, a TxProfile instead of the TxDefaultProfile (OCPP 1.6, 3.13.3; 2.0.1, K01,
 * K08). Amounts are thousandths and cut, never rounded up. Throws RangeError beyond 366 days.
 */
export function compositeSchedule(request: CompositeRequest): readonly CompositePeriod[] {
  if (request.durationSeconds > MAX_DURATION_SECONDS)
    throw new RangeError(`a composite schedule is worked out for at most ${MAX_DURATION_SECONDS} s`);
  const from = request.from.getTime();
  const end = from + request.durationSeconds * 1_000;
  const profiles = request.profiles.filter(({ evseId, transactionId }) => concerns(request, evseId, transactionId));
  const moments = new Set<number>([from]);
  for (const profile of profiles)
    for (const moment of momentsOf(profile, request, end)) if (moment > from && moment < end) moments.add(moment);
  const result: CompositePeriod[] = [];
  for (const moment of [...moments].sort((a, b) => a - b)) {
    const next = { startSeconds: (moment - from) / 1_000, ...limitAt(profiles, request, moment) };
    const last = result.at(-1);
    if (last?.limitMilli !== next.limitMilli || last.phases !== next.phases) result.push(next);
  }
  return result;
}

/** Thousandths as the number that goes on the wire, cut to one decimal. */
export const wireLimit = (limitMilli: number): number => Math.floor(limitMilli / 100) / 10;

function concerns({ evseId, transaction }: CompositeRequest, of: number, transactionId: string | undefined): boolean {
  if (of !== 0 && of !== evseId) return false;
  return transactionId === undefined || transactionId === transaction?.id;
}

/** The moments at which a profile may change what it says, up to an end. */
function momentsOf(profile: Profile, request: CompositeRequest, end: number): number[] {
  const moments = [profile.validFrom, profile.validTo].flatMap((moment) => (moment ? [moment.getTime()] : []));
  const every = profile.kind === 'Recurring' ? recurrenceMs(profile) : undefined;
  let start = startOf(profile, request, request.from.getTime());
  for (; start !== undefined && start < end; start = every === undefined ? undefined : start + every) {
    const begin = start;
    moments.push(begin, ...profile.periods.map(({ startSeconds }) => begin + startSeconds * 1_000));
    if (profile.durationSeconds !== undefined) moments.push(begin + profile.durationSeconds * 1_000);
  }
  return moments;
}

function limitAt(profiles: readonly Profile[], request: CompositeRequest, moment: number): { limitMilli: number; phases: number } {
  const top = (purpose: Purpose) => topPeriod(profiles, purpose, request, moment);
  const ofStation = [top('external'), top('stationMax')].filter((found) => found !== undefined);
  const generation = top('localGeneration');
  const ofTransaction =
    request.evseId === 0 ? undefined : ((request.priority ? top('priority') : undefined) ?? top('tx') ?? top('txDefault'));
  let limitMilli = request.hardwareMilli;
  let phases = request.phases;
  for (const found of ofStation) {
    const extra = generation === undefined ? 0 : inUnit(generation, request);
    limitMilli = Math.min(limitMilli, inUnit(found, request) + extra);
  }
  if (ofTransaction) {
    limitMilli = Math.min(limitMilli, inUnit(ofTransaction, request));
    phases = Math.min(phases, phasesOf(ofTransaction.period, request));
  }
  return { limitMilli: Math.max(0, limitMilli), phases };
}

interface Found {
  readonly profile: Profile;
  readonly period: Period & { readonly limitMilli: number };
}

/** The highest stack level of a purpose that is valid and has a period now. At one level, an EVSE's own comes before the station's. */
function topPeriod(profiles: readonly Profile[], purpose: Purpose, request: CompositeRequest, moment: number): Found | undefined {
  let best: Found | undefined;
  for (const profile of profiles) {
    if (profile.purpose !== purpose) continue;
    const period = periodAt(profile, request, moment);
    if (period?.limitMilli === undefined) continue;
    const higher = best === undefined || profile.stackLevel > best.profile.stackLevel;
    const closer = profile.stackLevel === best?.profile.stackLevel && profile.evseId > best.profile.evseId;
    if (higher || closer) best = { profile, period: { ...period, limitMilli: period.limitMilli } };
  }
  return best;
}

function periodAt(profile: Profile, request: CompositeRequest, moment: number): Period | undefined {
  if (profile.validFrom && moment < profile.validFrom.getTime()) return undefined;
  if (profile.validTo && moment >= profile.validTo.getTime()) return undefined;
  const start = startOf(profile, request, moment);
  if (start === undefined || moment < start) return undefined;
  const seconds = (moment - start) / 1_000;
  if (profile.durationSeconds !== undefined && seconds >= profile.durationSeconds) return undefined;
  return profile.periods.findLast(({ startSeconds }) => startSeconds <= seconds);
}

/** When the schedule began that is in force at a moment. */
function startOf(profile: Profile, { transaction, from }: CompositeRequest, moment: number): number | undefined {
  switch (profile.kind) {
    case 'Relative':
      return (transaction?.startedAt ?? from).getTime();
    case 'Recurring': {
      if (!profile.start) return undefined;
      const first = profile.start.getTime();
      const every = recurrenceMs(profile);
      return moment < first ? first : first + Math.floor((moment - first) / every) * every;
    }
    case 'Absolute':
    case 'Dynamic':
      return (profile.start ?? profile.validFrom ?? transaction?.startedAt ?? from).getTime();
  }
}

const recurrenceMs = ({ recurrence }: Profile): number => (recurrence === 'Weekly' ? 7 * DAY_MS : DAY_MS);

// OCPP 1.6, 7.14: without a number of phases a limit is for three, as far as the EVSE has them.
const phasesOf = (period: Period, { phases }: CompositeRequest): number => (period.phaseToUse ? 1 : Math.min(period.phases ?? 3, phases));

/** A limit in the unit asked for: power = current x voltage x phases. */
function inUnit({ profile, period }: Found, request: CompositeRequest): number {
  if (profile.unit === request.unit) return period.limitMilli;
  const factor = request.voltage * phasesOf(period, request);
  return request.unit === 'A' ? Math.floor(period.limitMilli / factor) : Math.floor(period.limitMilli * factor);
}
