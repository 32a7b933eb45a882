export {
  type Action,
  type AnyAction,
  actionsOf,
  isAction,
  type Peer,
  type Registry,
  type RequestOf,
  type ResponseOf,
  type Role,
  type Sender,
  tableOf,
  type Version,
  versionOf,
} from './action.js';
export { type Kind, type Verdict, type Violation, warm, warmIdly } from './check.js';
export { type AnyEndpoint, type Closed, type Endpoint, type EndpointOptions, openEndpoint } from './endpoint.js';
export { codes2x, codes16, type LocalCode, OcppError, type OcppErrorCode, type WireCode } from './errors.js';
export { type Frame, readFrame, type Unreadable } from './frame.js';
export { type Handler, type Handlers, handlersFor, type Incoming } from './handlers.js';
export { defaultLimits, type Limits } from './limits.js';
export { loadVersion, versions } from './load.js';
export type { Observation, Observer } from './observation.js';
export type { CallOptions } from './outbound.js';
export { lenient, type QuirkHit, type QuirkProfile, type QuirkRule, type Quirks, quirksOf, type Remedy } from './quirks.js';
export { type Assembled, type Part, type ReportBounds, Reports } from './reassembly.js';
export { type Gate, Registration, type RegistrationStatus } from './registration.js';
export { type ReplayKey, type ReplayStore, replayInMemory } from './replay.js';
export type { Infer, Schema } from './schema.js';
export type { SignedPayload } from './signed.js';
export { type Socket, type SocketListener, socketPair } from './socket.js';
export { type Validation, validate } from './validate.js';
