import { Router } from 'express';
import { found, pageRequest, partyIn, sendPage } from '../edges/admin-request.js';
import { nanoText } from '../kernel/money.js';
import { kwhText } from '../kernel/quantity.js';
import type { Amount } from '../model/amount.js';
import type { Cdr } from '../model/cdr.js';
import type { Session } from '../model/session.js';
import type { ChargingService } from './service.js';

/** Own sessions and own CDRs. */
export function routes(charging: ChargingService): Router {
  const router = Router();

  router.get('/sessions', async (request, response) => {
    const phase = request.query.phase;
    const filter = phase === 'charging' ? { phase: 'charging' as const } : phase === 'ended' ? { phase: 'ended' as const } : {};
    sendPage(response, await charging.sessions(response.locals.operatorId, { ...pageRequest(request), ...filter }), fromSession);
  });

  router.get('/sessions/:id', async (request, response) => {
    response.json(
      fromSession(found(await charging.session(response.locals.operatorId, request.params.id), `session ${request.params.id}`)),
    );
  });

  router.get('/cdrs', async (request, response) => {
    sendPage(response, await charging.cdrs(response.locals.operatorId, pageRequest(request)), fromCdr);
  });

  router.get('/cdrs/:owner/:id', async (request, response) => {
    const { owner, id } = request.params;
    response.json(fromCdr(found(await charging.cdr(response.locals.operatorId, partyIn(owner), id), `CDR ${id} of ${owner}`)));
  });

  return router;
}

function fromAmount(amount: Amount, currency: string) {
  return {
    currency,
    ...(amount.beforeTaxes === undefined ? {} : { beforeTaxes: nanoText(amount.beforeTaxes) }),
    ...(amount.afterTaxes === undefined ? {} : { afterTaxes: nanoText(amount.afterTaxes) }),
  };
}

const fromPeriod = ({ energyMilliWh, ...period }: Session['periods'][number]) => ({ ...period, kwh: kwhText(energyMilliWh) });

function fromSession({ energyMilliWh, total, periods, ...session }: Session) {
  return {
    ...session,
    kwh: kwhText(energyMilliWh),
    periods: periods.map(fromPeriod),
    ...(total ? { total: fromAmount(total, session.currency) } : {}),
  };
}

function fromCdr({ energyMilliWh, total, parts: _, periods, tariffs, ...cdr }: Cdr) {
  return {
    ...cdr,
    kwh: kwhText(energyMilliWh),
    periods: periods.map(fromPeriod),
    tariffs: tariffs.map(({ id, version }) => ({ id, version })),
    total: fromAmount(total, cdr.currency),
  };
}
