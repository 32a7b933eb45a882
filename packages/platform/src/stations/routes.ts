import { Router } from 'express';
import { bodyOf, found, pageRequest, partyIn, refused, sendPage } from '../edges/admin-request.js';
import type { Clock } from '../kernel/clock.js';
import type { StationId } from '../kernel/ids.js';
import type { StationsService } from './service.js';
import { LocationInput, StationChange, StationInput, toLocation } from './translate.js';

/** Own and partner locations, own stations. */
export function routes(stations: StationsService, clock: Clock): Router {
  const router = Router();

  router.get('/locations', async (request, response) => {
    const { own } = request.query;
    const filter = own === 'true' ? { own: true } : own === 'false' ? { own: false } : {};
    sendPage(
      response,
      await stations.locations(response.locals.operatorId, { ...pageRequest(request), ...filter }),
      (location) => location,
    );
  });

  router.get('/locations/:owner/:id', async (request, response) => {
    const location = await stations.location(response.locals.operatorId, partyIn(request.params.owner), request.params.id);
    response.json(found(location, `location ${request.params.id} of ${request.params.owner}`));
  });

  router.put('/locations/:owner/:id', async (request, response) => {
    const { operatorId } = response.locals;
    const owner = partyIn(request.params.owner);
    const { id } = request.params;
    const input = bodyOf(LocationInput, request);
    const known = await stations.location(operatorId, owner, id);
    const result = await stations.putLocation(operatorId, toLocation(input, owner, id, known, clock.now()));
    if (!result.accepted) throw refused(result);
    response.status(known ? 200 : 201).json(await stations.location(operatorId, owner, id));
  });

  router.get('/stations', async (request, response) => {
    sendPage(response, await stations.stations(response.locals.operatorId, pageRequest(request)), (station) => station);
  });

  router.post('/stations', async (request, response) => {
    const { owner, id, locationId, connectors } = bodyOf(StationInput, request);
    const result = await stations.addStation(response.locals.operatorId, { id, owner: partyIn(owner), locationId, connectors });
    if (!result.accepted) throw refused(result);
    response.status(201).json({ id: id as StationId, password: result.password });
  });

  router.patch('/stations/:id', async (request, response) => {
    const { id } = request.params;
    if (!(await stations.setStation(response.locals.operatorId, id as StationId, bodyOf(StationChange, request))))
      throw found(undefined, `station ${id}`);
    response.json(found(await stations.station(response.locals.operatorId, id as StationId), `station ${id}`));
  });

  return router;
}
