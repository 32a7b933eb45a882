// OCPI 2.3.0 core, edition 2: objects, enumerations and modules, by the standard's own names. What did not change comes from 2.2.1.
export * from './cdrs.js';
export * from './charging-profiles.js';
export * from './commands.js';
export * from './credentials.js';
export * from './hub-client-info.js';
export * from './invoice-reconciliation.js';
export * from './locations.js';
export * from './sessions.js';
export * from './tariffs.js';
export * from './tokens.js';
export * from './types.js';
export * from './versions.js';
