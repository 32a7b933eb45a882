import { dateTime, type Infer, integer, number, object, oneOf, optional, type Schema, toDate, text as words } from '@evroam/ocpi';
import { type Request, type Response, text } from 'express';
import { parse, stringify, YAMLParseError } from 'yaml';
import { type DescribedRouter, describedRouter } from '../../edges/admin-api.js';
import { ApiError } from '../../edges/admin-app.js';
import { bodyOf, found, pageRequest, partyIn, refused, sendPage } from '../../edges/admin-request.js';
import type { OperatorId } from '../../kernel/ids.js';
import { nanoText, readNano } from '../../kernel/money.js';
import { type Agreement, DEFAULT_TOLERANCE, type HubFee } from '../../model/agreement.js';
import type { PartyId } from '../../model/party.js';
import { difference } from '../agreement.js';
import type { RoamingService } from '../service.js';
import type { Draft } from '../store/agreements.js';

/** Who calls; 403 where the key's role does not reach. */
export type Caller = (
  request: Request,
  response: Response,
  needed: 'viewer' | 'operator' | 'admin',
) => { operatorId: OperatorId; actor: string };

const FeeInput = object({ percent: number, perCdr: words(24), taxPercent: number });

/** By party, so its fields have no names that are known; what is inside is checked when it is read. */
const KeysInput: Schema<unknown> = { type: 'object' };

/** An agreement as a person writes it, in JSON or as a YAML file. */
const AgreementInput = object({
  id: words(36),
  seller: words(6),
  buyer: words(6),
  sellerModel: oneOf('agent', 'principal'),
  taxTreatment: oneOf('domestic', 'reverseCharge', 'exempt', 'outside'),
  tax: object({ name: words(20), percent: number }),
  currency: words(3),
  rounding: optional(oneOf('perTotal', 'perLine')),
  tolerance: optional(
    object({
      energyMilliWh: optional(integer),
      energyRate: optional(integer),
      seconds: optional(integer),
      clockSeconds: optional(integer),
      costMinor: optional(integer),
      costRate: optional(integer),
      ageDays: optional(integer),
    }),
  ),
  retail: optional(object({ markUpPercent: number, startFee: words(24) })),
  fees: optional(object({ buyer: optional(FeeInput), seller: optional(FeeInput) })),
  feeOnCredit: optional(oneOf('returned', 'kept')),
  cycle: optional(oneOf('daily', 'weekly', 'monthly')),
  lateWindowDays: optional(integer),
  /** Public keys (SPKI, base64) of parties that are not ours, by party. */
  signingKeys: optional(KeysInput),
  effectiveFrom: dateTime,
  effectiveUntil: optional(dateTime),
});

const YAML = ['application/yaml', 'application/x-yaml', 'text/yaml'];
const YAML_LIMIT = '256kb';
const REASON = { reason: 'for the audit trail' };
const NO_REASON = 'no reason was given';

/**
 * Agreements: drafted by one, approved by another (`POST /approvals/<id>/approve`), in force from their date on; each version as JSON
 * or as the YAML file from which it can be drafted again. `POST /agreements` is the short way of an admin alone.
 */
export function agreementRoutes(roaming: RoamingService, caller: Caller): DescribedRouter {
  const api = describedRouter();
  api.router.use('/agreements', text({ type: YAML, limit: YAML_LIMIT }));

  api.post(
    '/agreements',
    { about: 'Activates an agreement at once: for an admin alone.', body: AgreementInput, query: REASON, status: 201 },
    async (request, response) => {
      const { operatorId, actor } = caller(request, response, 'admin');
      const agreement = agreementIn(request);
      const result = await roaming.activateAgreement(operatorId, agreement, { actor, reason: reasonOf(request) });
      if (!result.accepted) throw refused(result);
      const active = await roaming.agreementBetween(operatorId, agreement.seller, agreement.buyer, agreement.effectiveFrom);
      response.status(201).json({ id: agreement.id, version: result.version, signingKeys: active?.signingKeys ?? {} });
    },
  );

  api.get('/agreements', { about: 'Agreements in force or to come.', paged: true }, async (request, response) => {
    sendPage(response, await roaming.agreements(response.locals.operatorId, pageRequest(request)), fromAgreement);
  });

  api.post(
    '/agreements/lint',
    { about: 'What is odd in an agreement, and what it would change.', body: AgreementInput },
    async (request, response) => {
      const { agreement, findings, diff } = await roaming.reviewAgreement(response.locals.operatorId, agreementIn(request));
      response.json({ id: agreement.id, version: agreement.version, findings, diff });
    },
  );

  api.post(
    '/agreements/drafts',
    { about: 'Drafts an agreement; a second person approves it.', body: AgreementInput, query: REASON, status: 201 },
    async (request, response) => {
      const { operatorId, actor } = caller(request, response, 'operator');
      const result = await roaming.draftAgreement(operatorId, agreementIn(request), { actor, reason: reasonOf(request) });
      if (!result.accepted) throw refused(result);
      const { draftId, approvalId, agreement, findings, diff } = result;
      response.status(201).json({ draftId, approvalId, id: agreement.id, version: agreement.version, state: 'draft', findings, diff });
    },
  );

  api.get('/agreements/drafts', { about: 'Drafts, and how each stands.', paged: true }, async (request, response) => {
    sendPage(response, await roaming.agreementDrafts(response.locals.operatorId, pageRequest(request)), fromDraft);
  });

  api.get('/agreements/drafts/:draftId', { about: 'One draft, as JSON or as the YAML file of it.' }, async (request, response) => {
    const { draftId } = request.params;
    const draft = found(await roaming.agreementDraft(response.locals.operatorId, draftId), `draft ${draftId}`);
    sendAgreement(request, response, draft.agreement, fromDraft(draft));
  });

  api.get('/agreements/:id/versions', { about: 'The versions of an agreement, with what each changed.' }, async (request, response) => {
    const history = await roaming.agreementHistory(response.locals.operatorId, request.params.id);
    if (history.length === 0) throw new ApiError(404, 'not_found', `There is no agreement ${request.params.id}.`);
    const items = history.map(({ agreement, by }, index) => ({
      version: agreement.version,
      effectiveFrom: agreement.effectiveFrom,
      effectiveUntil: agreement.effectiveUntil,
      ...by,
      diff: index === 0 ? [] : difference(history[index - 1]?.agreement, agreement),
    }));
    response.json({ items });
  });

  api.get('/agreements/:id/versions/:version', { about: 'One version, as JSON or as the YAML file of it.' }, async (request, response) => {
    const agreement = await versionOf(response, request.params.id, request.params.version);
    sendAgreement(request, response, agreement, fromAgreement(agreement));
  });

  api.get(
    '/agreements/:id/diff',
    { about: 'What differs between two versions.', query: { from: 'a version', to: 'another one' } },
    async (request, response) => {
      const { from, to } = request.query;
      const before = await versionOf(response, request.params.id, String(from));
      const after = await versionOf(response, request.params.id, String(to));
      response.json({ from: before.version, to: after.version, diff: difference(before, after) });
    },
  );

  async function versionOf(response: Response, id: string, version: string): Promise<Agreement> {
    const history = await roaming.agreementHistory(response.locals.operatorId, id);
    return found(
      history.find(({ agreement }) => String(agreement.version) === version)?.agreement,
      `version ${version} of agreement ${id}`,
    );
  }

  return api;
}

/** `?reason=`: for the audit trail. */
function reasonOf({ query }: Request): string {
  return typeof query.reason === 'string' && query.reason !== '' ? query.reason.slice(0, 500) : NO_REASON;
}

function agreementIn(request: Request): Omit<Agreement, 'version'> {
  if (typeof request.body === 'string') {
    try {
      // Times stay text, as in JSON: the schema says what is one. No aliases: a small file must not unfold into a large one.
      request.body = parse(request.body, { schema: 'core', maxAliasCount: 0 }) as unknown;
    } catch (error) {
      if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error;
      throw new ApiError(400, 'not_yaml', `The body is not YAML: ${error.message}`, { where: 'body' });
    }
  }
  return toAgreement(bodyOf(AgreementInput, request));
}

function sendAgreement(request: Request, response: Response, agreement: Agreement, asJson: object): void {
  if (request.accepts(['application/json', ...YAML]) === 'application/json') response.json(asJson);
  else response.type('application/yaml').send(stringify(fileOf(agreement)));
}

function toAgreement(input: Infer<typeof AgreementInput>): Omit<Agreement, 'version'> {
  const { tax, tolerance, retail, fees, effectiveFrom, effectiveUntil, signingKeys, ...rest } = input;
  return {
    ...rest,
    seller: partyIn(input.seller),
    buyer: partyIn(input.buyer),
    tax: { name: tax.name, rate: toRate(tax.percent) },
    rounding: input.rounding ?? 'perTotal',
    tolerance: { ...DEFAULT_TOLERANCE, ...tolerance },
    ...(retail ? { retail: { markUpRate: toRate(retail.markUpPercent), startFee: nanoIn(retail.startFee, 'retail/startFee') } } : {}),
    ...(fees
      ? {
          fees: {
            ...(fees.buyer ? { buyer: toFee(fees.buyer, 'buyer') } : {}),
            ...(fees.seller ? { seller: toFee(fees.seller, 'seller') } : {}),
          },
        }
      : {}),
    cycle: input.cycle ?? 'monthly',
    lateWindowDays: input.lateWindowDays ?? 14,
    signingKeys: toKeys(signingKeys),
    effectiveFrom: toDate(effectiveFrom),
    ...(effectiveUntil === undefined ? {} : { effectiveUntil: toDate(effectiveUntil) }),
  };
}

/** The file of an agreement: what `toAgreement` reads, so that a file that is read again gives the same agreement. */
function fileOf({ version: _version, tax, retail, fees, effectiveFrom, effectiveUntil, ...rest }: Agreement) {
  return {
    ...rest,
    tax: { name: tax.name, percent: tax.rate / PER_CENT },
    ...(retail ? { retail: { markUpPercent: retail.markUpRate / PER_CENT, startFee: nanoText(retail.startFee) } } : {}),
    ...(fees
      ? {
          fees: {
            ...(fees.buyer ? { buyer: fromFee(fees.buyer) } : {}),
            ...(fees.seller ? { seller: fromFee(fees.seller) } : {}),
          },
        }
      : {}),
    effectiveFrom: effectiveFrom.toISOString(),
    ...(effectiveUntil ? { effectiveUntil: effectiveUntil.toISOString() } : {}),
  };
}

const PER_CENT = 10_000;
const toRate = (percent: number) => Math.round(percent * PER_CENT);
const toFee = ({ percent, perCdr, taxPercent }: Infer<typeof FeeInput>, side: string): HubFee => ({
  rate: toRate(percent),
  perCdr: nanoIn(perCdr, `fees/${side}/perCdr`),
  taxRate: toRate(taxPercent),
});
const fromFee = ({ rate, perCdr, taxRate }: HubFee) => ({
  percent: rate / PER_CENT,
  perCdr: nanoText(perCdr),
  taxPercent: taxRate / PER_CENT,
});

function nanoIn(given: string, at: string): bigint {
  const nano = readNano(given);
  if (nano === undefined) throw new ApiError(422, 'invalid_body', `"${given}" is no amount`, { where: `body/${at}` });
  return nano;
}

function toKeys(given: unknown): Record<PartyId, string> {
  const keys: Record<PartyId, string> = {};
  for (const [party, key] of Object.entries((given ?? {}) as object)) {
    if (typeof key !== 'string')
      throw new ApiError(422, 'invalid_body', 'a signing key is base64 text', { where: `body/signingKeys/${party}` });
    keys[partyIn(party)] = key;
  }
  return keys;
}

function fromAgreement({ tax, retail, fees, ...agreement }: Agreement) {
  return {
    ...agreement,
    tax: { name: tax.name, percent: tax.rate / PER_CENT },
    ...(retail ? { retail: { markUpPercent: retail.markUpRate / PER_CENT, startFeeNano: retail.startFee.toString() } } : {}),
    ...(fees
      ? { fees: { ...(fees.buyer ? { buyer: fromFee(fees.buyer) } : {}), ...(fees.seller ? { seller: fromFee(fees.seller) } : {}) } }
      : {}),
  };
}

const fromDraft = ({ agreement, digest: _digest, ...draft }: Draft) => ({ ...draft, ...fromAgreement(agreement) });
