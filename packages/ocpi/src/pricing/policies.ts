/**
 * What OCPI leaves open, each as a named policy. The default stands first in each comment, with its reason.
 * An agreement may choose otherwise; a priced result repeats the policies that were used.
 */
export interface Policies {
  /**
   * `session`: step_size once per session for energy and once for time and parking together, as the CDR chapter says
   * (mod_cdrs, step_size). `none`: ignored, as in OCPI 3.0.
   */
  readonly stepSize: 'session' | 'none';
  /** `session`: FLAT once per session, as in every worked example. `tariff`: once for each tariff that was used. */
  readonly flat: 'session' | 'tariff';
  /** `allDay`: start_time equal to end_time means no limit, since a restriction that never holds helps nobody. `never`: it never holds. */
  readonly equalTimes: 'allDay' | 'never';
  /**
   * `instant`: a weekday or date belongs to the moment itself, since each restriction holds or fails for itself (ocpi#499).
   * `evening`: after midnight, a window that began the evening before belongs to the day it began.
   */
  readonly wrappedDay: 'instant' | 'evening';
  /**
   * `enforced`: a period that names no tariff takes one that is valid at the start of the session; one that is over prices nothing new.
   * `ignored`: the first tariff given, as where a CDR carries the one that was used.
   */
  readonly validity: 'enforced' | 'ignored';
  /** `afterReservation`: min/max_duration count from the end of the reservation, which is no charging. `start`: from the first period. */
  readonly durationFrom: 'afterReservation' | 'start';
  /**
   * `clock`: a duration within 0.0001 h of the period's own length is that length; OCPI numbers carry four decimals of an
   * hour (0.36 s), which else costs a whole step. `asReported`: the hours as sent, to the millisecond.
   */
  readonly hours: 'clock' | 'asReported';
  /** `refuse`: energy finer than 1 mWh (7 decimals of a kWh) is refused, since nobody agreed how to round it. `round`: to the nearest mWh. */
  readonly finerEnergy: 'refuse' | 'round';
  /** `expired`: a record that holds nothing but reservation time is an expired one, as the wire cannot tell (ocpi#395). `used`: it is not. */
  readonly reservationOnly: 'expired' | 'used';
}

/** The defaults; reasons stand at each policy. */
export const defaultPolicies: Policies = {
  stepSize: 'session',
  flat: 'session',
  equalTimes: 'allDay',
  wrappedDay: 'instant',
  validity: 'enforced',
  durationFrom: 'afterReservation',
  hours: 'clock',
  finerEnergy: 'refuse',
  reservationOnly: 'expired',
};
