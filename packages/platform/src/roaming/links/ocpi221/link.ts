import { OcpiError, type Reply as OcpiReply, Payload } from '@evroam/ocpi';
import * as v221 from '@evroam/ocpi/v221';
import { refuse } from '../../../kernel/refusal.js';
import type { PartyId } from '../../../model/party.js';
import type { PartyLink } from '../../link.js';
import type { Kind, Message, RefusedReply, Reply } from '../../message.js';
import type { Net } from '../bridged/net.js';
import { payloadOf } from '../bridged/versions.js';
import { fromAskedPlace, toAuthorization, typeQuery } from './authorization.js';
import { fromCdr, toCdr } from './cdrs.js';
import { type ClientNeeds, type ClientOf, createClients } from './clients.js';
import { fromLocation } from './locations.js';
import { fromSession } from './sessions.js';
import { fromTariff } from './tariffs.js';
import { fromToken, ownerFields, toParty } from './tokens.js';
import { Untranslatable } from './values.js';

export interface OcpiNeeds extends ClientNeeds {
  net: Net;
  /** Where the partner posts the result of a command of ours: unique, for the URL is the only correlation. OCPI 2.2.1, 13.2.2 */
  responseUrl(command: 'START_SESSION' | 'STOP_SESSION', commandId: string): string;
}

const capabilities: ReadonlySet<Kind> = new Set<Kind>([
  'startSession',
  'stopSession',
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
    case 'startSession': {
      const { token, locationId, evseUid, connectorId, authorizationReference, replyTo } = (message as Message<'startSession'>).typed();
      return commanded(
        await clientOf(message, v221.commands.receiver, message.from).startSession({
          ...settings,
          body: {
            response_url: needs.responseUrl('START_SESSION', replyTo.commandId),
            token: fromToken(token),
            location_id: locationId,
            ...(evseUid === undefined ? {} : { evse_uid: evseUid }),
            ...(connectorId === undefined ? {} : { connector_id: connectorId }),
            ...(authorizationReference === undefined ? {} : { authorization_reference: authorizationReference }),
          },
        }),
      );
    }
    case 'stopSession': {
      const { sessionId, replyTo } = (message as Message<'stopSession'>).typed();
      return commanded(
        await clientOf(message, v221.commands.receiver, message.from).stopSession({
          ...settings,
          body: { response_url: needs.responseUrl('STOP_SESSION', replyTo.commandId), session_id: sessionId },
        }),
      );
    }
    case 'commandResult': {
      const { replyTo, result } = (message as Message<'commandResult'>).typed();
      if (replyTo.url === undefined) return refuse('invalid', 'the asker gave no address for the result');
      await clientOf(message, v221.commands.sender, message.from, replyTo.url).result({
        ...settings,
        at: replyTo.url,
        body: { result: results[result] },
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

const results = { accepted: 'ACCEPTED', rejected: 'REJECTED', failed: 'FAILED', timeout: 'TIMEOUT' } as const;

function commanded({ data }: OcpiReply<v221.CommandResponse>): Reply {
  switch (data.result) {
    case 'ACCEPTED':
      return { accepted: true, timeoutMs: data.timeout * 1000 };
    case 'UNKNOWN_SESSION':
      return refuse('unknownSession');
    case 'NOT_SUPPORTED':
      return refuse('notSupported');
    case 'REJECTED':
      return refuse('refusedByReceiver', data.message?.[0]?.text);
  }
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
