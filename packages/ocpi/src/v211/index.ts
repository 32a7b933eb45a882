// OCPI 2.1.1: objects, enumerations and modules, by the standard's own names.
export * from './cdrs.js';
export * from './commands.js';
export * from './credentials.js';
export * from './locations.js';
export * from './sessions.js';
export * from './tariffs.js';
export * from './tokens.js';
export * from './types.js';
export * from './versions.js';
