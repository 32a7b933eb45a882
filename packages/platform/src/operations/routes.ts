import { Router } from 'express';
import { ApiError } from '../edges/admin-app.js';
import { bodyOf, pageRequest, partyIn, refused, sendPage } from '../edges/admin-request.js';
import type { Clock } from '../kernel/clock.js';
import type { OperationsService } from './service.js';
import { fromTariff, TariffFault, TariffInput, toTariff } from './translate.js';

/** Tariffs: the newest versions, the history of one, and the release of the next. */
export function routes(operations: OperationsService, clock: Clock): Router {
  const router = Router();

  router.get('/tariffs', async (request, response) => {
    sendPage(response, await operations.tariffs(response.locals.operatorId, pageRequest(request)), fromTariff);
  });

  router.get('/tariffs/:owner/:id', async (request, response) => {
    const versions = await operations.history(response.locals.operatorId, partyIn(request.params.owner), request.params.id);
    response.json({ items: versions.map(fromTariff) });
  });

  router.post('/tariffs', async (request, response) => {
    const input = bodyOf(TariffInput, request);
    try {
      const result = await operations.releaseTariff(response.locals.operatorId, toTariff(input, partyIn(input.owner), clock.now()));
      if (!result.accepted) throw refused(result);
      response.status(201).json({ id: input.id, version: result.version });
    } catch (error) {
      if (error instanceof TariffFault) throw new ApiError(422, 'invalid_tariff', error.message, { where: `body${error.pointer}` });
      throw error;
    }
  });

  return router;
}
