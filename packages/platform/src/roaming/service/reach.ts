import type { Clock } from '../../kernel/clock.js';
import type { Emit } from '../../kernel/events.js';
import type { NewId, OperatorId, PartnerId } from '../../kernel/ids.js';
import type { Transact } from '../../kernel/transact.js';
import type { PartyId } from '../../model/party.js';
import { consumers } from '../events.js';
import type { Message, Reply } from '../message.js';
import type { ChargingPort, StationsPort } from '../ports.js';
import type { RoamingStore } from '../store.js';
import type { Everybody } from './everybody.js';

export interface ReachNeeds extends Pick<Everybody, 'ownersFor' | 'speaker'> {
  transact: Transact;
  emit: Emit;
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  clock: Clock;
  newId: NewId;
  route(message: Message): Promise<Reply>;
  /** Asks a partner for a sign of life; false if it gives none. */
  ping(operatorId: OperatorId, partnerId: PartnerId): Promise<boolean>;
}

/** A partner that was silent for so long (wall time) is asked whether it is there. OCPI 2.2.1, 15.2.3 */
const SILENCE_MS = 5 * 60_000;
/** How often partners that were only slow are looked for, wall time. */
const CATCH_UP_MS = 60_000;
/** Objects sent in one page when a partner is back. */
const PAGE = 100;

/** Which partners are there, what those that are not have missed, and how they get it when they are back. */
export function createReach({ transact, emit, store, charging, stations, clock, newId, route, ping, ownersFor, speaker }: ReachNeeds) {
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** Something came from a partner, or it took something. */
  async function heard(operatorId: OperatorId, partnerId: PartnerId): Promise<void> {
    if (!(await store.heardPartner(operatorId, partnerId, clock.now()))) return;
    const body = { partnerId };
    await transact((tx) =>
      emit(tx, operatorId, [
        { consumer: consumers.clientInfo, key: partnerId, body },
        { consumer: consumers.resync, key: partnerId, body },
        // What it pushed while one of us was away was lost on the way.
        { consumer: consumers.partnerSync, key: partnerId, body: { partnerId, mode: 'delta' } },
      ]),
    );
  }

  async function lost(operatorId: OperatorId, partnerId: PartnerId): Promise<void> {
    if (!(await store.lostPartner(operatorId, partnerId, clock.now()))) return;
    await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.clientInfo, key: partnerId, body: { partnerId } }]));
  }

  /** A push that a partner did not take because it was away: it gets the newest state later, and nothing is queued. OCPI 2.2.1, 4.1.3.2 */
  async function missed(operatorId: OperatorId, party: PartyId, module: 'locations' | 'sessions', changedAt: Date): Promise<void> {
    const home = await store.homeOf(operatorId, party);
    if (home === undefined || home === 'hosted') return;
    await store.markMissed(operatorId, home, module, changedAt);
    await lost(operatorId, home);
  }

  /** Sends a partner the newest state of everything that changed since it was away. Throws while it is still away. */
  async function resync(operatorId: OperatorId, partnerId: PartnerId): Promise<number> {
    const partner = await store.partner(operatorId, partnerId);
    if (partner?.status !== 'registered') return 0;
    let sent = 0;
    const parties = partner.parties.filter(({ role }) => role === 'emsp').map(({ party }) => party);
    for (const { module, since } of await store.missed(operatorId, partnerId)) {
      for (const party of parties)
        sent += module === 'sessions' ? await sessionsSince(operatorId, party, since) : await locationsSince(operatorId, party, since);
      await store.clearMissed(operatorId, partnerId, module, since);
    }
    return sent;
  }

  async function sessionsSince(operatorId: OperatorId, issuer: PartyId, since: Date): Promise<number> {
    let sent = 0;
    for (let after: string | undefined; ; ) {
      const page = await charging.sessions(operatorId, {
        issuer,
        updatedFrom: since,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const session of page.items) {
        await taken(route({ kind: 'session', operatorId, from: session.owner, to: issuer, correlation: newId(), typed: () => session }));
        sent += 1;
      }
      after = page.next;
      if (after === undefined) break;
    }
    return sent + (await passedOn(operatorId, issuer, since));
  }

  /** Sessions at other partners' stations, which went through here. */
  async function passedOn(operatorId: OperatorId, issuer: PartyId, since: Date): Promise<number> {
    let sent = 0;
    for (let after: string | undefined; ; ) {
      const page = await store.sessionsFor(operatorId, issuer, { since, limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const { session } of page.items) {
        await taken(route({ kind: 'session', operatorId, from: session.owner, to: issuer, correlation: newId(), typed: () => session }));
        sent += 1;
      }
      after = page.next;
      if (after === undefined) return sent;
    }
  }

  /** Our own locations and those of every CPO that it hears of: a partner pushed its own once, and will not do so again. */
  async function locationsSince(operatorId: OperatorId, to: PartyId, since: Date): Promise<number> {
    const owners = await ownersFor(operatorId, to);
    let sent = 0;
    for (let after: string | undefined; ; ) {
      const page = await stations.locations(operatorId, {
        owners,
        updatedFrom: since,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const location of page.items) {
        if (!location.publish) continue;
        const said = await speaker(operatorId, location.owner);
        await taken(
          route({ ...said, kind: 'location', operatorId, from: location.owner, to, correlation: newId(), typed: () => location }),
        );
        sent += 1;
      }
      after = page.next;
      if (after === undefined) return sent;
    }
  }

  /** Partners that were too slow for something, and are there all the same, get what they missed. */
  async function sweepMissed(): Promise<void> {
    if (performance.now() < lookedAt + CATCH_UP_MS) return;
    lookedAt = performance.now();
    for (const { operatorId, id } of await store.presentThatMissed())
      await transact((tx) => emit(tx, operatorId, [{ consumer: consumers.resync, key: id, body: { partnerId: id } }]));
  }

  /** Asks those that have been silent whether they are there. */
  async function sweepSilent(): Promise<void> {
    await sweepMissed();
    for (const { operatorId, id } of await store.silentPartners(new Date(clock.now().getTime() - SILENCE_MS * clock.rate))) {
      if (await ping(operatorId, id)) await heard(operatorId, id);
      else await lost(operatorId, id);
    }
  }

  return { heard, lost, missed, resync, sweepSilent };
}

async function taken(sending: Promise<Reply>): Promise<void> {
  const reply = await sending;
  // What the partner refuses for itself would be refused again; only its absence is worth another try.
  if (!reply.accepted && (reply.reason === 'notConnected' || reply.reason === 'timeout'))
    throw new Error(`the partner is away again: ${reply.detail ?? reply.reason}`);
}
