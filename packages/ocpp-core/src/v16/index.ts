export * from './core.js';
export * from './firmware.js';
export * from './local-list.js';
export * from './reservation.js';
export * from './security.js';
export * from './smart-charging.js';
export * from './trigger.js';
export * from './types.js';
