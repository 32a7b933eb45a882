import { digest } from '@evroam/ocpi/statement';
import { type Request, type Response, Router } from 'express';
import { ApiError } from '../edges/admin-app.js';
import type { OperatorId } from '../kernel/ids.js';
import { moneyText } from '../kernel/money.js';
import { MAX_PAGE } from '../kernel/page.js';
import { kwhText } from '../kernel/quantity.js';
import { readPartyId } from '../model/party.js';
import { type ClearingState, type DeclineReason, TRANSITIONS } from './cdr-clearing.js';
import { declineRows } from './decline.js';
import { explainText } from './explain.js';
import { lineRows, toCsv } from './export.js';
import { balanceOf } from './ledger.js';
import { readPeriod } from './period.js';
import type { Acted, By } from './service/act.js';
import type { SettlementService } from './service.js';
import { diffStatements } from './statement-diff.js';
import { statementPdf } from './statement-pdf.js';

/** Who calls, or a thrown ApiError: 401 for nobody, 403 for one whose role does not reach. */
export type Caller = (
  request: Request,
  response: Response,
  needed: 'viewer' | 'operator' | 'admin',
) => { operatorId: OperatorId; actor: string };

/** The admin API of settlement: CDRs and holds, periods, statements, ledger. */
export function createRoutes(settlement: SettlementService, caller: Caller): Router {
  const router = Router();
  const read = (path: string, answer: (operatorId: OperatorId, request: Request, response: Response) => Promise<unknown>) =>
    router.get(path, async (request, response) => {
      const { operatorId } = caller(request, response, 'viewer');
      const body = await answer(operatorId, request, response);
      if (!response.headersSent) response.json(shown(body));
    });
  const act = (path: string, work: (operatorId: OperatorId, by: By, request: Request) => Promise<Acted<object>>) =>
    router.post(path, async (request, response) => {
      const { operatorId, actor } = caller(request, response, 'operator');
      const answer = await work(operatorId, byOf(request, actor), request);
      // The first of two persons: taken, and not done yet.
      if (!answer.accepted && answer.reason === 'secondPerson') response.status(202);
      response.json(shown(done(answer)));
    });

  read('/transitions', async () => TRANSITIONS);
  read('/cdrs', (operatorId, request) => settlement.cdrs(operatorId, cdrQuery(request)));
  read('/holds', async (operatorId, request) => settlement.holds(operatorId, cdrQuery(request)));
  read('/declines', (operatorId, request) => settlement.declines(operatorId, cdrQuery(request)));
  read('/declines.csv', async (operatorId, request, response) => {
    const { items, next } = await settlement.declines(operatorId, cdrQuery(request));
    if (next !== undefined) response.set('link', `<declines.csv?after=${encodeURIComponent(next)}>; rel="next"`);
    response.type('text/csv; charset=utf-8').send(toCsv(declineRows(items)));
  });
  read('/counts', (operatorId) => settlement.counts(operatorId));
  read('/cdrs/:party/:id', async (operatorId, request) => found(await settlement.cdr(operatorId, keyOf(request))));
  read('/cdrs/:party/:id/entries', (operatorId, request) => settlement.entriesOf(operatorId, keyOf(request)));
  read('/cdrs/:party/:id/actions', (operatorId, request) => settlement.actions(operatorId, `cdr ${keyOf(request)}`));
  read('/cdrs/:party/:id/explain', async (operatorId, request, response) => {
    const explanation = found(await settlement.explain(operatorId, keyOf(request)));
    if (request.query.format !== 'text') return explanation;
    response.type('text/plain; charset=utf-8').send(`${explainText(explanation, request.query.lang === 'zh' ? 'zh' : 'en')}\n`);
  });
  act('/cdrs/:party/:id/approve', (operatorId, by, request) => settlement.approve(operatorId, keyOf(request), by));
  act('/cdrs/:party/:id/decline', (operatorId, by, request) => settlement.decline(operatorId, keyOf(request), codeOf(request), by));
  act('/cdrs/:party/:id/reject', (operatorId, by, request) => settlement.reject(operatorId, keyOf(request), codeOf(request), by));
  act('/cdrs/:party/:id/dispute', (operatorId, by, request) => settlement.dispute(operatorId, keyOf(request), by));
  act('/cdrs/:party/:id/resolve', (operatorId, by, request) => settlement.resolve(operatorId, keyOf(request), by));
  router.post('/cdrs/:party/:id/retry', async (request, response) => {
    const { operatorId } = caller(request, response, 'operator');
    response.json(found(await settlement.retry(operatorId, keyOf(request))));
  });
  router.post('/holds/:action', async (request, response) => {
    const { operatorId, actor } = caller(request, response, 'operator');
    const action = request.params.action;
    if (action !== 'approve' && action !== 'decline' && action !== 'retry')
      throw new ApiError(404, 'no_such_action', `There is no bulk ${action}.`);
    const keys = keysOf(request);
    response.json(
      shown({
        results: await settlement.bulk(operatorId, action, keys, action === 'decline' ? codeOf(request) : 'other', byOf(request, actor)),
      }),
    );
  });

  read('/periods', (operatorId) => settlement.periods(operatorId));
  act('/periods/:name/cut-off', (operatorId, by, request) => settlement.cutOff(operatorId, periodOf(request), by));
  act('/periods/:name/close', (operatorId, by, request) => settlement.closePeriod(operatorId, periodOf(request), by));
  act('/periods/:name/reopen', (operatorId, by, request) => settlement.reopen(operatorId, periodOf(request), by));

  read('/periods/:name/run', (operatorId, request) => settlement.run(operatorId, periodOf(request)));

  read('/statements', async (operatorId, request) => {
    const period = typeof request.query.period === 'string' ? readPeriod(request.query.period) : undefined;
    return {
      items: await settlement.statements(operatorId, {
        ...(period === undefined ? {} : { period }),
        ...after(request),
        limit: limitOf(request),
      }),
    };
  });
  read('/statements/:id', async (operatorId, request) => found(await settlement.statement(operatorId, idOf(request))));
  read('/statements/:id/bundle', async (operatorId, request, response) => {
    // Byte for byte as signed: a parsed and printed copy would have another digest.
    response.type('application/json').send(found(await settlement.bundle(operatorId, idOf(request))));
  });
  read('/statements/:id/lines.csv', async (operatorId, request, response) => {
    response.type('text/csv; charset=utf-8').send(toCsv(lineRows(found(await settlement.bundle(operatorId, idOf(request))))));
  });
  read('/statements/:id/statement.pdf', async (operatorId, request, response) => {
    const text = found(await settlement.bundle(operatorId, idOf(request)));
    response.type('application/pdf').send(statementPdf(text, digest(text), request.query.lang === 'zh' ? 'zh' : 'en'));
  });
  read('/statements/:id/diff/:other', async (operatorId, request) => {
    const [before, after] = await Promise.all([idOf(request), String(request.params.other)].map((id) => settlement.bundle(operatorId, id)));
    return diffStatements(JSON.parse(found(before)), JSON.parse(found(after)));
  });
  act('/statements/:id/accept', (operatorId, by, request) => settlement.acceptStatement(operatorId, idOf(request), by));

  read('/ledger/trial', async (operatorId, request) => {
    const { balances, imbalance } = await settlement.trialBalance(operatorId, atOf(request));
    const rows = balances.map((balance) => ({
      account: balance.account,
      currency: balance.currency,
      debits: moneyText({ minor: balance.debits, currency: balance.currency }),
      credits: moneyText({ minor: balance.credits, currency: balance.currency }),
      balance: moneyText({ minor: balanceOf(balance), currency: balance.currency }),
    }));
    return {
      balances: rows,
      imbalance: Object.fromEntries(Object.entries(imbalance).map(([currency, minor]) => [currency, moneyText({ minor, currency })])),
    };
  });
  read('/ledger/audit', (operatorId) => settlement.audit(operatorId));
  read('/ledger/digest', async (operatorId) => ({ digest: await settlement.canonicalStateDigest(operatorId) }));
  return router;
}

/** Whole numbers as text, so that no reader turns money into a float; energy also as kWh. */
function shown(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const plain = Object.fromEntries(entries.map(([key, inner]) => [key, shown(inner)]));
  const { energyMilliWh, currency, gross } = value as { energyMilliWh?: unknown; currency?: unknown; gross?: unknown };
  if (typeof energyMilliWh === 'number') plain.energyKwh = kwhText(energyMilliWh);
  if (typeof currency === 'string' && typeof gross === 'bigint') plain.grossAmount = moneyText({ minor: gross, currency });
  return plain;
}

function done(answer: Acted<object>): object {
  if (answer.accepted) return answer;
  if (answer.reason === 'secondPerson') return { accepted: false, reason: answer.reason, detail: answer.detail };
  throw new ApiError(answer.reason === 'notFound' ? 404 : 409, snake(answer.reason), answer.detail ?? answer.reason, {
    next: 'Read the object again, then decide.',
  });
}

const snake = (reason: string) => reason.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function byOf(request: Request, actor: string): By {
  const body = bodyOf(request);
  const { reason } = body;
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw new ApiError(400, 'reason_missing', 'An action on money needs a reason.', { where: 'reason', next: 'Say why, in a few words.' });
  }
  const key = request.get('idempotency-key');
  if (key !== undefined && !/^[\w.:-]{1,64}$/.test(key))
    throw new ApiError(400, 'bad_key', 'An idempotency key has 1 to 64 letters, digits, . : _ or -.');
  return { actor, reason, ...(key === undefined ? {} : { request: key }), ...(body.dryRun === true ? { dryRun: true } : {}) };
}

function bodyOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** Reasons that a person may give a seller. */
const CODES: readonly DeclineReason[] = [
  'noSession',
  'secondOfSession',
  'energyDiffers',
  'timeDiffers',
  'clockDiffers',
  'unknownTariff',
  'tariffDiffers',
  'costDiffers',
  'notPriceable',
  'late',
  'other',
];

function codeOf(request: Request): DeclineReason {
  const code = CODES.find((known) => known === bodyOf(request).code);
  if (!code) throw new ApiError(400, 'code_unknown', `A reason code is one of ${CODES.join(', ')}.`, { where: 'code' });
  return code;
}

function keysOf(request: Request): string[] {
  const { keys } = bodyOf(request);
  if (!Array.isArray(keys) || keys.length > MAX_PAGE || !keys.every((key): key is string => typeof key === 'string')) {
    throw new ApiError(400, 'keys_missing', `keys is a list of at most ${MAX_PAGE} CDR keys such as "DE-ABC/123".`, { where: 'keys' });
  }
  return keys;
}

function keyOf({ params }: Request): string {
  return `${String(params.party).toUpperCase()}/${String(params.id).toUpperCase()}`;
}

const idOf = ({ params }: Request) => String(params.id);

function periodOf({ params }: Request): string {
  const name = readPeriod(String(params.name));
  if (name === undefined)
    throw new ApiError(400, 'period_unknown', 'A period is a day, a week or a month: 2026-11-24, 2026-W48 or 2026-11.', { where: 'name' });
  return name;
}

function atOf({ query }: Request): Date | undefined {
  if (typeof query.at !== 'string') return undefined;
  const at = new Date(query.at);
  if (Number.isNaN(at.getTime())) throw new ApiError(400, 'time_unknown', 'at is an ISO 8601 time.', { where: 'at' });
  return at;
}

const STATES: readonly ClearingState[] = ['received', 'quarantined', 'held', 'accepted', 'declined', 'rejected', 'expired'];

function cdrQuery(request: Request) {
  const { state, code, owner, buyer, period } = request.query;
  const states = typeof state === 'string' ? STATES.filter((known) => state.split(',').includes(known)) : undefined;
  if (states?.length === 0) throw new ApiError(400, 'state_unknown', `A state is one of ${STATES.join(', ')}.`, { where: 'state' });
  const party = (text: unknown) => (typeof text === 'string' ? readPartyId(text) : undefined);
  const [ownerId, buyerId] = [party(owner), party(buyer)];
  const name = typeof period === 'string' ? readPeriod(period) : undefined;
  return {
    limit: limitOf(request),
    ...after(request),
    ...(states ? { states } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(ownerId ? { owner: ownerId } : {}),
    ...(buyerId ? { buyer: buyerId } : {}),
    ...(name === undefined ? {} : { period: name }),
  };
}

function after({ query }: Request): { after?: string } {
  return typeof query.after === 'string' ? { after: query.after } : {};
}

function limitOf({ query }: Request): number {
  const limit = query.limit === undefined ? 100 : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new ApiError(400, 'limit_wrong', `limit is a number from 1 to ${MAX_PAGE}.`, { where: 'limit' });
  return Math.min(limit, MAX_PAGE);
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new ApiError(404, 'not_found', 'There is no such thing here.', { next: 'List what there is.' });
  return value;
}
