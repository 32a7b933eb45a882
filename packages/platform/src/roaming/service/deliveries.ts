import type { Clock } from '../../kernel/clock.js';
import type { Emit } from '../../kernel/events.js';
import type { OperatorId, PartnerId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import { type Cdr, cdrKey } from '../../model/cdr.js';
import type { ActiveProfile } from '../../model/charging-wish.js';
import type { PartyId } from '../../model/party.js';
import type { CommandAnswer, CommandKind, CompositeSchedule } from '../../model/station-command.js';
import { consumers } from '../events.js';
import type { CommandResult, Message, Reply } from '../message.js';
import type { ChargingPort, StationsPort, TariffsPort } from '../ports.js';
import type { CdrExchange, CdrLoss, RoamingStore } from '../store.js';
import type { Everybody } from './everybody.js';
import { createFanOut } from './fan-out.js';
import type { Routing } from './routing.js';

type Outcome = CommandAnswer['outcome'] | 'cancelled';

export interface DeliveriesNeeds extends Pick<Routing, 'route' | 'linkOf' | 'heardResult'>, Pick<Everybody, 'audience' | 'speaker'> {
  emit: Emit;
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  tariffs: TariffsPort;
  heard(operatorId: OperatorId, partnerId: PartnerId): Promise<void>;
  missed(operatorId: OperatorId, party: PartyId, module: 'locations' | 'sessions', changedAt: Date): Promise<void>;
  /** What nobody foresaw, of a message for which nobody waits any more. */
  failed(error: unknown): void;
  clock: Clock;
  newId(): string;
  /** A CDR in the form in which a party gets it: the version it speaks, and the bytes; as it was received where the version is the same. */
  represent(operatorId: OperatorId, cdr: Cdr, party: PartyId, received: CdrExchange | undefined): Promise<CdrForm | undefined>;
}

/** What of an exchange its representation decides, and what that could not say. */
export type CdrForm = Pick<CdrExchange, 'version' | 'bytes' | 'digest'> & { losses?: readonly CdrLoss[] };

/** Wall time that a partner has to take the result of its command when it was late. */
const RESULT_PATIENCE_MS = 10 * 60_000;

/** The other side did not take it; tried again later. The reason is for the person who looks at what is owed. */
export class NotDelivered extends Error {
  override name = 'NotDelivered';
}

/** A CDR that a party is to get; as it was received where it is another partner's. */
interface Owed {
  cdr: Cdr;
  party: PartyId;
  received?: CdrExchange;
}

/** What is told to partners when something has happened here. Each may run twice. */
export function createDeliveries({
  emit,
  store,
  charging,
  stations,
  tariffs,
  heard,
  missed,
  failed,
  clock,
  newId,
  route,
  linkOf,
  heardResult,
  represent,
  audience,
  speaker,
}: DeliveriesNeeds) {
  const { tellAll } = createFanOut({ store, route, missed, failed });

  /** Tells the eMSP of a session its newest state. Sessions are not queued: what lies between two states is lost on nobody. OCPI 2.2.1, 9 */
  async function sessionChanged(operatorId: OperatorId, sessionId: string): Promise<void> {
    const session = await charging.session(operatorId, sessionId);
    if (!session) return;
    const home = await store.homeOf(operatorId, session.token.issuer);
    if (home === undefined || home === 'hosted') return;
    const { issuer } = session.token;
    const reply = await route({ kind: 'session', operatorId, from: session.owner, to: issuer, correlation: newId(), typed: () => session });
    if (!reply.accepted && isAway(reply)) await missed(operatorId, issuer, 'sessions', session.updatedAt);
    else delivered(reply);
  }

  /**
   * Tells eMSPs of a location that changed, and gives those that did not take it: of an own one all, of a partner's one those that have an
   * agreement with it. Who is away gets the newest state when it is back. OCPI 2.2.1, 4.1.3.2
   */
  async function locationChanged(operatorId: OperatorId, owner: PartyId, id: string): Promise<{ party: PartyId; reason: string }[]> {
    const location = await stations.location(operatorId, owner, id);
    if (!location?.publish) return [];
    const said = await speaker(operatorId, owner);
    return tellAll(await audience(operatorId, owner), { operatorId, changedAt: location.updatedAt }, (to) => ({
      ...{ ...said, kind: 'location', operatorId, from: owner, to, correlation: newId(), typed: () => location },
    }));
  }

  /** The same for a tariff that a CPO sent to everybody. */
  async function tariffChanged(operatorId: OperatorId, owner: PartyId, id: string): Promise<void> {
    const tariff = await tariffs.versionAt(operatorId, owner, id, clock.now());
    if (!tariff) return;
    const said = await speaker(operatorId, owner);
    for (const { party: to } of await audience(operatorId, owner)) {
      await route({ ...said, kind: 'tariff', operatorId, from: owner, to, correlation: newId(), typed: () => tariff });
    }
  }

  /** What our own stations made of a command. */
  async function commandEnded(
    operatorId: OperatorId,
    commandId: string,
    { kind, outcome, schedule }: { kind: CommandKind; outcome: Outcome; schedule?: CompositeSchedule },
  ): Promise<void> {
    await heardResult(operatorId, commandId, resultOf(kind, outcome), undefined, schedule && toActive(schedule));
  }

  /** Tells a partner how its command ended. */
  async function tellResult(operatorId: OperatorId, commandId: string): Promise<void> {
    const command = await store.command(operatorId, commandId);
    const { result } = command ?? {};
    if (!command || result === undefined) return;
    const reply = await route({
      kind: 'commandResult',
      operatorId,
      from: command.asked,
      to: command.asker,
      correlation: command.correlation,
      typed: () => ({ replyTo: command.replyTo, command: command.kind, result, ...(command.active ? { active: command.active } : {}) }),
    });
    // Nobody waits for a result long after its time: then there is nobody to tell.
    if (!reply.accepted && clock.now().getTime() < command.expiresAt.getTime() + RESULT_PATIENCE_MS * clock.rate) delivered(reply);
  }

  /** Fixes the bytes in which an own CDR is exchanged, and owes them to its eMSP. In the consumer's transaction, so exactly once. */
  async function representCdr(tx: Tx, operatorId: OperatorId, owner: PartyId, cdrId: string): Promise<void> {
    const cdr = await charging.cdr(operatorId, owner, cdrId);
    if (!cdr) throw new Error(`there is no CDR ${owner}/${cdrId}`);
    const party = cdr.token.issuer;
    const home = await store.homeOf(operatorId, party);
    if (home === undefined || home === 'hosted') return;
    await owe(tx, operatorId, [{ cdr, party }]);
  }

  /** The same for partners' CDRs that are for other partners' drivers: their bytes pass unchanged where both speak one version. */
  async function forwardCdrs(
    tx: Tx,
    operatorId: OperatorId,
    which: readonly { owner: PartyId; cdrId: string; party: PartyId }[],
  ): Promise<void> {
    const found = await store.receivedCdrs(
      operatorId,
      which.map(({ owner, cdrId: id }) => ({ owner, id })),
    );
    const received = new Map(found.map((one) => [cdrKey(one.cdr.owner, one.cdr.id), one]));
    const owed = which.map(({ owner, cdrId, party }): Owed => {
      const one = received.get(cdrKey(owner, cdrId));
      if (!one) throw new Error(`there is no CDR ${owner}/${cdrId} that was received`);
      return { cdr: one.cdr, party, received: one.exchange };
    });
    await owe(tx, operatorId, owed);
  }

  async function owe(tx: Tx, operatorId: OperatorId, all: readonly Owed[]): Promise<void> {
    const formed = all.map(async ({ cdr, party, received }) => {
      const form = await represent(operatorId, cdr, party, received);
      if (!form) throw new NotDelivered(`the partner of ${party} has not registered yet`);
      const { owner, id } = cdr;
      const { losses, ...said } = form;
      const exchange: CdrExchange = { owner, id, party, direction: 'out', ...said, state: 'owed', updatedAt: clock.now() };
      return { operatorId, exchange, cdr, losses };
    });
    const exchanges = await Promise.all(formed);
    const fresh = await store.insertExchanges(tx, exchanges);
    const lists = exchanges.flatMap(({ exchange: { owner, id, party, version }, losses }) =>
      losses ? [{ owner, id, party, version, losses }] : [],
    );
    await store.insertLosses(tx, operatorId, lists);
    const isFresh = new Set(fresh.map(({ owner, id, party }) => `${cdrKey(owner, id)} ${party}`));
    const owed = all.filter(({ cdr: { owner, id }, party }) => isFresh.has(`${cdrKey(owner, id)} ${party}`));
    await emit(
      tx,
      operatorId,
      owed.map(({ cdr: { owner, id }, party }) => ({
        ...{ consumer: consumers.cdrDeliver, key: `${owner}/${id}`, body: { owner, cdrId: id, party } },
      })),
    );
  }

  /** A CDR stays owed until it is taken; it is the same by its id, so that offering it again is harmless. */
  async function deliverCdr(operatorId: OperatorId, owner: PartyId, cdrId: string, party: PartyId): Promise<void> {
    const which = { operatorId, owner, id: cdrId, party };
    const owed = await store.owedCdr(which);
    if (!owed) return;
    const { exchange, cdr, inDoubt } = owed;
    const link = await linkOf(operatorId, party);
    if ('accepted' in link) throw new NotDelivered(link.detail ?? link.reason);
    const message: Message<'cdr'> = {
      kind: 'cdr',
      operatorId,
      from: owner,
      to: party,
      correlation: newId(),
      raw: { version: exchange.version, bytes: exchange.bytes },
      typed: cdr,
    };
    const had = inDoubt ? await link.hasCdr?.(message) : undefined;
    if (had) return store.markDelivered({ ...which, location: had.location, now: clock.now() });
    const reply = await link.send(message);
    if (!reply.accepted && reply.reason === 'timeout') await store.doubtCdr(operatorId, owner, cdrId, party, clock.now());
    const { location } = delivered(reply);
    await store.markDelivered({ ...which, location, now: clock.now() });
    // Who takes something is there: it gets what else it has missed.
    const home = await store.homeOf(operatorId, party);
    if (home !== undefined && home !== 'hosted') await heard(operatorId, home);
  }

  return { sessionChanged, locationChanged, tariffChanged, commandEnded, tellResult, representCdr, forwardCdrs, deliverCdr };
}

const results: Readonly<Record<Outcome, CommandResult>> = {
  accepted: 'accepted',
  rejected: 'rejected',
  stationOffline: 'failed',
  unknown: 'timeout',
  notSupported: 'notSupported',
  cancelled: 'cancelledReservation',
};

/** A station that has no such thing says no more than no. OCPP 1.6, 6.10 and 6.14 */
function resultOf(kind: CommandKind, outcome: Outcome): CommandResult {
  if (outcome !== 'rejected') return results[outcome];
  return kind === 'cancelReservation' ? 'unknownReservation' : kind === 'clearProfile' ? 'unknownProfile' : 'rejected';
}

const toActive = ({ startAt, ...profile }: CompositeSchedule): ActiveProfile => ({ startedAt: new Date(startAt), profile });

function delivered(reply: Reply): Reply & { accepted: true } {
  if (!reply.accepted) throw new NotDelivered(`${reply.reason}${reply.detail === undefined ? '' : `: ${reply.detail}`}`);
  return reply;
}

const isAway = (reply: Reply): boolean => !reply.accepted && (reply.reason === 'notConnected' || reply.reason === 'timeout');
