import { integer, list, object, optional, text } from '@evroam/ocpi';
import { type Request, type Response, Router } from 'express';
import { ApiError } from '../../edges/admin-app.js';
import { bodyOf, found, pageRequest, refused, sendPage } from '../../edges/admin-request.js';
import type { OperatorId, StationId } from '../../kernel/ids.js';
import type { Captures } from './captures.js';

const Start = object({ stations: list(text(48)), minutes: optional(integer), note: optional(text(200)) });
const MOST_STATIONS = 100;
const MOST_MINUTES = 7 * 24 * 60;
const USUAL_MINUTES = 60;
/** So often a live connection is told that it still holds, ms of wall time. */
const STILL_HERE_MS = 15_000;
/** Bytes that a reader may be behind before its live view is ended. */
const MOST_BEHIND = 4 * 1024 * 1024;

/** Captures, and the frames of a station as they come and go. */
export function captureRoutes(captures: Captures, isStation: (operatorId: OperatorId, id: StationId) => Promise<boolean>): Router {
  const router = Router();
  const idOf = (request: Request) => String(request.params.id);

  router.post('/captures', async (request, response) => {
    const { operatorId } = response.locals;
    const { stations: given, minutes = USUAL_MINUTES, note } = bodyOf(Start, request);
    const stations = [...new Set(given)] as StationId[];
    if (stations.length < 1 || stations.length > MOST_STATIONS)
      throw new ApiError(422, 'invalid_stations', `a capture is of 1 to ${MOST_STATIONS} stations`, { where: 'body/stations' });
    if (minutes < 1 || minutes > MOST_MINUTES)
      throw new ApiError(422, 'invalid_minutes', `a capture lasts 1 to ${MOST_MINUTES} minutes`, { where: 'body/minutes' });
    for (const [i, id] of stations.entries())
      if (!(await isStation(operatorId, id)))
        throw new ApiError(422, 'unknown_station', `There is no station ${id}.`, { where: `body/stations/${i}` });
    response.status(201).json(await captures.start(operatorId, { stations, minutes, ...(note === undefined ? {} : { note }) }));
  });

  router.get('/captures', async (request, response) => {
    sendPage(response, await captures.page(response.locals.operatorId, pageRequest(request)), (capture) => capture);
  });

  router.get('/captures/:id', async (request, response) => {
    response.json(found(await captures.one(response.locals.operatorId, idOf(request)), `capture ${idOf(request)}`));
  });

  router.get('/captures/:id/frames', async (request, response) => {
    const { operatorId } = response.locals;
    found(await captures.one(operatorId, idOf(request)), `capture ${idOf(request)}`);
    const wanted = pageRequest(request);
    if (wanted.after !== undefined && !/^\d{1,15}$/.test(wanted.after))
      throw new ApiError(422, 'invalid_after', 'after is the number of a frame', { where: 'query/after' });
    sendPage(response, await captures.frames(operatorId, idOf(request), wanted), (frame) => frame);
  });

  router.post('/captures/:id/stop', async (request, response) => {
    response.json(found(await captures.stop(response.locals.operatorId, idOf(request)), `capture ${idOf(request)}`));
  });

  router.delete('/captures/:id', async (request, response) => {
    const removed = await captures.remove(response.locals.operatorId, idOf(request));
    if (!removed.accepted) throw refused(removed);
    response.status(204).end();
  });

  router.get('/stations/:id/frames', async (request, response) => {
    const id = idOf(request) as StationId;
    found((await isStation(response.locals.operatorId, id)) || undefined, `station ${id}`);
    follow(captures, id, response);
  });

  return router;
}

/** Frames as server-sent events. A reader that does not keep up is let go: it must not cost the hub its memory. */
function follow(captures: Captures, stationId: StationId, response: Response): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', Connection: 'keep-alive' });
  response.write(': frames from now on\n\n');
  const stop = captures.follow(response.locals.operatorId, stationId, (frame) => {
    if (response.writableLength > MOST_BEHIND) response.end('event: behind\ndata: {}\n\n');
    else response.write(`event: frame\ndata: ${JSON.stringify(frame)}\n\n`);
  });
  const timer = setInterval(() => response.write(': still here\n\n'), STILL_HERE_MS);
  response.on('close', () => {
    stop();
    clearInterval(timer);
  });
}
