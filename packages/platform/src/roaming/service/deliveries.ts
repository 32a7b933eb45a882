import type { Clock } from '../../kernel/clock.js';
import type { Emit } from '../../kernel/events.js';
import type { OperatorId } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/transact.js';
import type { Cdr } from '../../model/cdr.js';
import type { PartyId } from '../../model/party.js';
import { consumers } from '../events.js';
import type { CommandResult, Message, Reply } from '../message.js';
import type { ChargingPort, StationsPort } from '../ports.js';
import type { CdrExchange, RoamingStore } from '../store.js';

export interface DeliveriesNeeds {
  emit: Emit;
  store: RoamingStore;
  charging: ChargingPort;
  stations: StationsPort;
  clock: Clock;
  newId(): string;
  route(message: Message): Promise<Reply>;
  /** A CDR in the form in which a party gets it: the version it speaks, and the bytes. */
  represent(operatorId: OperatorId, cdr: Cdr, party: PartyId): Promise<Pick<CdrExchange, 'version' | 'bytes' | 'digest'> | undefined>;
}

/** Partners told of one change at once. */
const MOST_PARTNERS = 500;

/** The other side did not take it; tried again later. The reason is for the person who looks at what is owed. */
export class NotDelivered extends Error {
  override name = 'NotDelivered';
}

/** What is told to partners when something has happened here. Each may run twice. */
export function createDeliveries({ emit, store, charging, stations, clock, newId, route, represent }: DeliveriesNeeds) {
  /** Tells the eMSP of a session its newest state. Sessions are not queued: what lies between two states is lost on nobody. OCPI 2.2.1, 9 */
  async function sessionChanged(operatorId: OperatorId, sessionId: string): Promise<void> {
    const session = await charging.session(operatorId, sessionId);
    if (!session) return;
    const home = await store.homeOf(operatorId, session.token.issuer);
    if (home === undefined || home === 'hosted') return;
    delivered(
      await route({
        kind: 'session',
        operatorId,
        from: session.owner,
        to: session.token.issuer,
        correlation: newId(),
        typed: () => session,
      }),
    );
  }

  /**
   * Tells every eMSP partner of a location that changed, and gives those that did not take it. Locations are not queued for a partner
   * that is away: it asks for what has changed when it is back. OCPI 2.2.1, 4.1.3.2
   */
  async function locationChanged(operatorId: OperatorId, owner: PartyId, id: string): Promise<{ party: PartyId; reason: string }[]> {
    const location = await stations.location(operatorId, owner, id);
    if (!location?.publish) return [];
    const { items } = await store.partners(operatorId, { limit: MOST_PARTNERS });
    const parties = items
      .filter(({ status }) => status === 'registered')
      .flatMap((partner) => partner.parties.filter(({ role }) => role === 'emsp').map(({ party }) => party));
    const told = await Promise.all(
      parties.map(async (party) => {
        const reply = await route({ kind: 'location', operatorId, from: owner, to: party, correlation: newId(), typed: () => location });
        return reply.accepted ? [] : [{ party, reason: reply.reason }];
      }),
    );
    return told.flat();
  }

  /** Tells the asker of a remote command how it ended. */
  async function commandEnded(
    operatorId: OperatorId,
    requestId: string,
    outcome: 'accepted' | 'rejected' | 'stationOffline' | 'unknown',
  ): Promise<void> {
    const command = await store.command(operatorId, { requestId });
    if (!command || command.result !== undefined) return;
    const result = results[outcome];
    const reply = await route({
      kind: 'commandResult',
      operatorId,
      from: command.asked,
      to: command.asker,
      correlation: command.correlation,
      typed: () => ({ replyTo: command.replyTo, command: command.kind, result }),
    });
    // Nobody waits for a result after its time: then there is nobody to tell.
    if (!reply.accepted && clock.now() < command.expiresAt) delivered(reply);
    await store.settleCommand(operatorId, command.id, result, undefined, clock.now());
  }

  /** Fixes the bytes in which an own CDR is exchanged, and owes them to its eMSP. In the consumer's transaction, so exactly once. */
  async function representCdr(tx: Tx, operatorId: OperatorId, owner: PartyId, cdrId: string): Promise<void> {
    const cdr = await charging.cdr(operatorId, owner, cdrId);
    if (!cdr) throw new Error(`there is no CDR ${owner}/${cdrId}`);
    const party = cdr.token.issuer;
    const home = await store.homeOf(operatorId, party);
    if (home === undefined || home === 'hosted') return;
    const form = await represent(operatorId, cdr, party);
    if (!form) throw new NotDelivered(`the partner of ${party} has not registered yet`);
    const exchange: CdrExchange = { owner, id: cdrId, party, direction: 'out', ...form, state: 'owed', updatedAt: clock.now() };
    if ((await store.insertExchange(tx, operatorId, exchange, cdr)) !== 'new') return;
    await emit(tx, operatorId, [{ consumer: consumers.cdrDeliver, key: cdrId, body: { owner, cdrId, party } }]);
  }

  /** A CDR stays owed until it is taken; it is the same by its id, so that offering it again is harmless. */
  async function deliverCdr(operatorId: OperatorId, owner: PartyId, cdrId: string, party: PartyId): Promise<void> {
    const exchange = await store.exchange(operatorId, owner, cdrId, party);
    const cdr = await charging.cdr(operatorId, owner, cdrId);
    if (!exchange || !cdr || exchange.state !== 'owed') return;
    const reply = await route({
      kind: 'cdr',
      operatorId,
      from: owner,
      to: party,
      correlation: newId(),
      raw: { version: exchange.version, bytes: exchange.bytes },
      typed: () => cdr,
    });
    const { location } = delivered(reply);
    await store.markDelivered(operatorId, owner, cdrId, party, location, clock.now());
  }

  return { sessionChanged, locationChanged, commandEnded, representCdr, deliverCdr };
}

const results: Readonly<Record<'accepted' | 'rejected' | 'stationOffline' | 'unknown', CommandResult>> = {
  accepted: 'accepted',
  rejected: 'rejected',
  stationOffline: 'failed',
  unknown: 'timeout',
};

function delivered(reply: Reply): Reply & { accepted: true } {
  if (!reply.accepted) throw new NotDelivered(`${reply.reason}${reply.detail === undefined ? '' : `: ${reply.detail}`}`);
  return reply;
}
