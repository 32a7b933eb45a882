import type { Nano } from '../kernel/money.js';
import type { FeeType } from './amount.js';
import type { PartyId } from './party.js';

export type Dimension = 'energy' | 'time' | 'parkingTime' | 'flat';
export type TaxIncluded = 'yes' | 'no' | 'notApplicable';

/** One immutable version of a tariff. A change is a new version; a session keeps the one it started with. */
export interface TariffVersion {
  owner: PartyId;
  id: string;
  version: number;
  currency: string;
  taxIncluded: TaxIncluded;
  /** Sold from and until; open ends are absent. */
  validFrom: Date;
  validUntil?: Date;
  text: Readonly<Record<string, string>>;
  elements: readonly TariffElement[];
  minPrice?: Nano;
  maxPrice?: Nano;
  updatedAt: Date;
}

export interface TariffElement {
  components: readonly PriceComponent[];
  restrictions?: Restrictions;
}

/** A price per kWh, hour or session: what it is made of, and its taxes. */
export interface PriceComponent {
  dimension: Dimension;
  /** Parts that together are the price: electricity and service fee, for instance. At least one. */
  fees: readonly { type: FeeType; price: Nano }[];
  /** Wh or seconds; 0 and 1 round nothing. */
  stepSize: number;
  /** In 10^-4 of a per cent; absent when unknown. */
  taxRate?: number;
}

/** All of them must hold (AND). Times are those of the location. OCPI 2.2.1, 11.4.6 */
export interface Restrictions {
  /** "HH:MM"; an end at or before the start wraps over midnight. */
  startTime?: string;
  endTime?: string;
  /** "YYYY-MM-DD": the first inclusive, the last exclusive. */
  startDate?: string;
  endDate?: string;
  minEnergyMilliWh?: number;
  maxEnergyMilliWh?: number;
  minDurationSeconds?: number;
  maxDurationSeconds?: number;
  daysOfWeek?: readonly ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[];
  reservation?: 'reservation' | 'reservationExpires';
}
