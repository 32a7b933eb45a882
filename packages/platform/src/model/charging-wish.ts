/** How a driver would like to be charged. */
export interface ChargingPreferences {
  profile: 'regular' | 'cheap' | 'fast' | 'green';
  departureAt?: Date;
  /** Of the whole session. */
  energyMilliWh?: number;
  dischargeAllowed?: boolean;
}

export type PreferencesVerdict = 'accepted' | 'departureRequired' | 'energyNeedRequired' | 'notPossible' | 'profileTypeNotSupported';

/** Limits of a session over time: per phase in A, or in W in all. */
export interface ChargingProfile {
  unit: 'A' | 'W';
  /** Without it the periods count from when it begins to charge. */
  startAt?: Date;
  seconds?: number;
  minRate?: number;
  periods: readonly { startSecond: number; limit: number }[];
}

/** The limits that hold now, as the station computed them. */
export interface ActiveProfile {
  startedAt: Date;
  profile: ChargingProfile;
}
