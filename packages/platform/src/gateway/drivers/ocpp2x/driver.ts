import { handlersFor, Reports } from '@evroam/ocpp-core';
import * as v21 from '@evroam/ocpp-core/v21';
import * as v201 from '@evroam/ocpp-core/v201';
import { type Connection, type Speaker, type SpeakOptions, speak } from '@evroam/ocpp-core/websocket';
import { OcppLink } from '../call.js';
import type { DriverNeeds } from '../desk.js';
import { answers, type Table } from './answers.js';
import { toCall } from './commands.js';

/** OCPP 2.0.1 stations behind the driver port. */
export function ocpp201(needs: DriverNeeds, options: SpeakOptions<'csms', typeof v201>): Speaker<'csms'> {
  const tables = new WeakMap<object, Table>();
  const to = answers(needs, (endpoint) => tableOf(tables, endpoint));
  const handlers = handlersFor('csms', v201)
    .handle(v201.BootNotification, to.boot)
    .handle(v201.Heartbeat, to.heartbeat)
    .handle(v201.StatusNotification, to.status)
    .handle(v201.Authorize, to.authorize)
    .handle(v201.TransactionEvent, to.transactionEvent)
    .handle(v201.MeterValues, to.meterValues)
    .handle(v201.NotifyReport, to.notifyReport)
    .handle(v201.NotifyEvent, to.nothing)
    .handle(v201.NotifyMonitoringReport, to.nothing)
    .handle(v201.NotifyChargingLimit, to.nothing)
    .handle(v201.ClearedChargingLimit, to.nothing)
    .handle(v201.ReportChargingProfiles, to.nothing)
    .handle(v201.ReservationStatusUpdate, to.reservationEnded)
    .handle(v201.SecurityEventNotification, to.securityEvent)
    .handle(v201.SignCertificate, to.signCertificate)
    .handle(v201.FirmwareStatusNotification, to.firmwareStatus)
    .handle(v201.LogStatusNotification, to.logStatus)
    .handle(v201.DataTransfer, to.dataTransfer);
  const open = ({ identity, endpoint }: Connection<'csms', typeof v201>) => {
    const desk = needs.openDesk(identity, endpoint);
    tables.set(endpoint, { desk, reports: new Reports() });
    desk.opened(new OcppLink(desk, endpoint, { protocol: 'ocpp2.0.1', actions: v201, toCall }));
  };
  return speak<'csms', typeof v201>(v201, open, { ...options, handlers });
}

/** OCPP 2.1 stations behind the driver port. */
export function ocpp21(needs: DriverNeeds, options: SpeakOptions<'csms', typeof v21>): Speaker<'csms'> {
  const tables = new WeakMap<object, Table>();
  const to = answers(needs, (endpoint) => tableOf(tables, endpoint));
  const handlers = handlersFor('csms', v21)
    .handle(v21.BootNotification, to.boot)
    .handle(v21.Heartbeat, to.heartbeat)
    .handle(v21.StatusNotification, to.status)
    .handle(v21.Authorize, to.authorize)
    .handle(v21.TransactionEvent, to.transactionEvent)
    .handle(v21.MeterValues, to.meterValues)
    .handle(v21.NotifyReport, to.notifyReport)
    .handle(v21.NotifyEvent, to.nothing)
    .handle(v21.NotifyMonitoringReport, to.nothing)
    .handle(v21.NotifyChargingLimit, to.nothing)
    .handle(v21.ClearedChargingLimit, to.nothing)
    .handle(v21.ReportChargingProfiles, to.nothing)
    .handle(v21.ReservationStatusUpdate, to.reservationEnded)
    .handle(v21.SecurityEventNotification, to.securityEvent)
    .handle(v21.SignCertificate, to.signCertificate)
    .handle(v21.FirmwareStatusNotification, to.firmwareStatus)
    .handle(v21.LogStatusNotification, to.logStatus)
    .handle(v21.DataTransfer, to.dataTransfer);
  const open = ({ identity, endpoint }: Connection<'csms', typeof v21>) => {
    const desk = needs.openDesk(identity, endpoint);
    tables.set(endpoint, { desk, reports: new Reports() });
    desk.opened(new OcppLink(desk, endpoint, { protocol: 'ocpp2.1', actions: v21, toCall }));
  };
  return speak<'csms', typeof v21>(v21, open, { ...options, handlers });
}

function tableOf(tables: WeakMap<object, Table>, endpoint: object): Table {
  const table = tables.get(endpoint);
  if (!table) throw new Error('a message came on a connection that was never opened');
  return table;
}
