// A simulated CPO: it serves locations, tariffs, sessions and CDRs, obeys commands, and pushes what happens to its partner.
import type { Routing } from '../headers.js';
import { applyPatch } from '../patch.js';
import { type CDR, cdrs } from '../v221/cdrs.js';
import { type CommandResponse, type CommandResult, commands, type StartSession } from '../v221/commands.js';
import { type Location, locations, type Status } from '../v221/locations.js';
import { type Session, sessions } from '../v221/sessions.js';
import type { Tariff } from '../v221/tariffs.js';
import type { Token } from '../v221/tokens.js';
import { advance, type Charging, toCdr } from './charging.js';
import { type CpoStores, cpoInterfaces } from './cpo-interfaces.js';
import { repeats, spoilt } from './faults.js';
import { type Link, openLink, type SimulatorOptions } from './link.js';
import { seedLocations, seedTariffs } from './seed.js';
import { openStore } from './store.js';

/** Settings of a simulated CPO. */
export interface SimulatedCpoOptions extends SimulatorOptions {
  readonly port?: number;
  /** How many locations it has, or the locations themselves; default 3. */
  readonly locations?: number | readonly Location[];
  readonly tariffs?: readonly Tariff[];
  readonly seed?: number;
  /** What every session draws, in W; default 11 000. */
  readonly powerWatt?: number;
  /** Changes a CDR before it is sent: to fake faults. */
  readonly spoilCdr?: (cdr: CDR) => CDR;
}

/** What a local start needs: a card held to a station. */
export interface PlugInOptions {
  readonly location_id: string;
  readonly evse_uid: string;
  readonly connector_id?: string;
  readonly token: Token;
  readonly auth_method?: Session['auth_method'];
  readonly authorization_reference?: string;
}

/** A CDR that waits to be accepted. */
export interface OwedCdr {
  readonly cdr: CDR;
  readonly tries: number;
  readonly lastError?: string;
}

/** A simulated CPO that listens. */
export interface SimulatedCpo extends Omit<Link, 'record'>, CpoStores {
  /** CDRs that the partner has not accepted yet; each tick offers them again. */
  readonly owed: readonly OwedCdr[];
  /** Where the partner keeps each CDR that it accepted, by CDR id. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Starts a session at the station, without a command. */
  plugIn(options: PlugInOptions): Promise<Session>;
  /** Ends a session at the station: pushes its last state, makes the CDR and offers it. */
  unplug(sessionId: string): Promise<CDR>;
  /** Brings everything up to the clock: commands are carried out, sessions told, CDRs offered. Resolves when all pushes are done. */
  tick(): Promise<void>;
  /** Tells the partner that an EVSE's status changed. */
  setStatus(locationId: string, evseUid: string, status: Status): Promise<void>;
}

interface Pending {
  readonly responseUrl: string;
  readonly correlationId: string;
  readonly run: () => Promise<CommandResult>;
}

/** Opens a simulated CPO; it listens on a free port of loopback unless told another. */
export async function openSimulatedCpo(options: SimulatedCpoOptions): Promise<SimulatedCpo> {
  const clock = options.clock ?? { now: () => new Date() };
  const seed = {
    party: options.party,
    at: clock.now(),
    count: typeof options.locations === 'number' ? options.locations : 3,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  };
  const store = {
    locations: openStore<Location>(({ id }) => id, typeof options.locations === 'object' ? options.locations : seedLocations(seed)),
    tariffs: openStore<Tariff>(({ id }) => id, options.tariffs ?? seedTariffs(seed)),
    sessions: openStore<Session>(({ id }) => id),
    cdrs: openStore<CDR>(({ id }) => id),
    tokens: openStore<Token>(({ type, uid }) => `${type}/${uid}`),
  };
  const running = new Map<string, Charging>();
  const pending: Pending[] = [];
  const owed: { cdr: CDR; tries: number; lastError?: string }[] = [];
  const accepted = new Map<string, string>();
  let started = 0;

  const accept = (
    run: Pending['run'],
    ask: { readonly body: { readonly response_url: string }; readonly correlationId: string },
  ): CommandResponse => {
    pending.push({ responseUrl: ask.body.response_url, correlationId: ask.correlationId, run });
    return { result: 'ACCEPTED', timeout: 30 };
  };

  const link = await openLink(
    'CPO',
    options,
    (open) =>
      cpoInterfaces(open, store, {
        start: (ask) => accept(() => carryOut(ask.body), ask),
        stop: (ask) => accept(() => unplug(ask.body.session_id).then(() => ({ result: 'ACCEPTED' })), ask),
        unlock: (ask) => accept(async () => ({ result: 'ACCEPTED' }), ask),
        isRunning: (id) => running.has(id),
      }),
    () => ({
      location: (id) => store.locations.all().find((one) => one.id === id),
      token: (contractId) => store.tokens.all().find(({ contract_id }) => contract_id === contractId),
    }),
  );

  const routingFor = (token: { readonly country_code: string; readonly party_id: string }): Routing => ({
    from: options.party,
    to: options.to ?? { country: token.country_code, party: token.party_id },
  });
  const sessionKey = ({ country_code, party_id, id }: Session) => ({ country_code, party_id, session_id: id });

  /** Pushes are not queued: what did not arrive shows in the next GET. */
  async function push(what: string, id: string, value: unknown, send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      link.record({ direction: 'out', what, id, value });
      return true;
    } catch (error) {
      link.record({ direction: 'out', what, id, value, error: String(error) });
      return false;
    }
  }

  async function pushSession(session: Session): Promise<void> {
    const client = link.partner(sessions.receiver, 'RECEIVER', routingFor(session.cdr_token));
    await push('sessions.put', session.id, session, () => client.put({ params: sessionKey(session), body: session }));
  }

  async function carryOut(command: StartSession): Promise<CommandResult> {
    const location = store.locations.all().find(({ id }) => id === command.location_id);
    const evse = location?.evses?.find(({ uid, status }) =>
      command.evse_uid === undefined ? status === 'AVAILABLE' : uid === command.evse_uid,
    );
    if (!location || !evse) return { result: 'FAILED' };
    if (evse.status !== 'AVAILABLE') return { result: 'EVSE_OCCUPIED' };
    await plugIn({
      location_id: location.id,
      evse_uid: evse.uid,
      ...(command.connector_id === undefined ? {} : { connector_id: command.connector_id }),
      token: command.token,
      auth_method: 'COMMAND',
      ...(command.authorization_reference === undefined ? {} : { authorization_reference: command.authorization_reference }),
    });
    return { result: 'ACCEPTED' };
  }

  async function plugIn(plug: PlugInOptions): Promise<Session> {
    const owner = { country_code: options.party.country, party_id: options.party.party };
    const location = store.locations.get(owner, plug.location_id);
    const evse = location?.evses?.find(({ uid }) => uid === plug.evse_uid);
    const connector = evse?.connectors.find(({ id }) => plug.connector_id === undefined || id === plug.connector_id);
    if (!location || !evse || !connector) throw new RangeError(`no such connector: ${plug.location_id} ${plug.evse_uid}`);
    const tariff = store.tariffs.all().find(({ id }) => connector.tariff_ids?.includes(id) ?? false);
    started += 1;
    const { country_code, party_id, uid, type, contract_id } = plug.token;
    const now = clock.now().toISOString();
    const session: Session = {
      ...owner,
      id: `${options.party.party}-S${started}`,
      start_date_time: now,
      kwh: 0,
      cdr_token: { country_code, party_id, uid, type, contract_id },
      auth_method: plug.auth_method ?? 'WHITELIST',
      ...(plug.authorization_reference === undefined ? {} : { authorization_reference: plug.authorization_reference }),
      location_id: location.id,
      evse_uid: evse.uid,
      connector_id: connector.id,
      currency: tariff?.currency ?? 'EUR',
      status: 'ACTIVE',
      last_updated: now,
    };
    running.set(session.id, { location, evse, connector, tariff, powerWatt: options.powerWatt ?? 11_000, session, toldWh: 0, toldMs: 0 });
    store.sessions.put(session);
    await setStatus(location.id, evse.uid, 'CHARGING');
    await pushSession(session);
    return session;
  }

  async function unplug(sessionId: string): Promise<CDR> {
    const before = running.get(sessionId);
    if (!before) throw new RangeError(`no such session: ${sessionId}`);
    running.delete(sessionId);
    const now = clock.now();
    const charging = advance(before, now)?.charging ?? before;
    const period = { start_date_time: charging.session.start_date_time, dimensions: [{ type: 'ENERGY' as const, volume: 0 }] };
    const session: Session = {
      ...charging.session,
      end_date_time: now.toISOString(),
      status: 'COMPLETED',
      charging_periods: charging.session.charging_periods ?? [period],
      last_updated: now.toISOString(),
    };
    store.sessions.put(session);
    await pushSession(session);
    await setStatus(charging.location.id, charging.evse.uid, 'AVAILABLE');
    const cdr = toCdr({ ...charging, session }, `${sessionId}-CDR`, now);
    if (link.faults.has('no-cdr')) return cdr;
    store.cdrs.put(cdr);
    owed.push({ cdr: spoilt(options.spoilCdr?.(cdr) ?? cdr, link.faults), tries: 0 });
    await offerCdrs();
    return cdr;
  }

  /** A CDR is money: unlike other pushes it is offered until it is accepted. */
  async function offerCdrs(): Promise<void> {
    for (const debt of [...owed]) {
      debt.tries += 1;
      try {
        const client = link.partner(cdrs.receiver, 'RECEIVER', routingFor(debt.cdr.cdr_token));
        const { location = '' } = await client.post({ body: debt.cdr });
        accepted.set(debt.cdr.id, location);
        owed.splice(owed.indexOf(debt), 1);
        link.record({ direction: 'out', what: 'cdrs.post', id: debt.cdr.id, value: debt.cdr });
        for (const again of repeats(debt.cdr, link.faults)) await push('cdrs.post', again.id, again, () => client.post({ body: again }));
      } catch (error) {
        debt.lastError = String(error);
        link.record({ direction: 'out', what: 'cdrs.post', id: debt.cdr.id, value: debt.cdr, error: debt.lastError });
      }
    }
  }

  async function setStatus(locationId: string, evseUid: string, status: Status): Promise<void> {
    const owner = { country_code: options.party.country, party_id: options.party.party };
    const location = store.locations.get(owner, locationId);
    if (!location) throw new RangeError(`no such location: ${locationId}`);
    const last_updated = clock.now().toISOString();
    const patch = { status, last_updated };
    store.locations.put({ ...applyPatch(location, { evses: [{ uid: evseUid, ...patch }] }), last_updated });
    if (!link.registration()) return;
    const params = { ...owner, location_id: locationId, evse_uid: evseUid };
    await push('locations.patchEvse', evseUid, patch, () =>
      link.partner(locations.receiver, 'RECEIVER').patchEvse({ params, body: patch }),
    );
  }

  async function tellSessions(): Promise<void> {
    for (const [id, charging] of [...running]) {
      const step = advance(charging, clock.now());
      if (!step) continue;
      running.set(id, step.charging);
      store.sessions.put(step.charging.session);
      const client = link.partner(sessions.receiver, 'RECEIVER', routingFor(charging.session.cdr_token));
      const told = await push('sessions.patch', id, step.patch, () =>
        client.patch({ params: sessionKey(charging.session), body: step.patch }),
      );
      // After a PATCH that failed the partner may lack periods: PUT replaces the whole.
      if (!told) await pushSession(step.charging.session);
    }
  }

  return Object.assign(link, store, {
    owed,
    accepted,
    plugIn,
    unplug,
    setStatus,
    async tick() {
      for (const { responseUrl, correlationId, run } of pending.splice(0)) {
        const result = await run();
        if (link.faults.has('no-result')) continue;
        const client = link.callback(commands.sender, responseUrl);
        await push('commands.result', responseUrl, result, () => client.result({ at: responseUrl, body: result, correlationId }));
      }
      await tellSessions();
      await offerCdrs();
    },
  });
}
