import type { Sql } from '../../edges/sql.js';
import type { OperatorId } from '../../kernel/ids.js';
import { fromJson, toJson } from '../../kernel/json.js';
import { type Page, type PageRequest, pageOf } from '../../kernel/page.js';
import type { Tx } from '../../kernel/transact.js';
import type { Agreement } from '../../model/agreement.js';
import type { PartyId } from '../../model/party.js';
import { inForceAt } from '../agreement.js';

/** Who put a version into force; nobody approved one that an admin activated alone. */
export interface ActivatedBy {
  activatedAt: Date;
  askedBy: string;
  approvedBy?: string;
  reason: string;
}

/** The next version of an agreement while it waits for a second person. It is never changed: who wants other terms drafts anew. */
export interface Draft {
  draftId: string;
  approvalId: string;
  agreement: Agreement;
  digest: string;
  state: 'draft' | 'active';
  askedBy: string;
  askedAt: Date;
  reason: string;
}

interface DraftRow {
  draft_id: string;
  approval_id: string;
  body: unknown;
  digest: string;
  state: Draft['state'];
  asked_by: string;
  asked_at: Date;
  reason: string;
}

export function agreements(sql: Sql) {
  return {
    async insertAgreement(tx: Tx | undefined, operatorId: OperatorId, agreement: Agreement, by: ActivatedBy): Promise<boolean> {
      const rows = await sql(
        tx,
        `INSERT INTO roaming_agreement (operator_id, id, version, seller, buyer, body, activated_at, asked_by, approved_by, reason)
         VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`,
        [
          operatorId,
          agreement.id,
          agreement.version,
          agreement.seller,
          agreement.buyer,
          toJson(agreement),
          by.activatedAt,
          by.askedBy,
          by.approvedBy ?? null,
          by.reason,
        ],
      );
      return rows.length === 1;
    },

    /** All versions of one agreement, the oldest first, and who put each into force. */
    async history(operatorId: OperatorId, id: string): Promise<{ agreement: Agreement; by: Partial<ActivatedBy> }[]> {
      const rows = await sql<{ body: unknown; by: Partial<ActivatedBy> }>(
        undefined,
        `SELECT body, json_strip_nulls(json_build_object('activatedAt', activated_at, 'askedBy', asked_by, 'approvedBy', approved_by,
                'reason', reason)) AS by FROM roaming_agreement WHERE operator_id = $1 AND id = $2 ORDER BY version`,
        [operatorId, id],
      );
      return rows.map(({ body, by }) => ({ agreement: fromJson<Agreement>(body), by }));
    },

    async insertDraft(tx: Tx, operatorId: OperatorId, draft: Draft): Promise<void> {
      const { draftId, approvalId, agreement, digest, state, askedBy, askedAt, reason } = draft;
      await sql(
        tx,
        `INSERT INTO roaming_agreement_draft (operator_id, draft_id, approval_id, id, body, digest, state, asked_by, asked_at, reason)
         VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10)`,
        [operatorId, draftId, approvalId, agreement.id, toJson(agreement), digest, state, askedBy, askedAt, reason],
      );
    },

    async draftOfApproval(tx: Tx, operatorId: OperatorId, approvalId: string): Promise<Draft | undefined> {
      const [row] = await sql<DraftRow>(
        tx,
        'SELECT * FROM roaming_agreement_draft WHERE operator_id = $1 AND approval_id = $2 FOR UPDATE',
        [operatorId, approvalId],
      );
      return row && toDraft(row);
    },

    async markDraftActive(tx: Tx, operatorId: OperatorId, draftId: string): Promise<void> {
      await sql(tx, `UPDATE roaming_agreement_draft SET state = 'active' WHERE operator_id = $1 AND draft_id = $2`, [operatorId, draftId]);
    },

    async draft(operatorId: OperatorId, draftId: string): Promise<Draft | undefined> {
      const [row] = await sql<DraftRow>(undefined, 'SELECT * FROM roaming_agreement_draft WHERE operator_id = $1 AND draft_id = $2', [
        operatorId,
        draftId,
      ]);
      return row && toDraft(row);
    },

    async drafts(operatorId: OperatorId, query: PageRequest): Promise<Page<Draft>> {
      const rows = await sql<DraftRow>(
        undefined,
        `SELECT * FROM roaming_agreement_draft WHERE operator_id = $1 AND ($2::text IS NULL OR draft_id > $2) ORDER BY draft_id LIMIT $3`,
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(rows, query.limit, toDraft, ({ draft_id }) => draft_id);
    },

    async agreementVersions(operatorId: OperatorId, seller: PartyId, buyer: PartyId): Promise<Agreement[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        'SELECT body FROM roaming_agreement WHERE operator_id = $1 AND seller = $2 AND buyer = $3 ORDER BY id, version',
        [operatorId, seller, buyer],
      );
      return rows.map(({ body }) => fromJson<Agreement>(body));
    },

    /** The versions between several pairs of parties, in no order. */
    async agreementVersionsOf(operatorId: OperatorId, pairs: readonly { seller: PartyId; buyer: PartyId }[]): Promise<Agreement[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        `SELECT body FROM roaming_agreement
          WHERE operator_id = $1 AND (seller, buyer) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
        [operatorId, pairs.map(({ seller }) => seller), pairs.map(({ buyer }) => buyer)],
      );
      return rows.map(({ body }) => fromJson<Agreement>(body));
    },

    /** Every key that was ever agreed on for what that party signs. */
    async pinnedKeys(operatorId: OperatorId, party: PartyId): Promise<string[]> {
      const rows = await sql<{ key: string }>(
        undefined,
        `SELECT DISTINCT body->'signingKeys'->>$2::text AS key FROM roaming_agreement
          WHERE operator_id = $1 AND (seller = $2 OR buyer = $2) AND body->'signingKeys' ? $2::text`,
        [operatorId, party],
      );
      return rows.map(({ key }) => key);
    },

    /** The parties on that side of the agreements that are in force with some parties on the other. */
    async agreedWith(operatorId: OperatorId, mine: readonly PartyId[], side: 'seller' | 'buyer', at: Date): Promise<PartyId[]> {
      const rows = await sql<{ body: unknown }>(
        undefined,
        `SELECT body FROM roaming_agreement WHERE operator_id = $1 AND ${side === 'seller' ? 'buyer' : 'seller'} = ANY($2::text[])`,
        [operatorId, mine],
      );
      const byPair = new Map<string, Agreement[]>();
      for (const { body } of rows) {
        const agreement = fromJson<Agreement>(body);
        const pair = `${agreement.seller} ${agreement.buyer}`;
        byPair.set(pair, [...(byPair.get(pair) ?? []), agreement]);
      }
      return [...byPair.values()].flatMap((versions) => inForceAt(versions, at)?.[side] ?? []);
    },

    async agreements(operatorId: OperatorId, query: PageRequest): Promise<Page<Agreement>> {
      const rows = await sql<{ key: string; body: unknown }>(
        undefined,
        `SELECT id || '~' || version AS key, body FROM roaming_agreement
          WHERE operator_id = $1 AND ($2::text IS NULL OR id || '~' || version > $2) ORDER BY 1 LIMIT $3`,
        [operatorId, query.after ?? null, query.limit + 1],
      );
      return pageOf(
        rows,
        query.limit,
        ({ body }) => fromJson<Agreement>(body),
        ({ key }) => key,
      );
    },
  };
}

function toDraft({ draft_id, approval_id, body, digest, state, asked_by, asked_at, reason }: DraftRow): Draft {
  const agreement = fromJson<Agreement>(body);
  return { draftId: draft_id, approvalId: approval_id, agreement, digest, state, askedBy: asked_by, askedAt: asked_at, reason };
}
