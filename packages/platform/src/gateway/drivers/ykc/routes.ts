import { object, optional, some, text } from '@evroam/ocpi';
import { Router } from 'express';
import { ApiError } from '../../../edges/admin-app.js';
import { bodyOf, found, refused } from '../../../edges/admin-request.js';
import type { OperatorId, StationId } from '../../../kernel/ids.js';
import { refuse } from '../../../kernel/refusal.js';
import { isNetwork, type YkcGate } from './listen.js';
import type { createModels } from './models.js';
import type { KeptBill, YkcStore } from './store.js';

const PileInput = object({ pileCode: text(14), iccid: optional(text(20)), networks: some(text(64)) });
const MOST = 100;

/** Own 云快充 piles: who they are, by which model they charge, what they billed. */
export function ykcRoutes({
  piles,
  currentModel,
  gate,
  stationExists,
}: {
  piles: YkcStore;
  currentModel: ReturnType<typeof createModels>;
  gate: () => YkcGate | undefined;
  stationExists: (operatorId: OperatorId, stationId: StationId) => Promise<boolean>;
}): Router {
  const router = Router();
  const idOf = ({ params }: { params: { id?: string } }) => String(params.id) as StationId;

  router.put('/stations/:id/pile', async (request, response) => {
    const { operatorId } = response.locals;
    const stationId = idOf(request);
    const { pileCode, iccid, networks } = bodyOf(PileInput, request);
    if (!/^\d{14}$/.test(pileCode)) throw new ApiError(422, 'invalid_pile_code', 'a pile code has 14 digits', { where: 'body/pileCode' });
    if (iccid !== undefined && !/^[0-9A-F]{20}$/i.test(iccid))
      throw new ApiError(422, 'invalid_iccid', 'an ICCID has 20 digits here', { where: 'body/iccid' });
    const wrong = networks.findIndex((network) => !isNetwork(network));
    if (wrong >= 0) throw new ApiError(422, 'invalid_network', `"${networks[wrong]}" is no network`, { where: `body/networks/${wrong}` });
    if (!(await stationExists(operatorId, stationId))) found(undefined, `station ${stationId}`);
    const pile = { operatorId, stationId, pileCode, networks, ...(iccid === undefined ? {} : { iccid: iccid.toUpperCase() }) };
    if (!(await piles.putPile(pile))) throw refused(refuse('pileCodeTaken', `another station has the pile code ${pileCode}`));
    response.json({ ...pile, operatorId: undefined });
  });

  router.get('/stations/:id/pile', async (request, response) => {
    const { operatorId: _, ...pile } = found(await piles.pile(response.locals.operatorId, idOf(request)), `pile at ${idOf(request)}`);
    response.json(pile);
  });

  /** The model that its tariffs make now, and why not where they make none. */
  router.get('/stations/:id/billing-model', async (request, response) => {
    const { model, inexpressible } = await currentModel(response.locals.operatorId, idOf(request));
    response.json({
      ...(model
        ? { number: model.number, ...model.model, tariffs: model.tariffs.map(({ owner, id, version }) => ({ owner, id, version })) }
        : {}),
      ...(inexpressible ? { inexpressible } : {}),
    });
  });

  /** Releases its tariffs to the pile: refused where it cannot charge by them. */
  router.post('/stations/:id/billing-model', async (request, response) => {
    const stationId = idOf(request);
    const { operatorId } = response.locals;
    found(await piles.pile(operatorId, stationId), `pile at ${stationId}`);
    const { model, inexpressible } = await currentModel(operatorId, stationId);
    if (!model || inexpressible)
      throw new ApiError(
        409,
        'tariff_not_for_pile',
        `${inexpressible?.reason} at ${inexpressible?.pointer || '/'}: ${inexpressible?.detail}`,
        {
          next: 'Change the tariff so that a pile can charge by it: four prices at most, on the half hour, energy only.',
        },
      );
    const line = gate()?.line(stationId);
    response.json(line ? await line.release() : { number: model.number, pushed: false });
  });

  router.get('/stations/:id/bills', async (request, response) => {
    const bills = await piles.bills(response.locals.operatorId, idOf(request), MOST);
    response.json({ items: bills.map(view) });
  });

  return router;
}

const view = ({ digest: _, bill, checked, ...kept }: KeptBill & { conflicts: number }) => ({ ...kept, ...checked, bill });
