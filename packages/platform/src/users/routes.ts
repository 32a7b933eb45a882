import { boolean, object, oneOf, optional, text } from '@evroam/ocpi';
import { Router } from 'express';
import { bodyOf, pageRequest, partyIn, refused, sendPage } from '../edges/admin-request.js';
import type { Clock } from '../kernel/clock.js';
import { refuse } from '../kernel/refusal.js';
import type { UsersService } from './service.js';

const TokenInput = object({
  type: oneOf('rfid', 'appUser', 'adHocUser', 'emaid', 'other'),
  contractId: text(36),
  visualNumber: optional(text(64)),
  issuerName: text(64),
  groupId: optional(text(36)),
  valid: optional(boolean),
  whitelist: optional(oneOf('always', 'allowed', 'allowedOffline', 'never')),
  language: optional(text(2)),
});

const VehicleInput = object({ issuer: text(6), uid: text(36) });

/** Drivers' tokens and their vehicles. */
export function routes(users: UsersService, clock: Clock): Router {
  const router = Router();

  router.get('/tokens', async (request, response) => {
    sendPage(response, await users.tokens(response.locals.operatorId, pageRequest(request)), (token) => token);
  });

  router.put('/tokens/:issuer/:uid', async (request, response) => {
    const { valid = true, whitelist = 'allowed', ...rest } = bodyOf(TokenInput, request);
    const token = { issuer: partyIn(request.params.issuer), uid: request.params.uid, ...rest, valid, whitelist, updatedAt: clock.now() };
    const result = await users.putToken(response.locals.operatorId, token);
    if (!result.accepted) throw refused(result);
    response.json(token);
  });

  router.put('/vehicles/:name', async (request, response) => {
    const { issuer, uid } = bodyOf(VehicleInput, request);
    const result = await users.bindVehicle(response.locals.operatorId, request.params.name, partyIn(issuer), uid);
    if (!result.accepted) throw refused(result);
    response.json({ vehicle: result.name, issuer, uid });
  });

  router.delete('/vehicles/:name', async (request, response) => {
    if (!(await users.unbindVehicle(response.locals.operatorId, request.params.name)))
      throw refused(refuse('unknownVehicle', 'no token is bound to it'));
    response.status(204).end();
  });

  return router;
}
