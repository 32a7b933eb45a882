import { type AnyAction, type Peer, type Registry, type RequestOf, type ResponseOf, type Role, tableOf } from './action.js';
import type { Endpoint } from './endpoint.js';
import type { SignedPayload } from './signed.js';

/** Why an action does not fit an endpoint, as the sentence that the compiler prints; never when it fits. */
export type Fault<A extends AnyAction, Actions, Who extends Role> = A['name'] extends keyof Actions
  ? Actions[A['name']] extends A
    ? A['from'] extends Who | 'either'
      ? never
      : `${A['name']} is sent by the ${A['from']}, not by the ${Who}`
    : `this endpoint speaks another version than OCPP ${A['version']}`
  : 'not an action of this endpoint';

/** What a handler is told beside the request. */
export interface Incoming<Self extends Role, Actions> {
  /** The connection on which the message came; calling the peer from inside a handler is allowed. */
  readonly endpoint: Endpoint<Self, Actions>;
  readonly messageId: string;
  /** The signature of a signed message, for the handler to verify (OCPP 2.x). */
  readonly signed?: SignedPayload;
}

/** Answers one message; what it throws becomes the CALLERROR (an OcppError with its code, anything else InternalError). */
export type Handler<Self extends Role, Actions, A extends AnyAction> = (
  request: RequestOf<A>,
  incoming: Incoming<Self, Actions>,
) => Promise<ResponseOf<A>>;

/** The second parameter of `handle`: the handler, or the sentence why there cannot be one. */
export type HandlerFor<Self extends Role, Actions, A extends AnyAction> = [Fault<A, Actions, Peer<Self>>] extends [never]
  ? Handler<Self, Actions, A>
  : Fault<A, Actions, Peer<Self>>;

type Stored = (request: unknown, incoming: unknown) => Promise<unknown>;

/** Handlers by action, to be shared by all connections of a version: one table for ten thousand stations. */
export class Handlers<Self extends Role, Actions> {
  readonly role: Self;
  readonly #known: ReadonlyMap<string, AnyAction>;
  readonly #handlers = new Map<string, Stored>();

  constructor(role: Self, actions: Actions & Registry) {
    this.role = role;
    this.#known = tableOf(actions);
  }

  /** Sets the handler of an action; a second one replaces the first. */
  handle<A extends AnyAction>(action: A, handler: HandlerFor<Self, Actions, A>): this {
    if (this.#known.get(action.name) !== action) throw new Error(`${action.name} is not an action of this endpoint`);
    if (action.from === this.role) throw new Error(`${action.name} is sent by the ${this.role}, not to it`);
    if (typeof handler !== 'function') throw new Error(`the handler of ${action.name} is not a function`);
    this.#handlers.set(action.name, handler as Stored);
    return this;
  }

  /** The handler of an action by its wire name. */
  of(name: string): Stored | undefined {
    return this.#handlers.get(name);
  }
}

/** An empty table of handlers for one role and version. */
export const handlersFor = <Self extends Role, Actions extends Registry>(role: Self, actions: Actions): Handlers<Self, Actions> =>
  new Handlers<Self, Actions>(role, actions);
