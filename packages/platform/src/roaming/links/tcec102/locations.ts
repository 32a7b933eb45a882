import { gcj02ToWgs84, wgs84ToGcj02 } from '@evroam/gbt-adapter/coordinates';
import type { ConnectorStatusInfo, Infer, StationInfo } from '@evroam/gbt-adapter/tcec102';
import { type Refused, refuse } from '../../../kernel/refusal.js';
import type { Connector, Evse, EvseStatus, Location } from '../../../model/location.js';
import type { PartyId } from '../../../model/party.js';
import { CHINA } from './tariffs.js';
import type { Lost } from './values.js';

export type Station = Infer<typeof StationInfo>;
type Gun = Station['EquipmentInfos'][number]['ConnectorInfos'][number];

/** OCPI's lengths: every partner can be told. OCPI 2.2.1, 8.3.1 */
const ADDRESS_LENGTH = 45;
const THREE_PHASE_VOLT = 380;
const SQRT_3 = Math.sqrt(3);
/** Places of a coordinate on this wire, 0.1 m. T/CEC 102.2-2016 */
const PLACES = 6;
const OPEN_STATION = 50;
const PUBLIC_STATION = 1;

/** One EVSE for each gun: in China a gun is what one session takes. What OCPI has no words for is listed. */
export function toLocation(
  station: Station,
  {
    owner,
    at,
    statuses,
    tariffIds,
  }: { owner: PartyId; at: Date; statuses: ReadonlyMap<string, EvseStatus>; tariffIds: (connectorId: string) => readonly string[] },
): { location: Location; lost: Lost[] } {
  const lost: Lost[] = [];
  const { StationID, StationStatus, StationType, Address, AreaCode } = station;
  const [longitude, latitude] = gcj02ToWgs84([station.StationLng, station.StationLat]);
  const address = [...Address].slice(0, ADDRESS_LENGTH).join('');
  if (address !== Address) lost.push({ field: 'Address', detail: Address });
  const evses = station.EquipmentInfos.flatMap(({ ConnectorInfos }) =>
    ConnectorInfos.flatMap((gun): Evse[] => {
      const connector = toConnector(gun, at, tariffIds(gun.ConnectorID));
      if (!connector) lost.push({ field: `ConnectorType of ${gun.ConnectorID}`, detail: String(gun.ConnectorType) });
      const status = OVERRIDES[StationStatus] ?? (StationStatus === OPEN_STATION ? statuses.get(gun.ConnectorID) : undefined) ?? 'unknown';
      const heard = { status, statusSource: 'partner' as const, statusAt: at, updatedAt: at };
      return connector ? [{ uid: gun.ConnectorID, ...heard, capabilities: ['REMOTE_START_STOP_CAPABLE'], connectors: [connector] }] : [];
    }),
  );
  const location: Location = {
    ...{ owner, id: StationID, name: station.StationName, address, city: AreaCode, country: 'CHN', timeZone: CHINA },
    coordinates: { latitude: latitude.toFixed(PLACES), longitude: longitude.toFixed(PLACES) },
    publish: StationStatus === OPEN_STATION && StationType === PUBLIC_STATION,
    ...{ evses, updatedAt: at },
  };
  return { location, lost };
}

/** Our station to a partner of this standard: only guns that its words can name; refused where none is left. */
export function fromLocation(
  { id, name, address, coordinates, evses, country, publish, city }: Location,
  { operatorId, phone }: { operatorId: string; phone: string },
): { accepted: true; station: Station; lost: Lost[] } | Refused<'noConnector' | 'idTooLong'> {
  const lost: Lost[] = [];
  if (id.length > 20) return refuse('idTooLong', `${id} is longer than the 20 characters of a StationID`);
  const [lng, lat] = wgs84ToGcj02([Number(coordinates.longitude), Number(coordinates.latitude)]);
  const equipments = evses.flatMap((evse) => {
    if (evse.status === 'removed') return [];
    const guns = evse.connectors.flatMap((connector) => fromConnector(evse.uid, connector) ?? []);
    const [gun] = guns;
    if (!gun || guns.length < evse.connectors.length)
      lost.push({ field: 'ConnectorInfos', detail: `${evse.uid}: ${evse.connectors.length - guns.length}` });
    if (evse.uid.length > 23) lost.push({ field: 'EquipmentID', detail: evse.uid });
    const EquipmentType = gun && gun.ConnectorType === 4 ? 1 : 2;
    return gun && evse.uid.length <= 23 ? [{ EquipmentID: evse.uid, EquipmentType, ConnectorInfos: [gun], Power: gun.Power }] : [];
  });
  if (equipments.length === 0) return refuse('noConnector', `no connector of ${id} has a name in this standard`);
  const station: Station = {
    ...{ StationID: id, OperatorID: operatorId, EquipmentOwnerID: operatorId, StationName: [...(name ?? id)].slice(0, 50).join('') },
    ...{
      CountryCode: country === 'CHN' ? 'CN' : country.slice(0, 2),
      AreaCode: [...city].slice(0, 20).join(''),
      Address: address,
      ServiceTel: phone,
    },
    ...{ StationType: PUBLIC_STATION, StationStatus: publish ? OPEN_STATION : 0, ParkNums: equipments.length, Construction: 255 },
    ...{ StationLng: rounded(lng, PLACES), StationLat: rounded(lat, PLACES), EquipmentInfos: equipments },
  };
  return { accepted: true, station, lost };
}

const OVERRIDES: Readonly<Record<number, EvseStatus>> = { 0: 'unknown', 1: 'planned', 5: 'removed', 6: 'inoperative' };

/** Plugged in and not charging is blocked, not free. T/CEC 102.2-2016, 充电设备接口状态 */
export function toEvseStatus(status: Infer<typeof ConnectorStatusInfo>['Status']): EvseStatus {
  const known: Readonly<Record<number, EvseStatus>> = { 1: 'available', 2: 'blocked', 3: 'charging', 4: 'reserved', 255: 'outOfOrder' };
  return known[status] ?? 'unknown';
}

export function fromEvseStatus(status: EvseStatus): Infer<typeof ConnectorStatusInfo>['Status'] {
  switch (status) {
    case 'available':
      return 1;
    case 'blocked':
      return 2;
    case 'charging':
      return 3;
    case 'reserved':
      return 4;
    case 'outOfOrder':
      return 255;
    default:
      return 0;
  }
}

/** Wireless and other guns have no name in OCPI. */
function toConnector(
  { ConnectorType, VoltageUpperLimits, Current, Power }: Gun,
  at: Date,
  tariffIds: readonly string[],
): Connector | undefined {
  const isThree = VoltageUpperLimits >= THREE_PHASE_VOLT;
  const shapes: Readonly<Record<number, Pick<Connector, 'standard' | 'format' | 'powerType'>>> = {
    1: { standard: 'DOMESTIC_I', format: 'socket', powerType: 'ac1Phase' },
    2: { standard: 'GBT_AC', format: 'socket', powerType: isThree ? 'ac3Phase' : 'ac1Phase' },
    3: { standard: 'GBT_AC', format: 'cable', powerType: isThree ? 'ac3Phase' : 'ac1Phase' },
    4: { standard: 'GBT_DC', format: 'cable', powerType: 'dc' },
  };
  const shape = shapes[ConnectorType];
  if (!shape) return undefined;
  // OCPI counts three phases from line to neutral, this standard between lines.
  const maxVoltage = shape.powerType === 'ac3Phase' ? Math.round(VoltageUpperLimits / SQRT_3) : VoltageUpperLimits;
  return { id: '1', ...shape, maxVoltage, maxAmperage: Current, maxPowerWatt: Math.round(Power * 1000), tariffIds, updatedAt: at };
}

function fromConnector(
  evseUid: string,
  { standard, format, powerType, maxVoltage, maxAmperage, maxPowerWatt }: Connector,
): Gun | undefined {
  const types: Readonly<Record<string, number>> = {
    GBT_DC: 4,
    GBT_AC: format === 'cable' ? 3 : 2,
    CHADEMO: 6,
    IEC_62196_T2_COMBO: 6,
    DOMESTIC_I: 1,
  };
  const ConnectorType = types[standard];
  if (ConnectorType === undefined || evseUid.length > 26) return undefined;
  const isThree = powerType === 'ac3Phase';
  const watt = maxPowerWatt ?? maxVoltage * maxAmperage * (isThree ? 3 : 1);
  return {
    ...{ ConnectorID: evseUid, ConnectorType, VoltageLowerLimits: 0, Current: maxAmperage, NationalStandard: 2 },
    VoltageUpperLimits: isThree ? Math.round(maxVoltage * SQRT_3) : maxVoltage,
    Power: rounded(watt / 1000, 1),
  };
}

const rounded = (value: number, places: number): number => Number(value.toFixed(places));
