import { defineModule, del, get, post, put } from '../module.js';
import { dateTime, type Infer, integer, list, number, object, oneOf, optional, text, url } from '../schema.js';

/** OCPI 2.2.1, 14.4 */
export const ChargingProfileResponseType = oneOf('ACCEPTED', 'NOT_SUPPORTED', 'REJECTED', 'TOO_OFTEN', 'UNKNOWN_SESSION');
export type ChargingProfileResponseType = Infer<typeof ChargingProfileResponseType>;

/** Whether a request for a profile was accepted for sending. OCPI 2.2.1, 14.3 */
export const ChargingProfileResponse = object({
  result: ChargingProfileResponseType,
  timeout: integer,
});
export type ChargingProfileResponse = Infer<typeof ChargingProfileResponse>;

/** OCPI 2.2.1, 14.4 */
export const ChargingProfileResultType = oneOf('ACCEPTED', 'REJECTED', 'UNKNOWN');
export type ChargingProfileResultType = Infer<typeof ChargingProfileResultType>;

/** OCPI 2.2.1, 14.4 */
export const ChargingRateUnit = oneOf('W', 'A');
export type ChargingRateUnit = Infer<typeof ChargingRateUnit>;

/** A limit from a moment on. OCPI 2.2.1, 14.4 */
export const ChargingProfilePeriod = object({
  start_period: integer,
  limit: number,
});
export type ChargingProfilePeriod = Infer<typeof ChargingProfilePeriod>;

/** Limits over time. OCPI 2.2.1, 14.4 */
export const ChargingProfile = object({
  start_date_time: optional(dateTime),
  duration: optional(integer),
  charging_rate_unit: ChargingRateUnit,
  min_charging_rate: optional(number),
  charging_profile_period: optional(list(ChargingProfilePeriod)),
});
export type ChargingProfile = Infer<typeof ChargingProfile>;

/** The limits that hold for a session now. OCPI 2.2.1, 14.4 */
export const ActiveChargingProfile = object({
  start_date_time: dateTime,
  charging_profile: ChargingProfile,
});
export type ActiveChargingProfile = Infer<typeof ActiveChargingProfile>;

/** The active profile, when the station told it. OCPI 2.2.1, 14.3 */
export const ActiveChargingProfileResult = object({
  result: ChargingProfileResultType,
  profile: optional(ActiveChargingProfile),
});
export type ActiveChargingProfileResult = Infer<typeof ActiveChargingProfileResult>;

/** What became of a charging profile. OCPI 2.2.1, 14.3 */
export const ChargingProfileResult = object({
  result: ChargingProfileResultType,
});
export type ChargingProfileResult = Infer<typeof ChargingProfileResult>;

/** What became of clearing a profile. OCPI 2.2.1, 14.3 */
export const ClearProfileResult = object({
  result: ChargingProfileResultType,
});
export type ClearProfileResult = Infer<typeof ClearProfileResult>;

/** Asks to set a charging profile. OCPI 2.2.1, 14.3 */
export const SetChargingProfile = object({
  charging_profile: ChargingProfile,
  response_url: url,
});
export type SetChargingProfile = Infer<typeof SetChargingProfile>;

/** Smart charging by the receiver of a session. Results come later to the response_url; the three kinds differ by URL only. OCPI 2.2.1, 14 */
export const chargingProfiles = defineModule({
  id: 'chargingprofiles',
  sender: {
    activeProfileResult: post('/ACTIVE_CHARGING_PROFILE/:uid', { body: ActiveChargingProfileResult }),
    profileResult: post('/CHARGING_PROFILE/:uid', { body: ChargingProfileResult }),
    clearResult: post('/CLEAR_PROFILE/:uid', { body: ClearProfileResult }),
    putActive: put('/:session_id', { body: ActiveChargingProfile }),
  },
  receiver: {
    getActive: get('/:session_id', { data: ChargingProfileResponse, query: { duration: text(), response_url: url } }),
    set: put('/:session_id', { body: SetChargingProfile, data: ChargingProfileResponse }),
    clear: del('/:session_id', { data: ChargingProfileResponse, query: { response_url: url } }),
  },
});
