import { list, object, oneOf, optional, text } from '@evroam/ocpi';
import { Router } from 'express';
import { ApiError } from '../../edges/admin-app.js';
import { bodyOf, found } from '../../edges/admin-request.js';
import type { KnownDevices } from './known.js';

const Rule = object({
  name: text(100),
  remedy: oneOf('accept', 'drop', 'omit', 'keep', 'trim', 'coerce', 'utc'),
  action: optional(text(50)),
  kind: optional(oneOf('request', 'response')),
  path: optional(text(200)),
});
const Profile = object({ vendor: optional(text(50)), model: optional(text(50)), firmware: optional(text(50)), rules: list(Rule) });
const MOST_RULES = 100;

/** Known deviations of devices, by vendor, model and firmware. */
export function quirkRoutes(devices: KnownDevices): Router {
  const router = Router();

  router.get('/quirks', (_request, response) => {
    response.json({ items: devices.list(response.locals.operatorId) });
  });

  router.put('/quirks/:name', async (request, response) => {
    const profile = bodyOf(Profile, request);
    const fault = (where: string, message: string) => new ApiError(422, 'invalid_body', message, { where });
    if (profile.vendor === undefined && profile.model === undefined && profile.firmware === undefined)
      throw fault('body', 'a vendor, model or firmware: rules for every station would hide faults (see PATCH /stations/{id}, lenient)');
    if (profile.rules.length < 1 || profile.rules.length > MOST_RULES) throw fault('body/rules', `1 to ${MOST_RULES} rules`);
    for (const [i, { remedy, path }] of profile.rules.entries()) {
      if (remedy === 'omit' && path === undefined) throw fault(`body/rules/${i}/path`, 'what is omitted is named by its path');
      if (path !== undefined && !/^(\/[^/]+)+$/.test(path)) throw fault(`body/rules/${i}/path`, 'a JSON Pointer, with * for any one step');
    }
    const name = String(request.params.name);
    await devices.put(response.locals.operatorId, { name, ...profile });
    response.json({ name, ...profile });
  });

  router.delete('/quirks/:name', async (request, response) => {
    const name = String(request.params.name);
    found((await devices.remove(response.locals.operatorId, name)) || undefined, `quirk profile ${name}`);
    response.status(204).end();
  });

  return router;
}
