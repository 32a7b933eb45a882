import type { RequestOf } from '../action.js';
import type { Endpoint } from '../endpoint.js';
import { OcppError } from '../errors.js';
import { fromProfile2x, type Purpose, wireLimit } from '../smart-charging/index.js';
import type * as v201 from '../v201/index.js';
import { listed, settingOfVariable, write } from './settings.js';
import type { Body, TriggerableMessage } from './voice.js';
import type { Words2x } from './voice2x.js';

const purposes: Readonly<Record<string, Purpose>> = {
  ChargingStationMaxProfile: 'stationMax',
  ChargingStationExternalConstraints: 'external',
  TxDefaultProfile: 'txDefault',
  TxProfile: 'tx',
  PriorityCharging: 'priority',
  LocalGeneration: 'localGeneration',
};

/** Carries out the commands of OCPP 2.0.1 and 2.1. */
export function obey2x(endpoint: Endpoint<'station', Words2x>, words: Words2x, body: Body): void {
  obeyTransactions(endpoint, words, body);
  obeyVariables(endpoint, words, body);
  obeyProfiles(endpoint, words, body);
  endpoint
    .handle(words.Reset, async ({ evseId }) => ({ status: evseId === undefined && body.reset() ? 'Accepted' : 'Rejected' }))
    .handle(words.ChangeAvailability, async ({ evse, operationalStatus }) => ({
      status: body.setOperative(evse?.id, operationalStatus === 'Operative'),
    }))
    .handle(words.UnlockConnector, async ({ evseId }) => {
      if (!body.connectorIds.includes(evseId)) return { status: 'UnknownConnector' };
      // Freeing a cable never ends a transaction in 2.x (F05.FR.02).
      return { status: body.stateOf(evseId).transaction ? 'OngoingAuthorizedTransaction' : 'Unlocked' };
    })
    .handle(words.TriggerMessage, async ({ requestedMessage, evse }) => {
      const message = triggerable(requestedMessage);
      if (!message) return { status: 'NotImplemented' };
      return { status: body.trigger(message, evse?.id) ? 'Accepted' : 'Rejected' };
    })
    .handle(words.GetLocalListVersion, async () => ({ versionNumber: 0 }))
    .handle(words.ClearCache, async () => ({ status: 'Accepted' }))
    .handle(words.DataTransfer, async () => ({ status: 'UnknownVendorId' }));
}

function triggerable(message: RequestOf<typeof v201.TriggerMessage>['requestedMessage']): TriggerableMessage | undefined {
  if (message === 'TransactionEvent') return 'MeterValues';
  return message === 'BootNotification' || message === 'Heartbeat' || message === 'StatusNotification' || message === 'MeterValues'
    ? message
    : undefined;
}

function obeyTransactions(endpoint: Endpoint<'station', Words2x>, words: Words2x, body: Body): void {
  endpoint
    .handle(words.RequestStartTransaction, async ({ idToken, evseId, remoteStartId, chargingProfile }) => {
      if (chargingProfile && chargingProfile.chargingProfilePurpose !== 'TxProfile') return { status: 'Rejected' };
      const accepted = body.remoteStart({
        idToken: idToken.idToken,
        remoteStartId,
        ...(evseId === undefined ? {} : { connectorId: evseId }),
        ...(chargingProfile ? { profile: (chosen: number) => fromProfile2x(chargingProfile, chosen) } : {}),
      });
      return { status: accepted ? 'Accepted' : 'Rejected' };
    })
    .handle(words.RequestStopTransaction, async ({ transactionId }) => ({
      status: body.remoteStop(({ key }) => key === transactionId) ? 'Accepted' : 'Rejected',
    }))
    .handle(words.GetTransactionStatus, async ({ transactionId }) => ({
      messagesInQueue: body.queuedOf(transactionId),
      ...(transactionId === undefined ? {} : { ongoingIndicator: body.ongoing(transactionId) }),
    }));
}

function obeyVariables(endpoint: Endpoint<'station', Words2x>, words: Words2x, body: Body): void {
  endpoint
    .handle(words.GetVariables, async ({ getVariableData }) => ({
      getVariableResult: getVariableData.map(({ component, variable, attributeType = 'Actual' }) => {
        const place = { component, variable, attributeType };
        const setting = settingOfVariable(component.name, variable.name);
        if (!setting) return { ...place, attributeStatus: isKnown(body, component.name) ? 'UnknownVariable' : 'UnknownComponent' };
        if (attributeType !== 'Actual') return { ...place, attributeStatus: 'NotSupportedAttributeType' };
        return { ...place, attributeStatus: 'Accepted', attributeValue: String(body.settings[setting.setting]) };
      }),
    }))
    .handle(words.SetVariables, async ({ setVariableData }) => ({
      setVariableResult: setVariableData.map(({ component, variable, attributeType = 'Actual', attributeValue }) => {
        const place = { component, variable, attributeType };
        const setting = settingOfVariable(component.name, variable.name);
        if (!setting) return { ...place, attributeStatus: isKnown(body, component.name) ? 'UnknownVariable' : 'UnknownComponent' };
        if (attributeType !== 'Actual') return { ...place, attributeStatus: 'NotSupportedAttributeType' };
        return { ...place, attributeStatus: write(body.settings, setting, attributeValue) ? 'Accepted' : 'Rejected' };
      }),
    }))
    .handle(words.GetBaseReport, async ({ requestId, reportBase }) => {
      if (reportBase === 'SummaryInventory') return { status: 'NotSupported' };
      setImmediate(() => report(endpoint, words, body, requestId));
      return { status: 'Accepted' };
    });
}

const isKnown = (body: Body, component: string): boolean => listed(body.settings).some(({ component2x }) => component2x === component);

/** Items of one NotifyReport. */
const PART_SIZE = 3;

/** Tells the settings in parts; a connection that ends ends the report, and the CSMS asks again (B07). */
function report(endpoint: Endpoint<'station', Words2x>, words: Words2x, body: Body, requestId: number): void {
  const items = listed(body.settings).map(({ component2x, variable2x, value }) => ({
    component: { name: component2x },
    variable: { name: variable2x },
    variableAttribute: [{ value }],
  }));
  const send = async () => {
    for (let at = 0, seqNo = 0; at < items.length; at += PART_SIZE, seqNo += 1) {
      const reportData = items.slice(at, at + PART_SIZE);
      const request = { requestId, seqNo, generatedAt: body.now().toISOString(), tbc: at + PART_SIZE < items.length, reportData };
      body.acknowledged('NotifyReport', request, await endpoint.call(words.NotifyReport, request));
    }
  };
  send().catch((error: unknown) => {
    if (!(error instanceof OcppError)) throw error;
  });
}

function obeyProfiles(endpoint: Endpoint<'station', Words2x>, words: Words2x, body: Body): void {
  endpoint
    .handle(words.SetChargingProfile, async ({ evseId, chargingProfile }) => ({
      status: body.limits.set(fromProfile2x(chargingProfile, evseId)) ? 'Accepted' : 'Rejected',
    }))
    .handle(words.ClearChargingProfile, async ({ chargingProfileId, chargingProfileCriteria: criteria }) => ({
      status: body.limits.clear({
        ...(chargingProfileId === undefined ? {} : { id: chargingProfileId }),
        ...(criteria?.evseId === undefined ? {} : { evseId: criteria.evseId }),
        ...(criteria?.stackLevel === undefined ? {} : { stackLevel: criteria.stackLevel }),
        ...purposeOf(criteria?.chargingProfilePurpose),
      })
        ? 'Accepted'
        : 'Unknown',
    }))
    .handle(words.GetCompositeSchedule, async ({ evseId, duration, chargingRateUnit = 'W' }) => {
      const periods = body.limits.composite(evseId, duration, chargingRateUnit);
      if (!periods) return { status: 'Rejected' };
      return {
        status: 'Accepted',
        schedule: {
          evseId,
          duration,
          scheduleStart: body.now().toISOString(),
          chargingRateUnit,
          chargingSchedulePeriod: periods.map(({ startSeconds, limitMilli, phases }) => ({
            startPeriod: startSeconds,
            limit: wireLimit(limitMilli),
            numberPhases: phases,
          })),
        },
      };
    });
}

function purposeOf(name: string | undefined): { purpose?: Purpose } {
  const purpose = name === undefined ? undefined : purposes[name];
  return purpose === undefined ? {} : { purpose };
}
