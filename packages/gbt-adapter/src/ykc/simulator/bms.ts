import type { YkcEndpoint } from '../endpoint.js';
import { BatteryState, ChargingEnd, VehicleDemand, VehicleHandshake, VehicleParameters } from '../vehicle.js';
import { meteredUnits, type Order, socOf } from './order.js';

interface Of {
  readonly pileCode: string;
  readonly gunNo: string;
  readonly tradeNo: string;
}

/** A field of tenths in two bytes; a battery larger than it can say is said to be as large as it can. */
const tenths = (value: number): number => Math.min(65_535, Math.round(value * 10)) / 10;

/** What a DC pile hands on from the vehicle when an order begins: 0x15 and 0x17. */
export function tellVehicle(line: YkcEndpoint<'pile'>, of: Of, { vehicle, powerW }: Order): void {
  line.send(VehicleHandshake, {
    ...of,
    version: '1.1',
    batteryType: 6,
    ratedCapacityAh: tenths(vehicle.capacityKWh * 2.5),
    ratedTotalVoltageV: 400,
    manufacturer: null,
    packSerial: null,
    productionYear: 2023,
    productionMonth: 4,
    productionDay: 1,
    chargeCount: null,
    property: 1,
    vin: vehicle.vin.length === 17 ? vehicle.vin : null,
    softwareVersion: null,
  });
  line.send(VehicleParameters, {
    ...of,
    maxCellVoltageV: 4.2,
    maxCurrentA: -250,
    nominalEnergyKWh: tenths(vehicle.capacityKWh),
    maxTotalVoltageV: 450,
    maxTempC: 60,
    socPct: tenths(vehicle.socPct),
    presentVoltageV: 380,
    pileMaxVoltageV: 750,
    pileMinVoltageV: 200,
    pileMaxCurrentA: -Math.min(400, Math.round(powerW / 400)),
    pileMinCurrentA: 0,
  });
}

/** Every 15 s while a DC gun charges: 0x23 and 0x25. */
export function tellDemand(line: YkcEndpoint<'pile'>, of: Of, order: Order): void {
  const currentA = -Math.round((order.powerW / 400) * 10) / 10;
  const elapsedMin = Math.floor((order.measuredTo.getTime() - order.startedAt.getTime()) / 60_000);
  line.send(VehicleDemand, {
    ...of,
    voltageDemandV: 400,
    currentDemandA: currentA,
    mode: 2,
    measuredVoltageV: 400,
    measuredCurrentA: currentA,
    maxCellVoltageV: 3.9,
    maxCellGroup: 1,
    socPct: socOf(order),
    remainingMin: 0,
    outputVoltageV: 400,
    outputCurrentA: currentA,
    elapsedMin,
  });
  line.send(BatteryState, {
    ...of,
    maxCellVoltageNo: 7,
    maxTempC: 28,
    maxTempPointNo: 3,
    minTempC: 26,
    minTempPointNo: 5,
    cellVoltageState: 0,
    socState: 0,
    overCurrent: 0,
    overTemp: 0,
    insulation: 0,
    connector: 0,
    chargingAllowed: 1,
  });
}

/** When an order ends: 0x19. */
export function tellEnd(line: YkcEndpoint<'pile'>, of: Of, order: Order): void {
  const elapsedMin = Math.floor((order.measuredTo.getTime() - order.startedAt.getTime()) / 60_000);
  line.send(ChargingEnd, {
    ...of,
    finalSocPct: socOf(order),
    minCellVoltageV: 3.9,
    maxCellVoltageV: 3.92,
    minTempC: 26,
    maxTempC: 30,
    elapsedMin,
    energyKWh: tenths(meteredUnits(order) / 1e4),
    chargerNo: 1,
  });
}
