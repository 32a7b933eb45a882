export { type ConnectOptions, connectOcpp } from './client.js';
export { authorizationKey, certificateNames, isPasswordString, passwordMatches } from './credentials.js';
export type { Handshake } from './handshake.js';
export { type BackOff, backOffMs, defaultBackOff, type KeepOptions, type Kept, keepConnected } from './keep.js';
export { OfflineQueue } from './offline-queue.js';
export { type Admission, type OcppServer, type ServeOptions, serveOcpp } from './server.js';
export { defaultServerLimits, type ServerLimits } from './server-limits.js';
export { type AnyConnection, type Arrival, type Connection, type Speaker, type SpeakOptions, speak, subprotocolOf } from './speak.js';
export { type ServerTls, tlsOptions } from './tls.js';
