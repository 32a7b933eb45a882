import type * as v16 from '../v16/index.js';
import type * as v21 from '../v21/index.js';
import type * as v201 from '../v201/index.js';

/** What a profile is for; `external` and `stationMax` bound the station, `localGeneration` raises that bound (OCPP 2.1, K27). */
export type Purpose = 'stationMax' | 'external' | 'txDefault' | 'tx' | 'priority' | 'localGeneration';

/** From `startSeconds` on this limit holds. */
export interface Period {
  readonly startSeconds: number;
  /** Thousandths of the schedule's unit, an integer: mA per phase, or mW in all. Undefined limits nothing. */
  readonly limitMilli: number | undefined;
  readonly phases?: number;
  /** The phase that carries it when there is one. */
  readonly phaseToUse?: number;
}

/** A charging profile in words that the three versions share. */
export interface Profile {
  readonly id: number;
  /** The EVSE (2.x) or connector (1.6); 0 is the whole station. */
  readonly evseId: number;
  readonly purpose: Purpose;
  readonly kind: 'Absolute' | 'Recurring' | 'Relative' | 'Dynamic';
  readonly recurrence?: 'Daily' | 'Weekly';
  readonly stackLevel: number;
  readonly transactionId?: string;
  readonly validFrom?: Date;
  /** The first moment at which it is not valid any more. */
  readonly validTo?: Date;
  readonly start?: Date;
  readonly durationSeconds?: number;
  readonly unit: 'A' | 'W';
  readonly minimumMilli?: number;
  readonly periods: readonly Period[];
}

/** A profile of OCPP 1.6 on a connector. */
export function fromProfile16(profile: v16.ChargingProfileType, connectorId: number): Profile {
  const { chargingSchedule: schedule, transactionId, recurrencyKind } = profile;
  const purposes = { ChargePointMaxProfile: 'stationMax', TxDefaultProfile: 'txDefault', TxProfile: 'tx' } as const;
  return {
    id: profile.chargingProfileId,
    evseId: connectorId,
    purpose: purposes[profile.chargingProfilePurpose],
    kind: profile.chargingProfileKind,
    stackLevel: profile.stackLevel,
    ...(recurrencyKind === undefined ? {} : { recurrence: recurrencyKind }),
    ...(transactionId === undefined ? {} : { transactionId: String(transactionId) }),
    ...validity(profile),
    ...timing(schedule),
    unit: schedule.chargingRateUnit,
    periods: schedule.chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases }) => ({
      startSeconds: startPeriod,
      limitMilli: milli(limit),
      ...(numberPhases === undefined ? {} : { phases: numberPhases }),
    })),
  };
}

/** A profile of OCPP 2.0.1 or 2.1 on an EVSE. Of several schedules, which only ISO 15118 uses, the first is taken. */
export function fromProfile2x(profile: v201.ChargingProfileType | v21.ChargingProfileType, evseId: number): Profile {
  const [schedule] = profile.chargingSchedule;
  if (!schedule) throw new RangeError('a charging profile has at least one schedule');
  const { transactionId, recurrencyKind } = profile;
  return {
    id: profile.id,
    evseId,
    purpose: purposes2x[profile.chargingProfilePurpose],
    kind: profile.chargingProfileKind,
    stackLevel: profile.stackLevel,
    ...(recurrencyKind === undefined ? {} : { recurrence: recurrencyKind }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...validity(profile),
    ...timing(schedule),
    unit: schedule.chargingRateUnit,
    periods: schedule.chargingSchedulePeriod.map(periodOf),
  };
}

const purposes2x = {
  ChargingStationMaxProfile: 'stationMax',
  ChargingStationExternalConstraints: 'external',
  TxDefaultProfile: 'txDefault',
  TxProfile: 'tx',
  PriorityCharging: 'priority',
  LocalGeneration: 'localGeneration',
} as const satisfies Record<string, Purpose>;

/** Where the phases of 2.1 have limits of their own, the lowest is taken for all: never too much on any. */
function periodOf(period: v201.ChargingSchedulePeriodType | v21.ChargingSchedulePeriodType): Period {
  const given = [period.limit, 'limit_L2' in period ? period.limit_L2 : undefined, 'limit_L3' in period ? period.limit_L3 : undefined];
  const limits = given.filter((limit): limit is number => typeof limit === 'number');
  return {
    startSeconds: period.startPeriod,
    limitMilli: limits.length === 0 ? undefined : milli(Math.min(...limits)),
    ...(period.numberPhases === undefined ? {} : { phases: period.numberPhases }),
    ...(period.phaseToUse === undefined ? {} : { phaseToUse: period.phaseToUse }),
  };
}

const validity = ({ validFrom, validTo }: { readonly validFrom?: string; readonly validTo?: string }) => ({
  ...(validFrom === undefined ? {} : { validFrom: new Date(validFrom) }),
  ...(validTo === undefined ? {} : { validTo: new Date(validTo) }),
});

const timing = (schedule: { readonly startSchedule?: string; readonly duration?: number; readonly minChargingRate?: number }) => ({
  ...(schedule.startSchedule === undefined ? {} : { start: new Date(schedule.startSchedule) }),
  ...(schedule.duration === undefined ? {} : { durationSeconds: schedule.duration }),
  ...(schedule.minChargingRate === undefined ? {} : { minimumMilli: milli(schedule.minChargingRate) }),
});

/** Thousandths, finer ones cut off: a limit is never rounded up. The small term takes back what binary fractions lose. */
export const milli = (value: number): number => Math.floor(value * 1_000 + 1e-6);
