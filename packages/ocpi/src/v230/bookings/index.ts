// OCPI 2.3.0 with the optional bookings module (1.1): types and checks. It branched off before edition 2, so some of its lengths are older.
export * from '../index.js';
export {
  AccessInformation,
  AccessMethod,
  Booking,
  BookingLocation,
  BookingOption,
  BookingRequest,
  BookingRequestStatus,
  BookingTerms,
  BookingToken,
  Calendar,
  CanceledReason,
  Cancellation,
  Period,
  Policy,
  ReservationRequestStatus,
  ReservationStatus,
  Timeslot,
} from './bookings.js';
export { CDR, CdrDimension, CdrDimensionType, ChargingPeriod, SignedData, SignedValue } from './cdrs.js';
export { Location } from './locations.js';
export { Session } from './sessions.js';
export { BookingRestrictionType, Tariff, TariffElement, TariffRestrictions } from './tariffs.js';
