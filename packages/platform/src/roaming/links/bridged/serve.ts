import { type Ask, type Handlers, type Interface, OcpiError, Payload, type Route, type Served, serve } from '@evroam/ocpi';
import type { BridgeVersion } from '@evroam/ocpi/bridge';
import type { Clock } from '../../../kernel/clock.js';
import { type PartyId, partyId } from '../../../model/party.js';
import type { OcpiCaller } from '../ocpi221/inbound.js';
import { Untranslatable } from '../ocpi221/values.js';
import type { Bridge } from './bridge.js';
import { bridgedFrom, faceIn, HOME, objectOf, patchedObject } from './versions.js';

/** One side of a module as we answer it, in the words of 2.2.1. */
export interface Side {
  face: Interface;
  handlers: Readonly<Record<string, Handler | undefined>>;
}

type Handler = (ask: Ask<Route, OcpiCaller>) => unknown;

/** Keeps the types of the handlers while they are written, and forgets them when they are put together. */
export const side = <I extends Interface>(face: I, handlers: NoInfer<Handlers<I, OcpiCaller>>): Side => ({
  face,
  handlers: handlers as Side['handlers'],
});

/** A page of an OCPI list is at most this long. */
const LARGEST_PAGE = 100;

/**
 * Serves our side of a module in a version: bodies are bridged up before a handler sees them, answers down before they are sent.
 * The bytes that came stay with the payload. Undefined where the version has no such side.
 */
export function serveIn(version: BridgeVersion, { face, handlers }: Side, bridge: Bridge, clock: Clock): Served<OcpiCaller> | undefined {
  const options = { clock, largestPage: LARGEST_PAGE };
  if (version === HOME) return serve(face, handlers as Handlers<Interface, OcpiCaller>, options);
  const theirs = faceIn(version, face.module, face.role);
  if (!theirs) return undefined;
  const bridged: Record<string, Handler> = {};
  for (const [name, route] of Object.entries(theirs.routes)) {
    const handler = handlers[name];
    const home = face.routes[name];
    if (handler && home) bridged[name] = bridgedHandler(version, name, route, home, face, handler, bridge);
  }
  return serve(theirs, bridged as Handlers<Interface, OcpiCaller>, options);
}

function bridgedHandler(
  version: BridgeVersion,
  name: string,
  theirs: Route,
  home: Route,
  face: Interface,
  handler: Handler,
  bridge: Bridge,
): Handler {
  return async (ask) => {
    const about = { operatorId: ask.partner.partner.operatorId, owner: ownerOf(ask, face), correlation: ask.correlationId };
    const isPatch = theirs.method === 'PATCH';
    const object = isPatch ? patchedObject(face.module, name) : (objectOf(theirs.says.body) ?? objectOf(home.says.body));
    let asked = ask;
    if (ask.body !== undefined && object) {
      const body = await told(() => bridge(version, HOME, object, ask.body, { ...about, partial: isPatch }));
      const payload = Payload.of(isPatch ? dated(body) : body);
      asked = { ...ask, body: payload.value as never, payload: bridgedFrom(version, ask.payload, payload) };
    }
    const answer = await handler(asked);
    const answered = objectOf(home.says.data);
    if (!answered) return answer;
    const down = (item: unknown) => told(() => bridge(HOME, version, answered, item instanceof Payload ? item.value : item, about));
    if (!theirs.paged) return down(answer);
    const page = answer as { items: readonly unknown[] };
    return { ...page, items: (await Promise.all(page.items.map((item) => shown(() => down(item))))).filter((item) => item !== undefined) };
  };

  /** A PATCH of 2.1.1 may come without a time; everything else here needs one. */
  function dated(body: unknown): unknown {
    return typeof body === 'object' && body !== null && !('last_updated' in body)
      ? { ...body, last_updated: new Date().toISOString() }
      : body;
  }
}

/** In 2.1.1 the owner stands in the URL only; an object without one in its path belongs to whoever speaks, or is asked for ours. */
function ownerOf({ params, partner, body }: Ask<Route, OcpiCaller>, face: Interface): PartyId {
  const { country_code: country, party_id: party } = params as { country_code?: string; party_id?: string };
  if (country !== undefined && party !== undefined) return partyId(country, party);
  const inBody = typeof body === 'object' && body !== null ? (body as { country_code?: unknown; party_id?: unknown }) : {};
  if (typeof inBody.country_code === 'string' && typeof inBody.party_id === 'string') return partyId(inBody.country_code, inBody.party_id);
  const role = face.module === 'tokens' || face.module === 'commands' ? 'emsp' : 'cpo';
  const mine = partner.partner.parties.find((one) => one.role === role) ?? partner.partner.parties[0];
  if (!mine) throw new OcpiError('forbidden', 'your invitation names no party');
  return mine.party;
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Untranslatable) throw new OcpiError('invalid', error.message, { path: error.pointer, cause: error });
    throw error;
  }
}

/** An object that a version cannot tell is left out of a list, not the list refused. */
async function shown<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OcpiError && error.code === 'invalid') return undefined;
    throw error;
  }
}
