// What a simulated CPO serves: its locations, tariffs, sessions and CDRs, the tokens it is sent, and the commands it obeys.
import { OcpiError } from '../envelope.js';
import { applyPatch } from '../patch.js';
import { type Served, serve } from '../server.js';
import { type CDR, cdrs } from '../v221/cdrs.js';
import { type CommandResponse, commands, type StartSession, type StopSession, type UnlockConnector } from '../v221/commands.js';
import { type Location, locations } from '../v221/locations.js';
import { type Session, sessions } from '../v221/sessions.js';
import { type Tariff, tariffs } from '../v221/tariffs.js';
import { type Token, tokens } from '../v221/tokens.js';
import { found, served } from './copies.js';
import type { Link, SimulatedCaller } from './link.js';
import type { Store } from './store.js';

/** The stores of a simulated CPO. */
export interface CpoStores {
  readonly locations: Store<Location>;
  readonly tariffs: Store<Tariff>;
  readonly sessions: Store<Session>;
  readonly cdrs: Store<CDR>;
  readonly tokens: Store<Token>;
}

/** A command as it arrived. */
export interface Command<B> {
  readonly body: B;
  readonly correlationId: string;
}

/** What stands behind the commands. */
export interface Station {
  start(command: Command<StartSession>): CommandResponse;
  stop(command: Command<StopSession>): CommandResponse;
  unlock(command: Command<UnlockConnector>): CommandResponse;
  isRunning(sessionId: string): boolean;
}

/** The interfaces of a simulated CPO. */
export function cpoInterfaces(open: Link, store: CpoStores, station: Station): Served<SimulatedCaller>[] {
  const settings = served(open);
  const owner = { country_code: open.party.country, party_id: open.party.party };
  return [
    serve(
      locations.sender,
      {
        list: ({ window }) => store.locations.page(window),
        get: ({ params }) => found(store.locations.get(owner, params.location_id)),
        getEvse: ({ params }) => found(store.locations.get(owner, params.location_id)?.evses?.find(({ uid }) => uid === params.evse_uid)),
      },
      settings,
    ),
    serve(tariffs.sender, { list: ({ window }) => store.tariffs.page(window) }, settings),
    serve(sessions.sender, { list: ({ window }) => store.sessions.page(window), setPreferences: () => 'ACCEPTED' }, settings),
    serve(cdrs.sender, { list: ({ window }) => store.cdrs.page(window) }, settings),
    serve(
      tokens.receiver,
      {
        get: ({ params, query }) => found(store.tokens.get(params, `${query.type ?? 'RFID'}/${params.token_uid}`)),
        put: ({ body }) => {
          open.record({ direction: 'in', what: 'tokens.put', id: body.uid, value: body });
          return store.tokens.put(body) ? 'created' : 'updated';
        },
        patch: ({ params, query, body }) => {
          const token = found(store.tokens.get(params, `${query.type ?? 'RFID'}/${params.token_uid}`));
          store.tokens.put(applyPatch(token, body));
          open.record({ direction: 'in', what: 'tokens.patch', id: params.token_uid, value: body });
          return 'updated';
        },
      },
      settings,
    ),
    serve(
      commands.receiver,
      {
        startSession: (ask) => {
          open.record({
            direction: 'in',
            what: 'commands.START_SESSION',
            value: ask.body,
            raw: ask.payload.raw,
            correlationId: ask.correlationId,
          });
          if (!store.locations.get(owner, ask.body.location_id)) throw new OcpiError('unknown-location');
          return station.start(ask);
        },
        stopSession: (ask) => {
          open.record({
            direction: 'in',
            what: 'commands.STOP_SESSION',
            value: ask.body,
            raw: ask.payload.raw,
            correlationId: ask.correlationId,
          });
          if (!station.isRunning(ask.body.session_id)) return { result: 'UNKNOWN_SESSION', timeout: 0 };
          return station.stop(ask);
        },
        unlockConnector: (ask) => station.unlock(ask),
        reserveNow: () => ({ result: 'NOT_SUPPORTED', timeout: 0 }),
        cancelReservation: () => ({ result: 'NOT_SUPPORTED', timeout: 0 }),
      },
      settings,
    ),
  ];
}
