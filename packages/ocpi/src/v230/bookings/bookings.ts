import { boolean, ciText, dateTime, type Infer, integer, list, number, object, oneOf, optional, some, text, url } from '../../schema.js';
import { ConnectorFormat, ConnectorType, EVSEPosition, PowerType, VehicleType } from '../locations.js';
import { Role, TokenType } from '../types.js';

/** OCPI 2.3.0 bookings, mod_bookings */
export const BookingOption = object({
  evse_uid: optional(ciText(36)),
  connector_id: optional(ciText(36)),
  parking_id: optional(ciText(36)),
  evse_position: optional(list(EVSEPosition)),
  vehicle_types: optional(list(VehicleType)),
  connector_format: optional(list(ConnectorFormat)),
  connector_types: optional(list(ConnectorType)),
  power_types: optional(list(PowerType)),
  max_vehicle_weight: optional(number),
  max_vehicle_height: optional(number),
  max_vehicle_length: optional(number),
  max_vehicle_width: optional(number),
  min_parking_space_length: optional(number),
  min_parking_space_width: optional(number),
  dangerous_goods_allowed: optional(boolean),
  drive_through: optional(boolean),
  refrigeration_outlet: optional(boolean),
});
export type BookingOption = Infer<typeof BookingOption>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const BookingToken = object({
  country_code: ciText(2),
  party_id: ciText(3),
  uid: ciText(36),
  type: TokenType,
  contract_id: ciText(36),
});
export type BookingToken = Infer<typeof BookingToken>;

/** A stretch of time that can be booked. OCPI 2.3.0 bookings, mod_bookings */
export const Timeslot = object({
  start_date_time: dateTime,
  end_date_time: dateTime,
  min_power: optional(number),
  max_power: optional(number),
  green_energy_support: optional(boolean),
});
export type Timeslot = Infer<typeof Timeslot>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const ReservationStatus = oneOf('PENDING', 'RESERVED', 'CANCELED', 'FAILED', 'NO_SHOW', 'FULFILLED', 'REJECTED', 'UNKNOWN');
export type ReservationStatus = Infer<typeof ReservationStatus>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const CanceledReason = oneOf(
  'POWER_OUTAGE',
  'BROKEN_CHARGER',
  'FULL',
  'BLOCKED',
  'TRAFFIC',
  'BROKEN_VEHICLE',
  'NO_CANCELED',
  'UNKNOWN',
);
export type CanceledReason = Infer<typeof CanceledReason>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const Cancellation = object({
  cancellation_reason: CanceledReason,
  who_canceled: Role,
});
export type Cancellation = Infer<typeof Cancellation>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const AccessMethod = oneOf('OPEN', 'TOKEN', 'LICENSE_PLATE', 'ACCESS_CODE', 'INTERCOM', 'PARKING_TICKET');
export type AccessMethod = Infer<typeof AccessMethod>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const AccessInformation = object({
  method: AccessMethod,
  value: optional(text()),
});
export type AccessInformation = Infer<typeof AccessInformation>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const BookingTerms = object({
  rfid_auth_required: optional(boolean),
  token_groups_supported: optional(boolean),
  remote_auth_supported: optional(boolean),
  supported_access_methods: some(AccessMethod),
  change_until_minutes: number,
  cancel_until_minutes: number,
  change_not_allowed: optional(boolean),
  early_start_allowed: optional(boolean),
  early_start_time: optional(number),
  noshow_timeout: optional(number),
  noshow_fee: optional(boolean),
  late_stop_allowed: optional(boolean),
  late_stop_time: optional(number),
  overlapping_bookings_allowed: optional(boolean),
  min_booking_duration: optional(number),
  max_booking_duration: optional(number),
  booking_terms: optional(url),
});
export type BookingTerms = Infer<typeof BookingTerms>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const ReservationRequestStatus = oneOf('PENDING', 'ACCEPTED', 'DECLINED', 'FAILED');
export type ReservationRequestStatus = Infer<typeof ReservationRequestStatus>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const Period = object({
  start_date_time: dateTime,
  end_date_time: dateTime,
});
export type Period = Infer<typeof Period>;

/** A wish to book. OCPI 2.3.0 bookings, mod_bookings */
export const BookingRequest = object({
  country_code: ciText(2),
  party_id: ciText(3),
  request_id: ciText(36),
  booking_option: optional(BookingOption),
  location_id: ciText(36),
  booking_location_id: ciText(36),
  tokens: optional(list(BookingToken)),
  access_information: optional(list(AccessInformation)),
  period: Period,
  authorization_reference: ciText(36),
  power_required: optional(integer),
  canceled: optional(Cancellation),
});
export type BookingRequest = Infer<typeof BookingRequest>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const BookingRequestStatus = object({
  request_status: ReservationRequestStatus,
  booking_request: BookingRequest,
  request_received: dateTime,
});
export type BookingRequestStatus = Infer<typeof BookingRequestStatus>;

/** A booking of an EVSE for a time. OCPI 2.3.0 bookings, mod_bookings */
export const Booking = object({
  id: ciText(36),
  country_code: ciText(2),
  party_id: ciText(3),
  request_id: ciText(36),
  booking_option: optional(BookingOption),
  location_id: ciText(36),
  booking_tokens: optional(list(BookingToken)),
  tariff_ids: optional(list(ciText(36))),
  period: Timeslot,
  reservation_status: ReservationStatus,
  canceled: optional(Cancellation),
  access_information: optional(list(AccessInformation)),
  authorization_reference: ciText(36),
  booking_terms: BookingTerms,
  booking_requests: some(BookingRequestStatus),
  last_updated: dateTime,
});
export type Booking = Infer<typeof Booking>;

/** OCPI 2.3.0 bookings, mod_bookings */
export const Policy = object({
  reservation_required: boolean,
  ad_hoc: optional(number),
});
export type Policy = Infer<typeof Policy>;

/** When a location can be booked. OCPI 2.3.0 bookings, mod_bookings */
export const Calendar = object({
  id: ciText(36),
  begin_from: dateTime,
  end_before: dateTime,
  timeslot_increment: optional(integer),
  available_timeslots: some(Timeslot),
  last_updated: dateTime,
});
export type Calendar = Infer<typeof Calendar>;

/** A location that can be booked. OCPI 2.3.0 bookings, mod_bookings */
export const BookingLocation = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(36),
  location_id: ciText(36),
  booking_option: optional(BookingOption),
  policy: optional(Policy),
  tariff_ids: optional(list(ciText(36))),
  booking_terms: optional(BookingTerms),
  calendars: optional(list(Calendar)),
  last_updated: dateTime,
});
export type BookingLocation = Infer<typeof BookingLocation>;
