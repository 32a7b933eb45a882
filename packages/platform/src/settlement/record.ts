import { digest } from '@evroam/ocpi/statement';
import { toJson } from '../kernel/json.js';
import type { PageRequest } from '../kernel/page.js';
import type { Agreement } from '../model/agreement.js';
import type { Cdr } from '../model/cdr.js';
import type { PartyId } from '../model/party.js';
import type { TariffVersion } from '../model/tariff.js';
import type { BillingState, CdrLife, ClearingState, CreditState, DisputeState } from './cdr-clearing.js';
import type { Charge } from './charge.js';
import type { PeriodName } from './period.js';

export type Source = 'own' | 'partner';

/** A CDR with everything that settlement knows of it. */
export interface CdrRecord {
  key: string;
  cdr: Cdr;
  source: Source;
  digest: string;
  /** How often the same content came. */
  deliveries: number;
  life: CdrLife;
  receivedAt: Date;
  decidedAt: Date;
  /** From then on it is too late; absent without an agreement. */
  lateAfter?: Date;
  /** What it was priced by. A later edit of the agreement does not touch it. */
  agreement?: Agreement;
  charge?: Charge;
  sold?: Charge;
  /** The tariffs that it was priced by, where the CDR shows others. */
  tariffs?: readonly TariffVersion[];
  /** The accounting period; set with acceptance. */
  period?: PeriodName;
}

/** The CDR as it was priced. */
export function asPriced({ cdr, tariffs }: CdrRecord): Cdr {
  return tariffs ? { ...cdr, tariffs } : cdr;
}

/** What a CDR says, in one number: when its sender last touched the record is no part of it. */
export function digestOf(cdr: Cdr): string {
  const { updatedAt: _, ...content } = cdr;
  return digest(sorted(JSON.parse(toJson(content))));
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export interface CdrQuery extends PageRequest {
  states?: readonly ClearingState[];
  /** A finding that it waits for. */
  code?: string;
  owner?: PartyId;
  buyer?: PartyId;
  period?: PeriodName;
}

/** What a list of CDRs shows. */
export interface CdrSummary {
  key: string;
  owner: string;
  buyer: string;
  source: Source;
  state: ClearingState;
  findings: readonly { code: string; ours?: string; theirs?: string }[];
  /** Why it waits, or why it was declined or rejected: the first finding, or the reason that a person gave the seller. */
  code?: string;
  dispute: DisputeState;
  credit: CreditState;
  billing: BillingState;
  creditOf?: string;
  currency: string;
  energyMilliWh: number;
  gross?: bigint;
  eventAt: Date;
  receivedAt: Date;
  period?: PeriodName;
}
