import { locationsModule } from '../modules/locations.js';
import { type Infer, list, oneOf, optional, some, text, vary } from '../schema.js';
import * as newer from '../v221/locations.js';

export {
  AdditionalGeoLocation,
  BusinessDetails,
  ConnectorFormat,
  EnergyMix,
  EnergySource,
  EnergySourceCategory,
  EnvironmentalImpact,
  EnvironmentalImpactCategory,
  ExceptionalPeriod,
  Facility,
  GeoLocation,
  Hours,
  Image,
  ImageCategory,
  ParkingRestriction,
  ParkingType,
  PublishTokenType,
  RegularHours,
  Status,
  StatusSchedule,
} from '../v221/locations.js';

/** OCPI 2.2, mod_locations */
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
  'TOKEN_GROUP_CAPABLE',
  'UNLOCK_CAPABLE',
);
export type Capability = Infer<typeof Capability>;

/** OCPI 2.2, mod_locations */
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
  'PANTOGRAPH_BOTTOM_UP',
  'PANTOGRAPH_TOP_DOWN',
  'TESLA_R',
  'TESLA_S',
);
export type ConnectorType = Infer<typeof ConnectorType>;

/** OCPI 2.2, mod_locations */
export const PowerType = oneOf('AC_1_PHASE', 'AC_3_PHASE', 'DC');
export type PowerType = Infer<typeof PowerType>;

/** A socket or cable of an EVSE. OCPI 2.2, mod_locations */
export const Connector = vary(newer.Connector, { standard: ConnectorType, power_type: PowerType });
export type Connector = Infer<typeof Connector>;

/** A part of a station that charges one vehicle at a time. OCPI 2.2, mod_locations */
export const EVSE = vary(newer.EVSE, { capabilities: optional(list(Capability)), connectors: some(Connector) });
export type EVSE = Infer<typeof EVSE>;

/** A place with EVSEs that belong together. OCPI 2.2, mod_locations */
export const Location = vary(newer.Location, { address: text(45), state: optional(text(20)), evses: optional(list(EVSE)) });
export type Location = Infer<typeof Location>;

/** Locations, their EVSEs and connectors; removed by status, never deleted. OCPI 2.2, mod_locations */
export const locations = locationsModule({ Location, EVSE, Connector });
