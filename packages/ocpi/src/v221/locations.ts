import { locationsModule } from '../modules/locations.js';
import {
  boolean,
  ciText,
  dateTime,
  degrees,
  type Infer,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  some,
  text,
  timeOfDay,
  url,
} from '../schema.js';
import { DisplayText, TokenType } from './types.js';

/** Whom a location that is not public is shown to. OCPI 2.2.1, 8.4 */
export const PublishTokenType = object({
  uid: optional(ciText(36)),
  type: optional(TokenType),
  visual_number: optional(text(64)),
  issuer: optional(text(64)),
  group_id: optional(ciText(36)),
});
export type PublishTokenType = Infer<typeof PublishTokenType>;

/** A point, in WGS 84. OCPI 2.2.1, 8.4 */
export const GeoLocation = object({
  latitude: degrees(10),
  longitude: degrees(11),
});
export type GeoLocation = Infer<typeof GeoLocation>;

/** Another point of a location: an entrance, say. OCPI 2.2.1, 8.4 */
export const AdditionalGeoLocation = object({
  latitude: degrees(10),
  longitude: degrees(11),
  name: optional(DisplayText),
});
export type AdditionalGeoLocation = Infer<typeof AdditionalGeoLocation>;

/** OCPI 2.2.1, 8.4 */
export const ParkingType = oneOf('ALONG_MOTORWAY', 'PARKING_GARAGE', 'PARKING_LOT', 'ON_DRIVEWAY', 'ON_STREET', 'UNDERGROUND_GARAGE');
export type ParkingType = Infer<typeof ParkingType>;

/** OCPI 2.2.1, 8.4 */
export const Status = oneOf('AVAILABLE', 'BLOCKED', 'CHARGING', 'INOPERATIVE', 'OUTOFORDER', 'PLANNED', 'REMOVED', 'RESERVED', 'UNKNOWN');
export type Status = Infer<typeof Status>;

/** A status that is planned. OCPI 2.2.1, 8.4 */
export const StatusSchedule = object({
  period_begin: dateTime,
  period_end: optional(dateTime),
  status: Status,
});
export type StatusSchedule = Infer<typeof StatusSchedule>;

/** OCPI 2.2.1, 8.4 */
export const Capability = oneOf(
  'CHARGING_PROFILE_CAPABLE',
  'CHARGING_PREFERENCES_CAPABLE',
  'CHIP_CARD_SUPPORT',
  'CONTACTLESS_CARD_SUPPORT',
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'PED_TERMINAL',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'RFID_READER',
  'START_SESSION_CONNECTOR_REQUIRED',
  'TOKEN_GROUP_CAPABLE',
  'UNLOCK_CAPABLE',
);
export type Capability = Infer<typeof Capability>;

/** OCPI 2.2.1, 8.4 */
export const ConnectorType = oneOf(
  'CHADEMO',
  'CHAOJI',
  'DOMESTIC_A',
  'DOMESTIC_B',
  'DOMESTIC_C',
  'DOMESTIC_D',
  'DOMESTIC_E',
  'DOMESTIC_F',
  'DOMESTIC_G',
  'DOMESTIC_H',
  'DOMESTIC_I',
  'DOMESTIC_J',
  'DOMESTIC_K',
  'DOMESTIC_L',
  'DOMESTIC_M',
  'DOMESTIC_N',
  'DOMESTIC_O',
  'GBT_AC',
  'GBT_DC',
  'IEC_60309_2_single_16',
  'IEC_60309_2_three_16',
  'IEC_60309_2_three_32',
  'IEC_60309_2_three_64',
  'IEC_62196_T1',
  'IEC_62196_T1_COMBO',
  'IEC_62196_T2',
  'IEC_62196_T2_COMBO',
  'IEC_62196_T3A',
  'IEC_62196_T3C',
  'NEMA_5_20',
  'NEMA_6_30',
  'NEMA_6_50',
  'NEMA_10_30',
  'NEMA_10_50',
  'NEMA_14_30',
  'NEMA_14_50',
  'PANTOGRAPH_BOTTOM_UP',
  'PANTOGRAPH_TOP_DOWN',
  'TESLA_R',
  'TESLA_S',
);
export type ConnectorType = Infer<typeof ConnectorType>;

/** OCPI 2.2.1, 8.4 */
export const ConnectorFormat = oneOf('SOCKET', 'CABLE');
export type ConnectorFormat = Infer<typeof ConnectorFormat>;

/** OCPI 2.2.1, 8.4 */
export const PowerType = oneOf('AC_1_PHASE', 'AC_2_PHASE', 'AC_2_PHASE_SPLIT', 'AC_3_PHASE', 'DC');
export type PowerType = Infer<typeof PowerType>;

/** A socket or cable of an EVSE. OCPI 2.2.1, 8.3 */
export const Connector = object({
  id: ciText(36),
  standard: ConnectorType,
  format: ConnectorFormat,
  power_type: PowerType,
  max_voltage: integer,
  max_amperage: integer,
  max_electric_power: optional(integer),
  tariff_ids: optional(list(ciText(36))),
  terms_and_conditions: optional(url),
  last_updated: dateTime,
});
export type Connector = Infer<typeof Connector>;

/** OCPI 2.2.1, 8.4 */
export const ParkingRestriction = oneOf('EV_ONLY', 'PLUGGED', 'DISABLED', 'CUSTOMERS', 'MOTORCYCLES');
export type ParkingRestriction = Infer<typeof ParkingRestriction>;

/** OCPI 2.2.1, 8.4 */
export const ImageCategory = oneOf('CHARGER', 'ENTRANCE', 'LOCATION', 'NETWORK', 'OPERATOR', 'OTHER', 'OWNER');
export type ImageCategory = Infer<typeof ImageCategory>;

/** A picture. OCPI 2.2.1, 8.4 */
export const Image = object({
  url: url,
  thumbnail: optional(url),
  category: ImageCategory,
  type: ciText(4),
  width: optional(integer),
  height: optional(integer),
});
export type Image = Infer<typeof Image>;

/** A part of a station that charges one vehicle at a time. OCPI 2.2.1, 8.3 */
export const EVSE = object({
  uid: ciText(36),
  evse_id: optional(ciText(48)),
  status: Status,
  status_schedule: optional(list(StatusSchedule)),
  capabilities: optional(list(Capability)),
  connectors: some(Connector),
  floor_level: optional(text(4)),
  coordinates: optional(GeoLocation),
  physical_reference: optional(text(16)),
  directions: optional(list(DisplayText)),
  parking_restrictions: optional(list(ParkingRestriction)),
  images: optional(list(Image)),
  last_updated: dateTime,
});
export type EVSE = Infer<typeof EVSE>;

/** A company. OCPI 2.2.1, 8.4 */
export const BusinessDetails = object({
  name: text(100),
  website: optional(url),
  logo: optional(Image),
});
export type BusinessDetails = Infer<typeof BusinessDetails>;

/** OCPI 2.2.1, 8.4 */
export const Facility = oneOf(
  'HOTEL',
  'RESTAURANT',
  'CAFE',
  'MALL',
  'SUPERMARKET',
  'SPORT',
  'RECREATION_AREA',
  'NATURE',
  'MUSEUM',
  'BIKE_SHARING',
  'BUS_STOP',
  'TAXI_STAND',
  'TRAM_STOP',
  'METRO_STATION',
  'TRAIN_STATION',
  'AIRPORT',
  'PARKING_LOT',
  'CARPOOL_PARKING',
  'FUEL_STATION',
  'WIFI',
);
export type Facility = Infer<typeof Facility>;

/** Hours that repeat each week. OCPI 2.2.1, 8.4 */
export const RegularHours = object({
  weekday: integer,
  period_begin: timeOfDay,
  period_end: timeOfDay,
});
export type RegularHours = Infer<typeof RegularHours>;

/** A period that differs from the regular hours. OCPI 2.2.1, 8.4 */
export const ExceptionalPeriod = object({
  period_begin: dateTime,
  period_end: dateTime,
});
export type ExceptionalPeriod = Infer<typeof ExceptionalPeriod>;

/** When a location is open. OCPI 2.2.1, 8.4 */
export const Hours = object({
  twentyfourseven: boolean,
  regular_hours: optional(list(RegularHours)),
  exceptional_openings: optional(list(ExceptionalPeriod)),
  exceptional_closings: optional(list(ExceptionalPeriod)),
});
export type Hours = Infer<typeof Hours>;

/** OCPI 2.2.1, 8.4 */
export const EnergySourceCategory = oneOf('NUCLEAR', 'GENERAL_FOSSIL', 'COAL', 'GAS', 'GENERAL_GREEN', 'SOLAR', 'WIND', 'WATER');
export type EnergySourceCategory = Infer<typeof EnergySourceCategory>;

/** A share of a source. OCPI 2.2.1, 8.4 */
export const EnergySource = object({
  source: EnergySourceCategory,
  percentage: number,
});
export type EnergySource = Infer<typeof EnergySource>;

/** OCPI 2.2.1, 8.4 */
export const EnvironmentalImpactCategory = oneOf('NUCLEAR_WASTE', 'CARBON_DIOXIDE');
export type EnvironmentalImpactCategory = Infer<typeof EnvironmentalImpactCategory>;

/** What charging does to the environment. OCPI 2.2.1, 8.4 */
export const EnvironmentalImpact = object({
  category: EnvironmentalImpactCategory,
  amount: number,
});
export type EnvironmentalImpact = Infer<typeof EnvironmentalImpact>;

/** Where the energy comes from. OCPI 2.2.1, 8.4 */
export const EnergyMix = object({
  is_green_energy: boolean,
  energy_sources: optional(list(EnergySource)),
  environ_impact: optional(list(EnvironmentalImpact)),
  supplier_name: optional(text(64)),
  energy_product_name: optional(text(64)),
});
export type EnergyMix = Infer<typeof EnergyMix>;

/** A place with EVSEs that belong together. OCPI 2.2.1, 8.3 */
export const Location = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(36),
  publish: boolean,
  publish_allowed_to: optional(list(PublishTokenType)),
  name: optional(text(255)),
  address: text(255),
  city: text(45),
  postal_code: optional(text(10)),
  state: optional(text(45)),
  country: text(3),
  coordinates: GeoLocation,
  related_locations: optional(list(AdditionalGeoLocation)),
  parking_type: optional(ParkingType),
  evses: optional(list(EVSE)),
  directions: optional(list(DisplayText)),
  operator: optional(BusinessDetails),
  suboperator: optional(BusinessDetails),
  owner: optional(BusinessDetails),
  facilities: optional(list(Facility)),
  time_zone: text(255),
  opening_times: optional(Hours),
  charging_when_closed: optional(boolean),
  images: optional(list(Image)),
  energy_mix: optional(EnergyMix),
  last_updated: dateTime,
});
export type Location = Infer<typeof Location>;

/** Locations, their EVSEs and connectors; removed by status, never deleted. OCPI 2.2.1, 8 */
export const locations = locationsModule({ Location, EVSE, Connector });
