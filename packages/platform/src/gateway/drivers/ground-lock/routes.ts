import { object, oneOf, optional, text } from '@evroam/ocpi';
import { type Request, Router } from 'express';
import { ApiError } from '../../../edges/admin-app.js';
import { bodyOf, found, refused } from '../../../edges/admin-request.js';
import type { StationId } from '../../../kernel/ids.js';
import type { LockService } from './locks.js';
import type { LockId } from './ports.js';
import type { KeptLock } from './store.js';

const LockInput = object({ driver: oneOf('ykc', 'http'), url: optional(text(512)), token: optional(text(256)) });
const MOST = 1000;

/** Ground locks and barriers: where they are, how they stand, up and down. */
export function lockRoutes(locks: LockService): Router {
  const router = Router();

  router.get('/locks', async (_request, response) => {
    response.json({ items: (await locks.locks(response.locals.operatorId, MOST)).map(view) });
  });

  router.put('/stations/:id/locks/:connector', async (request, response) => {
    const { driver, url, token } = bodyOf(LockInput, request);
    if ((driver === 'http') !== (url !== undefined))
      throw new ApiError(422, 'invalid_body', 'a lock over HTTP has a url, one at a pile has none', { where: 'body/url' });
    const behind = url === undefined ? { kind: 'ykc' as const } : { kind: 'http' as const, url, ...(token === undefined ? {} : { token }) };
    const result = await locks.put(response.locals.operatorId, idOf(request), behind);
    if (!result.accepted) throw refused(result);
    response.status(204).end();
  });

  router.get('/stations/:id/locks/:connector', async (request, response) => {
    const id = idOf(request);
    response.json(view(found(await locks.state(response.locals.operatorId, id), `lock at ${id.stationId}/${id.connectorNumber}`)));
  });

  for (const [path, to] of [
    ['raise', 'raised'],
    ['lower', 'lowered'],
  ] as const) {
    router.post(`/stations/:id/locks/:connector/${path}`, async (request, response) => {
      const id = idOf(request);
      const state = await locks.order(response.locals.operatorId, id, to);
      response.json(found(state, `lock at ${id.stationId}/${id.connectorNumber}`));
    });
  }

  return router;
}

function idOf({ params }: Request): LockId {
  const connectorNumber = Number(params.connector);
  if (!Number.isInteger(connectorNumber) || connectorNumber < 1)
    throw new ApiError(422, 'invalid_connector', 'a connector is a whole number from 1', { where: 'path/connector' });
  return { stationId: String(params.id) as StationId, connectorNumber };
}

/** Without the token of its cloud. */
const view = ({ operatorId: _, driver, ...kept }: KeptLock) => ({
  ...kept,
  driver: driver.kind === 'http' ? { kind: 'http', url: driver.url } : driver,
});
