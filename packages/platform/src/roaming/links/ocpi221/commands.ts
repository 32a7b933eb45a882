import type { CallSettings, Client, Reply as OcpiReply } from '@evroam/ocpi';
import type * as v221 from '@evroam/ocpi/v221';
import { refuse } from '../../../kernel/refusal.js';
import type { Bodies, Command, CommandKind, CommandResult, Message, ProfileCommand, ProfileKind, Reply } from '../../message.js';
import { fromToken, toToken } from './tokens.js';
import { fromTime, toTime } from './values.js';

/** Of the commands module; charging profiles have one of their own. */
type StationCommand = Exclude<Command, ProfileCommand>;
type StationKind = Exclude<CommandKind, ProfileKind>;

export const commandNames = {
  start: 'START_SESSION',
  stop: 'STOP_SESSION',
  reserve: 'RESERVE_NOW',
  cancelReservation: 'CANCEL_RESERVATION',
  unlock: 'UNLOCK_CONNECTOR',
} as const satisfies Record<StationCommand, v221.CommandType>;

export const resultNames = {
  accepted: 'ACCEPTED',
  rejected: 'REJECTED',
  failed: 'FAILED',
  timeout: 'TIMEOUT',
  notSupported: 'NOT_SUPPORTED',
  evseOccupied: 'EVSE_OCCUPIED',
  evseInoperative: 'EVSE_INOPERATIVE',
  cancelledReservation: 'CANCELED_RESERVATION',
  unknownReservation: 'UNKNOWN_RESERVATION',
} as const satisfies Record<Exclude<CommandResult, 'unknownProfile'>, v221.CommandResultType>;

const backwards = <K extends string, V extends string>(names: Readonly<Record<K, V>>): ReadonlyMap<string, K> =>
  new Map(Object.entries(names).map(([ours, wire]) => [wire as string, ours as K]));
const results = backwards(resultNames);
const commands = backwards(commandNames);

export const toResult = (wire: v221.CommandResultType): CommandResult => results.get(wire) as CommandResult;
/** Undefined for a path that names no command. */
export const toCommand = (wire: string): StationCommand | undefined => commands.get(wire);

/** Asks for a command in the words of 2.2.1; its result comes later to a URL of ours. */
export function sendCommand(
  message: Message<StationKind>,
  client: Client<typeof v221.commands.receiver>,
  settings: CallSettings,
  responseUrl: (command: v221.CommandType, commandId: string) => string,
): Promise<OcpiReply<v221.CommandResponse>> {
  const at = (command: StationCommand, { replyTo }: Bodies[StationKind]) => responseUrl(commandNames[command], replyTo.commandId);
  switch (message.kind) {
    case 'startSession': {
      const body = (message as Message<'startSession'>).typed();
      return client.startSession({ ...settings, body: { response_url: at('start', body), ...fromStart(body) } });
    }
    case 'stopSession': {
      const body = (message as Message<'stopSession'>).typed();
      return client.stopSession({ ...settings, body: { response_url: at('stop', body), session_id: body.sessionId } });
    }
    case 'reserveNow': {
      const body = (message as Message<'reserveNow'>).typed();
      return client.reserveNow({ ...settings, body: { response_url: at('reserve', body), ...fromReservation(body) } });
    }
    case 'cancelReservation': {
      const body = (message as Message<'cancelReservation'>).typed();
      const { reservationId } = body;
      return client.cancelReservation({
        ...settings,
        body: { response_url: at('cancelReservation', body), reservation_id: reservationId },
      });
    }
    case 'unlockConnector': {
      const body = (message as Message<'unlockConnector'>).typed();
      const { locationId, evseUid, connectorId } = body;
      const place = { location_id: locationId, evse_uid: evseUid, connector_id: connectorId };
      return client.unlockConnector({ ...settings, body: { response_url: at('unlock', body), ...place } });
    }
  }
}

/** What a partner says to a command. */
export function commanded({ data }: OcpiReply<v221.CommandResponse>): Reply {
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

const fromStart = ({ token, locationId, evseUid, connectorId, authorizationReference }: Bodies['startSession']) => ({
  token: fromToken(token),
  location_id: locationId,
  ...(evseUid === undefined ? {} : { evse_uid: evseUid }),
  ...(connectorId === undefined ? {} : { connector_id: connectorId }),
  ...(authorizationReference === undefined ? {} : { authorization_reference: authorizationReference }),
});

const fromReservation = ({ reservationId, token, until, locationId, evseUid, authorizationReference }: Bodies['reserveNow']) => ({
  token: fromToken(token),
  expiry_date: fromTime(until),
  reservation_id: reservationId,
  location_id: locationId,
  ...(evseUid === undefined ? {} : { evse_uid: evseUid }),
  ...(authorizationReference === undefined ? {} : { authorization_reference: authorizationReference }),
});

/** Commands as they came, without where their result goes. */
export const toStart = (wire: v221.StartSession): Omit<Bodies['startSession'], 'replyTo'> => ({
  token: toToken(wire.token),
  locationId: wire.location_id,
  ...(wire.evse_uid === undefined ? {} : { evseUid: wire.evse_uid }),
  ...(wire.connector_id === undefined ? {} : { connectorId: wire.connector_id }),
  ...(wire.authorization_reference === undefined ? {} : { authorizationReference: wire.authorization_reference }),
});

export const toReservation = (wire: v221.ReserveNow): Omit<Bodies['reserveNow'], 'replyTo'> => ({
  reservationId: wire.reservation_id,
  token: toToken(wire.token),
  until: toTime(wire.expiry_date),
  locationId: wire.location_id,
  ...(wire.evse_uid === undefined ? {} : { evseUid: wire.evse_uid }),
  ...(wire.authorization_reference === undefined ? {} : { authorizationReference: wire.authorization_reference }),
});
