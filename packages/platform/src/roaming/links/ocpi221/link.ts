import { OcpiError, Payload } from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import { refuse } from '../../../kernel/refusal.js';
import type { PartyId } from '../../../model/party.js';
import type { PartyLink } from '../../link.js';
import {
  type CommandKind,
  isProfileCommand,
  type Kind,
  type Message,
  type ProfileKind,
  type RefusedReply,
  type Reply,
} from '../../message.js';
import type { Net } from '../bridged/net.js';
import { payloadOf } from '../bridged/versions.js';
import { fromAskedPlace, toAuthorization, typeQuery } from './authorization.js';
import { fromCdr, toCdr } from './cdrs.js';
import { type ClientNeeds, type ClientOf, createClients } from './clients.js';
import { commanded, resultNames, sendCommand } from './commands.js';
import { fromLocation } from './locations.js';
import { fromActive, fromPreferences, profiled, sendProfile, sendProfileResult, toVerdict } from './profiles.js';
import { fromSession } from './sessions.js';
import { fromTariff } from './tariffs.js';
import { fromToken, ownerFields, toParty } from './tokens.js';
import { Untranslatable } from './values.js';

export interface OcpiNeeds extends ClientNeeds {
  net: Net;
  /** Where the partner posts the result of a command of ours: unique, for the URL is the only correlation. OCPI 2.2.1, 13.2.2 */
  responseUrl(module: 'commands' | 'chargingprofiles', command: string, commandId: string): string;
}

const capabilities: ReadonlySet<Kind> = new Set<Kind>([
  'startSession',
  'stopSession',
  'reserveNow',
  'cancelReservation',
  'unlockConnector',
  'setChargingProfile',
  'clearChargingProfile',
  'getActiveProfile',
  'activeProfile',
  'chargingPreferences',
  'commandResult',
  'session',
  'cdr',
  'location',
  'tariff',
  'token',
  'authorize',
]);

/** A party behind an OCPI partner, of whatever version. */
export function ocpiLink(party: PartyId, needs: OcpiNeeds): PartyLink {
  const clientOf = createClients(needs);
  return {
    party,
    capabilities,
    ...(needs.version === '2.1.1' ? { hidesAsker: true as const } : {}),
    async send(message: Message): Promise<Reply> {
      try {
        return await say(message, needs, clientOf);
      } catch (error) {
        return refusalOf(error);
      }
    },
    async hasCdr(message) {
      const cdr = message.typed();
      try {
        const { data } = await clientOf(message, v221.cdrs.receiver, message.from).get({
          params: { id: cdr.id },
          correlationId: message.correlation,
          routing: { to: toParty(message.to), from: toParty(message.from) },
        });
        const kept = toCdr(data, cdr.place.timeZone);
        // Under another content it is not the one that was offered: that is for the offer to find out.
        const isSame = kept.id === cdr.id && kept.energyMilliWh === cdr.energyMilliWh && kept.total.beforeTaxes === cdr.total.beforeTaxes;
        return isSame ? {} : undefined;
      } catch (error) {
        // It has none, or cannot say: then it is offered again, which is harmless by the CDR's id.
        if (error instanceof OcpiError || error instanceof Untranslatable) return undefined;
        throw error;
      }
    },
  };
}

async function say(message: Message, needs: OcpiNeeds, clientOf: ClientOf): Promise<Reply> {
  const settings = {
    correlationId: message.correlation,
    routing: { to: toParty(message.to), from: toParty(message.saidBy ?? message.from) },
    ...(message.signal ? { signal: message.signal } : {}),
  };
  // Between equal versions the sender's own bytes pass unchanged.
  const { raw } = message;
  const body = <T>(make: () => T): T | Payload => (raw && raw.version === needs.version ? payloadOf(raw, needs.version) : make());
  switch (message.kind) {
    case 'startSession':
    case 'stopSession':
    case 'reserveNow':
    case 'cancelReservation':
    case 'unlockConnector':
      return commanded(
        await sendCommand(
          message as Message<Exclude<CommandKind, ProfileKind>>,
          clientOf(message, v221.commands.receiver, message.from),
          settings,
          (command, id) => needs.responseUrl('commands', command, id),
        ),
      );
    case 'setChargingProfile':
    case 'clearChargingProfile':
    case 'getActiveProfile':
      return profiled(
        await sendProfile(
          message as Message<ProfileKind>,
          clientOf(message, v221.chargingProfiles.receiver, message.from),
          settings,
          (command, id) => needs.responseUrl('chargingprofiles', command, id),
        ),
      );
    case 'activeProfile': {
      const { sessionId, active } = (message as Message<'activeProfile'>).typed();
      await clientOf(message, v221.chargingProfiles.sender, message.from).putActive({
        ...settings,
        params: { session_id: sessionId },
        body: body(() => fromActive(active)),
      });
      return { accepted: true };
    }
    case 'chargingPreferences': {
      const { sessionId, wish } = (message as Message<'chargingPreferences'>).typed();
      const { data } = await clientOf(message, v221.sessions.sender, message.to).setPreferences({
        ...settings,
        params: { session_id: sessionId },
        body: body(() => fromPreferences(wish)),
      });
      return { accepted: true, verdict: toVerdict(data) };
    }
    case 'commandResult': {
      const { replyTo, command, result, active } = (message as Message<'commandResult'>).typed();
      const { url: at } = replyTo;
      if (at === undefined) return refuse('invalid', 'the asker gave no address for the result');
      if (isProfileCommand(command)) {
        const client = clientOf(message, v221.chargingProfiles.sender, message.from, at);
        await sendProfileResult(client, { ...settings, at }, command, result, active);
        return { accepted: true };
      }
      // What became of a profile has its own words, and comes with no other command.
      const said = result === 'unknownProfile' ? 'rejected' : result;
      await clientOf(message, v221.commands.sender, message.from, at).result({
        ...settings,
        at,
        body: { result: resultNames[said] },
      });
      return { accepted: true };
    }
    case 'session': {
      const session = (message as Message<'session'>).typed();
      const params = { ...ownerFields(session.owner), session_id: session.id };
      await clientOf(message, v221.sessions.receiver, session.owner).put({
        ...settings,
        params,
        body: body(() => fromSession(session)),
      });
      return { accepted: true };
    }
    case 'cdr': {
      const { location } = await clientOf(message, v221.cdrs.receiver, message.from).post({
        ...settings,
        body: body(() => fromCdr((message as Message<'cdr'>).typed())),
      });
      return { accepted: true, ...(location === undefined ? {} : { location }) };
    }
    case 'location': {
      const { typed, about = typed() } = message as Message<'location'>;
      const params = { ...ownerFields(about.owner), location_id: about.id };
      await clientOf(message, v221.locations.receiver, about.owner).put({
        ...settings,
        params,
        body: body(() => formOnce(typed(), fromLocation)),
      });
      return { accepted: true };
    }
    case 'tariff': {
      const tariff = await needs.net.tariff(message.operatorId, (message as Message<'tariff'>).typed(), [message.to]);
      if (!tariff) return refuse('invalid', 'its prices have taxes in them, and no rate is agreed by which they could be told without');
      const params = { ...ownerFields(tariff.owner), tariff_id: tariff.id };
      await clientOf(message, v221.tariffs.receiver, tariff.owner).put({
        ...settings,
        params,
        body: body(() => fromTariff(tariff)),
      });
      return { accepted: true };
    }
    case 'token': {
      const token = (message as Message<'token'>).typed();
      const params = { ...ownerFields(token.issuer), token_uid: token.uid };
      await clientOf(message, v221.tokens.receiver, token.issuer).put({ ...settings, params, body: body(() => fromToken(token)) });
      return { accepted: true };
    }
    case 'authorize': {
      const { uid, type, token, place } = (message as Message<'authorize'>).typed();
      if (needs.version === '2.1.1' && !token)
        return refuse('unknownToken', 'OCPI 2.1.1 does not say whose card it is, and it is not known here');
      const client = clientOf(message, v221.tokens.sender, { owner: message.to, ...(token ? { asked: token } : {}) });
      const { data } = await client.authorize({
        ...settings,
        params: { token_uid: uid },
        query: typeQuery(type, needs.version),
        body: place && fromAskedPlace(place),
      });
      const authorization = toAuthorization(data);
      if (authorization.token.issuer !== message.to)
        return refuse('invalid', `${message.to} answered about a card of ${authorization.token.issuer}`);
      return { accepted: true, authorization };
    }
  }
}

const forms = new WeakMap<object, Payload>();

/** What goes to many is written, and checked, once. */
function formOnce<T extends object>(object: T, write: (object: T) => unknown): Payload {
  const known = forms.get(object);
  if (known) return known;
  const form = Payload.raw(Payload.of(write(object)).raw);
  forms.set(object, form);
  return form;
}

function refusalOf(error: unknown): RefusedReply {
  if (error instanceof Untranslatable) return refuse('invalid', error.message);
  if (!(error instanceof OcpiError)) throw error;
  switch (error.code) {
    case 'timeout':
    case 'hub-timeout':
      return refuse('timeout', 'the receiver did not answer in time: the outcome is unknown');
    case 'unreachable':
    case 'unavailable':
    case 'not-connected':
    case 'blocked':
      return refuse('notConnected', error.message);
    case 'unknown-receiver':
      return refuse('unknownReceiver', error.message);
    case 'unknown-location':
      return { ...refuse('unknownLocation', error.message), ...saidIn(error) };
    case 'unknown-token':
      return { ...refuse('unknownToken', error.message), ...saidIn(error) };
    case 'no-endpoints':
    case 'method-not-allowed':
      return refuse('notSupported', error.message);
    default:
      return { ...refuse('refusedByReceiver', `${error.statusCode}: ${error.message}`), ...saidIn(error) };
  }
}

/** What the receiver says of a message is for its sender; that it does not know us any more, or cannot be understood, is not. */
function saidIn({ code, statusCode, message }: OcpiError): Pick<RefusedReply, 'said'> {
  const isForSender = statusCode >= 2000 && statusCode < 4000 && code !== 'unauthorized' && code !== 'bad-answer';
  return isForSender ? { said: { statusCode, message } } : {};
}
