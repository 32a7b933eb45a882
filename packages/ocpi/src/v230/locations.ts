import { locationsModule } from '../modules/locations.js';
import {
  boolean,
  ciText,
  dateTime,
  type Infer,
  integer,
  list,
  number,
  object,
  oneOf,
  openOneOf,
  optional,
  some,
  text,
  url,
} from '../schema.js';
import {
  AdditionalGeoLocation,
  ConnectorFormat,
  EnergySource,
  GeoLocation,
  Hours,
  PowerType,
  Status,
  StatusSchedule,
} from '../v221/locations.js';
import { DisplayText } from '../v221/types.js';
import { TokenType } from './types.js';

export {
  AdditionalGeoLocation,
  ConnectorFormat,
  EnergySource,
  EnergySourceCategory,
  ExceptionalPeriod,
  GeoLocation,
  Hours,
  PowerType,
  RegularHours,
  Status,
  StatusSchedule,
} from '../v221/locations.js';

/** Whom a location that is not public is shown to. OCPI 2.3.0, mod_locations */
export const PublishTokenType = object({
  uid: optional(ciText(36)),
  type: optional(TokenType),
  visual_number: optional(text(64)),
  issuer: optional(text(64)),
  group_id: optional(ciText(36)),
});
export type PublishTokenType = Infer<typeof PublishTokenType>;

/** OCPI 2.3.0, mod_locations */
export const ParkingType = openOneOf('ALONG_MOTORWAY', 'PARKING_GARAGE', 'PARKING_LOT', 'ON_DRIVEWAY', 'ON_STREET', 'UNDERGROUND_GARAGE');
export type ParkingType = Infer<typeof ParkingType>;

/** OCPI 2.3.0, mod_locations */
export const Capability = openOneOf(
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

/** OCPI 2.3.0, mod_locations */
export const ConnectorType = openOneOf(
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
  'MCS',
  'NEMA_5_20',
  'NEMA_6_30',
  'NEMA_6_50',
  'NEMA_10_30',
  'NEMA_10_50',
  'NEMA_14_30',
  'NEMA_14_50',
  'PANTOGRAPH_BOTTOM_UP',
  'PANTOGRAPH_TOP_DOWN',
  'SAE_J3400',
  'TESLA_R',
  'TESLA_S',
);
export type ConnectorType = Infer<typeof ConnectorType>;

/** OCPI 2.3.0, mod_locations */
export const ConnectorCapability = openOneOf('ISO_15118_2_PLUG_AND_CHARGE', 'ISO_15118_20_PLUG_AND_CHARGE');
export type ConnectorCapability = Infer<typeof ConnectorCapability>;

/** A socket or cable of an EVSE. OCPI 2.3.0, mod_locations */
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
  capabilities: optional(list(ConnectorCapability)),
  last_updated: dateTime,
});
export type Connector = Infer<typeof Connector>;

/** OCPI 2.3.0, mod_locations */
export const ParkingRestriction = openOneOf('CUSTOMERS', 'DISABLED', 'EMPLOYEES', 'EV_ONLY', 'MOTORCYCLES', 'PLUGGED', 'TAXIS', 'TENANTS');
export type ParkingRestriction = Infer<typeof ParkingRestriction>;

/** OCPI 2.3.0, mod_locations */
export const EVSEPosition = oneOf('LEFT', 'RIGHT', 'CENTER');
export type EVSEPosition = Infer<typeof EVSEPosition>;

/** Which parking place an EVSE serves, and from where. OCPI 2.3.0, mod_locations */
export const EVSEParking = object({
  parking_id: ciText(36),
  evse_position: optional(EVSEPosition),
});
export type EVSEParking = Infer<typeof EVSEParking>;

/** OCPI 2.3.0, mod_locations */
export const ImageCategory = openOneOf('CHARGER', 'ENTRANCE', 'LOCATION', 'NETWORK', 'OPERATOR', 'OTHER', 'OWNER');
export type ImageCategory = Infer<typeof ImageCategory>;

/** A picture. OCPI 2.3.0, mod_locations */
export const Image = object({
  url: url,
  thumbnail: optional(url),
  category: ImageCategory,
  type: ciText(4),
  width: optional(integer),
  height: optional(integer),
});
export type Image = Infer<typeof Image>;

/** A part of a station that charges one vehicle at a time. OCPI 2.3.0, mod_locations */
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
  parking: optional(list(EVSEParking)),
  images: optional(list(Image)),
  accepted_service_providers: optional(list(text(50))),
  last_updated: dateTime,
});
export type EVSE = Infer<typeof EVSE>;

/** OCPI 2.3.0, mod_locations */
export const VehicleType = openOneOf(
  'MOTORCYCLE',
  'PERSONAL_VEHICLE',
  'PERSONAL_VEHICLE_WITH_TRAILER',
  'VAN',
  'SEMI_TRACTOR',
  'RIGID',
  'TRUCK_WITH_TRAILER',
  'BUS',
  'DISABLED',
);
export type VehicleType = Infer<typeof VehicleType>;

/** OCPI 2.3.0, mod_locations */
export const ParkingDirection = oneOf('PARALLEL', 'PERPENDICULAR', 'ANGLE');
export type ParkingDirection = Infer<typeof ParkingDirection>;

/** A kind of parking place at a location, with what fits on it. OCPI 2.3.0, mod_locations */
export const Parking = object({
  id: ciText(36),
  physical_reference: optional(text(12)),
  vehicle_types: some(VehicleType),
  max_vehicle_weight: optional(number),
  max_vehicle_height: optional(number),
  max_vehicle_length: optional(number),
  max_vehicle_width: optional(number),
  parking_space_length: optional(number),
  parking_space_width: optional(number),
  dangerous_goods_allowed: optional(boolean),
  direction: optional(ParkingDirection),
  drive_through: optional(boolean),
  restricted_to_type: boolean,
  reservation_required: boolean,
  time_limit: optional(number),
  roofed: optional(boolean),
  images: optional(list(Image)),
  lighting: optional(boolean),
  refrigeration_outlet: optional(boolean),
  standards: optional(list(ciText(36))),
  apds_reference: optional(ciText()),
});
export type Parking = Infer<typeof Parking>;

/** A company. OCPI 2.3.0, mod_locations */
export const BusinessDetails = object({
  name: text(100),
  website: optional(url),
  logo: optional(Image),
});
export type BusinessDetails = Infer<typeof BusinessDetails>;

/** OCPI 2.3.0, mod_locations */
export const Facility = openOneOf(
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

/** OCPI 2.3.0, mod_locations */
export const EnvironmentalImpactCategory = openOneOf('NUCLEAR_WASTE', 'CARBON_DIOXIDE');
export type EnvironmentalImpactCategory = Infer<typeof EnvironmentalImpactCategory>;

/** What charging does to the environment. OCPI 2.3.0, mod_locations */
export const EnvironmentalImpact = object({
  category: EnvironmentalImpactCategory,
  amount: number,
});
export type EnvironmentalImpact = Infer<typeof EnvironmentalImpact>;

/** Where the energy comes from. OCPI 2.3.0, mod_locations */
export const EnergyMix = object({
  is_green_energy: boolean,
  energy_sources: optional(list(EnergySource)),
  environ_impact: optional(list(EnvironmentalImpact)),
  supplier_name: optional(text(64)),
  energy_product_name: optional(text(64)),
});
export type EnergyMix = Infer<typeof EnergyMix>;

/** A place with EVSEs that belong together. OCPI 2.3.0, mod_locations */
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
  parking_places: optional(list(Parking)),
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
  help_phone: optional(ciText(25)),
  last_updated: dateTime,
});
export type Location = Infer<typeof Location>;

/** Locations, their EVSEs and connectors; removed by status, never deleted. OCPI 2.3.0, mod_locations */
export const locations = locationsModule({ Location, EVSE, Connector });
