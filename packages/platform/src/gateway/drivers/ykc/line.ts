import {
  BillingModelCheck,
  BillingModelRequest,
  BillingModelSet,
  type BodyOf,
  fromDate,
  GroundLockStatus,
  Heartbeat,
  MeteredTransactionRecord,
  ParallelStartRequest,
  RealtimeData,
  RemoteStart,
  RemoteStartReply,
  StartRequest,
  TimeSync,
  TransactionRecord,
  type YkcEndpoint,
} from '@evroam/gbt-adapter/ykc';
import type { Logger } from '../../../edges/log.js';
import type { Clock } from '../../../kernel/clock.js';
import type { OperatorId } from '../../../kernel/ids.js';
import type { EvseStatus } from '../../../model/location.js';
import type { CommandAnswer, StationCommand } from '../../../model/station-command.js';
import type { StationLink } from '../../driver.js';
import type { Desk } from '../desk.js';
import type { LockId, Report } from '../ground-lock/index.js';
import type { GroundLock } from '../ground-lock/ports.js';
import { toReport, ykcLock } from '../ground-lock/ykc.js';
import type { Bill } from './bill.js';
import type { createBills } from './bills.js';
import { asker, carried } from './commands.js';
import type { createModels } from './models.js';
import type { PileChargingPort } from './ports.js';
import type { KeptModel, Trade, YkcStore } from './store.js';
import { gunText, NO_CARD, NO_TRADE, toEvseStatus, toModelFrame, toPhysicalCard, toSample, toUid } from './translate.js';

export interface LineNeeds {
  charging: PileChargingPort;
  store: YkcStore;
  currentModel: ReturnType<typeof createModels>;
  heardBill: ReturnType<typeof createBills>;
  /** What a ground lock at a gun says of itself. */
  lockReported(operatorId: OperatorId, id: LockId, report: Report): Promise<unknown>;
  clock: Clock;
  log: Logger;
}

/** A pile that is let in: its line, its desk, and what to do with its commands. */
export interface PileLine {
  link: StationLink;
  desk: Desk;
  lock(connectorNumber: number): GroundLock;
  /** Gives the pile the model of its tariffs as they are now; what it has if nothing changed. */
  release(): Promise<{ number?: string; pushed: boolean; inexpressible?: { reason: string; pointer: string; detail: string } }>;
  opened(): void;
}

/** Our drivers pay afterwards: a pile that stops at a balance never meets this one, CNY. */
const UNLIMITED_BALANCE = 99_999.99;
const START_MS = 20_000;
/** Tries to find a trade number that nobody has: a pile starts a few sessions a minute. */
const TRADE_TRIES = 20;
/** So many idle frames in a row while a session should run, and it does not. V1.6, 8.4 */
const IDLE_FRAMES = 2;
/** Wall time between two looks whether the tariffs of a pile have changed. */
const MODEL_LOOK_MS = 60_000;

/** Why a driver may not start, as 0x32 says it. V1.6, 8.2 */
const REFUSAL = { unknown: 1, blocked: 2, expired: 2, disabled: 5, notHere: 6, password: 7, unknownVin: 9 } as const;

/** Says what is done with each frame of a pile that has logged in. */
export function speak(
  line: YkcEndpoint<'platform'>,
  { pileCode, guns }: { pileCode: string; guns: number },
  desk: Desk,
  { charging, store, currentModel, heardBill, lockReported, clock, log }: LineNeeds,
): PileLine {
  const { operatorId, stationId } = desk;
  const statuses = new Map<number, EvseStatus>();
  /** Sessions that charging has heard of on this line, and guns on which one runs. */
  const begun = new Set<string>();
  const running = new Map<number, { tradeNo: string; idleFrames: number }>();
  const billed = new Set<string>();
  let held: KeptModel | undefined;
  let counter = clock.now().getTime() % 10_000;
  let lookedAt = 0;

  async function tell(connectorNumber: number, status: EvseStatus): Promise<void> {
    if (statuses.get(connectorNumber) === status) return;
    await desk.status(connectorNumber, status, clock.now());
    statuses.set(connectorNumber, status);
  }

  /** Writes down who is to charge before the pile hears of it. */
  async function newTrade(gun: string, known: Pick<Trade, 'token' | 'remoteStartId'>): Promise<string> {
    const now = clock.now();
    const stamp = fromDate(now).replace(/\D/g, '').slice(2, 14);
    for (let tries = 0; tries < TRADE_TRIES; tries += 1) {
      counter = (counter + 1) % 10_000;
      const tradeNo = `${pileCode}${gun}${stamp}${String(counter).padStart(4, '0')}`;
      const trade = { tradeNo, stationId, ...known, ...(held ? { modelNumber: held.number } : {}) };
      if (await store.addTrade(operatorId, trade, now)) return tradeNo;
    }
    throw new Error(`no free trade number for gun ${gun} of pile ${pileCode}`);
  }

  async function start({ connectorNumber, token, remoteStartId }: StationCommand & { kind: 'start' }): Promise<CommandAnswer> {
    if (!held) return { outcome: 'rejected', details: { reason: 'the pile has no billing model' } };
    const gunNo = gunText(connectorNumber);
    const tradeNo = await newTrade(gunNo, { token: { uid: token.uid, kind: 'token' }, remoteStartId });
    const request = { tradeNo, pileCode, gunNo, logicCard: NO_CARD, physicalCard: toPhysicalCard(token.uid), balance: UNLIMITED_BALANCE };
    return carried(async () => {
      const reply = await line.call(RemoteStart, request, { timeoutMs: START_MS });
      // Not plugged in: the pile waits a minute for the plug, and then begins. V1.6, 8.4
      return { outcome: reply.result === 1 || reply.failReason === 5 ? 'accepted' : 'rejected', details: reply };
    });
  }

  async function localStart(request: BodyOf<typeof StartRequest>) {
    const { gunNo, startMode, accountOrCard, vin, needPassword } = request;
    const isVin = startMode === 3;
    const token = isVin ? { uid: vin, kind: 'vehicle' as const } : { uid: toUid(accountOrCard), kind: 'token' as const };
    const refused = (failReason: number) => ({
      ...{ tradeNo: NO_TRADE, pileCode, gunNo, logicCard: NO_CARD, balance: 0, authOk: 0, failReason },
    });
    if (!held) return refused(REFUSAL.disabled);
    // We keep no passwords of accounts.
    if (needPassword === 1) return refused(REFUSAL.password);
    const verdict = await charging.authorize(operatorId, token.uid, token.kind, stationId);
    if (!verdict.allowed) return refused(verdict.reason === 'unknown' && isVin ? REFUSAL.unknownVin : REFUSAL[verdict.reason]);
    const tradeNo = await newTrade(gunNo, { token });
    return { tradeNo, pileCode, gunNo, logicCard: NO_CARD, balance: UNLIMITED_BALANCE, authOk: 1, failReason: 0 };
  }

  async function realtime(data: BodyOf<typeof RealtimeData>): Promise<undefined> {
    const { tradeNo, gunNo, status } = data;
    const connectorNumber = Number(gunNo);
    desk.alive();
    const at = clock.now();
    const charges = status === 3 && tradeNo !== NO_TRADE && !billed.has(tradeNo);
    if (charges) {
      await metered(data, connectorNumber, at);
      running.set(connectorNumber, { tradeNo, idleFrames: 0 });
    }
    const runs = running.get(connectorNumber);
    if (runs && !charges && status === 2) {
      runs.idleFrames += 1;
      // One idle frame in between is a slip of the pile. V1.6, 7.10
      if (runs.idleFrames < IDLE_FRAMES) return undefined;
      log.warn({ operatorId, stationId, tradeNo: runs.tradeNo }, 'a pile says that it is idle, and its session has not been billed');
      running.delete(connectorNumber);
    }
    await tell(connectorNumber, toEvseStatus(data));
    return undefined;
  }

  async function metered(data: BodyOf<typeof RealtimeData>, connectorNumber: number, at: Date): Promise<void> {
    const { tradeNo } = data;
    const isNew = !begun.has(tradeNo);
    const trade = isNew ? await store.trade(operatorId, stationId, tradeNo) : undefined;
    const model = isNew ? await store.model(operatorId, stationId, trade?.modelNumber ?? held?.number) : undefined;
    const result = await charging.heardTransaction(operatorId, {
      ...(await desk.hold),
      transactionKey: tradeNo,
      connectorNumber,
      // When it began is known from its bill: what a pile measures bears no time.
      kind: 'metered',
      at,
      activity: 'charging',
      samples: [toSample(data, at)],
      ...(trade?.token ? { token: trade.token } : {}),
      ...(trade?.remoteStartId === undefined ? {} : { remoteStartId: trade.remoteStartId }),
      ...(model ? { tariffs: model.tariffs } : {}),
    });
    if (result.accepted) begun.add(tradeNo);
    else log.warn({ operatorId, stationId, tradeNo, reason: result.reason }, 'a session of a gun that is not on record');
  }

  async function bill(record: Bill) {
    const { tradeNo, gunNo } = record;
    billed.add(tradeNo);
    const result = await heardBill(desk, record, { begun: begun.has(tradeNo) });
    if (running.get(Number(gunNo))?.tradeNo === tradeNo) running.delete(Number(gunNo));
    begun.delete(tradeNo);
    return { tradeNo, result };
  }

  async function refresh(): Promise<Awaited<ReturnType<typeof currentModel>>> {
    const current = await currentModel(operatorId, stationId);
    const { inexpressible } = current;
    if (inexpressible) log.warn({ operatorId, stationId, ...inexpressible }, 'the tariff of a pile is none that it can charge by');
    return current;
  }

  async function release() {
    const { model, inexpressible } = await refresh();
    // A model that comes while a session runs would change its price.
    const pushes = model !== undefined && model.number !== held?.number && running.size === 0;
    if (pushes) {
      const { result } = await line.call(BillingModelSet, toModelFrame(pileCode, model));
      if (result === 1) held = model;
    }
    return {
      ...(held ? { number: held.number } : {}),
      pushed: pushes && held?.number === model.number,
      ...(inexpressible ? { inexpressible } : {}),
    };
  }

  /** A tariff whose day has come goes to the pile. */
  function look(): void {
    const now = performance.now();
    if (now - lookedAt < MODEL_LOOK_MS / Math.max(1, clock.rate)) return;
    lookedAt = now;
    if (held) release().catch((err: unknown) => log.warn({ operatorId, stationId, err }, 'a pile did not take its new billing model'));
  }

  line
    .handle(Heartbeat, async ({ gunNo, gunStatus }) => {
      desk.alive();
      if (gunStatus === 1) await tell(Number(gunNo), 'outOfOrder');
      look();
      return { pileCode, gunNo, ack: 0 };
    })
    .handle(BillingModelCheck, async ({ modelNo }) => {
      const { model } = await refresh();
      if (model && model.number === modelNo) {
        held = model;
        return { pileCode, modelNo, result: 0 };
      }
      return { pileCode, modelNo, result: 1 };
    })
    .handle(BillingModelRequest, async () => {
      const { model } = await refresh();
      if (!model) return undefined;
      held = model;
      lookedAt = performance.now();
      return toModelFrame(pileCode, model);
    })
    .handle(StartRequest, localStart)
    // Two guns for one vehicle are two sessions that must not be taken for one.
    .handle(ParallelStartRequest, ({ gunNo, parallelNo }) => ({
      ...{ tradeNo: NO_TRADE, pileCode, gunNo, logicCard: NO_CARD, balance: 0, authOk: 0, failReason: REFUSAL.notHere, parallelNo },
    }))
    .handle(RemoteStartReply, ({ tradeNo, result }) => {
      log.info({ operatorId, stationId, tradeNo, result }, 'a pile says again what became of a start');
      return undefined;
    })
    .handle(RealtimeData, realtime)
    .handle(GroundLockStatus, async (said) => {
      await lockReported(operatorId, { stationId, connectorNumber: said.gunNo }, toReport(said));
      return undefined;
    })
    .handle(TransactionRecord, bill)
    .handle(MeteredTransactionRecord, bill);

  const ask = asker(line, pileCode, guns);
  const link: StationLink = {
    operatorId,
    stationId,
    protocol: 'ykc',
    ask: (command) => (command.kind === 'start' ? start(command) : ask(command)),
    close: (reason) => {
      log.info({ operatorId, stationId, reason }, 'the line of a pile is closed');
      line.close();
    },
  };
  return {
    link,
    desk,
    lock: (connectorNumber) => ykcLock(line, pileCode, connectorNumber),
    release,
    opened() {
      desk.opened(link);
      line
        .call(TimeSync, { pileCode, time: fromDate(clock.now()) })
        .catch((err: unknown) => log.warn({ operatorId, stationId, err }, 'a pile did not set its clock'));
    },
  };
}
