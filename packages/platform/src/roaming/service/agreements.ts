import { canonical, digest } from '@evroam/ocpi/statement';
import type { Clock } from '../../kernel/clock.js';
import type { NewId, OperatorId } from '../../kernel/ids.js';
import { toJson } from '../../kernel/json.js';
import { type Accepted, type Refused, refuse } from '../../kernel/refusal.js';
import type { Transact, Tx } from '../../kernel/transact.js';
import type { Agreement } from '../../model/agreement.js';
import type { PartyId } from '../../model/party.js';
import { agreementFault, type Difference, difference, type Finding, inForceAt, lint } from '../agreement.js';
import type { ApprovalsPort, SigningPort } from '../ports.js';
import type { ActivatedBy, Draft } from '../store/agreements.js';
import type { RoamingStore } from '../store.js';

export interface AgreementsNeeds {
  store: RoamingStore;
  transact: Transact;
  clock: Clock;
  newId: NewId;
  signing: SigningPort;
  approvals: ApprovalsPort;
}

/** The action that a second person approves. */
export const ACTIVATE = 'agreement.activate';

/** What a draft would change, and what is to be said about it. */
export interface Review {
  agreement: Agreement;
  findings: readonly Finding[];
  diff: readonly Difference[];
}

/** Agreements as versioned data: drafted by one person, approved by another, in force from their date on. */
export function createAgreements({ store, transact, clock, newId, signing, approvals }: AgreementsNeeds) {
  /** The next version of an agreement as it would be; the keys of our own parties are filled in. */
  async function nextVersion(
    operatorId: OperatorId,
    draft: Omit<Agreement, 'version'>,
  ): Promise<{ next: Agreement; versions: Agreement[] }> {
    const versions = await store.agreementVersions(operatorId, draft.seller, draft.buyer);
    const signingKeys: Record<PartyId, string> = { ...draft.signingKeys };
    for (const party of new Set((await store.hostedParties(operatorId)).map((hosted) => hosted.party))) {
      if (party === draft.seller || party === draft.buyer) signingKeys[party] = await signing.verifyingKey(operatorId, party);
    }
    const known = versions.filter(({ id }) => id === draft.id).map(({ version }) => version);
    return { next: { ...draft, signingKeys, version: Math.max(0, ...known) + 1 }, versions };
  }

  /** Looks at an agreement and says what would change; keeps nothing. */
  async function reviewAgreement(operatorId: OperatorId, draft: Omit<Agreement, 'version'>): Promise<Review> {
    const { next, versions } = await nextVersion(operatorId, draft);
    const last = versions.filter(({ id }) => id === next.id).at(-1);
    const parties = await store.parties(operatorId);
    return { agreement: next, findings: lint(next, { versions, parties, now: clock.now() }), diff: difference(last, next) };
  }

  /** Keeps a draft and asks for a second person. One with an error is not kept. */
  async function draftAgreement(
    operatorId: OperatorId,
    draft: Omit<Agreement, 'version'>,
    by: { actor: string; reason: string },
  ): Promise<Accepted<Review & { draftId: string; approvalId: string }> | Refused<'invalidAgreement'>> {
    const review = await reviewAgreement(operatorId, draft);
    const error = review.findings.find(({ level }) => level === 'error');
    if (error) return refuse('invalidAgreement', error.message);
    const { agreement } = review;
    const draftId = newId();
    const content = digestOf(agreement);
    const subject = `agreement ${agreement.id} version ${agreement.version} draft ${draftId}`;
    const approvalId = await transact(async (tx) => {
      const { id } = await approvals.ask(tx, operatorId, { subject, action: ACTIVATE, digest: content }, by);
      const kept: Draft = {
        ...{ draftId, approvalId: id, agreement, digest: content, state: 'draft' },
        ...{ askedBy: by.actor, askedAt: clock.now(), reason: by.reason },
      };
      await store.insertDraft(tx, operatorId, kept);
      return id;
    });
    return { accepted: true, ...review, draftId, approvalId };
  }

  /** Puts a draft into force that a second person approved: exactly what was approved, and only while nothing newer came in between. */
  async function activateApproved(
    tx: Tx,
    operatorId: OperatorId,
    approval: { id: string; digest: string; askedBy: string; decidedBy?: string; reason: string },
  ): Promise<Accepted | Refused<'unknownDraft' | 'changedSinceAsked' | 'outdated'>> {
    const draft = await store.draftOfApproval(tx, operatorId, approval.id);
    if (!draft) return refuse('unknownDraft', 'there is no draft of this approval');
    const { agreement, draftId } = draft;
    if (digestOf(agreement) !== approval.digest) return refuse('changedSinceAsked', 'the draft is not what was asked for');
    const activated: ActivatedBy = {
      activatedAt: clock.now(),
      askedBy: approval.askedBy,
      ...(approval.decidedBy === undefined ? {} : { approvedBy: approval.decidedBy }),
      reason: approval.reason,
    };
    if (!(await store.insertAgreement(tx, operatorId, agreement, activated)))
      return refuse('outdated', `version ${agreement.version} of ${agreement.id} was put into force meanwhile: draft it anew`);
    await store.markDraftActive(tx, operatorId, draftId);
    return { accepted: true };
  }

  /** The short way, for an admin alone: puts the next version into force at once. The audit trail says who, and that nobody approved. */
  async function activateAgreement(
    operatorId: OperatorId,
    draft: Omit<Agreement, 'version'>,
    by: { actor: string; reason: string },
  ): Promise<Accepted<{ version: number }> | Refused<'invalidAgreement'>> {
    const { next } = await nextVersion(operatorId, draft);
    const fault = agreementFault(next);
    if (fault !== undefined) return refuse('invalidAgreement', fault);
    const activated: ActivatedBy = { activatedAt: clock.now(), askedBy: by.actor, reason: by.reason };
    if (!(await store.insertAgreement(undefined, operatorId, next, activated))) {
      return refuse(
        'invalidAgreement',
        `version ${next.version} of ${next.id} was made meanwhile, or has other parties: read it, then try again`,
      );
    }
    await approvals.note(operatorId, { subject: `agreement ${next.id} version ${next.version}`, action: ACTIVATE }, by);
    return { accepted: true, version: next.version };
  }

  async function agreementBetween(operatorId: OperatorId, seller: PartyId, buyer: PartyId, at: Date): Promise<Agreement | undefined> {
    return inForceAt(await store.agreementVersions(operatorId, seller, buyer), at);
  }

  /** The same of many at once, at their indexes. */
  async function agreementsBetween(
    operatorId: OperatorId,
    asked: readonly { seller: PartyId; buyer: PartyId; at: Date }[],
  ): Promise<(Agreement | undefined)[]> {
    const pairOf = ({ seller, buyer }: { seller: PartyId; buyer: PartyId }) => `${seller} ${buyer}`;
    const pairs = [...new Map(asked.map((one) => [pairOf(one), one])).values()];
    const byPair = new Map<string, Agreement[]>();
    for (const version of await store.agreementVersionsOf(operatorId, pairs))
      byPair.set(pairOf(version), [...(byPair.get(pairOf(version)) ?? []), version]);
    return asked.map((one) => inForceAt(byPair.get(pairOf(one)) ?? [], one.at));
  }

  return {
    reviewAgreement,
    draftAgreement,
    activateApproved,
    activateAgreement,
    agreementBetween,
    agreementsBetween,
    pinnedKeys: store.pinnedKeys,
  };
}

/** Over all terms in a fixed order, so that what was approved is what is put into force. */
const digestOf = (agreement: Agreement): string => digest(canonical(JSON.parse(toJson(agreement))));
