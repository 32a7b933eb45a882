import type { Registry, Role, Version } from '../action.js';
import { versionOf } from '../action.js';
import type { AnyEndpoint, Endpoint, EndpointOptions } from '../endpoint.js';
import type { Handlers } from '../handlers.js';
import type { Limits } from '../limits.js';
import type { Observer } from '../observation.js';
import { OpenEndpoint } from '../open-endpoint.js';
import type { Quirks } from '../quirks.js';
import type { Gate } from '../registration.js';
import type { ReplayStore } from '../replay.js';
import type { Socket } from '../socket.js';

/** One authenticated WebSocket, whatever it speaks. */
export interface AnyConnection<Self extends Role = Role> {
  readonly identity: string;
  readonly version: Version;
  readonly remoteAddress: string;
  readonly endpoint: AnyEndpoint<Self>;
}

/** One authenticated WebSocket that speaks the version of these actions. */
export interface Connection<Self extends Role, Actions> extends AnyConnection<Self> {
  readonly endpoint: Endpoint<Self, Actions>;
}

/** What the transport knows of a connection when it opens. */
export interface Arrival {
  readonly identity: string;
  readonly remoteAddress: string;
}

/** A version that one end is ready to speak. */
export interface Speaker<Self extends Role = Role, C extends AnyConnection<Self> = AnyConnection<Self>> {
  readonly version: Version;
  readonly actions: Registry;
  /** `ended` is told once, when the connection is over. */
  open(role: Self, socket: Socket, arrival: Arrival, ended?: () => void): C;
}

/** What all connections of a version have in common. */
export interface SpeakOptions<Self extends Role, Actions> {
  /** Handlers shared by all connections of the version. */
  readonly handlers?: Handlers<Self, Actions>;
  readonly limits?: Partial<Limits>;
  readonly replay?: ReplayStore;
  /** The known deviations of a station, asked once per connection. */
  readonly quirks?: (arrival: Arrival) => Quirks | undefined;
  /** Bars messages before their handlers, asked once per connection: `() => new Registration(lastStatus)`. */
  readonly gate?: (arrival: Arrival) => Gate | undefined;
  /** Puts something between the WebSocket and the endpoint, such as a recorder. */
  readonly through?: (socket: Socket, arrival: Arrival) => Socket;
  /** Hears what happens on a connection, asked once per connection. */
  readonly observe?: (arrival: Arrival) => Observer | undefined;
}

/**
 * Says that a version is spoken: `speak(v16, ({ endpoint }) => endpoint.handle(BootNotification, ...))`. The function runs
 * before the first message is read, so that none can be missed.
 */
export function speak<Self extends Role, Actions extends Registry>(
  actions: Actions,
  opened?: (connection: Connection<Self, Actions>) => void,
  options: SpeakOptions<Self, Actions> = {},
): Speaker<Self, Connection<Self, Actions>> {
  const version = versionOf(actions);
  const { handlers, limits, replay } = options;
  const common: EndpointOptions<Self, Actions> = {
    actions,
    ...(handlers ? { handlers } : {}),
    ...(limits ? { limits } : {}),
    ...(replay ? { replay } : {}),
  };
  return {
    version,
    actions,
    open(role, socket, arrival, ended) {
      const own = ownOptions(common, options, arrival);
      const through = options.through?.(socket, arrival) ?? socket;
      const endpoint = new OpenEndpoint<Self, Actions>(role, through, own, arrival.identity, ended);
      const connection = { identity: arrival.identity, version, remoteAddress: arrival.remoteAddress, endpoint };
      opened?.(connection);
      return connection;
    },
  };
}

/** What a connection has of its own beside what all have; most have nothing, and share one object. */
function ownOptions<Self extends Role, Actions>(
  common: EndpointOptions<Self, Actions>,
  options: SpeakOptions<Self, Actions>,
  arrival: Arrival,
): EndpointOptions<Self, Actions> {
  const quirks = options.quirks?.(arrival);
  const gate = options.gate?.(arrival);
  const observe = options.observe?.(arrival);
  if (!quirks && !gate && !observe) return common;
  return { ...common, ...(quirks ? { quirks } : {}), ...(gate ? { gate } : {}), ...(observe ? { observe } : {}) };
}

/** The subprotocol name of a version (OCPP-J 1.6, 3.1.2; 2.x part 4, 3.1.2). */
export const subprotocolOf = (version: Version): string => `ocpp${version}`;
