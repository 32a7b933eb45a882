import { dateTime, object, optional, text } from '@evroam/ocpi';
import { type Request, type Response, Router } from 'express';
import { ApiError } from '../edges/admin-app.js';
import { bodyOf, found, milliWhIn, pageRequest, partyIn, refused, sendPage } from '../edges/admin-request.js';
import type { NewId, OperatorId } from '../kernel/ids.js';
import { nanoText } from '../kernel/money.js';
import { kwhText } from '../kernel/quantity.js';
import type { Amount } from '../model/amount.js';
import type { Cdr } from '../model/cdr.js';
import type { PartyId } from '../model/party.js';
import type { Session } from '../model/session.js';
import type { Token } from '../model/token.js';
import type { ChargingService } from './service.js';
import type { SessionQuery } from './store.js';

/** Who charges, and where: an EVSE by its OCPI ids, or by what its QR code says. */
const Where = {
  issuer: text(6),
  uid: text(36),
  locationId: optional(text(36)),
  evseUid: optional(text(36)),
  connectorId: optional(text(36)),
  qr: optional(text(255)),
};
const StartInput = object(Where);
const ReservationInput = object({ ...Where, until: dateTime });
const ReleaseInput = object({ kwh: optional(text(20)) });

export interface RoutesNeeds {
  charging: ChargingService & { watch(operatorId: OperatorId, sessionId: string, look: () => void): () => void };
  token(operatorId: OperatorId, issuer: PartyId, uid: string): Promise<Token | undefined>;
  placeByEvseId(operatorId: OperatorId, evseId: string): Promise<{ place: { locationId: string; evseUid: string } } | undefined>;
  newId: NewId;
}

/** Own sessions, starts, reservations and own CDRs. */
export function routes(needs: RoutesNeeds): Router {
  const { charging, newId } = needs;
  const router = Router();

  router.get('/sessions', async (request, response) => {
    sendPage(
      response,
      await charging.sessions(response.locals.operatorId, { ...pageRequest(request), ...sessionFilter(request) }),
      fromSession,
    );
  });

  router.get('/sessions/:id', async (request, response) => {
    response.json(
      fromSession(found(await charging.session(response.locals.operatorId, request.params.id), `session ${request.params.id}`)),
    );
  });

  router.get('/sessions/:id/curve', async (request, response) => {
    const curve = found(await charging.curve(response.locals.operatorId, request.params.id), `session ${request.params.id}`);
    const costs = curve.costs.map(({ energyMilliWh, total, ...cost }) => ({
      ...cost,
      kwh: kwhText(energyMilliWh),
      ...(total ? { total: fromAmount(total, curve.session.currency) } : {}),
    }));
    response.json({ ...curve, costs, session: fromSession(curve.session) });
  });

  router.get('/sessions/:id/events', (request, response) => follow(charging, request, response));

  router.post('/sessions/:id/stop', async (request, response) => {
    const requestId = newId();
    const result = await charging.requestStop(response.locals.operatorId, request.params.id, undefined, requestId);
    if (!result.accepted) throw refused(result);
    response.status(202).json({ requestId });
  });

  router.post('/sessions/:id/release', async (request, response) => {
    const { kwh } = bodyOf(ReleaseInput, request);
    const energyMilliWh = kwh === undefined ? undefined : milliWhIn(kwh);
    const result = await charging.release(response.locals.operatorId, request.params.id, {
      by: response.locals.actor,
      ...(energyMilliWh === undefined ? {} : { energyMilliWh }),
    });
    if (!result.accepted) throw refused(result);
    response.status(204).end();
  });

  router.post('/starts', async (request, response) => {
    const { operatorId } = response.locals;
    const input = bodyOf(StartInput, request);
    const requestId = newId();
    const result = await charging.requestStart(operatorId, { ...(await wishIn(needs, operatorId, input)), requestId });
    if (!result.accepted) throw refused(result);
    response.status(202).json({ requestId });
  });

  router.get('/starts/:id', async (request, response) => {
    const { token: _, ...start } = found(
      await charging.startRequest(response.locals.operatorId, request.params.id),
      `start ${request.params.id}`,
    );
    response.json(start);
  });

  router.post('/reservations', async (request, response) => {
    const { operatorId } = response.locals;
    const { until, ...input } = bodyOf(ReservationInput, request);
    const result = await charging.reserve(operatorId, { ...(await wishIn(needs, operatorId, input)), until: new Date(until) });
    if (!result.accepted) throw refused(result);
    response.status(202).json(result.reservation);
  });

  router.get('/reservations', async (request, response) => {
    sendPage(response, await charging.reservations(response.locals.operatorId, pageRequest(request)), (reservation) => reservation);
  });

  router.get('/reservations/:id', async (request, response) => {
    response.json(found(await charging.reservation(response.locals.operatorId, request.params.id), `reservation ${request.params.id}`));
  });

  router.delete('/reservations/:id', async (request, response) => {
    const result = await charging.cancelReservation(response.locals.operatorId, request.params.id);
    if (!result.accepted) throw refused(result);
    response.status(204).end();
  });

  router.get('/unmatched-stops', async (_request, response) => {
    response.json({ items: await charging.unmatchedStops(response.locals.operatorId, 200) });
  });

  router.get('/cdrs', async (request, response) => {
    sendPage(response, await charging.cdrs(response.locals.operatorId, pageRequest(request)), fromCdr);
  });

  router.get('/cdrs/:owner/:id', async (request, response) => {
    const { owner, id } = request.params;
    response.json(fromCdr(found(await charging.cdr(response.locals.operatorId, partyIn(owner), id), `CDR ${id} of ${owner}`)));
  });

  return router;
}

function sessionFilter({ query }: Request): Omit<SessionQuery, 'limit'> {
  const { phase, held, station, token } = query;
  return {
    ...(phase === 'charging' || phase === 'ended' ? { phase } : {}),
    ...(held === 'true' ? { held: true } : held === 'false' ? { held: false } : {}),
    ...(typeof station === 'string' ? { stationId: station } : {}),
    ...(typeof token === 'string' ? { tokenUid: token } : {}),
  };
}

/** The driver's token, and the EVSE that the ids or the code on it name. A code is the eMI3 id, or a link that ends in it. */
async function wishIn(
  { token, placeByEvseId }: RoutesNeeds,
  operatorId: OperatorId,
  input: { issuer: string; uid: string; locationId?: string; evseUid?: string; connectorId?: string; qr?: string },
) {
  const known = found(await token(operatorId, partyIn(input.issuer), input.uid), `token ${input.uid} of ${input.issuer}`);
  if (input.qr !== undefined) {
    const evseId = decodeURIComponent(input.qr.replace(/[?#].*$/, '').replace(/^.*\//, ''));
    const { place } = found(await placeByEvseId(operatorId, evseId), `EVSE ${evseId}`);
    return { token: known, locationId: place.locationId, evseUid: place.evseUid };
  }
  const { locationId, evseUid, connectorId } = input;
  if (locationId === undefined)
    throw new ApiError(422, 'invalid_body', 'name a locationId, or what the QR code says', { where: 'body/locationId' });
  return { token: known, locationId, ...(evseUid === undefined ? {} : { evseUid }), ...(connectorId === undefined ? {} : { connectorId }) };
}

/** Another node's changes are seen by looking so often, ms of wall time. */
const LOOK_MS = 5_000;

/** The session as it goes, as server-sent events: one at once, one at each change, and the last when it has ended. */
async function follow({ session, watch }: RoutesNeeds['charging'], request: Request, response: Response): Promise<void> {
  const { operatorId } = response.locals;
  const id = String(request.params.id);
  const first = found(await session(operatorId, id), `session ${id}`);
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', Connection: 'keep-alive' });
  let shown = 0;
  let busy = false;
  const say = (now: Session) => {
    shown = now.updatedAt.getTime();
    response.write(`event: session\nid: ${shown}\ndata: ${JSON.stringify(fromSession(now))}\n\n`);
    if (now.status === 'completed') leave();
  };
  const look = () => {
    if (busy) return;
    busy = true;
    session(operatorId, id)
      .then((now) => {
        if (now && now.updatedAt.getTime() > shown) say(now);
        else if (!response.writableEnded) response.write(': still here\n\n');
      })
      .catch((err: unknown) => {
        response.locals.log.error({ err, sessionId: id }, 'a session could not be followed');
        leave();
      })
      .finally(() => {
        busy = false;
      });
  };
  const unwatch = watch(operatorId, id, look);
  const timer = setInterval(look, LOOK_MS);
  const leave = () => {
    clearInterval(timer);
    unwatch();
    if (!response.writableEnded) response.end();
  };
  response.once('close', leave);
  say(first);
}

function fromAmount(amount: Amount, currency: string) {
  return {
    currency,
    ...(amount.beforeTaxes === undefined ? {} : { beforeTaxes: nanoText(amount.beforeTaxes) }),
    ...(amount.afterTaxes === undefined ? {} : { afterTaxes: nanoText(amount.afterTaxes) }),
  };
}

const fromPeriod = ({ energyMilliWh, ...period }: Session['periods'][number]) => ({ ...period, kwh: kwhText(energyMilliWh) });

function fromSession({ energyMilliWh, total, periods, ...session }: Session) {
  return {
    ...session,
    kwh: kwhText(energyMilliWh),
    periods: periods.map(fromPeriod),
    ...(total ? { total: fromAmount(total, session.currency) } : {}),
  };
}

function fromCdr({ energyMilliWh, total, parts = {}, periods, tariffs, ...cdr }: Cdr) {
  return {
    ...cdr,
    kwh: kwhText(energyMilliWh),
    periods: periods.map(fromPeriod),
    tariffs: tariffs.map(({ id, version }) => ({ id, version })),
    total: fromAmount(total, cdr.currency),
    parts: Object.fromEntries(Object.entries(parts).map(([name, amount]) => [name, fromAmount(amount, cdr.currency)])),
  };
}
