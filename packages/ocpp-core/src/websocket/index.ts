export { type ConnectOptions, connectOcpp } from './client.js';
export type { Handshake } from './handshake.js';
export { type Admission, type OcppServer, type ServeOptions, serveOcpp } from './server.js';
export { defaultServerLimits, type ServerLimits } from './server-limits.js';
export { type AnyConnection, type Arrival, type Connection, type Speaker, type SpeakOptions, speak, subprotocolOf } from './speak.js';
