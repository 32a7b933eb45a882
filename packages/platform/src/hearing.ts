import { type CommandOutcome, type createCharging, consumers as of, type StartLapsed, type StationCommand } from './charging/index.js';
import type { Logger } from './edges/log.js';
import { type Outbox, Postponed } from './edges/outbox.js';
import type { createGateway, Command as StationAsk } from './gateway/index.js';
import type { OperatorId, PartnerId, StationId } from './kernel/ids.js';
import { type Cdr, cdrKey } from './model/cdr.js';
import type { PartyId } from './model/party.js';
import { type createRoaming, type ImportWish, consumers as roamingConsumers } from './roaming/index.js';
import type { createSettlement } from './settlement/index.js';
import { consumers as usersConsumers } from './users/index.js';

/** How soon a session is looked at again whose events may still be missing, ms of wall time. */
const LATE_EVENTS_MS = 2000;

/** A CDR is owed until it is taken: no number of failures ends that. */
const FOR_EVER = Number.MAX_SAFE_INTEGER;

/** CDRs on their way to partners at once. */
const DELIVERIES = 128;

interface Hearers {
  charging: ReturnType<typeof createCharging>;
  gateway: ReturnType<typeof createGateway>;
  roaming: ReturnType<typeof createRoaming>;
  settlement: ReturnType<typeof createSettlement>;
  log: Logger;
}

/** Who hears of what. Effects inside the database happen in the consumer's transaction, effects on the wire outside of any. */
export function hear(outbox: Outbox, { charging, gateway, roaming, settlement, log }: Hearers): void {
  outbox.consume<StationCommand | (Omit<StationAsk, 'deadline'> & { deadline: string })>(of.stationCommand, {
    leased: async ({ operatorId: operator, body }) => {
      const operatorId = operator as OperatorId;
      const stationId = body.stationId as StationId;
      const { command, requestId } = body;
      // A driver is on the way: the arm goes down before the plug can go in.
      if (command.kind === 'start')
        await gateway.locks.needed(operatorId, { stationId, connectorNumber: command.connectorNumber }, requestId);
      await gateway.carry(operatorId, { ...body, stationId, deadline: new Date(body.deadline) });
    },
  });
  outbox.consume<CommandOutcome>(of.commandOutcome, {
    leased: ({ operatorId, body }) => roaming.commandEnded(operatorId as OperatorId, body.requestId, body),
  });
  outbox.consume<StartLapsed>(of.startLapsed, {
    leased: ({ operatorId, body: { requestId, place } }) => gateway.locks.startLapsed(operatorId as OperatorId, place, requestId),
  });
  outbox.consume<{ commandId: string }>(roamingConsumers.commandResult, {
    leased: ({ operatorId, body }) => roaming.tellResult(operatorId as OperatorId, body.commandId),
  });
  outbox.consume<{ sessionId: string }>(of.sessionChanged, {
    leased: async ({ operatorId: operator, body }) => {
      const operatorId = operator as OperatorId;
      const session = await charging.session(operatorId, body.sessionId);
      if (session) await gateway.locks.sessionChanged(operatorId, session);
      await roaming.sessionChanged(operatorId, body.sessionId);
    },
  });
  outbox.consume<{ sessionId: string }>(of.sessionEnded, {
    inTransaction: async (tx, { operatorId, body }) => {
      const rated = await charging.rateEnded(tx, operatorId as OperatorId, body.sessionId);
      if (!rated) throw new Postponed(LATE_EVENTS_MS, 'events of this session may still come');
    },
  });
  outbox.consume<{ reservationId: string }>(of.noShow, {
    leased: ({ operatorId, body }) => charging.billNoShow(operatorId as OperatorId, body.reservationId),
  });
  outbox.consume<{ uid: string }>(usersConsumers.tokenRevoked, {
    leased: ({ operatorId, body }) => gateway.tokenRevoked(operatorId as OperatorId, body.uid),
  });
  outbox.consume<{ owner: PartyId; id: string }>(roamingConsumers.location, {
    // Each waits for partners: a slow one must not hold up what others are told.
    concurrency: 32,
    leased: async ({ operatorId, body }) => {
      const missed = await roaming.locationChanged(operatorId as OperatorId, body.owner, body.id);
      if (missed.length > 0) log.info({ location: body.id, missed }, 'partners that did not take a location will fetch it');
    },
  });
  outbox.consume<{ owner: PartyId; id: string }>(roamingConsumers.tariff, {
    leased: ({ operatorId, body }) => roaming.tariffChanged(operatorId as OperatorId, body.owner, body.id),
  });
  outbox.consume<{ partnerId: PartnerId }>(roamingConsumers.clientInfo, {
    leased: ({ operatorId }) => roaming.announce(operatorId as OperatorId),
  });
  outbox.consume<{ partnerId: PartnerId }>(roamingConsumers.resync, {
    leaseMs: 15 * 60_000,
    leased: async ({ operatorId, body }) => {
      const sent = await roaming.resync(operatorId as OperatorId, body.partnerId);
      log.info({ operatorId, partnerId: body.partnerId, sent }, 'a partner is back and has the newest state');
    },
  });
  outbox.consume<{ owner: PartyId; cdrId: string }>(of.cdrRepresent, {
    parkAfter: FOR_EVER,
    inTransaction: (tx, { operatorId, body }) => roaming.representCdr(tx, operatorId as OperatorId, body.owner, body.cdrId),
  });
  outbox.consume<{ owner: PartyId; cdrId: string; party: PartyId }>(roamingConsumers.cdrForward, {
    parkAfter: FOR_EVER,
    together: (tx, deliveries) => eachOperator(deliveries, (operatorId, bodies) => roaming.forwardCdrs(tx, operatorId, bodies)),
  });
  outbox.consume<{ owner: PartyId; cdrId: string; party: PartyId }>(roamingConsumers.cdrDeliver, {
    parkAfter: FOR_EVER,
    atOnce: DELIVERIES,
    leased: ({ operatorId, body }) => roaming.deliverCdr(operatorId as OperatorId, body.owner, body.cdrId, body.party),
  });
  outbox.consume<{ partnerId: PartnerId } & Partial<ImportWish>>(roamingConsumers.partnerSync, {
    leaseMs: 15 * 60_000,
    leased: async ({ operatorId, body }) => {
      const { partnerId, mode = 'full', modules } = body;
      await roaming.syncPartner(operatorId as OperatorId, partnerId, { mode, ...(modules ? { modules } : {}) });
    },
  });
  outbox.consume<{ owner: PartyId; cdrId: string; source: 'own' | 'partner' }>(of.cdrRecord, {
    together: (tx, deliveries) =>
      eachOperator(deliveries, async (operatorId, bodies) => {
        const from = (wanted: 'own' | 'partner') =>
          bodies.filter(({ source }) => source === wanted).map(({ owner, cdrId: id }) => ({ owner, id }));
        const byKey = (cdrs: readonly Cdr[]) => new Map(cdrs.map((cdr) => [cdrKey(cdr.owner, cdr.id), cdr]));
        const own = byKey(await charging.cdrsOf(operatorId, from('own')));
        const received = byKey((await roaming.receivedCdrs(operatorId, from('partner'))).map(({ cdr }) => cdr));
        const incoming = bodies.map(({ owner, cdrId, source }) => {
          const cdr = (source === 'own' ? own : received).get(cdrKey(owner, cdrId));
          if (!cdr) throw new Error(`there is no CDR ${owner}/${cdrId} to settle`);
          return { cdr, source };
        });
        await settlement.recordAll(operatorId, incoming, tx);
      }),
  });
}

/** Does for each operator what a consumer does for many of its events at once. */
async function eachOperator<Body>(
  deliveries: readonly { operatorId: string; body: Body }[],
  work: (operatorId: OperatorId, bodies: readonly Body[]) => Promise<unknown>,
): Promise<void> {
  const byOperator = new Map<string, Body[]>();
  for (const { operatorId, body } of deliveries) byOperator.set(operatorId, [...(byOperator.get(operatorId) ?? []), body]);
  for (const [operatorId, bodies] of byOperator) await work(operatorId as OperatorId, bodies);
}
