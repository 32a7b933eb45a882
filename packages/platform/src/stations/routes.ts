import { closed, fits, violation } from '@evroam/ocpi';
import { type Request, Router } from 'express';
import { ApiError } from '../edges/admin-app.js';
import { bodyOf, found, pageRequest, partyIn, refused, sendPage } from '../edges/admin-request.js';
import type { Clock } from '../kernel/clock.js';
import type { OperatorId, StationId } from '../kernel/ids.js';
import { MAX_PAGE } from '../kernel/page.js';
import { refuse } from '../kernel/refusal.js';
import type { Location } from '../model/location.js';
import type { PartyId } from '../model/party.js';
import { fromCsv, toCsv } from './csv.js';
import { boxAround, type SearchQuery } from './search.js';
import type { StationsService } from './service.js';
import { COLUMNS, fromRows, toRows } from './table.js';
import { LocationInput, OcpiLocation, StationChange, StationInput, toLocation, withKnownStatus } from './translate.js';

/** A location that was read from a file, once it is known what it was before. */
interface ReadLocation {
  id: string;
  location(known: Location | undefined): Location | { refused: string };
}

export interface RoutesNeeds {
  /** What a kWh costs now under these tariffs; undefined where no tariff is on sale. */
  priceOf(operatorId: OperatorId, tariffIds: readonly string[]): Promise<{ amount: string; currency: string } | undefined>;
  /** Locations as OCPI writes them. */
  ocpi: { write(location: Location): unknown; read(wire: OcpiLocation): Location };
}

/** Found at the most. */
const MOST_FOUND = 200;

/** `?lat=&lon=&radius=` in metres, or `?box=west,south,east,north`; `&plug=&power=` in kW, `&free=true&price=` a kWh. */
function searchIn({ query }: Request): SearchQuery & { maxPrice?: number } {
  const number = (name: string, least: number, most: number): number | undefined => {
    if (query[name] === undefined) return undefined;
    const value = Number(query[name]);
    if (!(value >= least && value <= most) || query[name] === '')
      throw new ApiError(422, 'invalid_query', `${name} is a number from ${least} to ${most}`, { where: `query/${name}` });
    return value;
  };
  const [latitude, longitude] = [number('lat', -90, 90), number('lon', -180, 180)];
  const radius = number('radius', 1, 20_000_000) ?? 5_000;
  const [power, price] = [number('power', 0, 10_000), number('price', 0, 1_000_000)];
  const corners = typeof query.box === 'string' ? query.box.split(',').map(Number) : undefined;
  const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN] = corners ?? [];
  if (corners && !(west >= -180 && east <= 180 && west < east && south >= -90 && north <= 90 && south < north))
    throw new ApiError(422, 'invalid_query', 'box is west,south,east,north in degrees', { where: 'query/box' });
  const here = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  if (!corners && !here) throw new ApiError(422, 'invalid_query', 'say lat and lon, or a box', { where: 'query' });
  return {
    box: corners || !here ? [west, south, east, north] : boxAround(here, radius),
    ...(here ? { around: corners ? here : { ...here, radiusMetres: radius } } : {}),
    ...(typeof query.plug === 'string' ? { standard: query.plug } : {}),
    ...(power === undefined ? {} : { minPowerWatt: power * 1000 }),
    ...(query.free === 'true' ? { free: true } : {}),
    ...(price === undefined ? {} : { maxPrice: price }),
    limit: MOST_FOUND,
  };
}

/** Own and partner locations, own stations. */
export function routes(stations: StationsService, clock: Clock, { priceOf, ocpi }: RoutesNeeds): Router {
  const router = Router();

  /** Each location for itself: one that is wrong does not keep the others out. */
  async function importAll(operatorId: OperatorId, owner: PartyId, table: readonly ReadLocation[]) {
    const items: { id: string; outcome: 'created' | 'changed' | 'refused'; detail?: string }[] = [];
    for (const { id, location } of table) {
      const known = await stations.location(operatorId, owner, id);
      const read = location(known);
      const result = 'refused' in read ? refuse('invalidLocation', read.refused) : await stations.putLocation(operatorId, read);
      if (result.accepted) items.push({ id, outcome: known ? 'changed' : 'created' });
      else items.push({ id, outcome: 'refused', ...(result.detail === undefined ? {} : { detail: result.detail }) });
    }
    return { items };
  }

  /** CSV as `locations.csv` gives it, or a list of OCPI locations. */
  function tableIn(request: Request, owner: PartyId): ReadLocation[] {
    const body: unknown = request.body;
    if (Array.isArray(body)) return body.map((each: unknown) => fromOcpi(each, owner));
    const csv = typeof body === 'object' && body !== null && 'csv' in body ? body.csv : undefined;
    if (typeof csv !== 'string')
      throw new ApiError(422, 'invalid_body', 'send a list of OCPI locations, or {"csv": "..."}', { where: 'body' });
    try {
      return fromRows(fromCsv(csv)).map(({ id, input }) => ({
        id,
        location: (known) => {
          const strict = closed(LocationInput);
          if (fits(strict, input)) return toLocation(input, owner, id, known, clock.now());
          const fault = violation(strict, input);
          return { refused: `${fault?.path ?? ''}: ${fault?.message ?? 'it does not fit'}` };
        },
      }));
    } catch (error) {
      if (error instanceof RangeError) throw new ApiError(422, 'invalid_csv', error.message, { where: 'body/csv' });
      throw error;
    }
  }

  /** Statuses and times in it are somebody's of long ago: ours come from the stations. */
  function fromOcpi(wire: unknown, owner: PartyId): ReadLocation {
    const id = typeof wire === 'object' && wire !== null && 'id' in wire ? String(wire.id) : '';
    const location = fits(OcpiLocation, wire) ? ocpi.read(wire) : undefined;
    return {
      id,
      location(known) {
        const fault = location ? undefined : violation(OcpiLocation, wire);
        if (!location) return { refused: `${fault?.path ?? ''}: ${fault?.message ?? 'no OCPI location'}` };
        if (location.owner !== owner) return { refused: `it belongs to ${location.owner}` };
        return withKnownStatus(location, known, clock.now());
      },
    };
  }

  router.get('/locations.json', async (_request, response) => {
    const { operatorId } = response.locals;
    const items: unknown[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await stations.locations(operatorId, { own: true, limit: MAX_PAGE, ...(after === undefined ? {} : { after }) });
      items.push(...page.items.map(ocpi.write));
      after = page.next;
      more = after !== undefined;
    }
    response.json(items);
  });

  router.get('/locations', async (request, response) => {
    const { own } = request.query;
    const filter = own === 'true' ? { own: true } : own === 'false' ? { own: false } : {};
    sendPage(
      response,
      await stations.locations(response.locals.operatorId, { ...pageRequest(request), ...filter }),
      (location) => location,
    );
  });

  router.get('/search', async (request, response) => {
    const { operatorId } = response.locals;
    const { maxPrice, ...query } = searchIn(request);
    const found = await stations.search(operatorId, query);
    const priced = await Promise.all(found.map(async (each) => ({ ...each, pricePerKwh: await priceOf(operatorId, each.tariffIds) })));
    const items = priced.filter(
      ({ pricePerKwh }) => maxPrice === undefined || (pricePerKwh !== undefined && Number(pricePerKwh.amount) <= maxPrice),
    );
    response.json({ items });
  });

  router.get('/locations.csv', async (_request, response) => {
    const rows: string[][] = [[...COLUMNS]];
    const { operatorId } = response.locals;
    for (let after: string | undefined, more = true; more; ) {
      const page = await stations.locations(operatorId, { own: true, limit: MAX_PAGE, ...(after === undefined ? {} : { after }) });
      rows.push(...toRows(page.items));
      after = page.next;
      more = after !== undefined;
    }
    response.type('text/csv').send(toCsv(rows));
  });

  router.post('/locations/:owner/import', async (request, response) => {
    const owner = partyIn(request.params.owner);
    response.json(await importAll(response.locals.operatorId, owner, tableIn(request, owner)));
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

  router.get('/stations/:id', async (request, response) => {
    const id = request.params.id as StationId;
    response.json(found(await stations.station(response.locals.operatorId, id), `station ${id}`));
  });

  router.patch('/stations/:id', async (request, response) => {
    const { id } = request.params;
    if (!(await stations.setStation(response.locals.operatorId, id as StationId, bodyOf(StationChange, request))))
      throw found(undefined, `station ${id}`);
    response.json(found(await stations.station(response.locals.operatorId, id as StationId), `station ${id}`));
  });

  return router;
}
