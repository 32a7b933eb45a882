import type { OcpiVersion, Policies, RoundingRule } from '../pricing/index.js';
import type { JsonValue } from './canonical.js';
import type { Entry, Inclusion, SignedBlock } from './ledger.js';
import type { SessionJson, TariffJson } from './snapshot.js';

/** A party by OCPI's two codes, with its name. */
export interface StatementParty {
  readonly countryCode: string;
  readonly partyId: string;
  readonly name: string;
}

/** An amount in minor units as digits (`-1250`); an unknown part is absent. */
export interface MinorAmount {
  readonly beforeTaxes?: string;
  readonly taxes: readonly { readonly name: string; readonly rate?: number; readonly amount: string }[];
  readonly afterTaxes?: string;
}

/** What the two parties agreed, as it was when the lines were priced. */
export interface AgreementSnapshot {
  readonly id: string;
  readonly version: number;
  readonly rounding: RoundingRule;
  readonly policies: Policies;
  /** Prices, fees, taxes and the rest, as agreed; shown and signed, not interpreted. */
  readonly terms: { readonly [key: string]: JsonValue };
}

/** How a line was priced: the canonical fields, enough to price it again without the CDR. */
export interface PricedRecord {
  readonly timeZone: string;
  /** Places in the bundle's list of tariffs. */
  readonly tariffs: readonly number[];
  readonly session: SessionJson;
  /** Unrounded, in 10^-9 of the currency. */
  readonly exact: MinorAmount;
}

/** In which words a CDR was exchanged: a version of OCPI, or an order of T/CEC 102, which is known here by its bytes alone. */
export type CdrForm = OcpiVersion | 'tcec102';

/** One thing that is owed: a CDR, its credit, or an adjustment. */
export interface StatementLine {
  readonly kind: 'cdr' | 'credit' | 'adjustment';
  readonly cdr?: {
    readonly countryCode: string;
    readonly partyId: string;
    readonly id: string;
    readonly version: CdrForm;
    /** SHA-256 of the bytes of the CDR as exchanged with this partner. */
    readonly digest: string;
  };
  readonly sessionId?: string;
  readonly energyMilliWh: number;
  /** What was accepted for the CDR, negative for a credit. */
  readonly amount: MinorAmount;
  /** `rated`: the amount is our price, rounded. `claimed`: the CDR's own, within the tolerance. `approved`: a person decided. */
  readonly basis: 'rated' | 'claimed' | 'approved';
  readonly priced?: PricedRecord;
  /** The account that the line moves, and by how much on its normal side, fees included. */
  readonly account: string;
  readonly due: string;
  readonly entries: readonly string[];
  readonly note?: string;
}

/** A party's account in the statement, with the side on which it grows. */
export interface StatementAccount {
  readonly name: string;
  readonly side: 'debit' | 'credit';
}

/** Sums that follow from the lines. */
export interface StatementTotals {
  readonly lines: number;
  readonly energyMilliWh: number;
  readonly amount: MinorAmount;
  readonly due: readonly { readonly account: string; readonly amount: string }[];
}

/** What is signed: who, when, and the hash of each part. */
export interface StatementHeader {
  readonly format: 'evroam-statement/1';
  readonly id: string;
  /** Counts up when a period is re-opened; earlier versions keep verifying. */
  readonly version: number;
  readonly issuer: StatementParty;
  readonly counterparty: StatementParty;
  /** UTC; the end is exclusive. */
  readonly period: { readonly from: string; readonly to: string };
  readonly issuedAt: string;
  readonly currency: string;
  readonly accounts: readonly StatementAccount[];
  readonly hashes: {
    readonly agreement: string;
    readonly tariffs: readonly string[];
    readonly lines: readonly string[];
    readonly entries: readonly string[];
    readonly inclusions: readonly string[];
    readonly blocks: readonly string[];
    readonly totals: string;
  };
}

/** A statement with its proof. As text it is canonical JSON (RFC 8785), so that each byte counts. */
export interface StatementBundle {
  readonly header: StatementHeader;
  readonly agreement: AgreementSnapshot;
  readonly tariffs: readonly TariffJson[];
  readonly lines: readonly StatementLine[];
  readonly entries: readonly Entry[];
  readonly inclusions: readonly Inclusion[];
  readonly blocks: readonly SignedBlock[];
  readonly totals: StatementTotals;
  /** Ed25519 over the canonical header, in hex. */
  readonly signature: string;
}

/** The parts that are lists: each item has its own hash in the header. */
export const LISTS = ['tariffs', 'lines', 'entries', 'inclusions', 'blocks'] as const;
/** The parts that are hashed as one. */
export const WHOLES = ['agreement', 'totals'] as const;
