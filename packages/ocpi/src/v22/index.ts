// OCPI 2.2: as 2.2.1, with its few differences.
export * from '../v221/charging-profiles.js';
export * from '../v221/credentials.js';
export * from '../v221/hub-client-info.js';
export * from '../v221/tariffs.js';
export * from '../v221/tokens.js';
export * from '../v221/types.js';
export * from './cdrs.js';
export * from './commands.js';
export * from './locations.js';
export * from './sessions.js';
export * from './versions.js';
