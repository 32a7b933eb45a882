import { TcecError } from '../errors.js';
import {
  queryEquipAuth,
  queryEquipBusinessPolicy,
  queryEquipChargeStatus,
  queryStartCharge,
  queryStationStats,
  queryStationStatus,
  queryStationsInfo,
  queryStopCharge,
} from '../interfaces.js';
import { page } from '../paging.js';
import type { TcecServer } from '../serve.js';
import { statusOf, sumsOf } from './order.js';
import type { SimulatedPartner } from './partner.js';
import type { Station } from './world.js';

const gunsOf = ({ EquipmentInfos }: Station) => EquipmentInfos.flatMap(({ ConnectorInfos }) => ConnectorInfos);

/** The partner as the owner of piles (I): what a hub asks on behalf of a driver. */
export function asInfrastructure(partner: SimulatedPartner, server: TcecServer): void {
  const gun = (connectorId: string) => partner.stations.flatMap(gunsOf).find(({ ConnectorID }) => ConnectorID === connectorId);
  server
    .handle(queryStationsInfo, (request) => {
      partner.stumble();
      return page(partner.stations, request);
    })
    .handle(queryStationStatus, ({ StationIDs }) => {
      partner.stumble();
      const found = partner.stations.filter(({ StationID }) => StationIDs.includes(StationID));
      const StationStatusInfos = found.map((station) => ({
        StationID: station.StationID,
        ConnectorStatusInfos: gunsOf(station).map(({ ConnectorID }) => partner.statusOf(ConnectorID)),
      }));
      return { Total: found.length, StationStatusInfos };
    })
    .handle(queryStationStats, ({ StationID, StartTime, EndTime }) => {
      const station = partner.stations.find((one) => one.StationID === StationID);
      if (!station) throw new TcecError('Parameters', `no station ${StationID}`);
      return { StationStats: statsOf(partner, station, StartTime, EndTime) };
    })
    .handle(queryEquipAuth, ({ EquipAuthSeq, ConnectorID }) => {
      const failReason = !gun(ConnectorID) ? 2 : partner.plugged.has(ConnectorID) ? 0 : 1;
      return { EquipAuthSeq, ConnectorID, SuccStat: failReason === 0 ? 0 : 1, FailReason: failReason };
    })
    .handle(queryEquipBusinessPolicy, ({ EquipBizSeq, ConnectorID }) =>
      gun(ConnectorID)
        ? { EquipBizSeq, ConnectorID, SuccStat: 0, FailReason: 0, SumPeriod: partner.policy.length, PolicyInfos: partner.policy }
        : { EquipBizSeq, ConnectorID, SuccStat: 1, FailReason: 1, SumPeriod: 0, PolicyInfos: [] },
    )
    .handle(queryStartCharge, ({ StartChargeSeq, ConnectorID }) => {
      partner.stumble();
      const known = partner.orders.get(StartChargeSeq);
      const found = gun(ConnectorID);
      const failReason = !found ? 1 : !known && partner.running(ConnectorID).length > 0 ? 3 : 0;
      // The same sequence again is the same start: nothing happens twice.
      const order = known ?? (found && failReason === 0 ? partner.begin(StartChargeSeq, ConnectorID, found.Power) : undefined);
      return {
        StartChargeSeq,
        StartChargeSeqStat: order?.state ?? 4,
        ConnectorID,
        SuccStat: failReason === 0 ? 0 : 1,
        FailReason: failReason,
      };
    })
    .handle(queryEquipChargeStatus, ({ StartChargeSeq }) => {
      const order = partner.orders.get(StartChargeSeq);
      if (!order) throw new TcecError('Parameters', `no order ${StartChargeSeq}`);
      return statusOf(partner.measured(order));
    })
    .handle(queryStopCharge, ({ StartChargeSeq }) => {
      const order = partner.orders.get(StartChargeSeq);
      if (!order) return { StartChargeSeq, StartChargeSeqStat: 5, SuccStat: 1, FailReason: 1 };
      if (order.state === 4) return { StartChargeSeq, StartChargeSeqStat: 4, SuccStat: 1, FailReason: 3 };
      partner.endSoon(StartChargeSeq);
      return { StartChargeSeq, StartChargeSeqStat: 3, SuccStat: 0, FailReason: 0 };
    });
}

function statsOf(partner: SimulatedPartner, station: Station, from: string, to: string) {
  // Tenths of a kWh, cut gun by gun, so that the sums are sums.
  const tenths = (connectorId: string): number => {
    const orders = [...partner.orders.values()].filter(({ connectorId: at, state }) => at === connectorId && state === 4);
    const inSpan = orders.filter((order) => {
      const day = partner.bills.get(order.seq)?.EndTime.slice(0, 10);
      return day !== undefined && day >= from && day <= to;
    });
    return Math.floor(inSpan.reduce((sum, order) => sum + sumsOf(order).power, 0) / 10);
  };
  const equipments = station.EquipmentInfos.map(({ EquipmentID, ConnectorInfos }) => {
    const guns = ConnectorInfos.map(({ ConnectorID }) => ({ ConnectorID, tenths: tenths(ConnectorID) }));
    return { EquipmentID, guns, tenths: guns.reduce((sum, gun) => sum + gun.tenths, 0) };
  });
  return {
    StationID: station.StationID,
    StartTime: from,
    EndTime: to,
    StationElectricity: equipments.reduce((sum, one) => sum + one.tenths, 0) / 10,
    EquipmentStatsInfos: equipments.map(({ EquipmentID, guns, tenths: own }) => ({
      EquipmentID,
      EquipmentElectricity: own / 10,
      ConnectorStatsInfos: guns.map((gun) => ({ ConnectorID: gun.ConnectorID, ConnectorElectricity: gun.tenths / 10 })),
    })),
  };
}
