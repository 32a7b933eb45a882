import { OcpiError } from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import { type Side, side } from '../bridged/serve.js';
import { done, type Inbound } from './inbound.js';
import { fromReply, toActive, toProfile, toProfileResult } from './profiles.js';

/** Both sides of the charging profiles: what eMSPs ask of sessions, and what CPOs say of it. OCPI 2.2.1, 14 */
export function profileSides({ ask, push, commandResult }: Inbound): Side[] {
  return [
    side(v221.chargingProfiles.receiver, {
      set: async (asked) => {
        const { response_url: url, charging_profile } = asked.body;
        const whose = { sessionId: asked.params.session_id, replyTo: { commandId: asked.requestId, url } };
        const reply = await ask('setChargingProfile', { ...asked, responseUrl: url }, () => ({
          ...whose,
          profile: toProfile(charging_profile),
        }));
        return fromReply(reply);
      },
      clear: async (asked) => {
        const { response_url: url } = asked.query;
        const whose = { sessionId: asked.params.session_id, replyTo: { commandId: asked.requestId, url } };
        return fromReply(await ask('clearChargingProfile', { ...asked, responseUrl: url }, () => whose));
      },
      getActive: async (asked) => {
        const { response_url: url, duration } = asked.query;
        const whose = { sessionId: asked.params.session_id, replyTo: { commandId: asked.requestId, url } };
        const seconds = secondsIn(duration);
        return fromReply(await ask('getActiveProfile', { ...asked, responseUrl: url }, () => ({ ...whose, seconds })));
      },
    }),
    side(v221.chargingProfiles.sender, {
      profileResult: (asked) => commandResult('setProfile', asked.params.uid, asked, toProfileResult(asked.body.result)),
      clearResult: (asked) => commandResult('clearProfile', asked.params.uid, asked, toProfileResult(asked.body.result)),
      activeProfileResult: (asked) => {
        const { result, profile } = asked.body;
        return commandResult('activeProfile', asked.params.uid, asked, toProfileResult(result), profile && toActive(profile));
      },
      putActive: async (asked) => {
        const { session_id: sessionId } = asked.params;
        done(await push('activeProfile', 'cpo', asked, () => ({ sessionId, active: toActive(asked.body) })));
        return 'updated' as const;
      },
    }),
  ];
}

/** In a query a number is a text. */
function secondsIn(duration: string): number {
  if (/^[1-9]\d{0,7}$/.test(duration)) return Number(duration);
  throw new OcpiError('invalid', 'duration is a whole number of seconds', { path: '/duration' });
}
