import { integer, object, optional, text } from '@evroam/ocpi';
import type { Request } from 'express';
import { type DescribedRouter, describedRouter } from '../../edges/admin-api.js';
import { ApiError } from '../../edges/admin-app.js';
import { bodyOf, found, pageRequest } from '../../edges/admin-request.js';
import type { Clock } from '../../kernel/clock.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import { ALL_PARTNERS, readId, type TraceQuery } from '../store/traces.js';
import type { TraceSide } from '../trace/side.js';

export interface TraceRoutesNeeds {
  trace: Pick<TraceSide, 'page' | 'one' | 'watch' | 'unwatch' | 'watches'>;
  isPartner(operatorId: OperatorId, id: PartnerId): Promise<boolean>;
  clock: Clock;
}

const WatchInput = object({ partner: optional(text(36)), minutes: optional(integer) });
const MOST_MINUTES = 7 * 24 * 60;
const USUAL_MINUTES = 60;
const MINUTE_MS = 60_000;

const QUERY = {
  correlation: 'only what belongs to this correlation id',
  partner: 'only what a partner said or heard: its id',
  module: 'only a module of OCPI, such as locations',
  object: 'only losses of the object with this id',
  kind: '`exchange` or `loss`',
  failed: '`true`: only what was refused or got no answer',
  since: 'not before this time, ISO 8601',
  until: 'before this time, ISO 8601',
};

/** Every message over OCPI, and whose bodies are kept. */
export function traceRoutes({ trace, isPartner, clock }: TraceRoutesNeeds): DescribedRouter {
  const api = describedRouter();

  api.get('/trace', { about: 'Messages over OCPI, the newest first.', query: QUERY, paged: true }, async (request, response) => {
    const { items, next, dropped } = await trace.page(response.locals.operatorId, queryOf(request));
    response.json({ items, ...(next === undefined ? {} : { next }), dropped });
  });

  api.get('/trace/watches', { about: 'Partners whose bodies are kept for a time.' }, async (_request, response) => {
    const items = await trace.watches(response.locals.operatorId);
    response.json({ items: items.map(({ partner, until }) => ({ partner, until })) });
  });

  api.post(
    '/trace/watches',
    { about: 'Keeps the bodies of a partner, or of all, for a time.', body: WatchInput, status: 201 },
    async (request, response) => {
      const { operatorId } = response.locals;
      const { partner = ALL_PARTNERS, minutes = USUAL_MINUTES } = bodyOf(WatchInput, request);
      if (minutes < 1 || minutes > MOST_MINUTES)
        throw new ApiError(422, 'invalid_minutes', `bodies are kept for 1 to ${MOST_MINUTES} minutes`, { where: 'body/minutes' });
      if (partner !== ALL_PARTNERS && !(await isPartner(operatorId, partner as PartnerId)))
        throw new ApiError(422, 'unknown_partner', `There is no partner ${partner}.`, { where: 'body/partner' });
      const until = new Date(clock.now().getTime() + minutes * MINUTE_MS);
      await trace.watch({ operatorId, partner, until });
      response.status(201).json({ partner, until });
    },
  );

  api.delete(
    '/trace/watches/:partner',
    { about: 'Keeps no more bodies of it; `*` stands for all.', status: 204 },
    async (request, response) => {
      const partner = String(request.params.partner);
      found((await trace.unwatch(response.locals.operatorId, partner)) || undefined, `watch of ${partner}`);
      response.status(204).end();
    },
  );

  api.get('/trace/:id', { about: 'One message, with its frames in the capture format.' }, async (request, response) => {
    const id = String(request.params.id);
    response.json(found(await trace.one(response.locals.operatorId, id), `trace ${id}`));
  });

  return api;
}

function queryOf(request: Request): TraceQuery {
  const { query } = request;
  const page = pageRequest(request);
  if (page.after !== undefined && !readId(page.after))
    throw new ApiError(422, 'invalid_after', 'after is the id of a line', { where: 'query/after' });
  const one = (name: string): string | undefined => {
    const value = query[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [since, until] = [timeIn(one('since'), 'since'), timeIn(one('until'), 'until')];
  const [correlation, partner, module, object, kind, failed] = ['correlation', 'partner', 'module', 'object', 'kind', 'failed'].map(one);
  if (kind !== undefined && kind !== 'exchange' && kind !== 'loss')
    throw new ApiError(422, 'invalid_kind', 'kind is exchange or loss', { where: 'query/kind' });
  if (failed !== undefined && failed !== 'true' && failed !== 'false')
    throw new ApiError(422, 'invalid_failed', 'failed is true or false', { where: 'query/failed' });
  return {
    ...page,
    ...(correlation === undefined ? {} : { correlation }),
    ...(partner === undefined ? {} : { partner }),
    ...(module === undefined ? {} : { module }),
    ...(object === undefined ? {} : { object }),
    ...(kind === undefined ? {} : { kind }),
    ...(failed === 'true' ? { failed: true } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
  };
}

function timeIn(text: string | undefined, name: string): Date | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new ApiError(422, `invalid_${name}`, `${name} is a time such as 2026-11-25T09:00:00Z`, { where: `query/${name}` });
  return new Date(time);
}
