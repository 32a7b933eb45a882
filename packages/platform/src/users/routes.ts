import { boolean, object, oneOf, optional, text } from '@evroam/ocpi';
import { Router } from 'express';
import { bodyOf, pageRequest, partyIn, refused, sendPage } from '../edges/admin-request.js';
import type { Clock } from '../kernel/clock.js';
import type { UsersService } from './service.js';

const TokenInput = object({
  type: oneOf('rfid', 'appUser', 'adHocUser', 'other'),
  contractId: text(36),
  visualNumber: optional(text(64)),
  issuerName: text(64),
  groupId: optional(text(36)),
  valid: optional(boolean),
  whitelist: optional(oneOf('always', 'allowed', 'allowedOffline', 'never')),
  language: optional(text(2)),
});

/** Drivers' tokens. */
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

  return router;
}
