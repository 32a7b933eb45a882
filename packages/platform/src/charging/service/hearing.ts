import type { OperatorId, StationId } from '../../kernel/ids.js';
import type { Accepted, Refused } from '../../kernel/refusal.js';
import type { FromStation, HeardActivity, HeardReadings, HeardStop, HeardTransaction } from '../../model/heard.js';
import type { TokenVerdict } from '../ports.js';
import { digestOf, type HeardMessage, pack } from '../samples.js';
import type { createBeginning } from './beginning.js';
import type { ChargingNeeds } from './needs.js';

/** What stations say of sessions that have begun. Each is durable, once, before it is answered. */
export function createHearing(
  { store, journal, changed, clock }: ChargingNeeds,
  { heardOf, sessionOf, recall }: ReturnType<typeof createBeginning>,
) {
  const sources = new Map<string, string>();

  /** Where readings of a connector lie while no session is known there. */
  async function sourceOf(operatorId: OperatorId, stationId: StationId, connectorNumber: number): Promise<string> {
    const key = `${operatorId}/${stationId}/${connectorNumber}`;
    const known = sources.get(key) ?? (await store.sourceOf(operatorId, stationId, connectorNumber));
    sources.set(key, known);
    return known;
  }

  async function enter(
    operatorId: OperatorId,
    source: string,
    { hold }: FromStation,
    message: HeardMessage,
    signed?: readonly unknown[],
  ): Promise<void> {
    const { change, sessionId } = await journal.enter({ operatorId, source, message, hold });
    if (signed && signed.length > 0)
      await store.keepSigned(operatorId, source, {
        at: message.at,
        digest: Buffer.from(digestOf(message, pack(message)), 'hex'),
        body: signed,
      });
    if (sessionId !== undefined && change !== 'none') changed(operatorId, sessionId);
  }

  /** Readings that name no session of this station, or somebody else's, are kept and move none. */
  async function heardReadings(operatorId: OperatorId, heard: HeardReadings): Promise<void> {
    const { stationId, connectorNumber, transactionNumber, samples, signed } = heard;
    const [first] = samples;
    if (!first && !signed?.length) return;
    const running = (transactionNumber ?? 0) > 0 ? recall(operatorId, stationId, String(transactionNumber)) : undefined;
    const source = running?.no ?? (await meant(operatorId, heard)) ?? (await sourceOf(operatorId, stationId, connectorNumber));
    await enter(operatorId, source, heard, { kind: 'metered', at: first?.at ?? clock.now(), samples }, signed);
  }

  /** A number above 0 is ours or nobody's; others stand for a start that was never answered. OCPP 1.6 errata 3.18 */
  async function meant(operatorId: OperatorId, { stationId, connectorNumber, transactionNumber }: HeardReadings) {
    if (transactionNumber === undefined) return undefined;
    if (transactionNumber > 0) return (await sessionOf(operatorId, stationId, String(transactionNumber)))?.no;
    const open = await store.openAt(operatorId, stationId, connectorNumber);
    return open.length === 1 ? open[0]!.no : undefined;
  }

  /** A stop cannot be refused. One that belongs to no session of this station is kept for a person. OCPP 1.6, 4.10 */
  async function heardStop(operatorId: OperatorId, heard: HeardStop): Promise<void> {
    const { stationId, transactionNumber, at, registerMilliWh, reason, samples, signed } = heard;
    const source =
      transactionNumber > 0 ? (await sessionOf(operatorId, stationId, String(transactionNumber)))?.no : await stoppedBy(operatorId, heard);
    if (source === undefined) return store.keepUnmatchedStop(operatorId, { stationId, transactionNumber, at, registerMilliWh, reason });
    await enter(operatorId, source, heard, { kind: 'stopped', at, registerMilliWh, reason, samples }, signed);
  }

  /** The only session of this station that such a stop can mean; undefined when there are several or none. */
  async function stoppedBy(operatorId: OperatorId, { stationId, idTag, at, registerMilliWh }: HeardStop): Promise<string | undefined> {
    const candidates = (await store.openAt(operatorId, stationId)).filter(
      ({ state: { facts } }) =>
        facts.startedAt <= at &&
        (facts.startRegisterMilliWh ?? 0) <= registerMilliWh &&
        (idTag === undefined || facts.token.uid.toUpperCase() === idTag.toUpperCase()),
    );
    return candidates.length === 1 ? candidates[0]!.no : undefined;
  }

  /** An event of a session that the station named itself: the session is made by the first one that is heard. OCPP 2.0.1, E01 to E13 */
  async function heardTransaction(
    operatorId: OperatorId,
    heard: HeardTransaction,
  ): Promise<Accepted<{ verdict?: TokenVerdict }> | Refused<'unknownConnector'>> {
    const known = await heardOf(operatorId, heard);
    if ('reason' in known) return known;
    const { kind, at, seqNo, samples, activity, reason } = heard;
    const message = {
      kind,
      at,
      ...(seqNo === undefined ? {} : { seqNo }),
      samples,
      ...(activity === undefined ? {} : { activity }),
      ...(reason === undefined ? {} : { reason }),
    };
    await enter(operatorId, known.no, heard, message, heard.signed);
    return { accepted: true, ...(known.authorised ? { verdict: known.authorised.verdict } : {}) };
  }

  /** A connector went on or paused: idle time begins or ends. A station that names sessions itself says so in their events. */
  async function heardActivity(operatorId: OperatorId, heard: HeardActivity): Promise<void> {
    const [open] = await store.openAt(operatorId, heard.stationId, heard.connectorNumber);
    if (!open || open.state.activity === heard.activity) return;
    const { at, activity, ourClock } = heard;
    await enter(operatorId, open.no, heard, { kind: 'metered', at, samples: [], activity, ...(ourClock ? { ourClock } : {}) });
  }

  /** From now on nobody knows what its sessions do: no idle time counts. */
  async function heardOffline(operatorId: OperatorId, heard: FromStation, at: Date): Promise<void> {
    for (const no of await store.suspendedAt(operatorId, heard.stationId))
      await enter(operatorId, no, heard, { kind: 'metered', at, samples: [], activity: 'unknown', ourClock: true });
  }

  return { heardReadings, heardStop, heardTransaction, heardActivity, heardOffline };
}
