import type { Profile } from './profile.js';

/** Why a profile cannot be set beside those that are there, or at all. */
export type Conflict =
  | { readonly reason: 'sameStackLevel'; readonly with: number }
  | { readonly reason: 'stationAndEvse'; readonly with: number }
  | { readonly reason: 'maxProfileNotOfStation' | 'txProfileOfStation' | 'txProfileWithoutTransaction' | 'externalFromCsms' }
  | { readonly reason: 'relativeMaxProfile' | 'relativeWithStart' | 'startMissing' | 'recurrenceMissing' | 'dynamicPeriods' }
  | { readonly reason: 'firstPeriodNotAtZero' | 'periodsNotAscending' | 'phaseToUseOfMany' | 'emptyValidity' };

/**
 * Checks a profile by itself and against the others. In 1.6 one of the same stack level and purpose replaces; in 2.x the
 * same id replaces, and another id at the same level is a conflict where they are valid at one time (OCPP 1.6, 3.13.2;
 * 2.0.1, K01.FR.06, FR.39, FR.52, FR.53).
 */
export function conflictsOf(profile: Profile, others: readonly Profile[], version: '1.6' | '2.0.1' | '2.1'): readonly Conflict[] {
  const alone = [...ofPlace(profile, version), ...ofTime(profile), ...ofPeriods(profile)];
  if (version === '1.6') return alone;
  return [...alone, ...others.filter(({ id }) => id !== profile.id).flatMap((other) => between(profile, other))];
}

/** The profiles after one was set: what it replaces is gone. */
export function withProfile(profile: Profile, others: readonly Profile[], version: '1.6' | '2.0.1' | '2.1'): readonly Profile[] {
  const replaced = (other: Profile) =>
    other.id === profile.id ||
    (version === '1.6' && other.evseId === profile.evseId && other.purpose === profile.purpose && other.stackLevel === profile.stackLevel);
  return [...others.filter((other) => !replaced(other)), profile];
}

function ofPlace({ purpose, evseId, transactionId }: Profile, version: string): Conflict[] {
  const found: Conflict[] = [];
  if (purpose === 'stationMax' && evseId !== 0) found.push({ reason: 'maxProfileNotOfStation' });
  if (purpose === 'external') found.push({ reason: 'externalFromCsms' });
  if (purpose === 'tx' && evseId === 0) found.push({ reason: 'txProfileOfStation' });
  // In 1.6 the connector tells the transaction; in 2.x its id must be there (K01.FR.03).
  if (purpose === 'tx' && version !== '1.6' && transactionId === undefined) found.push({ reason: 'txProfileWithoutTransaction' });
  return found;
}

function ofTime({ kind, purpose, start, recurrence, validFrom, validTo, periods }: Profile): Conflict[] {
  const found: Conflict[] = [];
  if (kind === 'Relative' && purpose === 'stationMax') found.push({ reason: 'relativeMaxProfile' });
  if (kind === 'Relative' && start) found.push({ reason: 'relativeWithStart' });
  if ((kind === 'Absolute' || kind === 'Recurring') && !start) found.push({ reason: 'startMissing' });
  if (kind === 'Recurring' && !recurrence) found.push({ reason: 'recurrenceMissing' });
  if (kind === 'Dynamic' && periods.length !== 1) found.push({ reason: 'dynamicPeriods' });
  if (validFrom && validTo && validFrom >= validTo) found.push({ reason: 'emptyValidity' });
  return found;
}

function ofPeriods({ periods }: Profile): Conflict[] {
  const found: Conflict[] = [];
  if (periods[0]?.startSeconds !== 0) found.push({ reason: 'firstPeriodNotAtZero' });
  if (periods.some(({ startSeconds }, at) => at > 0 && startSeconds <= (periods[at - 1]?.startSeconds ?? 0)))
    found.push({ reason: 'periodsNotAscending' });
  if (periods.some(({ phaseToUse, phases }) => phaseToUse && phases !== 1)) found.push({ reason: 'phaseToUseOfMany' });
  return found;
}

function between(profile: Profile, other: Profile): Conflict[] {
  if (other.purpose !== profile.purpose || other.stackLevel !== profile.stackLevel || !overlap(profile, other)) return [];
  if (profile.purpose === 'tx') return other.transactionId === profile.transactionId ? [{ reason: 'sameStackLevel', with: other.id }] : [];
  if (other.evseId === profile.evseId) return [{ reason: 'sameStackLevel', with: other.id }];
  const station = other.evseId === 0 || profile.evseId === 0;
  return station && profile.purpose === 'txDefault' ? [{ reason: 'stationAndEvse', with: other.id }] : [];
}

const overlap = (one: Profile, other: Profile): boolean =>
  !(one.validTo && other.validFrom && one.validTo <= other.validFrom) &&
  !(other.validTo && one.validFrom && other.validTo <= one.validFrom);
