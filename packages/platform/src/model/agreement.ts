import type { Nano } from '../kernel/money.js';
import type { PartyId } from './party.js';

/**
 * What two parties agreed, as one immutable version. `seller` runs the stations (CPO side), `buyer` has the drivers (eMSP side).
 * Settlement never acts without one that is in force on the day of the event.
 */
export interface Agreement {
  id: string;
  version: number;
  seller: PartyId;
  buyer: PartyId;
  /** agent: the seller sells to the buyer's driver through us. principal: the hub buys and sells. */
  sellerModel: 'agent' | 'principal';
  taxTreatment: 'domestic' | 'reverseCharge' | 'exempt' | 'outside';
  /** Name and rate (10^-4 of a per cent) of the tax on charging at the seller's stations. */
  tax: { name: string; rate: number };
  currency: string;
  rounding: 'perTotal' | 'perLine';
  tolerance: Tolerance;
  /** What the buyer's own driver pays on top of the accepted cost; 0 where the buyer is not hosted here. */
  retail?: { markUpRate: number; startFee: Nano };
  /** What the hub takes for each CDR as an agent between two partners; absent: nothing. */
  fees?: { buyer?: HubFee; seller?: HubFee };
  /** Whether a credit gives the hub's fees back (default), or the seller bears them. */
  feeOnCredit?: 'returned' | 'kept';
  cycle: 'daily' | 'weekly' | 'monthly';
  lateWindowDays: number;
  /** Ed25519 public keys (SPKI, base64) with which the parties sign statements. */
  signingKeys: Readonly<Record<PartyId, string>>;
  effectiveFrom: Date;
  effectiveUntil?: Date;
}

/** A share of the price after tax and a fixed part per CDR, both before the tax on the fee. Rates in 10^-4 of a per cent. */
export interface HubFee {
  rate: number;
  perCdr: Nano;
  taxRate: number;
}

/** How far a CDR may differ from what we rated before a person looks. */
export interface Tolerance {
  energyMilliWh: number;
  /** In 10^-4 of a per cent. */
  energyRate: number;
  seconds: number;
  clockSeconds: number;
  costMinor: number;
  costRate: number;
  ageDays: number;
}

/** Defaults of the settlement rules: max(0.05 kWh, 0.5 %), 120 s, clocks within 5 min, one minor unit or 0.5 %, 90 days. */
export const DEFAULT_TOLERANCE: Tolerance = {
  energyMilliWh: 50_000,
  energyRate: 5_000,
  seconds: 120,
  clockSeconds: 300,
  costMinor: 1,
  costRate: 5_000,
  ageDays: 90,
};
