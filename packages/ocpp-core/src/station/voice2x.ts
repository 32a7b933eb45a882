import type { RequestOf } from '../action.js';
import type { Endpoint } from '../endpoint.js';
import type * as v201 from '../v201/index.js';
import type { Activity } from './connector.js';
import { obey2x } from './obey2x.js';
import type { Body, BootReason, Registration, StopReason, Told, TransactionMoment, Trigger, Voice } from './voice.js';

/** The messages of OCPP 2.0.1, or those of 2.1 in their place. */
export type Words2x = typeof v201;

type Event = RequestOf<typeof v201.TransactionEvent>;

/** A station's connection in the words of OCPP 2.0.1 or 2.1. A connector is an EVSE with one connector. */
export class Voice2x implements Voice {
  readonly #endpoint: Endpoint<'station', Words2x>;
  readonly #words: Words2x;
  readonly #body: Body;

  constructor(endpoint: Endpoint<'station', Words2x>, words: Words2x, body: Body) {
    this.#endpoint = endpoint;
    this.#words = words;
    this.#body = body;
    obey2x(endpoint, words, body);
  }

  get closed(): Promise<unknown> {
    return this.#endpoint.closed;
  }

  close(): void {
    this.#endpoint.close();
  }

  async boot(reason: BootReason): Promise<Registration> {
    const { vendor, model, serialNumber, firmwareVersion } = this.#body.facts;
    const answer = await this.#call(this.#words.BootNotification, {
      reason,
      chargingStation: {
        vendorName: vendor,
        model,
        ...(serialNumber === undefined ? {} : { serialNumber }),
        ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
      },
    });
    return { status: answer.status, intervalSeconds: answer.interval };
  }

  async heartbeat(): Promise<void> {
    await this.#call(this.#words.Heartbeat, {});
  }

  async status(connectorId: number): Promise<void> {
    const { activity, operative } = this.#body.stateOf(connectorId);
    await this.#call(this.#words.StatusNotification, {
      timestamp: this.#body.now().toISOString(),
      connectorStatus: activity === 'idle' ? (operative ? 'Available' : 'Unavailable') : 'Occupied',
      evseId: connectorId,
      connectorId: 1,
    });
  }

  async authorize(idToken: string): Promise<boolean> {
    const { idTokenInfo } = await this.#call(this.#words.Authorize, { idToken: { idToken, type: 'ISO14443' } });
    return idTokenInfo.status === 'Accepted';
  }

  async tell(moment: TransactionMoment): Promise<Told> {
    const request = eventOf(moment);
    const response = await this.#endpoint.call(this.#words.TransactionEvent, request, { messageId: moment.messageId });
    const status = response.idTokenInfo?.status;
    return { action: 'TransactionEvent', request, response, authorized: status === undefined || status === 'Accepted' };
  }

  #call: Endpoint<'station', Words2x>['call'] = async (action, request, options) => {
    const response = await this.#endpoint.call(action, request, options);
    this.#body.acknowledged(action.name, request, response);
    return response;
  };
}

const types = { started: 'Started', sampled: 'Updated', changed: 'Updated', ended: 'Ended' } as const;

function eventOf(moment: TransactionMoment): Event {
  const { event, transaction, reason } = moment;
  const first = event === 'started';
  return {
    eventType: types[event],
    timestamp: moment.at.toISOString(),
    triggerReason: triggers[moment.trigger],
    seqNo: moment.seqNo,
    ...(moment.offline ? { offline: true } : {}),
    transactionInfo: {
      transactionId: transaction.key,
      chargingState: event === 'ended' ? (moment.activity === 'idle' ? 'Idle' : 'EVConnected') : states[moment.activity],
      ...(reason === undefined ? {} : { stoppedReason: reasons[reason] }),
      ...(transaction.remoteStartId === undefined ? {} : { remoteStartId: transaction.remoteStartId }),
    },
    // Both are told once, with the first event (E02.FR.01, E03.FR.01).
    ...(first
      ? { evse: { id: transaction.connectorId, connectorId: 1 }, idToken: { idToken: transaction.idToken, type: 'ISO14443' } }
      : {}),
    meterValue: [{ timestamp: moment.at.toISOString(), sampledValue: samplesOf(moment) }],
  };
}

function samplesOf({ event, trigger, milliWh, powerW }: TransactionMoment): v201.SampledValueType[] {
  const context = contextOf(event, trigger);
  return [
    { value: milliWh / 1_000, context, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } },
    { value: powerW, context, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } },
  ];
}

function contextOf(
  event: TransactionMoment['event'],
  trigger: Trigger,
): 'Transaction.Begin' | 'Transaction.End' | 'Sample.Periodic' | 'Trigger' | 'Other' {
  if (event === 'started') return 'Transaction.Begin';
  if (event === 'ended') return 'Transaction.End';
  if (trigger === 'triggered') return 'Trigger';
  return trigger === 'periodic' ? 'Sample.Periodic' : 'Other';
}

const triggers: Readonly<Record<Trigger, Event['triggerReason']>> = {
  cable: 'EVCommunicationLost',
  authorized: 'Authorized',
  remoteStart: 'RemoteStart',
  remoteStop: 'RemoteStop',
  stopAuthorized: 'StopAuthorized',
  deauthorized: 'Deauthorized',
  periodic: 'MeterValuePeriodic',
  state: 'ChargingStateChanged',
  reset: 'ResetCommand',
  triggered: 'Trigger',
};

const states: Readonly<Record<Activity, NonNullable<Event['transactionInfo']['chargingState']>>> = {
  idle: 'Idle',
  waiting: 'EVConnected',
  charging: 'Charging',
  full: 'SuspendedEV',
  limited: 'SuspendedEVSE',
  finishing: 'EVConnected',
};

const reasons: Readonly<Record<StopReason, NonNullable<Event['transactionInfo']['stoppedReason']>>> = {
  Local: 'Local',
  Remote: 'Remote',
  EVDisconnected: 'EVDisconnected',
  DeAuthorized: 'DeAuthorized',
  Reset: 'ImmediateReset',
  PowerLoss: 'PowerLoss',
};
