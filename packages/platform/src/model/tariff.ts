import type { Tariff } from '@evroam/ocpi/pricing';
import type { PartyId } from './party.js';

/** One immutable version of a tariff. A change is a new version; a session keeps the one it started with. */
export interface TariffVersion {
  owner: PartyId;
  id: string;
  version: number;
  /** What it costs, in the engine's own words: a component may name the fees (electricity, service) that its price is made of. */
  tariff: Tariff;
  /** For people, by language: { en: ..., zh: ... }. */
  text: Readonly<Record<string, string>>;
  /** On sale from and until (exclusive); open ends are absent. */
  validFrom: Date;
  validUntil?: Date;
  updatedAt: Date;
}
