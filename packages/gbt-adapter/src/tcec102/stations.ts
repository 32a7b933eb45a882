import { defineInterface } from './interface.js';
import { codes, dateTime, day, decimal, fixed, integer, list, object, optional, text } from './schema.js';

/** Named limits of the lists that one call may carry. */
export const LIMITS = {
  /** T/CEC 102.2-2016, query_station_status */
  stationIds: 50,
  /** Not in the standard; a partner's whole network in one answer is refused. */
  stationsPerPage: 1000,
  equipmentsPerStation: 2000,
  connectorsPerEquipment: 100,
  pictures: 50,
} as const;

const operatorId = fixed(9);
const stationId = text(20, 50);
const equipmentId = text(23, 50);
const connectorId = text(26, 50);

/** One gun. T/CEC 102.2-2016, 充电设备接口信息 */
export const ConnectorInfo = object({
  ConnectorID: connectorId,
  ConnectorName: optional(text(30)),
  ConnectorType: codes(1, 2, 3, 4, 5, 6),
  VoltageUpperLimits: integer,
  VoltageLowerLimits: integer,
  Current: integer,
  Power: decimal(1),
  ParkNo: optional(text(10)),
  NationalStandard: codes(1, 2),
});

/** One pile. T/CEC 102.2-2016, 充电设备信息 */
export const EquipmentInfo = object({
  EquipmentID: equipmentId,
  ManufacturerID: optional(text(9)),
  ManufacturerName: optional(text(30)),
  EquipmentModel: optional(text(20)),
  ProductionDate: optional(text(10)),
  EquipmentType: codes(1, 2, 3, 4, 5),
  ConnectorInfos: list(ConnectorInfo, LIMITS.connectorsPerEquipment),
  EquipmentLng: optional(decimal(6)),
  EquipmentLat: optional(decimal(6)),
  Power: decimal(1),
  EquipmentName: optional(text(30)),
});

/** One station; its position is GCJ-02. T/CEC 102.2-2016, 充电站信息. `BusineHours` is the standard's own spelling. */
export const StationInfo = object({
  StationID: stationId,
  OperatorID: operatorId,
  EquipmentOwnerID: text(9),
  StationName: text(50),
  CountryCode: text(2),
  AreaCode: text(20),
  Address: text(50, 200),
  StationTel: optional(text(30)),
  ServiceTel: text(30),
  StationType: codes(1, 50, 100, 101, 102, 103, 255),
  StationStatus: codes(0, 1, 5, 6, 50),
  ParkNums: integer,
  StationLng: decimal(6),
  StationLat: decimal(6),
  SiteGuide: optional(text(100, 1000)),
  Construction: codes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255),
  Pictures: optional(list(text(500), LIMITS.pictures)),
  MatchCars: optional(text(100)),
  ParkInfo: optional(text(100)),
  BusineHours: optional(text(100)),
  ElectricityFee: optional(text(256, 2000)),
  ServiceFee: optional(text(100, 2000)),
  ParkFee: optional(text(100, 2000)),
  Payment: optional(text(20, 100)),
  SupportOrder: optional(codes(0, 1)),
  Remark: optional(text(100, 1000)),
  EquipmentInfos: list(EquipmentInfo, LIMITS.equipmentsPerStation),
});

/** Status of a gun, with its bay and its ground lock. T/CEC 102.2-2016, 充电设备接口状态 */
export const ConnectorStatusInfo = object({
  ConnectorID: connectorId,
  Status: codes(0, 1, 2, 3, 4, 255),
  ParkStatus: optional(codes(0, 10, 50)),
  LockStatus: optional(codes(0, 10, 50)),
});

export const StationStatusInfo = object({
  StationID: stationId,
  ConnectorStatusInfos: list(ConnectorStatusInfo, LIMITS.equipmentsPerStation * LIMITS.connectorsPerEquipment),
});

export const StationStatsInfo = object({
  StationID: stationId,
  StartTime: day,
  EndTime: day,
  StationElectricity: decimal(1),
  EquipmentStatsInfos: list(
    object({
      EquipmentID: equipmentId,
      EquipmentElectricity: decimal(1),
      ConnectorStatsInfos: list(object({ ConnectorID: connectorId, ConnectorElectricity: decimal(1) }), LIMITS.connectorsPerEquipment),
    }),
    LIMITS.equipmentsPerStation,
  ),
});

/** Stations page by page, all or those changed since a time. T/CEC 102.2-2016, 查询充电站信息 */
export const queryStationsInfo = defineInterface({
  name: 'query_stations_info',
  from: 'U',
  request: object({ LastQueryTime: optional(dateTime), PageNo: optional(integer), PageSize: optional(integer) }),
  response: object({ PageNo: integer, PageCount: integer, ItemSize: integer, StationInfos: list(StationInfo, LIMITS.stationsPerPage) }),
});

/** Pushes one gun's status. Status 0 took it, 1 threw it away. T/CEC 102.2-2016, 设备状态变化推送 */
export const notificationStationStatus = defineInterface({
  name: 'notification_stationStatus',
  from: 'I',
  request: object({ ConnectorStatusInfo }),
  response: object({ Status: codes(0, 1) }),
});

/** Status of up to 50 stations. T/CEC 102.2-2016, 设备接口状态查询 */
export const queryStationStatus = defineInterface({
  name: 'query_station_status',
  from: 'U',
  request: object({ StationIDs: list(stationId, LIMITS.stationIds) }),
  response: object({ Total: integer, StationStatusInfos: list(StationStatusInfo, LIMITS.stationIds) }),
});

/** Energy of a station in a span of days. T/CEC 102.2-2016, 查询统计信息 */
export const queryStationStats = defineInterface({
  name: 'query_station_stats',
  from: 'U',
  request: object({ StationID: stationId, StartTime: day, EndTime: day }),
  response: object({ StationStats: StationStatsInfo }),
});
