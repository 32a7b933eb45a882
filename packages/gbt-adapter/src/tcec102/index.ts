// The door of T/CEC 102-2016: interfaces as values, the envelope, both ends. HTTP is in `/tcec102/node` and `/tcec102/http`.
export { ChargeDetail, ChargeStatus, PolicyInfo } from './charging.js';
export { type ConnectOptions, connect, memorySequence, type Sequence, type TcecClient } from './connect.js';
export { checkKeys, decrypt, encrypt, isSame, isSigned, type Keys, sign } from './crypto.js';
export { DIALECTS, type Dialect, JOINT_TEST, normalise, STANDARD, spell, XIAOJU } from './dialect.js';
export {
  openData,
  openResponse,
  prove,
  type RequestEnvelope,
  type ResponseEnvelope,
  readRequest,
  refusal,
  sealRequest,
  sealResponse,
  verify,
} from './envelope.js';
export { errorOfRet, MSG, RET, TcecError, type TcecErrorCode } from './errors.js';
export type { Handle, TcecRequest, TcecResponse } from './handle.js';
export { defineInterface, type Interface, type RequestOf, type ResponseOf, type Role } from './interface.js';
export * from './interfaces.js';
export { type Finding, INTERFACES, interfaceOf, lint, type Opened, openEnvelope } from './lint.js';
export { ChargeOrderInfo, MOST_ORDERS } from './orders.js';
export { page } from './paging.js';
export { memoryGuard, type ReplayGuard, WINDOW_MS } from './replay.js';
export type { Infer, Schema } from './schema.js';
export { type CallContext, type Partner, type ServeOptions, serve, type TcecServer } from './serve.js';
export { ConnectorInfo, ConnectorStatusInfo, EquipmentInfo, LIMITS, StationInfo, StationStatsInfo, StationStatusInfo } from './stations.js';
export { stampOf, stampText, timeOf, timeText } from './time.js';
export { type Issued, memoryTokens, type Tokens } from './tokens.js';
