import type { CallSettings, Client, Reply as OcpiReply } from '@evroam/ocpi';
import type * as v221 from '@evroam/ocpi/v221';
import { refuse } from '../../../kernel/refusal.js';
import type { ActiveProfile, ChargingPreferences, ChargingProfile, PreferencesVerdict } from '../../../model/charging-wish.js';
import type { CommandResult, Message, ProfileCommand, ProfileKind, Reply } from '../../message.js';
import { fromMilliWh, fromTime, toMilliWh, toTime } from './values.js';

/** As the standard spells them in the path of a result; the path is ours, and the id in it the only correlation. OCPI 2.2.1, 14.2.2 */
const profileNames = {
  setProfile: 'CHARGING_PROFILE',
  clearProfile: 'CLEAR_PROFILE',
  activeProfile: 'ACTIVE_CHARGING_PROFILE',
} as const satisfies Record<ProfileCommand, string>;

/** Asks for it in the words of 2.2.1; the result comes later to a URL of ours. */
export function sendProfile(
  message: Message<ProfileKind>,
  client: Client<typeof v221.chargingProfiles.receiver>,
  settings: CallSettings,
  responseUrl: (command: string, commandId: string) => string,
): Promise<OcpiReply<v221.ChargingProfileResponse>> {
  const { sessionId, replyTo } = message.typed();
  const params = { session_id: sessionId };
  const at = (command: ProfileCommand) => responseUrl(profileNames[command], replyTo.commandId);
  switch (message.kind) {
    case 'setChargingProfile': {
      const { profile } = (message as Message<'setChargingProfile'>).typed();
      return client.set({ ...settings, params, body: { charging_profile: fromProfile(profile), response_url: at('setProfile') } });
    }
    case 'clearChargingProfile':
      return client.clear({ ...settings, params, query: { response_url: at('clearProfile') } });
    case 'getActiveProfile': {
      const { seconds } = (message as Message<'getActiveProfile'>).typed();
      return client.getActive({ ...settings, params, query: { duration: String(seconds), response_url: at('activeProfile') } });
    }
  }
}

/** What a partner says to a request for a profile. */
export function profiled({ data }: OcpiReply<v221.ChargingProfileResponse>): Reply {
  switch (data.result) {
    case 'ACCEPTED':
      return { accepted: true, timeoutMs: data.timeout * 1000 };
    case 'UNKNOWN_SESSION':
      return refuse('unknownSession');
    case 'NOT_SUPPORTED':
      return refuse('notSupported');
    case 'TOO_OFTEN':
      return refuse('tooOften');
    case 'REJECTED':
      return refuse('refusedByReceiver');
  }
}

/** The same from us. */
export function fromReply(reply: Reply): v221.ChargingProfileResponse {
  if (reply.accepted) return { result: 'ACCEPTED', timeout: Math.ceil((reply.timeoutMs ?? 0) / 1000) };
  switch (reply.reason) {
    case 'unknownSession':
      return { result: 'UNKNOWN_SESSION', timeout: 0 };
    case 'notSupported':
      return { result: 'NOT_SUPPORTED', timeout: 0 };
    case 'tooOften':
      return { result: 'TOO_OFTEN', timeout: 0 };
    default:
      return { result: 'REJECTED', timeout: 0 };
  }
}

/** Tells what became of it, at the asker's own address. */
export async function sendProfileResult(
  client: Client<typeof v221.chargingProfiles.sender>,
  settings: CallSettings & { at: string },
  command: ProfileCommand,
  outcome: CommandResult,
  active: ActiveProfile | undefined,
): Promise<void> {
  const result = outcome === 'accepted' ? 'ACCEPTED' : outcome === 'unknownProfile' ? 'UNKNOWN' : 'REJECTED';
  switch (command) {
    case 'setProfile':
      await client.profileResult({ ...settings, body: { result } });
      return;
    case 'clearProfile':
      await client.clearResult({ ...settings, body: { result } });
      return;
    case 'activeProfile':
      await client.activeProfileResult({ ...settings, body: { result, ...(active ? { profile: fromActive(active) } : {}) } });
  }
}

export const toProfileResult = (wire: v221.ChargingProfileResultType): CommandResult =>
  wire === 'ACCEPTED' ? 'accepted' : wire === 'REJECTED' ? 'rejected' : 'unknownProfile';

export const toProfile = (wire: v221.ChargingProfile): ChargingProfile => ({
  unit: wire.charging_rate_unit,
  ...(wire.start_date_time === undefined ? {} : { startAt: toTime(wire.start_date_time) }),
  ...(wire.duration === undefined ? {} : { seconds: wire.duration }),
  ...(wire.min_charging_rate === undefined ? {} : { minRate: wire.min_charging_rate }),
  periods: (wire.charging_profile_period ?? []).map(({ start_period, limit }) => ({ startSecond: start_period, limit })),
});

const fromProfile = ({ unit, startAt, seconds, minRate, periods }: ChargingProfile): v221.ChargingProfile => ({
  charging_rate_unit: unit,
  ...(startAt === undefined ? {} : { start_date_time: fromTime(startAt) }),
  ...(seconds === undefined ? {} : { duration: seconds }),
  ...(minRate === undefined ? {} : { min_charging_rate: minRate }),
  charging_profile_period: periods.map(({ startSecond, limit }) => ({ start_period: startSecond, limit })),
});

export const toActive = (wire: v221.ActiveChargingProfile): ActiveProfile => ({
  startedAt: toTime(wire.start_date_time),
  profile: toProfile(wire.charging_profile),
});

export const fromActive = ({ startedAt, profile }: ActiveProfile): v221.ActiveChargingProfile => ({
  start_date_time: fromTime(startedAt),
  charging_profile: fromProfile(profile),
});

const profileTypes = { CHEAP: 'cheap', FAST: 'fast', GREEN: 'green', REGULAR: 'regular' } as const;
const wireProfileTypes = { cheap: 'CHEAP', fast: 'FAST', green: 'GREEN', regular: 'REGULAR' } as const;

export const toPreferences = (wire: v221.ChargingPreferences): ChargingPreferences => ({
  profile: profileTypes[wire.profile_type],
  ...(wire.departure_time === undefined ? {} : { departureAt: toTime(wire.departure_time) }),
  ...(wire.energy_need === undefined ? {} : { energyMilliWh: toMilliWh(wire.energy_need, '/energy_need') }),
  ...(wire.discharge_allowed === undefined ? {} : { dischargeAllowed: wire.discharge_allowed }),
});

export const fromPreferences = (wish: ChargingPreferences): v221.ChargingPreferences => ({
  profile_type: wireProfileTypes[wish.profile],
  ...(wish.departureAt === undefined ? {} : { departure_time: fromTime(wish.departureAt) }),
  ...(wish.energyMilliWh === undefined ? {} : { energy_need: fromMilliWh(wish.energyMilliWh) }),
  ...(wish.dischargeAllowed === undefined ? {} : { discharge_allowed: wish.dischargeAllowed }),
});

const verdicts = {
  ACCEPTED: 'accepted',
  DEPARTURE_REQUIRED: 'departureRequired',
  ENERGY_NEED_REQUIRED: 'energyNeedRequired',
  NOT_POSSIBLE: 'notPossible',
  PROFILE_TYPE_NOT_SUPPORTED: 'profileTypeNotSupported',
} as const satisfies Record<v221.ChargingPreferencesResponse, PreferencesVerdict>;
const wireVerdicts = {
  accepted: 'ACCEPTED',
  departureRequired: 'DEPARTURE_REQUIRED',
  energyNeedRequired: 'ENERGY_NEED_REQUIRED',
  notPossible: 'NOT_POSSIBLE',
  profileTypeNotSupported: 'PROFILE_TYPE_NOT_SUPPORTED',
} as const satisfies Record<PreferencesVerdict, v221.ChargingPreferencesResponse>;

export const toVerdict = (wire: v221.ChargingPreferencesResponse): PreferencesVerdict => verdicts[wire];
export const fromVerdict = (verdict: PreferencesVerdict): v221.ChargingPreferencesResponse => wireVerdicts[verdict];
