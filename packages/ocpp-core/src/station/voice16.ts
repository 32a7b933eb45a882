import type { RequestOf } from '../action.js';
import type { Endpoint } from '../endpoint.js';
import * as v16 from '../v16/index.js';
import { wattHours } from './meter.js';
import { obey16 } from './obey16.js';
import type { Body, ConnectorState, Registration, StopReason, Told, TransactionMoment, Trigger, Voice } from './voice.js';

type Status = RequestOf<typeof v16.StatusNotification>['status'];
type Reason = NonNullable<RequestOf<typeof v16.StopTransaction>['reason']>;

/** A station's connection in the words of OCPP 1.6. */
export class Voice16 implements Voice {
  readonly #endpoint: Endpoint<'station', typeof v16>;
  readonly #body: Body;

  constructor(endpoint: Endpoint<'station', typeof v16>, body: Body) {
    this.#endpoint = endpoint;
    this.#body = body;
    obey16(endpoint, body);
  }

  get closed(): Promise<unknown> {
    return this.#endpoint.closed;
  }

  close(): void {
    this.#endpoint.close();
  }

  async boot(): Promise<Registration> {
    const { vendor, model, serialNumber, firmwareVersion } = this.#body.facts;
    const answer = await this.#call(v16.BootNotification, {
      chargePointVendor: vendor,
      chargePointModel: model,
      ...(serialNumber === undefined ? {} : { chargePointSerialNumber: serialNumber }),
      ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
    });
    return { status: answer.status, intervalSeconds: answer.interval };
  }

  async heartbeat(): Promise<void> {
    await this.#call(v16.Heartbeat, {});
  }

  async status(connectorId: number): Promise<void> {
    await this.#call(v16.StatusNotification, {
      connectorId,
      errorCode: 'NoError',
      status: connectorId === 0 ? 'Available' : statusOf(this.#body.stateOf(connectorId)),
      timestamp: this.#body.now().toISOString(),
    });
  }

  async authorize(idToken: string): Promise<boolean> {
    const { idTagInfo } = await this.#call(v16.Authorize, { idTag: idToken });
    return idTagInfo.status === 'Accepted';
  }

  async tell(moment: TransactionMoment): Promise<Told> {
    const { transaction, messageId } = moment;
    const timestamp = moment.at.toISOString();
    // Told in order, so the start's answer is there; -1 stands for a start that was never answered (errata 2025-04, 3.18).
    const transactionId = transaction.givenId ?? -1;
    switch (moment.event) {
      case 'started': {
        const request = {
          connectorId: transaction.connectorId,
          idTag: transaction.idToken,
          meterStart: Math.floor(moment.milliWh / 1_000),
          timestamp,
        };
        const response = await this.#endpoint.call(v16.StartTransaction, request, { messageId });
        transaction.givenId = response.transactionId;
        return { action: 'StartTransaction', request, response, authorized: response.idTagInfo.status === 'Accepted' };
      }
      case 'sampled':
      case 'changed': {
        const request = { connectorId: transaction.connectorId, transactionId, meterValue: [meterValue(moment)] };
        const response = await this.#endpoint.call(v16.MeterValues, request, { messageId });
        return { action: 'MeterValues', request, response, authorized: true };
      }
      case 'ended': {
        const request = {
          transactionId,
          idTag: transaction.idToken,
          meterStop: Math.floor(moment.milliWh / 1_000),
          timestamp,
          reason: reasonOf(moment.reason ?? 'Local'),
        };
        const response = await this.#endpoint.call(v16.StopTransaction, request, { messageId });
        return { action: 'StopTransaction', request, response, authorized: true };
      }
    }
  }

  #call: Endpoint<'station', typeof v16>['call'] = async (action, request, options) => {
    const response = await this.#endpoint.call(action, request, options);
    this.#body.acknowledged(action.name, request, response);
    return response;
  };
}

/** OCPP 1.6, 4.9: the state machine of a connector, as far as the hardware shows it. */
function statusOf({ activity, operative }: ConnectorState): Status {
  switch (activity) {
    case 'charging':
      return 'Charging';
    case 'full':
      return 'SuspendedEV';
    case 'limited':
      return 'SuspendedEVSE';
    case 'finishing':
      return 'Finishing';
    case 'waiting':
      return operative ? 'Preparing' : 'Unavailable';
    case 'idle':
      return operative ? 'Available' : 'Unavailable';
  }
}

function reasonOf(reason: StopReason): Reason {
  return reason === 'Reset' ? 'SoftReset' : reason;
}

function contextOf(trigger: Trigger): 'Sample.Periodic' | 'Trigger' | 'Other' {
  if (trigger === 'periodic') return 'Sample.Periodic';
  return trigger === 'triggered' ? 'Trigger' : 'Other';
}

function meterValue(moment: TransactionMoment): v16.MeterValueType {
  const context = contextOf(moment.trigger);
  return {
    timestamp: moment.at.toISOString(),
    sampledValue: [
      { value: wattHours(moment.milliWh), context, measurand: 'Energy.Active.Import.Register', unit: 'Wh', location: 'Outlet' },
      { value: String(moment.powerW), context, measurand: 'Power.Active.Import', unit: 'W', location: 'Outlet' },
    ],
  };
}
