import { defineModule, get, getList, patch, put } from '../module.js';
import {
  boolean,
  dateTime,
  degrees,
  type Infer,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  partOf,
  some,
  text,
  timeOfDay,
  url,
} from '../schema.js';
import { DisplayText } from './types.js';

/** OCPI 2.1.1, mod_locations */
export const LocationType = oneOf('ON_STREET', 'PARKING_GARAGE', 'UNDERGROUND_GARAGE', 'PARKING_LOT', 'OTHER', 'UNKNOWN');
export type LocationType = Infer<typeof LocationType>;

/** A point, in WGS 84. OCPI 2.1.1, mod_locations */
export const GeoLocation = object({
  latitude: degrees(10),
  longitude: degrees(11),
});
export type GeoLocation = Infer<typeof GeoLocation>;

/** Another point of a location: an entrance, say. OCPI 2.1.1, mod_locations */
export const AdditionalGeoLocation = object({
  latitude: degrees(10),
  longitude: degrees(11),
  name: optional(DisplayText),
});
export type AdditionalGeoLocation = Infer<typeof AdditionalGeoLocation>;

/** OCPI 2.1.1, mod_locations */
export const Status = oneOf('AVAILABLE', 'BLOCKED', 'CHARGING', 'INOPERATIVE', 'OUTOFORDER', 'PLANNED', 'REMOVED', 'RESERVED', 'UNKNOWN');
export type Status = Infer<typeof Status>;

/** A status that is planned. OCPI 2.1.1, mod_locations */
export const StatusSchedule = object({
  period_begin: dateTime,
  period_end: optional(dateTime),
  status: Status,
});
export type StatusSchedule = Infer<typeof StatusSchedule>;

/** OCPI 2.1.1, mod_locations */
export const Capability = oneOf(
  'CHARGING_PROFILE_CAPABLE',
  'CREDIT_CARD_PAYABLE',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'RFID_READER',
  'UNLOCK_CAPABLE',
);
export type Capability = Infer<typeof Capability>;

/** OCPI 2.1.1, mod_locations */
export const ConnectorType = oneOf(
  'CHADEMO',
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
  'TESLA_R',
  'TESLA_S',
);
export type ConnectorType = Infer<typeof ConnectorType>;

/** OCPI 2.1.1, mod_locations */
export const ConnectorFormat = oneOf('SOCKET', 'CABLE');
export type ConnectorFormat = Infer<typeof ConnectorFormat>;

/** OCPI 2.1.1, mod_locations */
export const PowerType = oneOf('AC_1_PHASE', 'AC_3_PHASE', 'DC');
export type PowerType = Infer<typeof PowerType>;

/** A socket or cable of an EVSE. OCPI 2.1.1, mod_locations */
export const Connector = object({
  id: text(36),
  standard: ConnectorType,
  format: ConnectorFormat,
  power_type: PowerType,
  voltage: integer,
  amperage: integer,
  tariff_id: optional(text(36)),
  terms_and_conditions: optional(url),
  last_updated: dateTime,
});
export type Connector = Infer<typeof Connector>;

/** OCPI 2.1.1, mod_locations */
export const ParkingRestriction = oneOf('EV_ONLY', 'PLUGGED', 'DISABLED', 'CUSTOMERS', 'MOTORCYCLES');
export type ParkingRestriction = Infer<typeof ParkingRestriction>;

/** OCPI 2.1.1, mod_locations */
export const ImageCategory = oneOf('CHARGER', 'ENTRANCE', 'LOCATION', 'NETWORK', 'OPERATOR', 'OTHER', 'OWNER');
export type ImageCategory = Infer<typeof ImageCategory>;

/** A picture. OCPI 2.1.1, mod_locations */
export const Image = object({
  url: url,
  thumbnail: optional(url),
  category: ImageCategory,
  type: text(4),
  width: optional(integer),
  height: optional(integer),
});
export type Image = Infer<typeof Image>;

/** A part of a station that charges one vehicle at a time. OCPI 2.1.1, mod_locations */
export const EVSE = object({
  uid: text(39),
  evse_id: optional(text(48)),
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

/** A company. OCPI 2.1.1, mod_locations */
export const BusinessDetails = object({
  name: text(100),
  website: optional(url),
  logo: optional(Image),
});
export type BusinessDetails = Infer<typeof BusinessDetails>;

/** OCPI 2.1.1, mod_locations */
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
  'BUS_STOP',
  'TAXI_STAND',
  'TRAIN_STATION',
  'AIRPORT',
  'CARPOOL_PARKING',
  'FUEL_STATION',
  'WIFI',
);
export type Facility = Infer<typeof Facility>;

/** Hours that repeat each week. OCPI 2.1.1, mod_locations */
export const RegularHours = object({
  weekday: integer,
  period_begin: timeOfDay,
  period_end: timeOfDay,
});
export type RegularHours = Infer<typeof RegularHours>;

/** A period that differs from the regular hours. OCPI 2.1.1, mod_locations */
export const ExceptionalPeriod = object({
  period_begin: dateTime,
  period_end: dateTime,
});
export type ExceptionalPeriod = Infer<typeof ExceptionalPeriod>;

/** When a location is open. OCPI 2.1.1, mod_locations */
export const Hours = object({
  regular_hours: optional(list(RegularHours)),
  twentyfourseven: optional(boolean),
  exceptional_openings: optional(list(ExceptionalPeriod)),
  exceptional_closings: optional(list(ExceptionalPeriod)),
});
export type Hours = Infer<typeof Hours>;

/** OCPI 2.1.1, mod_locations */
export const EnergySourceCategory = oneOf('NUCLEAR', 'GENERAL_FOSSIL', 'COAL', 'GAS', 'GENERAL_GREEN', 'SOLAR', 'WIND', 'WATER');
export type EnergySourceCategory = Infer<typeof EnergySourceCategory>;

/** A share of a source. OCPI 2.1.1, mod_locations */
export const EnergySource = object({
  source: EnergySourceCategory,
  percentage: number,
});
export type EnergySource = Infer<typeof EnergySource>;

/** OCPI 2.1.1, mod_locations */
export const EnvironmentalImpactCategory = oneOf('NUCLEAR_WASTE', 'CARBON_DIOXIDE');
export type EnvironmentalImpactCategory = Infer<typeof EnvironmentalImpactCategory>;

/** What charging does to the environment. OCPI 2.1.1, mod_locations */
export const EnvironmentalImpact = object({
  source: EnvironmentalImpactCategory,
  amount: number,
});
export type EnvironmentalImpact = Infer<typeof EnvironmentalImpact>;

/** Where the energy comes from. OCPI 2.1.1, mod_locations */
export const EnergyMix = object({
  is_green_energy: boolean,
  energy_sources: optional(list(EnergySource)),
  environ_impact: optional(list(EnvironmentalImpact)),
  supplier_name: optional(text(64)),
  energy_product_name: optional(text(64)),
});
export type EnergyMix = Infer<typeof EnergyMix>;

/** A place with EVSEs that belong together. OCPI 2.1.1, mod_locations */
export const Location = object({
  id: text(39),
  type: LocationType,
  name: optional(text(255)),
  address: text(45),
  city: text(45),
  postal_code: text(10),
  country: text(3),
  coordinates: GeoLocation,
  related_locations: optional(list(AdditionalGeoLocation)),
  evses: optional(list(EVSE)),
  directions: optional(list(DisplayText)),
  operator: optional(BusinessDetails),
  suboperator: optional(BusinessDetails),
  owner: optional(BusinessDetails),
  facilities: optional(list(Facility)),
  time_zone: optional(text(255)),
  opening_times: optional(Hours),
  charging_when_closed: optional(boolean),
  images: optional(list(Image)),
  energy_mix: optional(EnergyMix),
  last_updated: dateTime,
});
export type Location = Infer<typeof Location>;

/** Locations, their EVSEs and connectors. A PATCH need not say when. OCPI 2.1.1, mod_locations */
export const locations = defineModule({
  id: 'locations',
  sender: {
    list: getList('', { data: Location }),
    get: get('/:location_id', { data: Location }),
    getEvse: get('/:location_id/:evse_uid', { data: EVSE }),
    getConnector: get('/:location_id/:evse_uid/:connector_id', { data: Connector }),
  },
  receiver: {
    get: get('/:country_code/:party_id/:location_id', { data: Location }),
    getEvse: get('/:country_code/:party_id/:location_id/:evse_uid', { data: EVSE }),
    getConnector: get('/:country_code/:party_id/:location_id/:evse_uid/:connector_id', { data: Connector }),
    put: put('/:country_code/:party_id/:location_id', { body: Location, same: { location_id: 'id' } }),
    putEvse: put('/:country_code/:party_id/:location_id/:evse_uid', { body: EVSE, same: { evse_uid: 'uid' } }),
    putConnector: put('/:country_code/:party_id/:location_id/:evse_uid/:connector_id', { body: Connector, same: { connector_id: 'id' } }),
    patch: patch('/:country_code/:party_id/:location_id', { body: partOf(Location), same: { location_id: 'id' } }),
    patchEvse: patch('/:country_code/:party_id/:location_id/:evse_uid', { body: partOf(EVSE), same: { evse_uid: 'uid' } }),
    patchConnector: patch('/:country_code/:party_id/:location_id/:evse_uid/:connector_id', {
      body: partOf(Connector),
      same: { connector_id: 'id' },
    }),
  },
});
