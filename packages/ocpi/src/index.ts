// The door of @evroam/ocpi. Versions, transports, pricing, statements and simulators stand behind subpaths.
export { type Addresses, type Allowed, addresses, type CheckUrlOptions, checkUrl, isRegistered, type Resolve } from './addresses.js';
export type { Authenticate } from './callers.js';
export { compile, fits, isDateTime, sameText, toDate, type Violation, violation, violations } from './check.js';
export {
  type CallSettings,
  type Client,
  type ConnectOptions,
  connect,
  type Input,
  type Refused,
  type Reply,
  type ReplyData,
  type Seen,
} from './client.js';
export type { Connection } from './connection.js';
export { type Correlation, type CorrelationKind, type Correlations, memoryCorrelations } from './correlations.js';
export { type CrawledPage, CrawlLimit, type CrawlOptions, crawl, type ListMethod } from './crawl.js';
export {
  type ContractId,
  contractCheckDigit,
  type EvseId,
  formatContractId,
  formatEvseId,
  parseContractId,
  parseEvseId,
  sameContractId,
  sameEvseId,
} from './emi3.js';
export { codeOf, type Envelope, envelopeText, faults, isSuccess, OcpiError, type OcpiErrorCode, readEnvelope } from './envelope.js';
export {
  type AnyCredentials,
  type Discovered,
  type DiscoverOptions,
  discover,
  endpointOf,
  type PeerEndpoint,
  type RegisterOptions,
  type RegistrarOptions,
  type Registration,
  register,
  registrar,
  unregister,
} from './handshake.js';
export {
  authorization,
  type Headers,
  header,
  isToken,
  type Party,
  partyKey,
  type Routing,
  readRouting,
  routingHeaders,
  type TokenCoding,
  tokenReadings,
} from './headers.js';
export { type Answered, type Caller, createHost, type Host, type HostOptions, type Passing } from './host.js';
export { broadcastRoles, createHub, type Delivery, type Hub, type HubCaller, type HubOptions } from './hub.js';
export { type Handle, noPayload, type OcpiRequest, type OcpiResponse, Payload } from './message.js';
export {
  type Body,
  type Data,
  defineModule,
  del,
  get,
  getList,
  type Interface,
  type InterfaceRole,
  isModule,
  type Method,
  type Module,
  type Params,
  patch,
  post,
  put,
  type Query,
  type Route,
  type Routes,
  type Says,
} from './module.js';
export { decimalText, type Finer, fromScaled, toScaled, toScaledBig } from './number.js';
export { type Page, pageOf, type Window, type WindowRequest } from './paging.js';
export { applyPatch, withConnector, withEvse } from './patch.js';
export {
  enumerationsOf,
  isVersion,
  modulesOf,
  type ObjectName,
  type ObjectOf,
  type OcpiVersion,
  objectsOf,
  ocpiVersions,
  schemaOf,
} from './registry.js';
export * from './schema.js';
export {
  type Answer,
  type Ask,
  answeredBy,
  type Exchange,
  type Handlers,
  type Served,
  type ServeOptions,
  serve,
  type Written,
} from './server.js';
export { type Kind, payloadSchema, type ValidateOptions, type Verdict, validate } from './validate.js';
