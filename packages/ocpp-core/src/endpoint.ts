import type { AnyAction, Registry, RequestOf, ResponseOf, Role, Version } from './action.js';
import type { Fault, HandlerFor, Handlers } from './handlers.js';
import type { Limits } from './limits.js';
import type { Observer } from './observation.js';
import { OpenEndpoint } from './open-endpoint.js';
import type { CallOptions } from './outbound.js';
import type { Quirks } from './quirks.js';
import type { Gate } from './registration.js';
import type { ReplayStore } from './replay.js';
import type { Socket } from './socket.js';

/** How an endpoint is opened. */
export interface EndpointOptions<Self extends Role, Actions> {
  /** The messages that it speaks: `import * as v16 from '@evroam/ocpp-core/v16'`. */
  readonly actions: Actions & Registry;
  /** The station's identity; names the station to the replay store. */
  readonly identity?: string;
  /** Handlers shared with other connections; `handle` sets this connection's own, which come first. */
  readonly handlers?: Handlers<Self, Actions>;
  readonly limits?: Partial<Limits>;
  readonly observe?: Observer;
  /** A station's known deviations. */
  readonly quirks?: Quirks;
  readonly replay?: ReplayStore;
  /** Bars messages before their handlers: a `Registration` lets nothing but a boot through before the station is accepted. */
  readonly gate?: Gate;
}

/** Why and how a connection ended: a WebSocket status code (RFC 6455, 7.4). */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** What every endpoint is, whatever it speaks. */
export interface AnyEndpoint<Self extends Role = Role> {
  readonly role: Self;
  readonly version: Version;
  readonly identity: string;
  /** Resolves once, when the connection has ended; never rejects. */
  readonly closed: Promise<Closed>;
  /** Closes the connection; calls under way reject with ConnectionClosed. */
  close(code?: number, reason?: string): void;
}

/** One end of one connection: checks, queues, correlates, times out and answers. */
export interface Endpoint<Self extends Role, Actions> extends AnyEndpoint<Self> {
  /** Answers a message of the peer's. Known messages without a handler get NotSupported, unknown ones NotImplemented. */
  handle<A extends AnyAction>(action: A, handler: HandlerFor<Self, Actions, A>): this;
  /**
   * Sends a message and waits for its answer; a SEND resolves when it is written. One CALL is on the way at a time, the
   * others wait. Rejects with OcppError: the peer's code, or TimedOut, ConnectionClosed, Cancelled, TooManyCalls.
   */
  call<A extends AnyAction>(
    action: A,
    request: [Fault<A, Actions, Self>] extends [never] ? RequestOf<A> : Fault<A, Actions, Self>,
    options?: CallOptions,
  ): Promise<ResponseOf<A>>;
}

/** Opens one end of a connection. */
export function openEndpoint<Self extends Role, Actions extends Registry>(
  role: Self,
  socket: Socket,
  options: EndpointOptions<Self, Actions>,
): Endpoint<Self, Actions> {
  return new OpenEndpoint<Self, Actions>(role, socket, options, options.identity ?? '');
}
