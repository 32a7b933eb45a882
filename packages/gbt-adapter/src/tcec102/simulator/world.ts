import { seeded } from '../../simulation/random.js';
import type { PolicyInfo } from '../charging.js';
import type { Infer } from '../schema.js';
import type { StationInfo } from '../stations.js';

export type Station = Infer<typeof StationInfo>;
export type Policy = readonly Infer<typeof PolicyInfo>[];

/** Valley, flat and peak, as a city prices them. */
export const POLICY: Policy = [
  { StartTime: '000000', ElecPrice: 0.3123, SevicePrice: 0.4 },
  { StartTime: '080000', ElecPrice: 0.6123, SevicePrice: 0.5 },
  { StartTime: '180000', ElecPrice: 1.1123, SevicePrice: 0.6 },
];

/** Stations around a city centre (GCJ-02), each with a DC pile of two guns and an AC pile of one; the same for the same seed. */
export function makeStations(operatorId: string, count: number, seed: number): readonly Station[] {
  const random = seeded(seed);
  const near = (centre: number): number => Math.round((centre + (random() - 0.5) / 5) * 1e6) / 1e6;
  return Array.from({ length: count }, (_, i) => {
    const number = String(i + 1).padStart(4, '0');
    const connector = (suffix: string, isDc: boolean) => ({
      ConnectorID: `${operatorId}${number}${suffix}`,
      ConnectorName: `${suffix}号枪`,
      ConnectorType: isDc ? 4 : 3,
      VoltageUpperLimits: isDc ? 750 : 220,
      VoltageLowerLimits: isDc ? 200 : 220,
      Current: isDc ? 250 : 32,
      Power: isDc ? 120 : 7,
      ParkNo: suffix,
      NationalStandard: 2,
    });
    return {
      StationID: `S${operatorId}${number}`,
      OperatorID: operatorId,
      EquipmentOwnerID: operatorId,
      StationName: `模拟充电站${i + 1}`,
      CountryCode: 'CN',
      AreaCode: '320106',
      Address: `模拟路${i + 1}号`,
      ServiceTel: '4000000000',
      StationType: 1,
      StationStatus: 50,
      ParkNums: 3,
      StationLng: near(118.78),
      StationLat: near(32.05),
      Construction: 9,
      BusineHours: '00:00-24:00',
      SupportOrder: 0,
      EquipmentInfos: [
        {
          EquipmentID: `E${operatorId}${number}1`,
          EquipmentType: 1,
          Power: 120,
          ConnectorInfos: [connector('11', true), connector('12', true)],
        },
        { EquipmentID: `E${operatorId}${number}2`, EquipmentType: 2, Power: 7, ConnectorInfos: [connector('21', false)] },
      ],
    };
  });
}
