// The copies that an eMSP keeps of what its partner owns and pushes: locations, tariffs, sessions.
import { OcpiError } from '../envelope.js';
import { applyPatch, withConnector, withEvse } from '../patch.js';
import { type Served, serve } from '../server.js';
import { type EVSE, type Location, locations } from '../v221/locations.js';
import { type Session, sessions } from '../v221/sessions.js';
import { type Tariff, tariffs } from '../v221/tariffs.js';
import type { Link, SimulatedCaller } from './link.js';
import type { Store } from './store.js';

/** How simulators serve: strictly, and failures go to the journal. */
export const served = (open: Link) => ({
  clock: open.clock,
  strict: true,
  onError: (error: unknown) => open.record({ direction: 'self', what: 'failed', error: String(error) }),
});

interface Copies {
  readonly locations: Store<Location>;
  readonly tariffs: Store<Tariff>;
  readonly sessions: Store<Session>;
}

/** The item, or 404. */
export const found = <T>(item: T | undefined): T => {
  if (item === undefined) throw new OcpiError('not-found');
  return item;
};

/** Objects that the partner owns and pushes: locations, tariffs, sessions. */
export function copiesOf(open: Link, store: Copies): Served<SimulatedCaller>[] {
  const heard = (
    what: string,
    id: string,
    ask: { readonly payload: { readonly raw: Buffer }; readonly correlationId: string },
    value: unknown,
  ): void => open.record({ direction: 'in', what, id, value, raw: ask.payload.raw, correlationId: ask.correlationId });
  const written = (isNew: boolean) => (isNew ? ('created' as const) : ('updated' as const));
  return [
    serve(
      locations.receiver,
      {
        get: ({ params }) => found(store.locations.get(params, params.location_id)),
        put: (ask) => {
          heard('locations.put', ask.body.id, ask, ask.body);
          return written(store.locations.put(ask.body));
        },
        patch: (ask) => {
          heard('locations.patch', ask.params.location_id, ask, ask.body);
          store.locations.put(applyPatch(found(store.locations.get(ask.params, ask.params.location_id)), ask.body));
          return 'updated';
        },
        putEvse: (ask) => changeEvse(store, ask, 'put', () => heard('locations.putEvse', ask.params.evse_uid, ask, ask.body)),
        patchEvse: (ask) => changeEvse(store, ask, 'patch', () => heard('locations.patchEvse', ask.params.evse_uid, ask, ask.body)),
        patchConnector: (ask) => {
          const { params, body } = ask;
          heard('locations.patchConnector', params.connector_id, ask, body);
          const location = found(store.locations.get(params, params.location_id));
          store.locations.put(found(withConnector(location, params.evse_uid, params.connector_id, body, 'patch')));
          return 'updated';
        },
      },
      served(open),
    ),
    serve(
      tariffs.receiver,
      {
        get: ({ params }) => found(store.tariffs.get(params, params.tariff_id)),
        put: (ask) => {
          heard('tariffs.put', ask.body.id, ask, ask.body);
          return written(store.tariffs.put(ask.body));
        },
        delete: (ask) => {
          heard('tariffs.delete', ask.params.tariff_id, ask, undefined);
          if (!store.tariffs.delete(ask.params, ask.params.tariff_id)) throw new OcpiError('not-found');
          return 'deleted';
        },
      },
      served(open),
    ),
    serve(
      sessions.receiver,
      {
        get: ({ params }) => found(store.sessions.get(params, params.session_id)),
        put: (ask) => {
          const isNew = store.sessions.put(ask.body);
          heard('sessions.put', ask.body.id, ask, ask.body);
          return written(isNew);
        },
        patch: (ask) => {
          const next = applyPatch(found(store.sessions.get(ask.params, ask.params.session_id)), ask.body);
          store.sessions.put(next);
          heard('sessions.patch', ask.params.session_id, ask, next);
          return 'updated';
        },
      },
      served(open),
    ),
  ];
}

type EvseChange = {
  readonly params: { readonly country_code: string; readonly party_id: string; readonly location_id: string; readonly evse_uid: string };
  readonly body: Partial<EVSE> & { readonly last_updated: string };
};

function changeEvse(store: Copies, { params, body }: EvseChange, how: 'put' | 'patch', heard: () => void): 'updated' {
  heard();
  const location = found(store.locations.get(params, params.location_id));
  store.locations.put(found(withEvse(location, params.evse_uid, body, how)));
  return 'updated';
}
