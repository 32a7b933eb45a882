import type { RequestOf } from '@evroam/ocpp-core';
import { readings2x } from '@evroam/ocpp-core/metering';
import type * as v21 from '@evroam/ocpp-core/v21';
import type * as v201 from '@evroam/ocpp-core/v201';
import type { Activity, HeardTransaction, Sample, TokenKind } from '../../../model/heard.js';
import type { EvseStatus } from '../../../model/location.js';
import type { Verdict } from '../../ports.js';
import { samplesOf } from '../ocpp16/translate.js';

export type TransactionEvent = RequestOf<typeof v201.TransactionEvent> | RequestOf<typeof v21.TransactionEvent>;
type MeterValues = readonly (v201.MeterValueType | v21.MeterValueType)[];
type ConnectorStatus = RequestOf<typeof v201.StatusNotification>['connectorStatus'];

const KINDS = { Started: 'started', Updated: 'metered', Ended: 'stopped' } as const;

/** Registers as fine as they were sent: everything of a session comes with its events, so all of it has one resolution. OCPP 2.0.1, J01 */
export function toSamples(values: MeterValues): { samples: Sample[]; signed: unknown[] } {
  return {
    samples: samplesOf(readings2x(values).readings, (milli) => milli),
    signed: values.filter(({ sampledValue }) => sampledValue.some(({ signedMeterValue }) => signedMeterValue !== undefined)),
  };
}

/**
 * The event in our own words. What a station measured under the event's own message belongs to the event's moment: a sample may carry
 * another timestamp. OCPP 2.0.1, E01 to E13
 */
export function toTransaction(event: TransactionEvent): Omit<HeardTransaction, 'stationId' | 'hold'> {
  const { eventType, seqNo, timestamp, transactionInfo, evse, idToken, reservationId, meterValue = [] } = event;
  const { samples, signed } = toSamples(meterValue);
  const kind = KINDS[eventType];
  const at = new Date(timestamp);
  const activity = kind === 'stopped' ? undefined : toActivity(transactionInfo.chargingState);
  const { remoteStartId, stoppedReason } = transactionInfo;
  return {
    transactionKey: transactionInfo.transactionId,
    kind,
    seqNo,
    at,
    samples: atItsMoment(samples, kind, at),
    ...(signed.length === 0 ? {} : { signed }),
    ...(evse === undefined ? {} : { connectorNumber: evse.id }),
    ...(idToken === undefined || idToken.type === 'NoAuthorization' ? {} : { token: { uid: idToken.idToken, kind: toKind(idToken.type) } }),
    ...(activity === undefined ? {} : { activity }),
    ...(remoteStartId === undefined ? {} : { remoteStartId }),
    ...(reservationId === undefined ? {} : { reservationNumber: reservationId }),
    ...(kind === 'stopped' ? { reason: stoppedReason ?? 'Local' } : {}),
  };
}

/** A station that stamps the first or last reading a moment beside its event still means that event. */
function atItsMoment(samples: readonly Sample[], kind: (typeof KINDS)[keyof typeof KINDS], at: Date): Sample[] {
  if (kind === 'metered' || samples.some((sample) => sample.at.getTime() === at.getTime())) return [...samples];
  const meant = kind === 'started' ? samples[0] : samples.at(-1);
  return samples.map((sample) => (sample === meant ? { ...sample, at } : sample));
}

export function toKind(type: string): TokenKind {
  return type === 'eMAID' ? 'contract' : type === 'MacAddress' || type === 'EVCCID' || type === 'VIN' ? 'vehicle' : 'token';
}

function toActivity(state: string | undefined): Activity | undefined {
  switch (state) {
    case 'Charging':
    case 'SuspendedEVSE':
      return 'charging';
    case 'SuspendedEV':
    case 'Idle':
      return 'suspended';
    default:
      return undefined;
  }
}

/** Occupied tells less than 1.6 does: whether it charges is what the transactions say. OCPP 2.0.1, G01 */
export function toEvseStatus(status: ConnectorStatus): EvseStatus {
  switch (status) {
    case 'Available':
      return 'available';
    case 'Occupied':
      return 'charging';
    case 'Reserved':
      return 'reserved';
    case 'Unavailable':
      return 'inoperative';
    case 'Faulted':
      return 'outOfOrder';
  }
}

/** OCPP 2.0.1, C01 */
export function fromVerdict(verdict: Verdict): {
  status: 'Accepted' | 'Blocked' | 'Expired' | 'Unknown';
  groupIdToken?: { idToken: string; type: 'Central' };
} {
  if (verdict.allowed) {
    const { groupId } = verdict.token;
    return groupId === undefined ? { status: 'Accepted' } : { status: 'Accepted', groupIdToken: { idToken: groupId, type: 'Central' } };
  }
  switch (verdict.reason) {
    case 'blocked':
      return { status: 'Blocked' };
    case 'expired':
      return { status: 'Expired' };
    case 'unknown':
      return { status: 'Unknown' };
  }
}
