import { object, oneOf, text } from '@evroam/ocpi';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { ApiError } from '../edges/admin-app.js';
import { bodyOf, found, pageRequest, refused, sendPage } from '../edges/admin-request.js';
import { mayAct, type Role } from './role.js';
import type { AuthService } from './service.js';

/** Lets nobody past without a key: reading needs a viewer, everything else an operator. */
export function guard(auth: AuthService): RequestHandler {
  return async (request, response, next) => {
    const key = await auth.whoIs(request.get('authorization'));
    if (!key) {
      throw new ApiError(401, 'unauthorized', 'No key, or one that is not known or has expired.', {
        where: 'header/authorization',
        next: 'Send "Authorization: Bearer <API key>". The first key lies in the data folder, in admin.key.',
      });
    }
    const needed: Role = request.method === 'GET' ? 'viewer' : 'operator';
    if (!mayAct(key.role, needed)) throw forbidden(needed);
    response.locals.operatorId = key.operatorId;
    response.locals.actor = `key:${key.name}`;
    response.locals.role = key.role;
    next();
  };
}

/** Who calls, for a module that has roles of its own; 403 where the key's role does not reach. Behind `guard`. */
export function caller(_request: Request, response: Response, needed: Role) {
  const { operatorId, actor, role } = response.locals;
  if (!mayAct(role, needed)) throw forbidden(needed);
  return { operatorId, actor };
}

declare module 'express-serve-static-core' {
  interface Locals {
    role: Role;
  }
}

/** Money and trust never move without a reason. */
const ReasonInput = object({ reason: text(500) });

const KeyInput = object({ name: text(100), role: oneOf('viewer', 'operator', 'admin') });

/** Who one is, the keys of one's operator, what waits for a second person, and the audit trail. */
export function routes(auth: AuthService): Router {
  const router = Router();

  router.get('/whoami', (_request, response) => {
    const { operatorId, actor, role } = response.locals;
    response.json({ operator: operatorId, actor, role });
  });

  router.get('/keys', async (_request, response) => {
    response.json({ items: await auth.keys(response.locals.operatorId) });
  });

  router.post('/keys', async (request, response) => {
    if (!mayAct(response.locals.role, 'admin')) throw forbidden('admin');
    const { name, role } = bodyOf(KeyInput, request);
    // Shown once: only its hash is kept.
    response.status(201).json({ name, role, key: await auth.createKey(response.locals.operatorId, name, role) });
  });

  router.delete('/keys/:id', async (request, response) => {
    if (!mayAct(response.locals.role, 'admin')) throw forbidden('admin');
    if (!(await auth.removeKey(response.locals.operatorId, request.params.id)))
      throw new ApiError(404, 'not_found', `There is no key ${request.params.id}.`);
    response.status(204).end();
  });

  router.get('/approvals', async (request, response) => {
    const { state } = request.query;
    const page = await auth.approvals.list(response.locals.operatorId, {
      ...pageRequest(request),
      ...(typeof state === 'string' ? { state } : {}),
    });
    sendPage(response, page, (approval) => approval);
  });

  router.get('/approvals/:id', async (request, response) => {
    response.json(found(await auth.approvals.one(response.locals.operatorId, request.params.id), `approval ${request.params.id}`));
  });

  for (const [path, decision] of [
    ['approve', 'approved'],
    ['refuse', 'refused'],
  ] as const) {
    router.post(`/approvals/:id/${path}`, async (request, response) => {
      const { operatorId, actor } = caller(request, response, 'admin');
      const result = await auth.approvals.decide(operatorId, request.params.id, decision, { actor, ...bodyOf(ReasonInput, request) });
      if (!result.accepted) throw refused(result);
      response.json(result.approval);
    });
  }

  router.get('/audit', async (request, response) => {
    const { subject } = request.query;
    const page = await auth.approvals.audit(response.locals.operatorId, {
      ...pageRequest(request),
      ...(typeof subject === 'string' ? { subject } : {}),
    });
    sendPage(response, page, (line) => line);
  });

  return router;
}

const forbidden = (needed: Role) =>
  new ApiError(403, 'forbidden', `This needs a key with the role ${needed}.`, { next: 'Ask an admin of your operator for one.' });
